"""Execute the runs of a sweep. All runs share the concurrent calls, the budget, the models and the contexts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from functools import partial

from social_world_model.contracts import Dataset
from social_world_model.errors import SocialWorldModelError
from social_world_model.experiments.contexts import SharedContexts
from social_world_model.experiments.many_runs import Turn, results_in_order, whole_progress
from social_world_model.experiments.plan import plan_in_sweep
from social_world_model.experiments.progress import Progress, RunResult
from social_world_model.experiments.runner import Runner, SweepPart
from social_world_model.experiments.sweep import Sweep
from social_world_model.generation_utils.clients import Clients
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
    starts = [partial(runs.execute, number, settings) for number, settings in enumerate(sweep.runs)]
    async with aclosing(results_in_order(runs.clients, starts)) as results:
        async for result in results:
            yield result


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
        self._progress: dict[int, Progress] = {}

    async def execute(self, number: int, settings: RunSettings, turn: Turn) -> RunResult:
        """Execute one run. If it cannot start, the result contains the reason."""
        try:
            plan, models = plan_in_sweep(settings, self.clients, self.on_problem)
            part = SweepPart(self.contexts, turn.all_started, turn.owner)
            return await Runner(plan, models, partial(self._report, number), part).execute()
        except SocialWorldModelError as error:
            return _not_run(settings, str(error))

    def _report(self, number: int, progress: Progress) -> None:
        """Report the progress of all runs together."""
        self._progress[number] = progress
        self.on_progress(whole_progress(self._progress.values(), self.sweep.questions, self.clients))


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
