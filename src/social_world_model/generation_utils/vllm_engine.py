"""vLLM engines in this process. Each engine is loaded once, and all requests for the same model share one engine.

An engine works only in the event loop in which it was created, and each run has a different loop. Each engine therefore
has its own thread and event loop. Callers submit requests to the event loop of the engine and wait for the results.
"""

from __future__ import annotations

import asyncio
import atexit
import itertools
import json
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from social_world_model.errors import ConfigurationError, shortened
from social_world_model.generation_utils.failures import Failure
from social_world_model.generation_utils.vllm_api import Api, api, log, settled, why_died, why_not_loaded
from social_world_model.generation_utils.vllm_args import PARAMETER
from social_world_model.generation_utils.vllm_processes import Processes

T = TypeVar("T")

LONGEST_REPLY = 8192
"""Maximum number of tokens of a reply, if neither the request nor the model sets a maximum.

Small models sometimes repeat a sentence until the context window is full.
"""

STOP_SECONDS = 60.0
"""Maximum seconds to wait for an engine to stop when the process ends."""


@dataclass(frozen=True, kw_only=True)
class GenerationRequest:
    """A request for one reply, with sampling options.

    Parameters
    ----------
    messages
        Conversation. Each message has the keys ``role`` and ``content``.
    temperature, seed, max_tokens
        Sampling options. By default, the temperature of the model is used, no seed is set, and the reply has at most
        8192 tokens, unless the model has another default. With temperature 0, a seed is not used.
    schema
        JSON schema of the reply; None means no schema.
    top_p
        Probability mass for nucleus sampling; None means the value of the model.
    template_args
        Arguments of the chat template, by name.
    more
        Further sampling parameters of vLLM, by name.
    any_json
        Whether the reply must be a JSON object, with any keys.
    """

    messages: Sequence[Mapping[str, str]]
    temperature: float | None = None
    seed: int | None = None
    max_tokens: int | None = None
    schema: Mapping[str, Any] | None = None
    any_json: bool = False
    top_p: float | None = None
    template_args: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class GenerationResult:
    """A reply, the reason why generation ended, and the numbers of tokens."""

    text: str
    finish_reason: str
    input_tokens: int
    output_tokens: int


class Engine:
    """The vLLM engine of one model, loaded on first use.

    Parameters
    ----------
    model
        Hub id or local folder of the model.
    given
        Engine arguments, by name.
    """

    def __init__(self, model: str, given: Mapping[str, Any]) -> None:
        self.model = model
        self.given = dict(given)
        self.users = 0
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._loading: Future[None] | None = None
        self._stopping: Future[None] | None = None
        self._numbers = itertools.count()
        self._api: Api
        self._llm: Any = None
        self._said_before = 0
        self._processes: Processes | None = None
        self.tokenizer: Any = None
        self._tokenizing = ThreadPoolExecutor(1, "swm-tokenizer")  # one thread, because tokenizers may not be shared

    @property
    def name(self) -> str:
        """Name of the model, as users type it."""
        return f"vllm/{self.model}"

    async def load(self, tell: Callable[[str], None]) -> None:
        """Load the model if it is not loaded yet. Concurrent callers wait for the same load.

        Raises
        ------
        ConfigurationError
            If the model cannot be loaded.
        """
        with self._lock:
            if self._loading is None:
                tell(f"{self.name}: the model is being loaded; the log of vLLM is in {log().path}")
                self._loading = self._submit(self._load())
        await asyncio.shield(asyncio.wrap_future(self._loading))

    async def generate(self, request: GenerationRequest) -> GenerationResult:
        """Generate a reply.

        Raises
        ------
        Failure
            If there is no reply. The kind of the failure says whether a retry makes sense.
        """
        if self._stopping is not None:
            raise Failure("unusable", "the vLLM engine has been shut down")
        return await asyncio.wrap_future(self._submit(self._generate(request)))

    async def stop(self) -> None:
        """Stop the engine and its processes. If the model is still being loaded, loading is cancelled."""
        if (stopping := self._stop_soon()) is not None:
            await asyncio.shield(asyncio.wrap_future(stopping))
            self._join()

    def stop_now(self) -> None:
        """Stop the engine and its processes from code without an event loop."""
        if (stopping := self._stop_soon()) is not None:
            with suppress(TimeoutError):  # if the engine hangs, this process must still end
                stopping.result(STOP_SECONDS)
            self._join()

    def _stop_soon(self) -> Future[None] | None:
        with self._lock:
            if self._loop is not None and self._stopping is None:
                self._stopping = self._submit(self._stop())
                if self._loading is not None and not self._loading.done() and self._processes is not None:
                    self._processes.terminate()  # otherwise the load would finish first, which may take minutes
            return self._stopping

    def _check_wanted(self) -> None:
        if self._stopping is not None:
            raise ConfigurationError(f"{self.name}: stopped while the model was being loaded")

    def _join(self) -> None:
        if self._loop is not None and self._thread is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(STOP_SECONDS)

    def _submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine in the event loop of the engine."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._serve, args=(self._loop,), name=self.name, daemon=True)
            self._thread.start()
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_forever()
        finally:
            loop.close()

    async def _load(self) -> None:
        self._said_before = log().size
        try:
            with log().taking_stderr():
                self._api = api()
                log().take_logger()
                args = self._api.engine_args(self.model, self.given)
                self._processes = Processes()
                self._check_wanted()
                self._llm = self._api.engine.from_engine_args(args)
                self._processes.watch()
                log().take_logger()  # vLLM has configured it again
                self.tokenizer = await settled(self._llm.get_tokenizer())
        except Exception as error:  # noqa: BLE001 - after any error, the model is not loaded
            self._check_wanted()
            log().keep = not isinstance(error, ConfigurationError)
            raise why_not_loaded(self.name, error, log().since(self._said_before)) from None

    async def _generate(self, request: GenerationRequest) -> GenerationResult:
        prompt = await asyncio.wrap_future(self._tokenizing.submit(self._tokens, request))
        longest = self._llm.model_config.max_model_len
        if len(prompt) >= longest:
            raise Failure(
                "too long",
                f"the prompt has {len(prompt)} tokens, and the limit for prompt and reply together is {longest}: raise "
                f"the limit with {PARAMETER} max_model_len={2 * len(prompt)} if the model and the memory allow it",
            )
        try:
            params = self._params(request, longest - len(prompt))
            number = f"swm-{next(self._numbers)}"
            outputs = [one async for one in self._llm.generate({"prompt_token_ids": prompt}, params, number)]
        except Exception as error:  # noqa: BLE001 - classified in _failure
            raise self._failure(error, request) from None
        reply = outputs[-1].outputs[0] if outputs and outputs[-1].outputs else None
        if reply is None or reply.finish_reason not in ("stop", "length"):
            ended = "the engine returned nothing" if reply is None else f"it ended with {reply.finish_reason!r}"
            raise Failure("server error", f"no complete reply: {ended}")
        return GenerationResult(
            text=reply.text,
            finish_reason=reply.finish_reason,
            input_tokens=len(prompt),
            output_tokens=len(reply.token_ids),
        )

    def _tokens(self, request: GenerationRequest) -> list[int]:
        """Return the tokens of a conversation, in the chat template of the model if it has one."""
        tokenizer, given = self.tokenizer, request.template_args
        if not getattr(tokenizer, "chat_template", None) and not _is_mistral(tokenizer):
            return list(tokenizer.encode("\n\n".join(one["content"] for one in request.messages)))
        conversation = [dict(one) for one in request.messages]
        try:
            text = tokenizer.apply_chat_template(conversation, tokenize=False, add_generation_prompt=True, **given)
        except Exception as error:  # noqa: BLE001 - a template may raise any error
            raise Failure("rejected", f"the chat template rejects this conversation ({error})") from None
        return list(tokenizer.encode(text, add_special_tokens=False) if isinstance(text, str) else text)

    def _params(self, request: GenerationRequest, room: int) -> Any:
        """Return the sampling parameters. Values of the request replace the defaults of the model."""
        own: dict[str, Any] = getattr(self._llm.model_config, "get_diff_sampling_param", dict)()
        most = request.max_tokens or own.get("max_tokens") or LONGEST_REPLY
        params = {**own, "max_tokens": min(most, room), "output_kind": self._api.final_only, **request.more}
        for name, value in (("top_p", request.top_p), ("temperature", request.temperature)):
            params |= {} if value is None else {name: value}
        if request.seed is not None and params.get("temperature") != 0:
            params["seed"] = request.seed  # slow, because each request then has its own generator
        if request.schema is not None:
            params["structured_outputs"] = self._api.structured(json=dict(request.schema))
        elif request.any_json:
            params["structured_outputs"] = self._api.structured(json_object=True)
        return self._api.sampling(**params)

    def _failure(self, error: Exception, request: GenerationRequest) -> Failure:
        said = shortened(" ".join(str(error).split()), 300).rstrip(" .") or type(error).__name__
        if isinstance(error, self._api.dead):
            log().keep = True
            forget(self)
            return Failure("unusable", why_died(log().since(self._said_before)))
        if isinstance(error, self._api.rejected):
            guided = request.schema is not None or request.any_json
            return Failure("rejected", f"structured output: {said}" if guided else said)
        return Failure("server error", f"{type(error).__name__}: {said}")

    async def _stop(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if self._llm is not None:
            with log().taking_stderr():
                self._llm.shutdown()
            self._llm = self.tokenizer = None
        if self._processes is not None:
            self._processes.unwatch()
        self._tokenizing.shutdown(wait=False, cancel_futures=True)
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def _is_mistral(tokenizer: Any) -> bool:
    return type(tokenizer).__name__ == "MistralTokenizer"


_ENGINES: dict[str, Engine] = {}
_LOCK = threading.Lock()
_HOLDS = 0


async def acquire(model: str, given: Mapping[str, Any], tell: Callable[[str], None]) -> Engine:
    """Return the loaded engine of a model. Call `release` when the engine is no longer needed.

    Parameters
    ----------
    model
        Hub id or local folder of the model.
    given
        Engine arguments, by name.
    tell
        Function that is called with a message before the model is loaded.

    Raises
    ------
    ConfigurationError
        If the model cannot be loaded.
    """
    key = json.dumps([model, dict(given)], sort_keys=True, default=str)
    with _LOCK:
        idle = _taken_out(lambda one: not one.users and one is not _ENGINES.get(key))
        engine = _ENGINES.setdefault(key, Engine(model, given))
        engine.users += 1
    try:
        for one in idle:  # two engines may not fit into memory
            await one.stop()
        await engine.load(tell)
    except BaseException:
        await release(engine, failed=True)
        raise
    return engine


async def release(engine: Engine, *, failed: bool = False) -> None:
    """Stop an engine, unless another model uses the engine or `keep_loaded` is active.

    Parameters
    ----------
    engine
        Engine that `acquire` returned.
    failed
        Whether loading failed. An engine that failed to load is not reused.
    """
    with _LOCK:
        engine.users -= 1
        ends = not engine.users and (failed or not _HOLDS or engine not in _ENGINES.values())
        if failed or ends:
            _taken_out(lambda one: one is engine)
    if ends:
        await engine.stop()


def forget(engine: Engine) -> None:
    """Make sure that an engine is not reused. The next request for the same model creates a new engine."""
    with _LOCK:
        _taken_out(lambda one: one is engine)


def _taken_out(chosen: Callable[[Engine], bool]) -> list[Engine]:
    return [_ENGINES.pop(key) for key, one in list(_ENGINES.items()) if chosen(one)]


@contextmanager
def keep_loaded() -> Iterator[None]:
    """Keep an unused model loaded inside the ``with`` block until another model is needed.

    Several runs in a row can then use the same engine.
    """
    global _HOLDS
    _HOLDS += 1
    try:
        yield
    finally:
        _HOLDS -= 1
        if not _HOLDS:
            _stop_where(lambda one: not one.users)


def _stop_where(chosen: Callable[[Engine], bool]) -> None:
    with _LOCK:
        engines = _taken_out(chosen)
    for engine in engines:
        engine.stop_now()


atexit.register(_stop_where, lambda _: True)
