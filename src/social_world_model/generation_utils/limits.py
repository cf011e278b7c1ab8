"""Limits on concurrent calls, and on requests and tokens per minute."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from social_world_model.errors import ConfigurationError

MINUTE = 60.0


class CallLimit:
    """Allows at most `size` concurrent calls. The waiting call with the lowest priority number goes first.

    Parameters
    ----------
    size
        Maximum number of concurrent calls; 1 makes calls strictly sequential.

    Raises
    ------
    ValueError
        If `size` is below 1.
    """

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError(f"expected at least 1 concurrent call, got {size}")
        self.size = size
        self._free = size
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._arrivals = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._paused = 0

    def grow(self, size: int) -> None:
        """Allow more concurrent calls.

        Parameters
        ----------
        size
            New maximum number. A number below the present maximum changes nothing.
        """
        more = max(size - self.size, 0)
        self.size += more
        self._free += more
        self._hand_over()

    @property
    def in_flight(self) -> int:
        """Number of slots in use."""
        return self.size - self._free

    @asynccontextmanager
    async def slot(self, priority: int = 0) -> AsyncIterator[None]:
        """Wait for a slot, and keep the slot until the ``with`` block ends."""
        await self._acquire(priority)
        try:
            yield
        finally:
            self._release()

    @property
    def room(self) -> bool:
        """True if a slot is free and no call waits for a slot."""
        return self._free > 0 and not self._waiting and not self._paused

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Give no slot away inside the ``with`` block. Calls that have a slot continue."""
        self._paused += 1
        try:
            yield
        finally:
            self._paused -= 1
            self._hand_over()

    async def idle(self) -> None:
        """Wait until a slot is free and no call waits for a slot."""
        while not self.room:
            self._idle.clear()
            await self._idle.wait()

    async def _acquire(self, priority: int) -> None:
        if self.room:
            self._take()
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._arrivals += 1
        heapq.heappush(self._waiting, (priority, self._arrivals, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the slot was just assigned to this call
                self._release()
            raise

    def _take(self) -> None:
        self._free -= 1
        if not self._free:
            self._idle.clear()

    def _release(self) -> None:
        """Free a slot. The slot is assigned again on the next tick of the event loop.

        The task that frees the slot can therefore ask for the slot first. As a result, an item that was just parsed is
        answered before the next item is parsed.
        """
        self._free += 1
        asyncio.get_running_loop().call_soon(self._hand_over)

    def _hand_over(self) -> None:
        while self._free and self._waiting and not self._paused:
            *_, turn = heapq.heappop(self._waiting)
            if not turn.done():
                self._take()
                turn.set_result(None)
        if self._free and not self._paused:
            self._idle.set()


class RateLimit:
    """Limits the requests and the tokens in any period of 60 seconds.

    Parameters
    ----------
    requests, tokens
        Maximum number of requests and of tokens per minute; None means no limit. If a call has more tokens than the
        limit, it waits until no other call was made in the last minute.
    clock, sleep
        Function that returns the time in seconds, and function that waits. Tests replace both functions.

    Raises
    ------
    ConfigurationError
        If a limit is below 1.
    """

    def __init__(
        self,
        requests: int | None = None,
        tokens: int | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        for name, bound in (("requests", requests), ("tokens", tokens)):
            if bound is not None and bound < 1:
                raise ConfigurationError(f"expected {name} of at least 1, got {bound}", parameters=(name,))
        self.requests = requests
        self.tokens = tokens
        self._clock = clock
        self._sleep = sleep
        self._entries: deque[Admission] = deque()
        self._spent = 0
        self._turn = asyncio.Lock()  # first come, first served

    @property
    def bounded(self) -> bool:
        """True if requests or tokens are limited."""
        return self.requests is not None or self.tokens is not None

    async def admit(self, tokens: int) -> Admission:
        """Wait until the limits allow a call of about this many tokens.

        Returns
        -------
        Admission
            Entry for this call. Pass the entry to `correct` when the true number of tokens is known.
        """
        entry = Admission(0.0, tokens)
        if not self.bounded:
            return entry
        async with self._turn:
            while (wait := self._wait(tokens)) > 0:
                await self._sleep(wait)
            entry.time, entry.counted = self._clock(), True
            self._entries.append(entry)
            self._spent += tokens
        return entry

    def correct(self, entry: Admission, tokens: int) -> None:
        """Replace the estimated number of tokens of a call with the true number.

        Parameters
        ----------
        entry
            Return value of `admit`.
        tokens
            True number of tokens of prompt and reply together.
        """
        if entry.counted:
            self._spent += tokens - entry.tokens
        entry.tokens = tokens

    def _wait(self, tokens: int) -> float:
        """Return the seconds until the oldest call is a minute old; 0 if there is no need to wait."""
        now = self._clock()
        while self._entries and self._entries[0].time + MINUTE <= now:
            old = self._entries.popleft()
            old.counted = False
            self._spent -= old.tokens
        full = self.requests is not None and len(self._entries) >= self.requests
        dear = self.tokens is not None and self._entries and self._spent + tokens > self.tokens
        return self._entries[0].time + MINUTE - now if full or dear else 0.0


class RecentStarts:
    """Counts the requests that were sent in the last 60 seconds."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    @property
    def count(self) -> int:
        """Number of requests in the last 60 seconds."""
        while self._times and self._times[0] < time.monotonic() - MINUTE:
            self._times.popleft()
        return len(self._times)

    def add(self) -> None:
        """Count a request that is sent now."""
        self._times.append(time.monotonic())


class Admission:
    """A call that counts towards the limits for one minute."""

    __slots__ = ("counted", "time", "tokens")

    def __init__(self, time: float, tokens: int) -> None:
        self.time = time
        self.tokens = tokens
        self.counted = False
