"""Features that an endpoint supports, as far as its error messages and replies have shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, NamedTuple

from social_world_model.generation_utils.reasoning import profile_reasons, samples_while_reasoning
from social_world_model.settings import SamplingOptions

Tier = Literal["native", "json", "prompt"]
"""How a reply schema is requested.

``native`` sends the schema next to the prompt. ``json`` asks for JSON output. ``prompt`` sends only the prompt. The
prompt describes the reply in all three cases.
"""

_WORDS = {
    "temperature": ("temperature",),
    "seed": ("seed",),
    "top_p": ("top_p",),
    "reasoning_effort": ("reasoning_effort", "reasoning.effort", "reasoning effort"),
    "thinking": ("chat_template_kwargs", "enable_thinking", "thinking"),
}
"""Words in error messages, by the option that they are about."""
OPTIONAL = tuple(field.name for field in fields(SamplingOptions) if field.name in _WORDS)
"""Sampling options that are left out if the endpoint refuses them."""
LENGTH_FIELDS = ("max_completion_tokens", "max_tokens")
"""Fields of a request for the maximum length of a reply. Many servers know only the second field."""
_REFUSED_FIELD = re.compile(
    r"(?:unsupported|unknown|unrecogni[sz]ed|unexpected|not supported|not permitted)[^.]*?"
    r"(?<![a-z_])(max_completion_tokens|max_tokens)(?![a-z_])"
    r"|(?<![a-z_])(max_completion_tokens|max_tokens)(?![a-z_]).{0,40}(?:not supported|not permitted|unsupported|extra)",
    re.DOTALL,
)
_OWN_HOSTS = re.compile(r"//(?:[\w-]+\.)*(?:openai\.com|azure\.com)(?![\w.])")
"""Hosts that refuse the older field for some models."""
_SCHEMA_WORDS = ("response_format", "json_schema", "json_object", "structured output", "guided", "grammar")
_VAGUE_SCHEMA_WORDS = ("schema",)
_TIERS: Mapping[str, Tier] = {"schema": "native", "json": "json", "prompt": "prompt"}


@dataclass(frozen=True)
class EndpointCapabilities:
    """Features that an endpoint supports.

    Parameters
    ----------
    tier
        How reply schemas are requested.
    refused
        Sampling options, and fields of `LENGTH_FIELDS`, that the endpoint refuses.
    reasons
        Whether a reply contained thoughts, so that the model reasons without being told to.
    """

    tier: Tier = "native"
    refused: frozenset[str] = frozenset()
    reasons: bool = field(default=False, compare=False)

    def after(
        self, complaint: str, proven: Collection[str] = (), *, sent: Collection[str] = OPTIONAL, vague: bool = True
    ) -> EndpointCapabilities:
        """Return the capabilities without the feature that an error message names.

        If the message names no known feature, the capabilities stay the same.

        Parameters
        ----------
        complaint
            Error message of the endpoint.
        proven
            Options and tiers that the endpoint accepted before. They are kept even if the message names them.
        sent
            Options that the refused request contained.
        vague
            Whether the general word "schema" counts. It does not for an error of the server.

        Examples
        --------
        >>> EndpointCapabilities().after("Unsupported value: 'temperature' does not support 0").refused
        frozenset({'temperature'})
        """
        complaint = complaint.casefold()
        for option, words in _WORDS.items():
            if option in sent and _names(complaint, words) and option not in (*self.refused, *proven):
                return replace(self, refused=self.refused | {option})
        name = None if "max_output_tokens" in proven else _refused_length(complaint)
        if name is not None and name not in self.refused:
            return replace(self, refused=self.refused | {name})
        about = (*_SCHEMA_WORDS, *(_VAGUE_SCHEMA_WORDS if vague else ()))
        if any(word in complaint for word in about) and self.tier not in ("prompt", *proven):
            return replace(self, tier="json" if self.tier == "native" else "prompt")
        return self


def _refused_length(complaint: str) -> str | None:
    """Return the field of `LENGTH_FIELDS` that a message refuses, and not the field that it recommends instead."""
    if (found := _REFUSED_FIELD.search(complaint)) is not None:
        return found[1] or found[2]
    return LENGTH_FIELDS[0] if _names(complaint, LENGTH_FIELDS[:1]) else None


def length_fields(base_url: str | None, refused: Collection[str]) -> list[str]:
    """Return the fields of a request that limit the length of a reply.

    Parameters
    ----------
    base_url
        Address of an OpenAI-compatible endpoint; None for other models, which have one such option.
    refused
        Fields that the endpoint refuses.

    Examples
    --------
    >>> length_fields("http://localhost:8080/v1", ()), length_fields("https://api.openai.com/v1", ())
    (['max_completion_tokens', 'max_tokens'], ['max_completion_tokens'])
    """
    left = [name for name in LENGTH_FIELDS if name not in refused]
    return left if base_url is not None and _OWN_HOSTS.search(base_url) is None else left[:1]


def _names(complaint: str, words: Collection[str]) -> bool:
    return any(re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", complaint) for word in words)


class Understood(NamedTuple):
    """How a request is sent.

    Parameters
    ----------
    tier
        How the reply schema is requested.
    refused
        Sampling options that are not sent.
    reasons
        Whether the model reasons automatically, so that a prompt must not ask for reasoning.
    """

    tier: Tier
    refused: frozenset[str]
    reasons: bool


def understood(
    capabilities: EndpointCapabilities,
    profile: Mapping[str, Any],
    options: SamplingOptions,
    *,
    thinks_first: bool,
    is_open: bool,
) -> Understood:
    """Return how a request is sent.

    A model that must write its thoughts first gets the schema in the prompt only. A constraint would apply from the
    first token.

    Parameters
    ----------
    capabilities
        Features that the endpoint supports.
    profile
        Profile of the model in pydantic-ai.
    options
        Sampling options of the request.
    thinks_first
        Whether the model runs in this process and writes its thoughts before the reply.
    is_open
        Whether the endpoint may serve an open model, whose thoughts are a part of the generated text.
    """
    by_itself = profile_reasons(profile, options)
    samples = samples_while_reasoning(profile, options)
    if options.structured not in (None, "auto"):
        tier = _TIERS[options.structured]
    else:
        tier = "prompt" if thinks_first or (is_open and by_itself) else capabilities.tier
    refused = capabilities.refused | (frozenset() if samples else {"temperature", "top_p"})
    return Understood(tier, refused, capabilities.reasons or by_itself or thinks_first)
