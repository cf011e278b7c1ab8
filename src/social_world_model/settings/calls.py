"""Settings of model calls, shared by runs and evaluations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from social_world_model.settings.checked import Checked
from social_world_model.settings.declaring import Option

TIMEOUT = 300.0
"""Default of `CallSettings.timeout`, in seconds."""


@dataclass(frozen=True, kw_only=True)
class SamplingOptions:
    """Sampling options of a model. Field names are those of pydantic-ai's model settings.

    A field added here appears in settings, command line, sweeps, manifests, keys of stored answers and requests. If a
    model rejects an option, the request is sent without it.

    Parameters
    ----------
    temperature
        At least 0. None for the default of the calling code.
    max_output_tokens
        Maximum number of tokens per reply. None for the provider's default.
    seed
        Seed for models that support one, for the bootstrap of confidence intervals, and for perturbations. For the
        bootstrap and the perturbations, None means 0.
    """

    temperature: Annotated[
        float | None,
        Option(
            help="Temperature of answers. Default: 0, or 0.7 with --samples and in mode debate. Contexts are always "
            "parsed at 0.7 by default.",
            least=0,
            in_manifest=False,
        ),
    ] = None
    max_output_tokens: Annotated[
        int | None, Option(help="Maximum number of tokens per reply.", least=1, in_manifest=False)
    ] = None
    seed: Annotated[
        int | None,
        Option(
            help="Random seed for confidence intervals (bootstrap), perturbations, and models that support a seed. "
            "Default: 0 for the first two, no seed for models.",
            in_manifest=False,
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class CallSettings(SamplingOptions, Checked):
    """How models are called: concurrency, limits, budget, endpoint, sampling.

    Parameters
    ----------
    batch_size
        Maximum number of concurrent requests, over all roles.
    base_url
        URL of an OpenAI-compatible endpoint for bare model names and ``vllm/NAME``; None for the default.
    vllm_args
        Arguments of the vLLM engine if it runs in this process, by name.
    timeout
        Maximum duration of one attempt of a call, in seconds.
    rpm, tpm
        Maximum number of requests, and of tokens, per minute; None for no limit.
    max_cost, max_total_tokens
        Budget for all calls, in US$ and in tokens; None for no limit.
    """

    batch_size: Annotated[
        int, Option(help="Concurrency: maximum number of concurrent model calls. 1 is strictly sequential.", least=1)
    ] = 8
    base_url: Annotated[
        str | None, Option(help="URL of an OpenAI-compatible endpoint, for a model NAME or vllm/NAME.")
    ] = None
    vllm_args: Annotated[
        Mapping[str, Any],
        Option(
            help="Argument of the vLLM engine, for models vllm/NAME: NAME=VALUE, such as max_model_len=4096. "
            "Repeatable.",
            flags=("--vllm-arg",),
            typed="arguments",
        ),
    ] = field(default_factory=dict)
    timeout: Annotated[float, Option(help="Maximum duration of one attempt of a call, in seconds.", above=0)] = TIMEOUT
    rpm: Annotated[int | None, Option(help="Maximum number of requests per minute.", least=1)] = None
    tpm: Annotated[int | None, Option(help="Maximum number of tokens per minute.", least=1)] = None
    max_cost: Annotated[float | None, Option(help="Budget of this command in US$.", above=0)] = None
    max_total_tokens: Annotated[int | None, Option(help="Budget of this command in tokens.", least=1)] = None
