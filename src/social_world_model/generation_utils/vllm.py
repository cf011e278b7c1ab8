"""Run a language model with vLLM in this process, for a model name ``vllm/NAME`` without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.failures import Failure
from social_world_model.generation_utils.model import LanguageModel
from social_world_model.generation_utils.reasoning import name_reasons
from social_world_model.generation_utils.thoughts import split_thoughts
from social_world_model.generation_utils.vllm_api import HOW_TO_INSTALL, installed
from social_world_model.generation_utils.vllm_args import check_folder
from social_world_model.generation_utils.vllm_engine import (
    Engine,
    GenerationRequest,
    GenerationResult,
    acquire,
    release,
)

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models.function import AgentInfo

THOUGHTS, THOUGHTS_END = "<think>", "</think>"


def vllm_model(name: str, given: Mapping[str, Any], *, checked: bool = True) -> LanguageModel:
    """Return a model that vLLM loads into this process before the first call.

    Parameters
    ----------
    name
        Hub id or local folder of the model.
    given
        Arguments of the vLLM engine, by name.
    checked
        Whether to check the installation of vLLM and the model folder. Commands that make no call do not need this
        check.

    Raises
    ------
    ConfigurationError
        If vLLM is not installed, or if the folder does not contain a complete model.
    """
    from pydantic_ai.models.function import FunctionModel

    if checked and not installed():
        raise ConfigurationError(
            f"expected vLLM for vllm/{name}, but vLLM is not installed: run {HOW_TO_INSTALL}, or use a running server "
            "with base_url http://localhost:8000/v1, or set VLLM_BASE_URL",
            parameters=("base_url",),
        )
    if checked:
        check_folder(name, given)
    runtime = Runtime(name, given)
    profile: Any = {"supports_json_schema_output": True, "supports_json_object_output": True}
    profile |= {"thinking_always_enabled": True} if name_reasons(name) else {}
    model = FunctionModel(runtime.reply, model_name=f"vllm/{name}", profile=profile)
    return LanguageModel(f"vllm/{name}", model, free=True, runtime=runtime, switch="template")


class Runtime:
    """Loads the engine of one model, and sends requests to the engine.

    Parameters
    ----------
    name, given
        Name of the model, and arguments of its engine.
    """

    def __init__(self, name: str, given: Mapping[str, Any]) -> None:
        self.name = name
        self.given = given
        self._engine: asyncio.Task[Engine] | None = None
        self._thinks_first: dict[bool | None, bool] = {}

    async def load(self, tell: Callable[[str], None]) -> None:
        """Load the engine if it is not loaded yet.

        Raises
        ------
        ConfigurationError
            If the engine cannot be loaded.
        """
        if self._engine is None:
            self._engine = asyncio.ensure_future(acquire(self.name, self.given, tell))
        loading = self._engine
        try:
            await asyncio.shield(loading)
        except ConfigurationError:
            if self._engine is loading:
                self._engine = None  # a later attempt may find more memory
            raise

    async def close(self) -> None:
        """Stop the engine if no other model uses it."""
        loading, self._engine = self._engine, None
        if loading is None:
            return
        loading.cancel()  # no effect if loading is done
        try:
            engine = await loading
        except (ConfigurationError, asyncio.CancelledError):
            return
        await release(engine)

    def thinks_first(self, thinking: bool | None) -> bool:
        """Return whether the loaded model writes its thoughts before the reply.

        Parameters
        ----------
        thinking
            Whether the request switches thoughts on or off; None if it does neither.
        """
        loading = self._engine
        if loading is None or not loading.done() or loading.cancelled() or loading.exception() is not None:
            return False
        if thinking not in self._thinks_first:
            parsed = bool(self.given.get("reasoning_parser")) and thinking is not False
            self._thinks_first[thinking] = parsed or _opens_thoughts(loading.result().tokenizer, thinking)
        return self._thinks_first[thinking]

    async def reply(self, messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        """Generate a reply. pydantic-ai calls this method.

        Parameters
        ----------
        messages
            Conversation so far.
        info
            Sampling options and reply schema of the request.

        Raises
        ------
        ModelRequestRejectedError
            If vLLM rejects the request.
        """
        from pydantic_ai.exceptions import ModelRequestRejectedError

        assert self._engine is not None, "a model is loaded before it is called"
        request = _request_of(messages, info)
        try:
            result = await (await self._engine).generate(request)
        except Failure as failure:
            if failure.kind == "rejected":  # another form of the request may be accepted
                raise ModelRequestRejectedError(self.name, failure.message) from None
            raise
        return _response(result, is_form=request.schema is not None or request.any_json)


def _opens_thoughts(tokenizer: Any, thinking: bool | None) -> bool:
    """Return whether a chat template knows the tag of thoughts, and does not end with closed thoughts."""
    if THOUGHTS not in str(getattr(tokenizer, "chat_template", None) or ""):
        return False
    switch = {} if thinking is None else {"enable_thinking": thinking, "thinking": thinking}
    message = [{"role": "user", "content": "x"}]
    try:
        text = tokenizer.apply_chat_template(message, tokenize=False, add_generation_prompt=True, **switch)
    except Exception:  # noqa: BLE001 - a template may raise any error, which the first request reports
        return True
    return not str(text).rstrip().endswith(THOUGHTS_END)


def _request_of(messages: list[ModelMessage], info: AgentInfo) -> GenerationRequest:
    settings = info.model_settings or {}
    form = info.model_request_parameters.output_object
    native = info.model_request_parameters.output_mode == "native"
    body: dict[str, Any] = dict(cast("dict[str, Any]", settings.get("extra_body") or {}))
    return GenerationRequest(
        messages=_conversation(messages),
        temperature=settings.get("temperature"),
        seed=settings.get("seed"),
        max_tokens=settings.get("max_tokens"),
        top_p=settings.get("top_p"),
        template_args=body.pop("chat_template_kwargs", {}),
        more=body,
        schema=form.json_schema if form is not None and native else None,
        any_json=form is not None and not native,
    )


def _conversation(messages: list[ModelMessage]) -> list[dict[str, str]]:
    from pydantic_ai.messages import ModelResponse, SystemPromptPart, TextPart, UserPromptPart

    said: list[dict[str, str]] = []
    for message in messages:
        for part in message.parts:
            if isinstance(part, TextPart | UserPromptPart | SystemPromptPart):
                role = "system" if isinstance(part, SystemPromptPart) else "user"
                role = "assistant" if isinstance(message, ModelResponse) else role
                said.append({"role": role, "content": str(part.content)})
    return said


def _response(result: GenerationResult, *, is_form: bool) -> ModelResponse:
    from pydantic_ai.messages import ModelResponse, TextPart, ThinkingPart
    from pydantic_ai.usage import RequestUsage

    thoughts, said = ("", result.text) if is_form else split_thoughts(result.text)
    thinking = [ThinkingPart(content=thoughts)] if thoughts else []
    return ModelResponse(
        parts=[*thinking, TextPart(content=(said or "").lstrip() if thoughts else said or "")],
        usage=RequestUsage(input_tokens=result.input_tokens, output_tokens=result.output_tokens),
        finish_reason="length" if result.finish_reason == "length" else "stop",
    )
