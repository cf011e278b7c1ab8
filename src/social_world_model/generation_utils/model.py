"""Represent one language model: send requests that its endpoint supports, and read the responses."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Protocol, cast

from pydantic import BaseModel

from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.capabilities import (
    EndpointCapabilities,
    Tier,
    Understood,
    length_fields,
    understood,
)
from social_world_model.generation_utils.failures import Failure, complaint, failure_of, refusal_of, without_keys
from social_world_model.generation_utils.output_parsers import format_instructions, schema_of
from social_world_model.generation_utils.pricing import ReplyPrices, price_of
from social_world_model.generation_utils.reasoning import Switch, is_on, is_openai, not_sent, request_settings
from social_world_model.generation_utils.wire import request_parameters, said_in, whole
from social_world_model.settings import SamplingOptions
from social_world_model.usage import Usage

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import Model
    from pydantic_ai.settings import ModelSettings

CHARS_PER_TOKEN = 4
"""Rough number of characters per token, for estimates before a call."""

SAMPLING_NAMES = tuple(field.name for field in fields(SamplingOptions))


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
    def whole_text(self) -> str:
        """Text as it is sent, which begins with the form of the reply unless the text already contains the form."""
        if self.shape is None or format_instructions(self.shape) in self.text:
            return self.text
        return f"{format_instructions(self.shape)}\n\n{self.text}"

    @property
    def hash(self) -> str:
        """First 24 hexadecimal digits of the SHA-256 hash of the text."""
        return hashlib.sha256(self.text.encode(errors="surrogatepass")).hexdigest()[:24]

    @property
    def tokens(self) -> int:
        """Estimated number of tokens, including earlier replies and the schema that is sent next to the prompt."""
        schema = 0 if self.shape is None else len(json.dumps(schema_of(self.shape)))
        said = len(self.whole_text) + schema + sum(len(reply) + len(problem) for reply, problem in self.retries)
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

    def __post_init__(self) -> None:
        """Treat ``structured="auto"`` as not set, because keys of stored results contain all options that are set."""
        if self.structured == "auto":
            object.__setattr__(self, "structured", None)

    @classmethod
    def of(cls, options: SamplingOptions | None, **others: Any) -> Sampling:
        """Return the sampling options that some settings contain.

        Parameters
        ----------
        options
            Settings to copy the values from; None for no settings.
        others
            Values by option name. These values replace the values of the settings.
        """
        options = options or SamplingOptions()
        return cls(**{name: getattr(options, name) for name in SAMPLING_NAMES} | others)

    @property
    def chosen(self) -> dict[str, Any]:
        """The options that are set, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}

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


class Runtime(Protocol):
    """Loads a model that runs in this process."""

    async def load(self, tell: Callable[[str], None]) -> None:
        """Load the model if it is not loaded yet. Call ``tell`` with a message before a long wait."""

    async def close(self) -> None:
        """Free the memory of the model."""

    def thinks_first(self, thinking: bool | None) -> bool:
        """Return whether the model writes its thoughts before the reply, so that no schema may constrain it.

        Parameters
        ----------
        thinking
            Whether the request switches thoughts on or off; None if it does neither.
        """


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
    switch
        How thoughts are switched on or off: ``"provider"`` uses an option of pydantic-ai. ``"template"`` uses a field
        for the chat template, as in servers for open models.
    """

    name: str
    model: Model = field(repr=False)
    capabilities: EndpointCapabilities = field(default_factory=EndpointCapabilities)
    free: bool = False
    keys: tuple[str, ...] = field(default=(), repr=False)
    runtime: Runtime | None = field(default=None, repr=False)
    switch: Switch = "provider"
    _prices: ReplyPrices = field(default_factory=ReplyPrices, init=False, repr=False)
    _proven: set[str] = field(default_factory=set, init=False, repr=False)
    _schema_ignored: int = field(default=0, init=False)
    _schema_kept: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        profile = self.model.profile
        if not profile.get("supports_json_schema_output", False):
            tier: Tier = "json" if profile.get("supports_json_object_output", False) else "prompt"
            self.capabilities = replace(self.capabilities, tier=tier)

    def understood(self, options: SamplingOptions) -> Understood:
        """Return how a request with these options is sent, and whether the model reasons automatically."""
        thinks_first = self.runtime is not None and self.runtime.thinks_first(is_on(options))
        return understood(
            self.capabilities, self.model.profile, options, thinks_first=thinks_first, is_open=self.switch == "template"
        )

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

        used, (tier, refused, _) = self.capabilities, self.understood(prompt)
        sent = self._sent(prompt, refused)
        settings = cast("ModelSettings", request_settings(self.model, sent, self.switch, self._length(used)))
        form = request_parameters(prompt.shape, tier)
        messages = self._messages(prompt)
        try:
            response = await model_request(self.model, messages, model_settings=settings, model_request_parameters=form)
        except UserError as error:
            raise ConfigurationError(f"{self.name}: {without_keys(str(error), self.keys)}") from None
        except (AgentRunError, Failure, ValueError, LookupError, TypeError, AttributeError) as error:
            # Clients raise the last four if a body is JSON but not a completion.
            if (refusal := refusal_of(error)) is not None:
                return Completion(text="", refusal=without_keys(refusal, self.keys), finish_reason="content_filter")
            failure = failure_of(error, self.keys)
            about_request = failure.kind == "rejected"
            forced = [] if tier == used.tier else [used.tier]  # the request did not use the tier of the endpoint
            if failure.kind in ("rejected", "server error"):
                learned = used.after(complaint(error), {*self._proven, *forced}, sent=sent, vague=about_request)
                if self._learns(used, learned):
                    raise Failure("option not supported", failure.message) from None
            raise failure from None
        self._proven.update(sent, [tier] if prompt.shape is not None else [])
        completion = self._completion(response)
        if completion.thinking and not used.reasons:
            self.capabilities = replace(self.capabilities, reasons=True)
        return completion

    def _length(self, used: EndpointCapabilities) -> list[str]:
        return length_fields(str(self.model.base_url) if is_openai(self.model) else None, used.refused)

    def _sent(self, prompt: Prompt, refused: frozenset[str]) -> dict[str, Any]:
        """Return the sampling options of a request, without those that the endpoint refuses.

        Raises
        ------
        Failure
            If the model has no option for a setting. The request is then repeated without the setting.
        """
        sent = {name: value for name, value in prompt.sampling.items() if name not in refused}
        if missing := not_sent(self.model, sent, self.switch):
            self.capabilities = replace(self.capabilities, refused=self.capabilities.refused | {missing})
            raise Failure(
                "option not supported", f"the model has no option for {missing}; requests are sent without it"
            )
        return sent

    def _learns(self, used: EndpointCapabilities, learned: EndpointCapabilities) -> bool:
        """Update the capabilities after an error message; return whether to repeat the request."""
        if used == self.capabilities:  # another call may have updated them meanwhile
            self.capabilities = replace(learned, reasons=self.capabilities.reasons)
        return used != self.capabilities

    def note_form(self, *, kept: bool) -> None:
        """Note whether a reply fits the schema. After 3 misfits and no fit, the prompt contains the schema."""
        if self.capabilities.tier != "native":
            return
        self._schema_kept |= kept
        self._schema_ignored += not kept
        if self._schema_ignored >= 3 and not self._schema_kept:
            self.capabilities = replace(self.capabilities, tier="json")

    def _messages(self, prompt: Prompt) -> list[ModelMessage]:
        from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, UserPromptPart

        messages: list[ModelMessage] = [ModelRequest(parts=[UserPromptPart(content=prompt.whole_text)])]
        for reply, problem in prompt.retries:
            messages.append(ModelResponse(parts=[TextPart(content=whole(reply) or "(nothing)")]))
            messages.append(ModelRequest(parts=[UserPromptPart(content=problem)]))
        return messages

    def _completion(self, response: ModelResponse) -> Completion:
        text, thinking, refusal = said_in(response)
        if not response.model_name:  # the price of a reply is that of the requested model
            response = replace(response, model_name=self.model.model_name)
        return Completion(
            text=without_keys(text, self.keys),
            thinking=without_keys(whole(thinking), self.keys),
            refusal=None if refusal is None else without_keys(whole(refusal), self.keys),
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

    def expected_usage(self, requests: int, input_tokens: int, output_tokens: int) -> Usage:
        """Return the usage of calls that are not made, with their price.

        Parameters
        ----------
        requests
            Number of requests.
        input_tokens, output_tokens
            Number of tokens of all prompts and of all replies.
        """
        cost = self.price(input_tokens, output_tokens)
        return Usage(requests=requests, input_tokens=input_tokens, output_tokens=output_tokens, cost=cost)

    @property
    def announces_requests(self) -> bool:
        """Whether the transport calls `spending.on_send` immediately before each request."""
        return bool(getattr(getattr(self.model, "client", None), "announces_requests", False))

    async def close(self) -> None:
        """Close the connections, and free the memory of a model in this process."""
        if self.runtime is not None:
            await self.runtime.close()
        client = getattr(self.model, "client", None)
        close = getattr(client, "close", None)
        if close is not None:
            await close()
