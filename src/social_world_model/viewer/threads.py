"""Run slow work in threads, so that the server can answer others meanwhile, and can end at any time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from social_world_model.errors import SocialWorldModelError

T = TypeVar("T")
MOST = 32
"""Maximum number of threads that work at the same time. Further work waits."""


class ServerEndsError(SocialWorldModelError):
    """The server ends before the work is done."""


class Threads:
    """Runs functions in threads. The threads of unfinished work do not keep the process from ending."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(MOST)
        self._waiting: set[asyncio.Future[Any]] = set()
        self._closed = False

    async def run(self, work: Callable[[], T]) -> T:
        """Return what a function returns.

        Parameters
        ----------
        work
            Function without arguments. It is called in a thread.

        Raises
        ------
        ServerEndsError
            If `close` was called before the function returned.
        """
        async with self._free:
            if self._closed:
                raise _ends()
            loop = asyncio.get_running_loop()
            result: asyncio.Future[T] = loop.create_future()
            self._waiting.add(result)
            threading.Thread(target=_work, args=(work, result, loop), daemon=True).start()
            try:
                return await result
            finally:
                self._waiting.discard(result)

    def close(self) -> None:
        """Stop waiting for unfinished work. Call this method in the event loop of the server."""
        self._closed = True
        for result in self._waiting:
            _set(result, None, _ends())


def _ends() -> ServerEndsError:
    return ServerEndsError("expected the server to go on, got the end of the server: start swm view again")


def _work(work: Callable[[], T], result: asyncio.Future[T], loop: asyncio.AbstractEventLoop) -> None:
    made, error = None, None
    try:
        made = work()
    except Exception as raised:  # noqa: BLE001 - the waiting task gets every error
        error = raised
    with suppress(RuntimeError):  # the server has ended
        loop.call_soon_threadsafe(_set, result, made, error)


def _set(result: asyncio.Future[Any], made: Any, error: Exception | None) -> None:
    if result.done():  # nobody waits any more
        return
    if error is None:
        result.set_result(made)
    else:
        result.set_exception(error)
