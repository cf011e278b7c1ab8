"""Run a language model with vLLM in this process, for a model name ``vllm/NAME`` without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.failures import Failure
from social_world_model.generation_utils.model import LanguageModel
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
    model = FunctionModel(runtime.reply, model_name=f"vllm/{name}", profile=profile)
    return LanguageModel(f"vllm/{name}", model, free=True, runtime=runtime)


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


def _request_of(messages: list[ModelMessage], info: AgentInfo) -> GenerationRequest:
    settings = info.model_settings or {}
    form = info.model_request_parameters.output_object
    native = info.model_request_parameters.output_mode == "native"
    return GenerationRequest(
        messages=_conversation(messages),
        temperature=settings.get("temperature"),
        seed=settings.get("seed"),
        max_tokens=settings.get("max_tokens"),
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

    thoughts, end, said = ("", "", result.text) if is_form else result.text.rpartition(THOUGHTS_END)
    thinking = [ThinkingPart(content=thoughts.strip().removeprefix(THOUGHTS).strip())] if end else []
    return ModelResponse(
        parts=[*thinking, TextPart(content=said.lstrip() if end else said)],
        usage=RequestUsage(input_tokens=result.input_tokens, output_tokens=result.output_tokens),
        finish_reason="length" if result.finish_reason == "length" else "stop",
    )
