"""Execute many runs that share calls: the next run starts when the current run leaves a call free."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from social_world_model.experiments.progress import Progress
from social_world_model.generation_utils.clients import Clients
from social_world_model.generation_utils.vllm_engine import keep_loaded

T = TypeVar("T")


@dataclass(frozen=True)
class Turn:
    """Connection between a run and the runs that come after it.

    Parameters
    ----------
    all_started
        Function that is called when all items of the run are started and a call is free. The next run may then start.
    owner
        Task whose cancellation stops the run. None means the current task.
    """

    all_started: Callable[[], None] = lambda: None
    owner: asyncio.Task[Any] | None = None


Start = Callable[[Turn], Coroutine[Any, Any, T]]
"""Function that executes a run, and returns its result. It raises no error of this package."""


async def results_in_order(clients: Clients, runs: Sequence[Start[T]]) -> AsyncGenerator[T, None]:
    """Execute runs, and yield their results in order.

    The next run starts when all items of the current run are started and a call is free, so a slow call does not delay
    the other runs. When the budget is spent, the remaining runs are not started.

    Parameters
    ----------
    clients
        Language models that all runs share. They are closed at the end.
    runs
        Functions that execute the runs.
    """
    running = _Running(clients, runs)
    why: str | None = None
    with keep_loaded():
        starting = asyncio.create_task(running.start_all())
        try:
            while (run := await running.started.get()) is not None:
                yield await asyncio.shield(run)  # an interruption stops all runs at once, below
            await starting
        except asyncio.CancelledError as error:
            why = str(error)
            raise
        finally:
            await running.stop(starting, why)


class _Running(Generic[T]):
    """Runs that are executed at the same time."""

    def __init__(self, clients: Clients, runs: Sequence[Start[T]]) -> None:
        self.clients = clients
        self.runs = runs
        self.started: asyncio.Queue[asyncio.Task[T] | None] = asyncio.Queue()
        self._owner = asyncio.current_task()
        self._active: set[asyncio.Task[T]] = set()

    async def start_all(self) -> None:
        """Start one run after the other, until all runs are started or the budget is spent."""
        try:
            for start in self.runs:
                if self.clients.calls.spending.over is not None:
                    return
                all_started = asyncio.Event()
                run = asyncio.create_task(self._execute(start, all_started))
                self._active.add(run)
                run.add_done_callback(self._active.discard)
                self.started.put_nowait(run)
                await all_started.wait()
        finally:
            self.started.put_nowait(None)

    async def _execute(self, start: Start[T], all_started: asyncio.Event) -> T:
        try:
            return await start(Turn(all_started.set, self._owner))
        finally:
            all_started.set()

    async def stop(self, starting: asyncio.Task[None], why: str | None) -> None:
        """Cancel everything that is still active, and close the models. The manifests contain the reason."""
        active: list[asyncio.Task[None] | asyncio.Task[T]] = [starting, *self._active]
        with self.clients.calls.limit.paused():
            for task in active:
                task.cancel(why)
            await asyncio.gather(*active, return_exceptions=True)
        await self.clients.close()


def whole_progress(runs: Iterable[Progress], total: int, clients: Clients) -> Progress:
    """Return the progress of all runs together.

    Parameters
    ----------
    runs
        Progress of each run that has started.
    total
        Number of items of all runs, including runs that have not started.
    clients
        Language models that all runs share.
    """
    known, calls = list(runs), clients.calls
    return Progress(
        total=total,
        kept=sum(one.kept for one in known),
        done=sum(one.done for one in known),
        failed=sum(one.failed for one in known),
        in_flight=calls.active,
        per_minute=calls.per_minute,
        retries=sum(one.retries for one in known),
        usage=calls.spent,
    )
