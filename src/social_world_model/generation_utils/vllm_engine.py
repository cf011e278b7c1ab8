"""Models in this process: each loaded once, in a thread with an event loop of its own, and used by all who ask.

vLLM's engine belongs to the event loop in which it was made. Loops come and go, one for each run; so the engine has its
own, and whoever asks waits for it from wherever it is.
"""

from __future__ import annotations

import asyncio
import atexit
import itertools
import json
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from social_world_model.errors import ConfigurationError, shortened
from social_world_model.generation_utils.failures import Failure
from social_world_model.generation_utils.vllm_api import Api, api, log, settled, why_died, why_not_loaded
from social_world_model.generation_utils.vllm_args import PARAMETER
from social_world_model.generation_utils.vllm_processes import Processes

T = TypeVar("T")

STOP_SECONDS = 60.0
"""For an engine to end, at the end of the process."""


@dataclass(frozen=True, kw_only=True)
class GenerationRequest:
    """One reply, as it is to be drawn.

    Parameters
    ----------
    messages
        With role and content.
    temperature, seed, max_tokens
        None for the model's own, no seed, and all that fits.
    schema
        Of the reply; None where it has none.
    any_json
        Whether the reply is to be some JSON object.
    """

    messages: Sequence[Mapping[str, str]]
    temperature: float | None = None
    seed: int | None = None
    max_tokens: int | None = None
    schema: Mapping[str, Any] | None = None
    any_json: bool = False


@dataclass(frozen=True, kw_only=True)
class GenerationResult:
    """What came: the reply, why it ended, and how many tokens it took."""

    text: str
    finish_reason: str
    input_tokens: int
    output_tokens: int


class Engine:
    """One model, loaded at the first need.

    Parameters
    ----------
    model
        Hub id or folder.
    given
        Engine arguments by name.
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
        self._tokenizer: Any = None

    @property
    def name(self) -> str:
        """As users type it."""
        return f"vllm/{self.model}"

    async def load(self, tell: Callable[[str], None]) -> None:
        """Load the model, unless that is done; whoever asks meanwhile waits for the same.

        Raises
        ------
        ConfigurationError
            If it cannot be loaded.
        """
        with self._lock:
            if self._loading is None:
                tell(f"{self.name}: being loaded, before anything is asked; what vLLM says goes to {log().path}")
                self._loading = self._submit(self._load())
        await asyncio.shield(asyncio.wrap_future(self._loading))

    async def generate(self, request: GenerationRequest) -> GenerationResult:
        """Draw a reply.

        Raises
        ------
        Failure
            If there is none; it says whether another try makes sense.
        """
        if self._stopping is not None:
            raise Failure("unusable", "its engine has been shut down")
        return await asyncio.wrap_future(self._submit(self._generate(request)))

    async def stop(self) -> None:
        """End the engine and its processes, once; what is being loaded is given up."""
        if (stopping := self._stop_soon()) is not None:
            await asyncio.shield(asyncio.wrap_future(stopping))
            self._join()

    def stop_now(self) -> None:
        """Do the same where there is no event loop any more."""
        if (stopping := self._stop_soon()) is not None:
            with suppress(TimeoutError):  # it hangs: the process must not hang with it
                stopping.result(STOP_SECONDS)
            self._join()

    def _stop_soon(self) -> Future[None] | None:
        with self._lock:
            if self._loop is not None and self._stopping is None:
                self._stopping = self._submit(self._stop())
                if self._loading is not None and not self._loading.done() and self._processes is not None:
                    self._processes.terminate()  # or it would be loaded to the end first, which may take minutes
            return self._stopping

    def _check_wanted(self) -> None:
        if self._stopping is not None:
            raise ConfigurationError(f"{self.name}: given up while it was being loaded")

    def _join(self) -> None:
        if self._loop is not None and self._thread is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(STOP_SECONDS)

    def _submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Let the engine's loop do something."""
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
                log().take_logger()  # which that has set up anew
                self._tokenizer = await settled(self._llm.get_tokenizer())
        except Exception as error:  # noqa: BLE001 - whatever it is, the model is not there
            self._check_wanted()
            log().keep = not isinstance(error, ConfigurationError)
            raise why_not_loaded(self.name, error, log().since(self._said_before)) from None

    async def _generate(self, request: GenerationRequest) -> GenerationResult:
        prompt = self._tokens(request.messages)
        longest = self._llm.model_config.max_model_len
        if len(prompt) >= longest:
            raise Failure(
                "too long",
                f"the prompt has {len(prompt)} tokens, and the model takes {longest} with its reply: "
                f"raise it with {PARAMETER} max_model_len={2 * len(prompt)}, where the model and the memory allow that",
            )
        try:
            params = self._params(request, longest - len(prompt))
            number = f"swm-{next(self._numbers)}"
            outputs = [one async for one in self._llm.generate({"prompt_token_ids": prompt}, params, number)]
        except Exception as error:  # noqa: BLE001 - told apart below
            raise self._failure(error, request) from None
        reply = outputs[-1].outputs[0] if outputs and outputs[-1].outputs else None
        if reply is None or reply.finish_reason not in ("stop", "length"):
            ended = "nothing came" if reply is None else f"it ended with {reply.finish_reason!r}"
            raise Failure("server error", f"no whole reply: {ended}")
        return GenerationResult(
            text=reply.text,
            finish_reason=reply.finish_reason,
            input_tokens=len(prompt),
            output_tokens=len(reply.token_ids),
        )

    def _tokens(self, messages: Sequence[Mapping[str, str]]) -> list[int]:
        """Return a conversation as the model was taught to read it; as plain text where it was not."""
        tokenizer = self._tokenizer
        if not getattr(tokenizer, "chat_template", None) and not _is_mistral(tokenizer):
            return list(tokenizer.encode("\n\n".join(one["content"] for one in messages)))
        conversation = [dict(one) for one in messages]
        try:
            text = tokenizer.apply_chat_template(conversation, tokenize=False, add_generation_prompt=True)
        except Exception as error:  # noqa: BLE001 - a template is somebody's program
            raise Failure("rejected", f"its chat template does not take this conversation ({error})") from None
        return list(tokenizer.encode(text, add_special_tokens=False) if isinstance(text, str) else text)

    def _params(self, request: GenerationRequest, room: int) -> Any:
        """Return how a reply is drawn: as the model's own configuration says, and as it is wanted."""
        own: dict[str, Any] = getattr(self._llm.model_config, "get_diff_sampling_param", dict)()
        most = request.max_tokens or own.get("max_tokens") or room
        params = {**own, "max_tokens": min(most, room), "output_kind": self._api.final_only, "seed": request.seed}
        if request.temperature is not None:
            params["temperature"] = request.temperature
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
            self._llm = self._tokenizer = None
        if self._processes is not None:
            self._processes.unwatch()
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def _is_mistral(tokenizer: Any) -> bool:
    return type(tokenizer).__name__ == "MistralTokenizer"


_ENGINES: dict[str, Engine] = {}
_LOCK = threading.Lock()
_HOLDS = 0


async def acquire(model: str, given: Mapping[str, Any], tell: Callable[[str], None]) -> Engine:
    """Return a model that is loaded; `release` it when it is not needed any more.

    Raises
    ------
    ConfigurationError
        If it cannot be loaded.
    """
    key = json.dumps([model, dict(given)], sort_keys=True, default=str)
    with _LOCK:
        idle = _taken_out(lambda one: not one.users and one is not _ENGINES.get(key))
        engine = _ENGINES.setdefault(key, Engine(model, given))
        engine.users += 1
    try:
        for one in idle:  # two may not fit
            await one.stop()
        await engine.load(tell)
    except BaseException:
        await release(engine, failed=True)
        raise
    return engine


async def release(engine: Engine, *, failed: bool = False) -> None:
    """Shut a model down, unless somebody else uses it, or will."""
    with _LOCK:
        engine.users -= 1
        ends = not engine.users and (failed or not _HOLDS or engine not in _ENGINES.values())
        if failed or ends:
            _taken_out(lambda one: one is engine)
    if ends:
        await engine.stop()


def forget(engine: Engine) -> None:
    """Let whoever asks next have another engine."""
    with _LOCK:
        _taken_out(lambda one: one is engine)


def _taken_out(chosen: Callable[[Engine], bool]) -> list[Engine]:
    return [_ENGINES.pop(key) for key, one in list(_ENGINES.items()) if chosen(one)]


@contextmanager
def keep_loaded() -> Iterator[None]:
    """Keep a model that nobody uses any more until another one is needed, or to the end: for runs in a row."""
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
