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
    """Sampling options of a model. Most fields have the same name as in pydantic-ai's model settings.

    A new field of this class automatically appears in all settings, the command line, sweeps, manifests, keys of
    stored answers, and requests. If a model rejects an option, the request is sent without this option.

    Parameters
    ----------
    temperature
        Sampling temperature, at least 0. None means the default of the calling code.
    max_output_tokens
        Maximum number of tokens per reply. None means the provider's default.
    seed
        Random seed for the bootstrap of confidence intervals, for perturbations, and for models that support a seed.
        For the bootstrap and for perturbations, None means 0.
    """

    temperature: Annotated[
        float | None,
        Option(
            help="Sampling temperature. Default for contexts: 0.7. Default for answers: 0.7 with --samples or in mode "
            "debate, otherwise 0.",
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
            "Default: 0 for confidence intervals and perturbations; no seed for models.",
            in_manifest=False,
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class CallSettings(SamplingOptions, Checked):
    """Settings of model calls: concurrency, limits, budget, endpoint and sampling.

    Parameters
    ----------
    batch_size
        Maximum number of concurrent requests to all models together.
    base_url
        URL of an OpenAI-compatible endpoint for bare model names and ``vllm/NAME``. None means the default endpoint.
    vllm_args
        Arguments by name, for a vLLM engine that runs in this process.
    timeout
        Maximum duration of one attempt of a call, in seconds.
    rpm, tpm
        Maximum number of requests per minute, and maximum number of tokens per minute. None means no limit.
    max_cost, max_total_tokens
        Budget in US$ for all calls, and budget in tokens for all calls. None means no limit.
    """

    batch_size: Annotated[
        int,
        Option(
            help="Concurrency: maximum number of concurrent model calls. With 1, calls are strictly sequential.",
            least=1,
        ),
    ] = 8
    base_url: Annotated[
        str | None, Option(help="URL of an OpenAI-compatible endpoint, used for the models NAME and vllm/NAME.")
    ] = None
    vllm_args: Annotated[
        Mapping[str, Any],
        Option(
            help="Argument of the vLLM engine as NAME=VALUE, such as max_model_len=4096. Only vllm/ models use this "
            "argument. Repeatable.",
            flags=("--vllm-arg",),
            typed="arguments",
        ),
    ] = field(default_factory=dict)
    timeout: Annotated[float, Option(help="Maximum duration of one attempt of a call, in seconds.", above=0)] = TIMEOUT
    rpm: Annotated[int | None, Option(help="Maximum number of requests per minute.", least=1)] = None
    tpm: Annotated[int | None, Option(help="Maximum number of tokens per minute.", least=1)] = None
    max_cost: Annotated[float | None, Option(help="Budget of this command in US$.", above=0)] = None
    max_total_tokens: Annotated[int | None, Option(help="Budget of this command in tokens.", least=1)] = None
