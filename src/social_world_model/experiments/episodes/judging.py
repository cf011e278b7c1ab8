"""Judge episodes: all judges on all runs of episodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from social_world_model.experiments.episodes.judging_part import JudgedFolder, JudgingPart
from social_world_model.experiments.episodes.judging_plan import notes_of, plan_judging
from social_world_model.experiments.many_runs import Turn, results_in_order, whole_progress
from social_world_model.experiments.progress import Progress
from social_world_model.generation_utils.clients import Clients
from social_world_model.generation_utils.sync import run_sync
from social_world_model.settings import JudgingSettings
from social_world_model.usage import NO_USAGE, Usage


@dataclass(frozen=True, kw_only=True)
class JudgingResult:
    """Result of a judging.

    Parameters
    ----------
    parts
        Verdicts by run and judge.
    usage
        Usage of the calls of this command, by judge.
    notes
        Remarks about the judges and the runs.
    """

    parts: tuple[JudgedFolder, ...]
    usage: Mapping[str, Usage]
    notes: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether each judge has scores for each episode."""
        return all(part.is_complete for part in self.parts)


class JudgingRun:
    """Judging of episodes. Settings and folders are checked when the object is created.

    Parameters
    ----------
    settings
        Settings of the judging.
    on_progress
        Callback that receives the progress after every verdict, and twice per second.
    on_problem
        Callback that receives a message about a problem with calls. Each kind of problem is reported once.

    Raises
    ------
    ConfigurationError
        If a model is unknown, or if a judge valued the acts of an agent in the episodes.
    DatasetError
        If a folder contains no episodes, or if the rules of a game give the scores.
    """

    def __init__(
        self,
        settings: JudgingSettings,
        on_progress: Callable[[Progress], None] = lambda _: None,
        on_problem: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.clients = Clients(settings, on_problem)
        self.plan = plan_judging(settings, self.clients)
        self.on_progress = on_progress
        self.parts: list[JudgingPart] = []

    def execute_sync(self) -> JudgingResult:
        """Judge all episodes; see `execute`."""
        return run_sync(self.execute())

    async def execute(self) -> JudgingResult:
        """Judge all episodes that have no valid verdict, store each verdict, and return all.

        The next part starts when all episodes of the present part are started and a call is free. A part is one judge
        on one run of episodes. If a judge cannot be reached, the other judges continue. If the budget is spent, no
        further part starts.
        """
        self.parts = [
            JudgingPart(self.plan.settings, run, judge, shared=self.clients, report=self._report)
            for run, judge in self.plan.parts
        ]
        starts = [partial(self._judge, part) for part in self.parts]
        async with aclosing(results_in_order(self.clients, starts)) as results:
            started = [part async for part in results]
        for part in self.parts[len(started) :]:
            part.stopped = str(self.clients.calls.spending.over)
        usage: dict[str, Usage] = {}
        for part in self.parts:
            usage[part.judge.name] = usage.get(part.judge.name, NO_USAGE) + part.clients.calls.spent
        return JudgingResult(
            parts=tuple(part.result() for part in self.parts),
            usage={judge: used for judge, used in usage.items() if used != NO_USAGE},
            notes=tuple(notes_of(self.plan)),
        )

    async def _judge(self, part: JudgingPart, turn: Turn) -> JudgingPart:
        """Execute a part, unless its judge could not be reached in an earlier part."""
        dead = [other for other in self.parts if other.is_dead and other.judge is part.judge]
        if dead:
            part.stopped = dead[0].work.stopped
        else:
            await part.execute(turn)
        return part

    def _report(self) -> None:
        """Report the progress of all parts together."""
        total = sum(len(part.run.episodes) for part in self.parts)
        self.on_progress(whole_progress([part.progress() for part in self.parts], total, self.clients))
