"""The part of the SOTOPIA adapter that runs in the Python environment of sotopia.

The packages sotopia and social-world-model cannot be installed in one environment, because they need different versions
of openai. Two processes therefore exchange JSON lines over pipes. This file imports the standard library, and sotopia
when it is needed. It works without social-world-model:

- ``python sotopia_side.py`` is a worker: it asks agents of sotopia for their acts.
- `SwmAgent` is an agent of sotopia. It asks a process of social-world-model for its acts.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import io
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import weakref
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from functools import cache
from pathlib import Path
from typing import Any

SERVER = ("-m", "social_world_model.adapters.sotopia_server")
"""Arguments of Python that start the process of social-world-model."""
SECONDS_TO_END = 5.0
"""Seconds that a child process has to end after its pipe is closed."""
LINES_KEPT = 20
"""Number of lines of the error stream of a child process that an error message can contain."""


class SideError(RuntimeError):
    """The other process failed, or it did not answer in time."""


class Child:
    """A child process that answers requests: one JSON object per line, in any order.

    The process ends when this object is closed or collected, and when the parent process ends for any reason.

    Parameters
    ----------
    command
        Program with its arguments.
    env
        Environment variables of the process; None means those of this process.
    timeout
        Maximum number of seconds for an answer.
    """

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str] | None = None, timeout: float = 600.0) -> None:
        self.command, self.timeout = tuple(command), timeout
        self._state = _State()
        try:
            process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0, env=env
            )
        except OSError as error:
            raise SideError(f"expected a program at {self.command[0]}: {error.strerror or error}") from None
        self.process = process
        errors = threading.Thread(target=_keep_errors, args=(process, self._state), daemon=True)
        answers = threading.Thread(target=_read_answers, args=(process, self._state, errors), daemon=True)
        requests = threading.Thread(target=_write_requests, args=(process, self._state), daemon=True)
        for thread in (errors, answers, requests):
            thread.start()
        self._end = weakref.finalize(self, _end, process, self._state, answers)

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def ask(self, **request: Any) -> Any:
        """Return the answer to a request.

        Parameters
        ----------
        request
            Fields of the request.

        Raises
        ------
        SideError
            If the process answers with an error, if it has ended, or if it does not answer in time.
        """
        number, future = self._state.begin()
        try:
            self._state.requests.put(json.dumps({**request, "id": number}).encode() + b"\n")
            answer = await asyncio.wait_for(asyncio.wrap_future(future), self.timeout)
        except asyncio.TimeoutError:  # noqa: UP041  # another class before Python 3.11
            raise SideError(f"expected an answer within {self.timeout:g} s, got none from {self.command[0]}") from None
        finally:
            self._state.pending.pop(number, None)
        if "error" in answer:
            raise SideError(answer["error"])
        return answer.get("value")

    def close(self) -> None:
        """End the process. Requests without an answer fail."""
        self._end()


class _State:
    """What the threads of a child process share with its owner."""

    def __init__(self) -> None:
        self.pending: dict[int, Future[dict[str, Any]]] = {}
        self.errors: deque[str] = deque(maxlen=LINES_KEPT)
        self.requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._number = 0
        self._ended = ""

    def begin(self) -> tuple[int, Future[dict[str, Any]]]:
        with self._lock:
            if self._ended:
                raise SideError(self._ended)
            self._number += 1
            future = self.pending[self._number] = Future()
            future.set_running_or_notify_cancel()  # a task that is cancelled does not cancel what a thread completes
            return self._number, future

    def end(self, why: str) -> None:
        with self._lock:
            self._ended = why
            for future in list(self.pending.values()):
                if not future.done():
                    future.set_exception(SideError(why))


def _write_requests(process: subprocess.Popen[bytes], state: _State) -> None:
    assert process.stdin is not None
    with contextlib.suppress(OSError):  # the thread that reads answers reports the end of the process
        while (line := state.requests.get()) is not None:
            while line:
                line = line[os.write(process.stdin.fileno(), line) :]
    process.stdin.close()


def _keep_errors(process: subprocess.Popen[bytes], state: _State) -> None:
    assert process.stderr is not None
    with io.BufferedReader(process.stderr) as stream:  # type: ignore[type-var]
        for line in stream:
            state.errors.append(line.decode("utf-8", "replace").rstrip())


def _read_answers(process: subprocess.Popen[bytes], state: _State, errors: threading.Thread) -> None:
    assert process.stdout is not None
    why = ""
    with io.BufferedReader(process.stdout) as stream:  # type: ignore[type-var]
        for line in stream:
            try:
                answer = json.loads(line)
                future = state.pending.get(answer["id"])
            except (ValueError, TypeError, KeyError):
                why = f"expected JSON lines, got {line[:80]!r}"
                break
            if future is not None and not future.done():
                future.set_result(answer)
    if why:
        process.kill()
    status = process.wait()
    errors.join(SECONDS_TO_END)
    state.end("; ".join([why or f"the process ended with status {status}", *list(state.errors)[-3:]]))


def _end(process: subprocess.Popen[bytes], state: _State, answers: threading.Thread) -> None:
    """End a process: close its input, then terminate it, then kill it."""
    state.requests.put(None)
    for stop in (None, process.terminate, process.kill):
        if stop is not None:
            stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_TO_END)
            break
    answers.join(SECONDS_TO_END)


def serve(answer: Callable[[dict[str, Any]], Awaitable[Any]]) -> None:
    """Answer the requests on standard input until it is closed. The process then ends at once.

    Everything else that is printed goes to the error stream.

    Parameters
    ----------
    answer
        Coroutine function that gets a request, and returns a value for JSON. Its errors become answers with an error.
    """
    with contextlib.suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C also reaches this process; the parent decides
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    status = 0
    try:
        asyncio.new_event_loop().run_until_complete(_serve(answer, answers))
    except BaseException as error:  # noqa: BLE001  # the process ends in any case
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        status = 1
    sys.stderr.flush()
    os._exit(status)  # litellm keeps a task that never ends


async def _serve(answer: Callable[[dict[str, Any]], Awaitable[Any]], answers: Any) -> None:
    loop, requests = asyncio.get_running_loop(), asyncio.Queue[bytes]()

    def read() -> None:
        for line in sys.stdin.buffer:
            loop.call_soon_threadsafe(requests.put_nowait, line)
        loop.call_soon_threadsafe(requests.put_nowait, b"")

    async def reply(request: dict[str, Any]) -> None:
        try:
            made = {"value": await answer(request)}
        except Exception as error:  # noqa: BLE001  # the parent process raises the error again
            made = {"error": " ".join(f"{type(error).__name__}: {error}".split())}
        answers.write(json.dumps({**made, "id": request["id"]}).encode() + b"\n")
        answers.flush()

    threading.Thread(target=read, daemon=True).start()
    running: set[asyncio.Task[None]] = set()
    while line := await requests.get():
        task = asyncio.create_task(reply(json.loads(line)))
        running.add(task)
        task.add_done_callback(running.discard)


_failure: contextvars.ContextVar[list[str] | None] = contextvars.ContextVar("failure", default=None)


class _Failures(logging.Handler):
    """Notices that sotopia could not make an act. sotopia only logs a warning, and returns the act "none"."""

    def emit(self, record: logging.LogRecord) -> None:
        failures = _failure.get()
        if failures is not None and "Failed to generate action" in record.getMessage():
            failures.append(record.getMessage())


@cache
def _watch() -> None:
    logging.getLogger("sotopia.generation").addHandler(_Failures())


async def act_of_sotopia(request: dict[str, Any]) -> dict[str, Any]:
    """Ask a new `LLMAgent` of sotopia for an act.

    Parameters
    ----------
    request
        ``model``, ``me``, ``goal``, and ``seen``: all observations of the person, each with ``last_turn``,
        ``turn_number`` and ``available_actions``.

    Raises
    ------
    SideError
        If sotopia could not make an act.
    """
    from sotopia.agents import LLMAgent  # type: ignore[import-not-found]
    from sotopia.messages import Observation  # type: ignore[import-not-found]

    _watch()
    *before, last = [Observation(**one) for one in request["seen"]]
    agent = LLMAgent(agent_name=request["me"], model_name=request["model"])
    agent.goal = request["goal"]
    for one in before:
        agent.recv_message("Environment", one)
    failures: list[str] = []
    token = _failure.set(failures)
    try:
        act = await agent.aact(last)
    finally:
        _failure.reset(token)
    if failures:
        raise SideError(failures[0])
    return {"kind": act.action_type, "text": act.argument, "to": list(getattr(act, "to", None) or [])}


@cache
def _agent_class() -> Any:
    """Return the class `SwmAgent`. sotopia is imported here, because its import takes several seconds."""
    from sotopia.agents import BaseAgent
    from sotopia.messages import AgentAction

    has_recipients = "to" in AgentAction.model_fields

    def made(act: Mapping[str, Any]) -> Any:
        recipients = {"to": act["to"]} if has_recipients else {}
        return AgentAction(action_type=act["kind"], argument=act["text"], **recipients)

    class SwmAgent(BaseAgent):  # type: ignore[misc]
        """An agent of sotopia whose acts come from a process of social-world-model.

        Parameters
        ----------
        child
            Process of social-world-model, see `swm_process`. Several agents can use one process.
        settings
            Settings of the agent, such as ``{"agent": "foresee", "model_name": "gpt-4.1-2025-04-14"}``.
        named
            The same as for `BaseAgent`: ``agent_profile``, ``uuid_str`` or ``agent_name``.
        """

        def __init__(self, child: Child, settings: Mapping[str, Any] | None = None, **named: Any) -> None:
            super().__init__(**named)
            self._child, self._settings = child, dict(settings or {})
            self.model_name = "swm_" + "_".join(
                str(self._settings[name]) for name in ("agent", "model_name", "world_model") if self._settings.get(name)
            )

        async def aact(self, obs: Any) -> Any:
            """Return the act of the agent. A failure raises `SideError`, and never becomes the act "none"."""
            self.recv_message("Environment", obs)
            if list(obs.available_actions) == ["none"]:
                return made({"kind": "none", "text": "", "to": []})
            seen = [message.model_dump(mode="json") for _, message in self.inbox]
            act = await self._child.ask(
                settings=self._settings,
                me=self.agent_name,
                goal=self._goal,
                seen=seen,
                private_acts=has_recipients,
            )
            return made(act)

    return SwmAgent


def __getattr__(name: str) -> Any:
    if name == "SwmAgent":
        return _agent_class()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def swm_process(python: str, *, timeout: float = 600.0, command: Sequence[str] = ()) -> Child:
    """Start a process of social-world-model. Close it after the episodes, or use it in a ``with`` statement.

    Parameters
    ----------
    python
        Python of the environment of social-world-model.
    timeout
        Maximum number of seconds for an act.
    command
        Arguments of Python that start your own process instead, such as a script that calls
        `social_world_model.adapters.sotopia_server.serve_agent`.
    """
    return Child([python, *(command or SERVER)], timeout=timeout)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine and return its result. Unlike `asyncio.run`, it does not wait for the tasks of litellm.

    Parameters
    ----------
    work
        Coroutine, such as ``arun_one_episode(...)``.
    """
    return asyncio.new_event_loop().run_until_complete(work)


if __name__ == "__main__":
    _here = Path(__file__).resolve().parent  # this folder has another module with the name sotopia
    sys.path[:] = [path for path in sys.path if Path(path).resolve() != _here]
    serve(act_of_sotopia)
