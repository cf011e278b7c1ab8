"""Settings of model calls, shared by runs and evaluations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from social_world_model.choices import ReasoningEffort, Structured, Thinking
from social_world_model.errors import ConfigurationError
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
        Random seed for resampling in reports, for perturbations, and for models that support a seed. For resampling
        and for perturbations, None means 0.
    top_p
        Probability mass for nucleus sampling. None means the provider's default.
    reasoning_effort
        Effort of a reasoning model. None means the model's default.
    thinking
        Whether the model reasons before its reply, for models with such a switch. None means the model's default.
    extra_body
        Further fields of each request, for options that have no name here. None means no further fields.
    structured
        How reply schemas are requested. None means ``"auto"``: the best way that the endpoint accepts.
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
            help="Random seed for resampling in reports, perturbations, and models that support a seed. "
            "Default: 0 for resampling and perturbations; no seed for models.",
            in_manifest=False,
        ),
    ] = None
    top_p: Annotated[
        float | None,
        Option(help="Probability mass for nucleus sampling (top-p).", above=0, most=1, in_manifest=False),
    ] = None
    reasoning_effort: Annotated[
        ReasoningEffort | None,
        Option(help="Effort of a reasoning model. Default: the model's default.", in_manifest=False),
    ] = None
    thinking: Annotated[
        Thinking | None,
        Option(
            help="Whether the model reasons before its reply, for models with such a switch. Default: the model's "
            "default.",
            in_manifest=False,
        ),
    ] = None
    extra_body: Annotated[
        Mapping[str, Any] | None,
        Option(
            help="JSON object with further fields of each request, such as '{\"top_k\": 20}'. It is stored with the "
            "results, so it must not contain keys.",
            typed="object",
            in_manifest=False,
        ),
    ] = None
    structured: Annotated[
        Structured | None,
        Option(
            help="How reply schemas are requested: schema (separate from the prompt), json (JSON mode, and the schema "
            "in the prompt), or prompt (only in the prompt). Default: auto, the first of these that the endpoint "
            "accepts.",
            in_manifest=False,
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class CallSettings(SamplingOptions, Checked):
    """Settings of model calls: concurrency, limits, budget, endpoint and sampling.

    Parameters
    ----------
    batch_size
        Maximum number of concurrent requests to all models together. None means 8, or 256 if vLLM runs all models in
        this process.
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
        int | None,
        Option(
            help="Concurrency: maximum number of concurrent model calls. With 1, calls are strictly sequential. "
            "Default: 8, or 256 if vLLM runs all models in this process.",
            least=1,
        ),
    ] = None
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

    def __post_init__(self) -> None:
        """Check every field."""
        super().__post_init__()
        check_extra_body(self.extra_body)


_OURS = ("model", "messages", "stream", "n", "response_format")
_SECRET_ENDINGS = ("api_key", "apikey", "api-key", "authorization", "password", "secret")


def check_extra_body(fields: Mapping[str, Any] | None) -> None:
    """Refuse further fields of a request that cannot be sent, or that would store a secret.

    Parameters
    ----------
    fields
        Fields by name; None for no fields.

    Raises
    ------
    ConfigurationError
        If the request already contains a field, if a field looks like a secret, or if a value is not JSON.
    """

    def wrong(got: str) -> ConfigurationError:
        return ConfigurationError(
            f"expected extra_body to be a JSON object with further fields of a request, got {got}",
            parameters=("extra_body",),
        )

    for name in fields or {}:
        if name in _OURS:
            raise wrong(f"{name}, which the request already contains")
        if name.casefold().endswith(_SECRET_ENDINGS):
            raise wrong(f"{name}: put keys into environment variables, because extra_body is stored with the results")
    try:
        json.dumps(fields, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise wrong(f"a value that is not JSON ({error})") from None
