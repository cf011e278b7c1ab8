"""Represent one language model: send requests that its endpoint supports, and read the responses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from pydantic import BaseModel

from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.failures import Failure, complaint, failure_of, without_keys
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.generation_utils.pricing import ReplyPrices, price_of
from social_world_model.settings import SamplingOptions
from social_world_model.usage import Usage

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import Model, ModelRequestParameters
    from pydantic_ai.settings import ModelSettings

Tier = Literal["native", "json", "prompt"]
"""How a reply schema is requested.

``native`` sends the schema separately from the prompt. ``json`` asks for JSON output and puts the schema into the
prompt. ``prompt`` only puts the schema into the prompt.
"""

CHARS_PER_TOKEN = 4
"""Rough number of characters per token, for estimates before a call."""

_SCHEMA_WORDS = ("response_format", "json_schema", "json_object", "schema", "structured output", "guided")
SAMPLING_NAMES = tuple(field.name for field in fields(SamplingOptions))
_MAX_TOKENS = "max_output_tokens"
_SETTINGS = tuple(name for name in SAMPLING_NAMES if name != _MAX_TOKENS)
_LENGTH_WORDS = ("max_completion_tokens",)


@dataclass(frozen=True, kw_only=True)
class Prompt(SamplingOptions):
    """A request to a model, with sampling options. Options that the model refuses are not sent.

    Parameters
    ----------
    text
        Text of the request.
    retries
        Earlier replies that did not fit the schema. Each reply is paired with a message that describes the problem.
    shape
        Pydantic model of the reply; None means free text.
    """

    text: str
    retries: tuple[tuple[str, str], ...] = ()
    shape: type[BaseModel] | None = None

    @property
    def hash(self) -> str:
        """First 24 hexadecimal digits of the SHA-256 hash of the text."""
        return hashlib.sha256(self.text.encode(errors="surrogatepass")).hexdigest()[:24]

    @property
    def tokens(self) -> int:
        """Estimated number of tokens, including earlier replies."""
        said = len(self.text) + sum(len(reply) + len(problem) for reply, problem in self.retries)
        return said // CHARS_PER_TOKEN + 1

    @property
    def sampling(self) -> dict[str, Any]:
        """All sampling options that are set, by name."""
        values = {name: getattr(self, name) for name in SAMPLING_NAMES}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Sampling(SamplingOptions):
    """Sampling options. The default temperature is 0. For every option, None means the default of the model."""

    temperature: float | None = 0.0

    @classmethod
    def of(cls, options: SamplingOptions, **others: Any) -> Sampling:
        """Return the sampling options that some settings contain.

        Parameters
        ----------
        options
            Settings to copy the values from.
        others
            Values by option name. These values replace the values of the settings.
        """
        return cls(**{name: getattr(options, name) for name in SAMPLING_NAMES} | others)

    def prompt(self, text: str, shape: type[BaseModel] | None = None) -> Prompt:
        """Return a prompt with these sampling options.

        Parameters
        ----------
        text
            Text of the request.
        shape
            Pydantic model of the reply; None means free text.
        """
        return Prompt(text=text, shape=shape, **asdict(self))


@dataclass(frozen=True, kw_only=True)
class Completion:
    """Result of one call.

    Parameters
    ----------
    text
        Text of the reply.
    thinking
        Thoughts of the model before the reply, if the endpoint returns them.
    refusal
        Text of the refusal; None if the model did not refuse.
    finish_reason
        Reason why generation ended, such as ``stop`` or ``length``. The endpoint reports this reason.
    usage
        Tokens and cost of the call.
    """

    text: str
    thinking: str = ""
    refusal: str | None = None
    finish_reason: str | None = None
    usage: Usage = field(default_factory=lambda: Usage(requests=1))


@dataclass(frozen=True)
class EndpointCapabilities:
    """Features that an endpoint supports.

    Parameters
    ----------
    tier
        How reply schemas are requested.
    refused
        Sampling options that the endpoint refuses.
    old_max_tokens
        Whether only the older option ``max_tokens`` can limit the length of a reply.
    """

    tier: Tier = "native"
    refused: frozenset[str] = frozenset()
    old_max_tokens: bool = False

    def after(self, complaint: str, proven: Collection[str] = ()) -> EndpointCapabilities:
        """Return the capabilities without the feature that an error message names.

        If the message names no known feature, the capabilities stay the same.

        Parameters
        ----------
        complaint
            Error message of the endpoint.
        proven
            Options and tiers that the endpoint accepted before. These features are kept even if the message names them.

        Examples
        --------
        >>> EndpointCapabilities().after("Unsupported value: 'temperature' does not support 0").refused
        frozenset({'temperature'})
        """
        complaint = complaint.casefold()
        for setting in _SETTINGS:
            if setting in complaint and setting not in (*self.refused, *proven):
                return replace(self, refused=self.refused | {setting})
        if any(word in complaint for word in _LENGTH_WORDS) and not self.old_max_tokens:
            return replace(self, old_max_tokens=True)
        if any(word in complaint for word in _SCHEMA_WORDS) and self.tier not in ("prompt", *proven):
            return replace(self, tier="json" if self.tier == "native" else "prompt")
        return self


class Runtime(Protocol):
    """Loads a model that runs in this process."""

    async def load(self, tell: Callable[[str], None]) -> None:
        """Load the model if it is not loaded yet. Call ``tell`` with a message before a long wait."""

    async def close(self) -> None:
        """Free the memory of the model."""


@dataclass
class LanguageModel:
    """A language model, with the name that users type.

    Parameters
    ----------
    name
        Name of the model, as users type it.
    model
        Model of pydantic-ai that sends the requests.
    capabilities
        Features that the endpoint supports. A feature is removed when the endpoint refuses it.
    free
        Whether calls are free of charge.
    keys
        Secrets that are removed from all texts.
    runtime
        Object that loads the model into this process; None if the model runs elsewhere.
    """

    name: str
    model: Model = field(repr=False)
    capabilities: EndpointCapabilities = EndpointCapabilities()
    free: bool = False
    keys: tuple[str, ...] = field(default=(), repr=False)
    runtime: Runtime | None = field(default=None, repr=False)
    _prices: ReplyPrices = field(default_factory=ReplyPrices, init=False, repr=False)
    _parameters: dict[Any, ModelRequestParameters] = field(default_factory=dict, init=False, repr=False)
    _proven: set[str] = field(default_factory=set, init=False, repr=False)
    _schema_ignored: int = field(default=0, init=False)
    _schema_kept: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        profile = self.model.profile
        if not profile.get("supports_json_schema_output", False):
            tier: Tier = "json" if profile.get("supports_json_object_output", False) else "prompt"
            self.capabilities = replace(self.capabilities, tier=tier)
        may_not_reason = profile.get("openai_supports_reasoning_effort_none", False)
        reasons = profile.get("thinking_enabled_by_default", False) or not may_not_reason
        if profile.get("openai_supports_reasoning", False) and reasons:
            self.capabilities = replace(self.capabilities, refused=self.capabilities.refused | {"temperature"})

    async def load(self, tell: Callable[[str], None] = lambda _: None) -> None:
        """Load the model if it runs in this process and is not loaded yet.

        Parameters
        ----------
        tell
            Function that is called with a message before a long wait.

        Raises
        ------
        ConfigurationError
            If the model cannot be loaded.
        """
        if self.runtime is not None:
            await self.runtime.load(tell)

    async def complete(self, prompt: Prompt) -> Completion:
        """Make one attempt of a call.

        Raises
        ------
        Failure
            If the attempt failed. The kind of the failure says whether a retry makes sense.
        ConfigurationError
            If the model does not support this kind of call.
        """
        from pydantic_ai.direct import model_request
        from pydantic_ai.exceptions import AgentRunError, UserError

        capabilities = self.capabilities
        messages, settings = self._messages(prompt, capabilities), self._settings(prompt, capabilities)
        form = self._parameters_for(prompt.shape, capabilities.tier)
        try:
            response = await model_request(self.model, messages, model_settings=settings, model_request_parameters=form)
        except UserError as error:
            raise ConfigurationError(f"{self.name}: {without_keys(str(error), self.keys)}") from None
        except (AgentRunError, ValueError, LookupError, TypeError, AttributeError) as error:
            # Clients raise the last four if a body is JSON but not a completion.
            failure = failure_of(error, self.keys)
            if failure.kind == "rejected" and self._learns(capabilities, complaint(error)):
                raise Failure("option not supported", failure.message) from None
            raise failure from None
        self._proven.update(settings, [capabilities.tier] if prompt.shape is not None else [])
        return self._completion(response)

    def _learns(self, used: EndpointCapabilities, said: str) -> bool:
        """Update the capabilities after an error message; return whether to repeat the request."""
        if used == self.capabilities:  # another call may have updated them meanwhile
            self.capabilities = used.after(said, self._proven)
        return used != self.capabilities

    def note_form(self, *, kept: bool) -> None:
        """Note whether a reply fits the schema. After 3 misfits and no fit, the prompt contains the schema."""
        if self.capabilities.tier != "native":
            return
        self._schema_kept |= kept
        self._schema_ignored += not kept
        if self._schema_ignored >= 3 and not self._schema_kept:
            self.capabilities = replace(self.capabilities, tier="json")

    def _messages(self, prompt: Prompt, capabilities: EndpointCapabilities) -> list[ModelMessage]:
        from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, UserPromptPart

        text = prompt.text
        if prompt.shape is not None and capabilities.tier != "native":
            text = f"{format_instructions(prompt.shape)}\n\n{text}"  # the fixed part first
        messages: list[ModelMessage] = [ModelRequest(parts=[UserPromptPart(content=text)])]
        for reply, problem in prompt.retries:
            messages.append(ModelResponse(parts=[TextPart(content=_whole(reply) or "(nothing)")]))
            messages.append(ModelRequest(parts=[UserPromptPart(content=problem)]))
        return messages

    def _settings(self, prompt: Prompt, capabilities: EndpointCapabilities) -> ModelSettings:
        values = {name: value for name, value in prompt.sampling.items() if name not in capabilities.refused}
        bound = values.pop(_MAX_TOKENS, None)
        settings: dict[str, Any] = values
        if bound is not None and capabilities.old_max_tokens:
            settings["extra_body"] = {"max_tokens": bound}
        elif bound is not None:
            settings["max_tokens"] = bound
        return cast("ModelSettings", settings)

    def _parameters_for(self, shape: type[BaseModel] | None, tier: Tier) -> ModelRequestParameters:
        """Return the request parameters for a schema. The parameters are cached, because creating them is slow."""
        from pydantic_ai.models import ModelRequestParameters
        from pydantic_ai.output import OutputObjectDefinition

        if (shape, tier) not in self._parameters:
            if shape is None or tier == "prompt":
                made = ModelRequestParameters()
            else:
                schema = shape.model_json_schema()
                form = OutputObjectDefinition(
                    json_schema=schema,
                    name=shape.__name__,
                    strict=True if tier == "native" and _can_be_closed(schema) else None,
                )
                made = ModelRequestParameters(
                    output_mode="native" if tier == "native" else "prompted",
                    output_object=form,
                    prompted_output_template=False,  # the prompt already describes the schema
                )
            self._parameters[shape, tier] = made
        return self._parameters[shape, tier]

    def _completion(self, response: ModelResponse) -> Completion:
        from pydantic_ai.messages import TextPart, ThinkingPart

        details: Mapping[str, Any] = response.provider_details or {}
        text = "".join(part.content for part in response.parts if isinstance(part, TextPart))
        thinking = "".join(part.content for part in response.parts if isinstance(part, ThinkingPart))
        refusal = details.get("refusal")
        if refusal is None and response.finish_reason == "content_filter":
            refusal = text or "the provider's content filter stopped the reply"
        return Completion(
            text=without_keys(text, self.keys),
            thinking=without_keys(_whole(thinking), self.keys),
            refusal=None if refusal is None else without_keys(_whole(str(refusal)), self.keys),
            finish_reason=response.finish_reason,
            usage=Usage(
                requests=1,
                input_tokens=response.usage.input_tokens,
                output_tokens=response.usage.output_tokens,
                cost=0.0 if self.free else self._prices.cost(response),
            ),
        )

    def price(self, input_tokens: int, output_tokens: int) -> float | None:
        """Return the price of a call in US$; None if no price is known.

        Parameters
        ----------
        input_tokens, output_tokens
            Number of tokens of the prompt and of the reply.
        """
        return 0.0 if self.free else price_of(self.model, input_tokens, output_tokens)

    async def close(self) -> None:
        """Close the connections, and free the memory of a model in this process."""
        if self.runtime is not None:
            await self.runtime.close()
        client = getattr(self.model, "client", None)
        close = getattr(client, "close", None)
        if close is not None:
            await close()


def _whole(text: str) -> str:
    """Return a text without lone surrogates. Text with lone surrogates cannot be stored or sent."""
    return text.encode("utf-8", "replace").decode()


def _can_be_closed(schema: Any) -> bool:
    """Return whether every object of a schema has fixed keys. Strict mode would silently forbid other keys."""
    if isinstance(schema, dict):
        is_open = bool(schema.get("additionalProperties")) or bool(schema.keys() & {"patternProperties", "prefixItems"})
        return not is_open and all(map(_can_be_closed, schema.values()))
    return all(map(_can_be_closed, schema)) if isinstance(schema, list) else True
