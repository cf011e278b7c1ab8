"""Blocking versions of coroutine functions, for scripts and notebooks."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

THREAD = "social-world-model"


def run_sync(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine and return its result. This also works while an event loop is running.

    All coroutines run in one event loop in a separate thread, because an open connection works in only one event loop.

    Raises
    ------
    RuntimeError
        If the function is called inside the event loop of that thread.
    """
    loop = _loop(os.getpid())
    if threading.current_thread().name == THREAD:
        work.close()
        raise RuntimeError(
            "a `…_sync` function cannot be called inside another `…_sync` function: `await` the async version instead"
        )
    begun: list[asyncio.Task[Any]] = []
    given_up = False

    async def whole() -> T:
        task = asyncio.current_task()
        assert task is not None
        begun.append(task)
        if given_up:
            work.close()
            raise asyncio.CancelledError
        return await work

    try:
        return asyncio.run_coroutine_threadsafe(whole(), loop).result()
    except BaseException:  # mostly Ctrl-C: the coroutine must not continue in the background
        given_up = True
        loop.call_soon_threadsafe(lambda: [task.cancel() for task in begun])
        raise


def plain_twin(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Return a blocking version of a coroutine function, with the same parameters and errors."""

    @wraps(function)
    def twin(*args: P.args, **named: P.kwargs) -> T:
        return run_sync(function(*args, **named))

    return twin


@cache
def _loop(process: int) -> asyncio.AbstractEventLoop:
    """Return the running event loop of a process.

    A forked process needs a new event loop, because threads do not survive a fork.
    """
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name=THREAD, daemon=True).start()
    return loop
