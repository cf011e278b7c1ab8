"""Settings of model calls, shared by runs, evaluation and whatever else calls models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from social_world_model.settings.checked import Checked
from social_world_model.settings.declaring import Option

TIMEOUT = 300.0
"""Seconds."""


@dataclass(frozen=True, kw_only=True)
class SamplingOptions:
    """How a model draws its replies. The name of a field is the name under which pydantic-ai passes it on.

    A field added here reaches settings, command line, sweeps, manifest, keys of stored answers and every request; a
    model that refuses it is asked without it.

    Parameters
    ----------
    temperature
        None for the caller's default.
    max_output_tokens
        Upper bound on the tokens of a reply; None for the provider's own.
    seed
        Passed to models that take one. Also seeds the resampling of confidence intervals (None counts as 0 there).
    """

    temperature: Annotated[
        float | None,
        Option(
            help="Temperature of answers: 0 by default, 0.7 with --samples and in debate. Contexts are parsed at 0.7.",
            least=0,
            in_manifest=False,
        ),
    ] = None
    max_output_tokens: Annotated[
        int | None, Option(help="Upper bound on the tokens of each reply.", least=1, in_manifest=False)
    ] = None
    seed: Annotated[
        int | None,
        Option(
            help="Seed of everything random: resampling for confidence intervals (0 by default), perturbations, and "
            "models that take a seed.",
            in_manifest=False,
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class CallSettings(SamplingOptions, Checked):
    """How models are called: concurrency, limits, budget, endpoint, sampling.

    Parameters
    ----------
    batch_size
        Maximum number of concurrent requests, in all roles together.
    base_url
        Another endpoint for bare model names and ``vllm/NAME``.
    vllm_args
        Arguments of vLLM's engine, where it runs in this process.
    timeout
        Seconds that one attempt of a call may take.
    rpm, tpm
        Requests, and tokens, per minute.
    max_cost, max_total_tokens
        US$, and tokens, that may be spent in total.
    """

    batch_size: Annotated[
        int, Option(help="Maximum number of concurrent model calls; 1 is strictly sequential.", least=1)
    ] = 8
    base_url: Annotated[str | None, Option(help="Another OpenAI-compatible endpoint for a bare name or vllm/NAME.")] = (
        None
    )
    vllm_args: Annotated[
        Mapping[str, Any],
        Option(
            help="Argument of vLLM's engine for vllm/NAME, NAME=VALUE (max_model_len=4096), repeatable.",
            flags=("--vllm-arg",),
            typed="arguments",
        ),
    ] = field(default_factory=dict)
    timeout: Annotated[float, Option(help="Seconds that one attempt of a call may take.", above=0)] = TIMEOUT
    rpm: Annotated[int | None, Option(help="Maximum requests per minute.", least=1)] = None
    tpm: Annotated[int | None, Option(help="Maximum tokens per minute.", least=1)] = None
    max_cost: Annotated[float | None, Option(help="US$ that this command may spend.", above=0)] = None
    max_total_tokens: Annotated[int | None, Option(help="Tokens that this command may spend.", least=1)] = None
