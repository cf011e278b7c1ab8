"""One language model: what it is sent, in the dialect that it understands, and what comes back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from pydantic import BaseModel

from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.failures import Failure, complaint, failure_of, without_keys
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.generation_utils.pricing import price_of
from social_world_model.settings import SamplingOptions
from social_world_model.usage import Usage

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import Model, ModelRequestParameters
    from pydantic_ai.settings import ModelSettings

Tier = Literal["native", "json", "prompt"]
"""How a form is asked for: as a schema beside the prompt; as JSON, schema in the prompt; in the prompt only."""

CHARS_PER_TOKEN = 4
"""A rough measure, for what has to be guessed before a call."""

_SCHEMA_WORDS = ("response_format", "json_schema", "json_object", "schema", "structured output", "guided")
SAMPLING_NAMES = tuple(field.name for field in fields(SamplingOptions))
_MAX_TOKENS = "max_output_tokens"
_SETTINGS = tuple(name for name in SAMPLING_NAMES if name != _MAX_TOKENS)
_LENGTH_WORDS = ("max_completion_tokens",)


@dataclass(frozen=True, kw_only=True)
class Prompt(SamplingOptions):
    """What a model is asked, and how its reply is drawn; what a model refuses is left out.

    Parameters
    ----------
    text
        The request.
    retries
        Earlier replies to it that did not fit, each with what was said about it.
    shape
        The form of the reply; None for free text.
    """

    text: str
    retries: tuple[tuple[str, str], ...] = ()
    shape: type[BaseModel] | None = None

    @property
    def hash(self) -> str:
        """Content hash of the text, short."""
        return hashlib.sha256(self.text.encode(errors="surrogatepass")).hexdigest()[:24]

    @property
    def tokens(self) -> int:
        """Tokens of the text, roughly."""
        said = len(self.text) + sum(len(reply) + len(problem) for reply, problem in self.retries)
        return said // CHARS_PER_TOKEN + 1

    @property
    def sampling(self) -> dict[str, Any]:
        """Every sampling option that is set, by name."""
        values = {name: getattr(self, name) for name in SAMPLING_NAMES}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Sampling(SamplingOptions):
    """How replies are drawn; by default at temperature 0 (None: at the model's own)."""

    temperature: float | None = 0.0

    @classmethod
    def of(cls, options: SamplingOptions, **others: Any) -> Sampling:
        """Return the sampling options of settings, with others in the place of some."""
        return cls(**{name: getattr(options, name) for name in SAMPLING_NAMES} | others)

    def prompt(self, text: str, shape: type[BaseModel] | None = None) -> Prompt:
        """Return a prompt whose reply is drawn so."""
        return Prompt(text=text, shape=shape, **asdict(self))


@dataclass(frozen=True, kw_only=True)
class Completion:
    """What one call gave.

    Parameters
    ----------
    text
        The reply.
    thinking
        What the model thought before, where it shows that.
    refusal
        Its words, where it declined; None where it did not.
    finish_reason
        Why it stopped.
    usage
        What the call took.
    """

    text: str
    thinking: str = ""
    refusal: str | None = None
    finish_reason: str | None = None
    usage: Usage = field(default_factory=lambda: Usage(requests=1))


@dataclass(frozen=True)
class EndpointCapabilities:
    """What an endpoint understands.

    Parameters
    ----------
    tier
        How forms are asked for.
    refused
        Settings that it refuses.
    old_max_tokens
        Whether it knows the bound on the reply as ``max_tokens`` only.
    """

    tier: Tier = "native"
    refused: frozenset[str] = frozenset()
    old_max_tokens: bool = False

    def after(self, complaint: str, proven: Collection[str] = ()) -> EndpointCapabilities:
        """Return the dialect without what an endpoint complains about; the same one if that is nothing known.

        Parameters
        ----------
        complaint
            What it said.
        proven
            Settings and tiers that it took before: these are not what is wrong, whatever words it uses.

        >>> Dialect().after("Unsupported value: 'temperature' does not support 0").refused
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
    """Where a model is that has to be loaded before its first call."""

    async def load(self, tell: Callable[[str], None]) -> None:
        """Load it, unless that is done; tell that it takes a while."""

    async def close(self) -> None:
        """Give back what it takes."""


@dataclass
class LanguageModel:
    """A model by the name that users know it by.

    Parameters
    ----------
    name
        As typed.
    model
        The pydantic-ai model that speaks with it.
    dialect
        What it is known to understand; changes once, when the endpoint refuses something.
    free
        Whether its calls cost nothing.
    keys
        Secrets that must never be shown.
    runtime
        Where it is loaded, if that is this process.
    """

    name: str
    model: Model = field(repr=False)
    capabilities: EndpointCapabilities = EndpointCapabilities()
    free: bool = False
    keys: tuple[str, ...] = field(default=(), repr=False)
    runtime: Runtime | None = field(default=None, repr=False)
    _priced: bool = field(default=True, init=False)
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
        """Load the model, where it runs in this process and that is not done yet.

        Parameters
        ----------
        tell
            Told before something that takes a while.

        Raises
        ------
        ConfigurationError
            If it cannot be loaded.
        """
        if self.runtime is not None:
            await self.runtime.load(tell)

    async def complete(self, prompt: Prompt) -> Completion:
        """Make one call.

        Raises
        ------
        Failure
            If the call failed; it says whether another try makes sense.
        ConfigurationError
            If such a call cannot be made at all.
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
            # The last four are how clients stumble over a body that is JSON, but no completion.
            failure = failure_of(error, self.keys)
            if failure.kind == "rejected" and self._learns(capabilities, complaint(error)):
                raise Failure("asked otherwise", failure.message) from None
            raise failure from None
        self._proven.update(settings, [capabilities.tier] if prompt.shape is not None else [])
        return self._completion(response)

    def _learns(self, used: EndpointCapabilities, said: str) -> bool:
        """Change the dialect after what an endpoint said about a request; tell whether another one can be tried."""
        if used == self.capabilities:  # another call may have learned it meanwhile
            self.capabilities = used.after(said, self._proven)
        return used != self.capabilities

    def note_form(self, *, kept: bool) -> None:
        """Learn whether a schema beside the prompt is kept; one that is ignored goes into the prompt from then on."""
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
        """Return the same object for the same form: it is not cheap to make."""
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
                    prompted_output_template=False,  # our own words are in the prompt
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
                cost=self._cost(response),
            ),
        )

    def _cost(self, response: ModelResponse) -> float | None:
        """Return US$; None where no price is known, and then it is not looked for again."""
        if self.free:
            return 0.0
        if not self._priced:
            return None
        try:
            return float(response.cost().total_price)
        except LookupError:
            self._priced = False
        except ValueError:  # this one response does not say what it took
            pass
        return None

    def price(self, input_tokens: int, output_tokens: int) -> float | None:
        """Return what so many tokens would cost in US$; None where no price is known."""
        return 0.0 if self.free else price_of(self.model, input_tokens, output_tokens)

    async def close(self) -> None:
        """Close its connections, or give back the memory that it takes in this process."""
        if self.runtime is not None:
            await self.runtime.close()
        client = getattr(self.model, "client", None)
        close = getattr(client, "close", None)
        if close is not None:
            await close()


def _whole(text: str) -> str:
    """Return a text without half characters, which could be neither stored nor sent."""
    return text.encode("utf-8", "replace").decode()


def _can_be_closed(schema: Any) -> bool:
    """Tell whether every object of a schema has fixed keys: a strict mode would allow no others, in silence."""
    if isinstance(schema, dict):
        is_open = bool(schema.get("additionalProperties")) or bool(schema.keys() & {"patternProperties", "prefixItems"})
        return not is_open and all(map(_can_be_closed, schema.values()))
    return all(map(_can_be_closed, schema)) if isinstance(schema, list) else True
