"""Keeping N calls in flight: never more, and never fewer while there is work.

Items are coroutines that ask for a slot whenever they call a model. A new item is started only when a slot
is free and nobody waits for one, so that answers go before new work and memory stays bounded.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, Generic, Protocol, TypeVar

from social_world_model.errors import SocialWorldModelError

T = TypeVar("T")


class CapacityGate(Protocol):
    """Tells when there is room for more."""

    @property
    def room(self) -> bool:
        """Whether a call is free and nobody waits for one."""
        ...

    async def idle(self) -> None:
        """Wait until there is room."""
        ...


class SingleFlight(Generic[T]):
    """Twenty askers of one thing at one moment make one call, done by the first of them.

    The first works in its own coroutine, so that what it does next comes before anything else is started. A
    failure is remembered: what failed for one fails for all who ask later, and is not paid for again.
    """

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Future[T]] = {}
        self._failed: dict[str, SocialWorldModelError] = {}

    async def once(self, key: str, make: Callable[[], Awaitable[T]]) -> T:
        """Make something, unless somebody is making it: then wait for that.

        Parameters
        ----------
        key
            What is wanted.
        make
            Makes it. What it returns is for those who ask meanwhile; keeping it for later is the caller's.

        Raises
        ------
        SocialWorldModelError
            What `make` raised, now or before.
        """
        if key in self._failed:
            raise self._failed[key]
        if key in self._running:
            return await asyncio.shield(self._running[key])
        shared = self._running[key] = asyncio.get_running_loop().create_future()
        try:
            made = await make()
        except SocialWorldModelError as error:
            self._failed[key] = error
            shared.set_exception(error)
            shared.exception()  # there may be nobody else to look at it
            raise
        except BaseException:
            shared.cancel()
            raise
        finally:
            del self._running[key]
        shared.set_result(made)
        return made


async def run_bounded(limit: CapacityGate, work: Iterable[Callable[[], Coroutine[Any, Any, None]]]) -> None:
    """Run all work with the limit kept full.

    Parameters
    ----------
    limit
        Shared with the work, which asks it for slots.
    work
        Started one by one, in order, as calls become free.

    Raises
    ------
    Exception
        The first that any work raised: nothing new is started then, and what is under way, and perhaps paid
        for, is finished before. A cancellation stops everything at once.
    """
    bounded = _Bounded(limit, work)
    try:
        await bounded.start_all()
        await bounded.finish()
    except asyncio.CancelledError:
        await bounded.cancel()
        raise
    if bounded.errors:
        raise bounded.errors[0]


class _Bounded:
    """Work that is started one by one as calls become free."""

    def __init__(self, limit: CapacityGate, work: Iterable[Callable[[], Coroutine[Any, Any, None]]]) -> None:
        self.owner = asyncio.current_task()
        self.limit = limit
        self.left = iter(work)
        self.running: set[asyncio.Task[None]] = set()
        self.errors: list[BaseException] = []

    async def start_all(self) -> None:
        """Start work whenever there is room, until nothing is left or something has failed."""
        while True:
            await self.limit.idle()
            job = None if self.errors else next(self.left, None)
            if job is None:
                return
            task = asyncio.create_task(self._do(job))
            self.running.add(task)
            task.add_done_callback(self._ended)
            await asyncio.sleep(0)  # let it come as far as its first call

    async def finish(self) -> None:
        """Wait until everything that was started has ended."""
        while self.running:
            await asyncio.wait(self.running)

    async def cancel(self) -> None:
        """Stop everything that was started."""
        for task in self.running:
            task.cancel()
        await asyncio.gather(*self.running, return_exceptions=True)

    async def _do(self, job: Callable[[], Coroutine[Any, Any, None]] | None) -> None:
        """Do one job after the other: the next begins in the very moment in which one ends."""
        while job is not None:
            await job()
            # Jobs that wait for nothing would all be done before a cancellation (Ctrl-C) arrives: is there one?
            stopped = self.errors or (self.owner is not None and self.owner.cancelling())
            job = next(self.left, None) if self.limit.room and not stopped else None

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.errors.append(error)
