"""Coroutines for those who do not write any: scripts and notebooks."""

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
    """Run a coroutine to its end, from anywhere, also where a loop is running already.

    All such work runs in one loop in a thread of its own: connections that are kept open belong to a loop.
    """
    loop = _loop(os.getpid())
    if threading.current_thread().name == THREAD:
        work.close()
        raise RuntimeError("this runs in the loop of a `…_sync` function already: use the async twin and `await`")
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
    except BaseException:  # Ctrl-C, above all, which may come at any moment: nothing is to go on in secret
        given_up = True
        loop.call_soon_threadsafe(lambda: [task.cancel() for task in begun])
        raise


def plain_twin(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Return what does the same as a coroutine function, for scripts and notebooks; it takes and raises the same."""

    @wraps(function)
    def twin(*args: P.args, **named: P.kwargs) -> T:
        return run_sync(function(*args, **named))

    return twin


@cache
def _loop(process: int) -> asyncio.AbstractEventLoop:
    """Return a loop that runs; a process that was forked needs its own, since no thread survives a fork."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name=THREAD, daemon=True).start()
    return loop
