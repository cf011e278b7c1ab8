"""Execute the runs of a sweep. All runs share the concurrent calls, the budget, the models and the contexts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

from social_world_model.contracts import Dataset
from social_world_model.errors import SocialWorldModelError
from social_world_model.experiments.contexts import SharedContexts
from social_world_model.experiments.plan import plan_in_sweep
from social_world_model.experiments.progress import Progress, RunResult
from social_world_model.experiments.runner import Runner, SweepPart
from social_world_model.experiments.sweep import Sweep
from social_world_model.generation_utils.clients import Clients
from social_world_model.generation_utils.vllm_engine import keep_loaded
from social_world_model.settings import RunSettings


async def run_sweep(
    sweep: Sweep,
    on_progress: Callable[[Progress], None] = lambda _: None,
    on_problem: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[RunResult]:
    """Execute the runs of a sweep, and yield the results in the order of the sweep. Stored answers are reused.

    The next run starts when all items of the current run are started and a call is free, so a slow call does not delay
    the other runs. All runs share the limits on calls, the budget, the models and the contexts. A story is parsed once
    for all runs with the same parser and guidance. If a context cannot be made, the story is not parsed again.

    A stopped run does not stop the other runs. A run stops, for example, if the model is unreachable, or if another
    process writes to the folder. When the budget is spent, the remaining runs are not started.

    Parameters
    ----------
    sweep
        Sweep to execute.
    on_progress
        Callback that receives the progress of all runs together.
    on_problem
        Callback that receives a message about a problem with calls. Each kind of problem is reported once.
    """
    runs = _Runs(sweep, on_progress, on_problem)
    why: str | None = None
    with keep_loaded():
        starting = asyncio.create_task(runs.start_all())
        try:
            while (run := await runs.started.get()) is not None:
                yield await asyncio.shield(run)  # an interruption stops all runs at once, below
            await starting
        except asyncio.CancelledError as error:
            why = str(error)
            raise
        finally:
            await runs.stop(starting, why)


class _Runs:
    """The runs of a sweep, with everything that they share."""

    def __init__(
        self, sweep: Sweep, on_progress: Callable[[Progress], None], on_problem: Callable[[str], None]
    ) -> None:
        self.sweep = sweep
        self.on_progress = on_progress
        self.clients = Clients(sweep.runs[0], on_problem)
        self.on_problem = on_problem
        self.contexts = SharedContexts()
        self.started: asyncio.Queue[asyncio.Task[RunResult] | None] = asyncio.Queue()
        self._owner = asyncio.current_task()
        self._active: set[asyncio.Task[RunResult]] = set()
        self._progress: dict[int, Progress] = {}

    async def start_all(self) -> None:
        """Start one run after the other, until all runs are started or the budget is spent."""
        try:
            for number, settings in enumerate(self.sweep.runs):
                if self.clients.calls.spending.over is not None:
                    return
                all_started = asyncio.Event()
                run = asyncio.create_task(self._execute(number, settings, all_started))
                self._active.add(run)
                run.add_done_callback(self._active.discard)
                self.started.put_nowait(run)
                await all_started.wait()
        finally:
            self.started.put_nowait(None)

    async def stop(self, starting: asyncio.Task[None], why: str | None) -> None:
        """Cancel everything that is still active, and close the models. The manifests contain the reason."""
        active: list[asyncio.Task[None] | asyncio.Task[RunResult]] = [starting, *self._active]
        with self.clients.calls.limit.paused():
            for task in active:
                task.cancel(why)
            await asyncio.gather(*active, return_exceptions=True)
        await self.clients.close()

    async def _execute(self, number: int, settings: RunSettings, all_started: asyncio.Event) -> RunResult:
        try:
            plan, models = plan_in_sweep(settings, self.clients, self.on_problem)
            part = SweepPart(self.contexts, all_started.set, self._owner)
            return await Runner(plan, models, partial(self._report, number), part).execute()
        except SocialWorldModelError as error:
            return _not_run(settings, str(error))
        finally:
            all_started.set()

    def _report(self, number: int, progress: Progress) -> None:
        """Report the progress of all runs together."""
        self._progress[number] = progress
        known, calls = self._progress.values(), self.clients.calls
        self.on_progress(
            Progress(
                total=self.sweep.questions,
                kept=sum(one.kept for one in known),
                done=sum(one.done for one in known),
                failed=sum(one.failed for one in known),
                in_flight=calls.active,
                per_minute=calls.per_minute,
                retries=sum(one.retries for one in known),
                usage=calls.spent,
            )
        )


def _not_run(settings: RunSettings, why: str) -> RunResult:
    return RunResult(
        settings=settings,
        dataset=Dataset(name="" if settings.dataset_path is None else settings.dataset_path.name, rows=(), sha256=""),
        outcomes=(),
        no_gold=0,
        folder=None,
        kept=0,
        contexts_found=0,
        contexts_made=0,
        errors=(),
        stopped=why,
    )
