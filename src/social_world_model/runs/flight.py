"""Run work with at most N concurrent calls. While work is left, exactly N calls run.

An item is a coroutine that acquires a slot for each model call. A new item starts only if a slot is free and no started
item waits for a slot. Started items therefore finish before new items start, and memory stays bounded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import AbstractContextManager
from typing import Any, Generic, Protocol, TypeVar

from social_world_model.errors import (
    BudgetExceededError,
    ConfigurationError,
    EndpointError,
    GenerationError,
    SocialWorldModelError,
)

T = TypeVar("T")

ENDING = (ConfigurationError, EndpointError, BudgetExceededError)
"""Errors that affect every item. Such an error ends the run, and is not stored in the result of an item."""
TURNS = 20
"""Steps of the event loop between an interruption and the cancellation. Replies that have arrived are stored."""


class CapacityGate(Protocol):
    """Limit on concurrent calls. The limit also reports whether a slot is free."""

    @property
    def room(self) -> bool:
        """Whether a slot is free and no call waits for a slot."""
        ...

    async def idle(self) -> None:
        """Wait until `room` is true."""
        ...

    def paused(self) -> AbstractContextManager[None]:
        """Give no slot away inside the ``with`` block."""
        ...


class SingleFlight(Generic[T]):
    """Deduplication of concurrent work: concurrent requests for the same key share one execution.

    The first caller executes the work in its own coroutine. The next step of the first caller therefore runs before new
    work starts. A final failure is stored. Later requests for the same key raise the same error, without another paid
    call. After any other failure, such as a timeout, the next request for the key executes the work again.
    """

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Future[T]] = {}
        self._failed: dict[str, SocialWorldModelError] = {}

    async def once(self, key: str, make: Callable[[], Awaitable[T]]) -> T:
        """Execute `make`. If another caller executes work for the same key, wait for that result instead.

        Parameters
        ----------
        key
            Identifier of the work.
        make
            Function that does the work. Its result goes to all callers that wait for this key. The result is not
            stored for later calls.

        Raises
        ------
        SocialWorldModelError
            The error that `make` raised in this call or in an earlier call for the same key.
        """
        if key in self._failed:
            raise self._failed[key].with_traceback(None)  # the tracebacks of all earlier callers would stay in memory
        if key in self._running:
            return await asyncio.shield(self._running[key])
        shared = self._running[key] = asyncio.get_running_loop().create_future()
        try:
            made = await make()
        except SocialWorldModelError as error:
            if is_final(error):
                self._failed[key] = error
            shared.set_exception(error)
            shared.exception()  # mark the exception as retrieved, because no other caller may wait for it
            raise
        except BaseException:
            shared.cancel()
            raise
        finally:
            del self._running[key]
        shared.set_result(made)
        return made


def is_final(error: SocialWorldModelError) -> bool:
    """Return whether the same work would fail again.

    A refusal and a reply that cannot be read are final. Transient errors are not final, and neither are errors that
    stop a whole run.
    """
    transient = isinstance(error, GenerationError) and error.transient
    return not (transient or isinstance(error, ENDING))


async def run_bounded(
    limit: CapacityGate,
    work: Iterable[Callable[[], Coroutine[Any, Any, None]]],
    *,
    all_started: Callable[[], None] = lambda: None,
    owner: asyncio.Task[Any] | None = None,
) -> None:
    """Run all work with as many concurrent calls as the limit allows.

    Parameters
    ----------
    limit
        Limit on concurrent calls. The work must acquire its slots from this limit.
    work
        Functions that create coroutines. When slots become free, the coroutines are started one by one, in order.
    all_started
        Function that is called when all work is started and a slot is free.
    owner
        Task whose cancellation stops the work. The default is the current task.

    Raises
    ------
    Exception
        The first error that occurs in the work. After an error, no new work starts. The error is raised when all
        started work has ended. A cancellation stops all work at once.
    """
    bounded = _Bounded(limit, work, owner or asyncio.current_task())
    try:
        await bounded.start_all()
        all_started()
        await bounded.finish()
    except asyncio.CancelledError:
        await bounded.cancel()
        raise
    if bounded.errors:
        raise bounded.errors[0]


class _Bounded:
    """Work that is started one by one when slots become free."""

    def __init__(
        self,
        limit: CapacityGate,
        work: Iterable[Callable[[], Coroutine[Any, Any, None]]],
        owner: asyncio.Task[Any] | None,
    ) -> None:
        self.owner = owner
        self.limit = limit
        self.left = iter(work)
        self.running: set[asyncio.Task[None]] = set()
        self.errors: list[BaseException] = []

    async def start_all(self) -> None:
        """Start work whenever a slot is free, until no work is left or an error occurs."""
        while True:
            await self.limit.idle()
            job = None if self.errors else next(self.left, None)
            if job is None:
                return
            task = asyncio.create_task(self._do(job))
            self.running.add(task)
            task.add_done_callback(self._ended)
            await asyncio.sleep(0)  # let the task run until its first call

    async def finish(self) -> None:
        """Wait until all started work has ended."""
        while self.running:
            await asyncio.wait(self.running)

    async def cancel(self) -> None:
        """Cancel all started work, but store the replies that have already arrived."""
        with self.limit.paused():
            try:
                for _ in range(TURNS):
                    await asyncio.sleep(0)
            finally:
                for task in self.running:
                    task.cancel()
                await asyncio.gather(*self.running, return_exceptions=True)

    async def _do(self, job: Callable[[], Coroutine[Any, Any, None]] | None) -> None:
        """Do one job after another, without a delay between the jobs."""
        while job is not None:
            await job()
            # Jobs that never wait would all run before a cancellation (Ctrl-C) arrives, so check for one here.
            stopped = self.errors or (self.owner is not None and self.owner.cancelling())
            job = next(self.left, None) if self.limit.room and not stopped else None

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.errors.append(error)
