"""Play the cells of a matrix. All cells share the concurrent calls, the budget and the models."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial

from social_world_model.errors import SocialWorldModelError
from social_world_model.experiments.episodes.estimate import EpisodeEstimate, Estimator
from social_world_model.experiments.episodes.matrix import MATCHING, Cell, Matrix
from social_world_model.experiments.episodes.planner import Planner
from social_world_model.experiments.episodes.run import EpisodeRun, EpisodesResult
from social_world_model.experiments.episodes.token_matching import guess, match_tokens
from social_world_model.experiments.many_runs import Turn, results_in_order, whole_progress
from social_world_model.experiments.progress import Progress
from social_world_model.generation_utils.clients import Clients
from social_world_model.generation_utils.names import keyless
from social_world_model.settings import EpisodeSettings
from social_world_model.usage import NO_USAGE, Usage


@dataclass(frozen=True, kw_only=True)
class CellResult:
    """Result of a cell.

    Parameters
    ----------
    cell
        The cell. If tokens were matched, the settings have the chosen number of candidates.
    result
        Result of the run; None if the run could not start.
    stopped
        Reason for an early stop; None if the run was not stopped.
    notes
        Remarks for readers of the report.
    usage
        Usage of all calls, including pilots.
    """

    cell: Cell
    result: EpisodesResult | None = None
    stopped: str | None = None
    notes: tuple[str, ...] = ()
    usage: Usage = NO_USAGE

    @property
    def is_complete(self) -> bool:
        """Whether all episodes were played to their end."""
        return self.result is not None and self.stopped is None and not self.result.failed


async def run_matrix(
    matrix: Matrix,
    on_progress: Callable[[Progress], None] = lambda _: None,
    on_problem: Callable[[str], None] = lambda _: None,
) -> AsyncIterator[CellResult]:
    """Play the cells of a matrix, and yield the results in the order of the matrix. Finished episodes are reused.

    The next cell starts when all episodes of the current cell are started and a call is free. All cells share the
    limits on calls, the budget and the models. A stopped cell does not stop the other cells. When the budget is spent,
    the remaining cells are not started.

    Parameters
    ----------
    matrix
        Matrix to play.
    on_progress
        Callback that receives the progress of all cells together.
    on_problem
        Callback that receives a message about a problem with calls. Each kind of problem is reported once.
    """
    cells = _Cells(matrix, on_progress, on_problem)
    starts = [partial(cells.execute, number, cell) for number, cell in enumerate(matrix.cells)]
    async with aclosing(results_in_order(cells.clients, starts)) as results:
        async for result in results:
            yield result


async def estimate_matrix(matrix: Matrix) -> list[tuple[Cell, EpisodeEstimate]]:
    """Return the estimated usage of each cell, in the order of the matrix. No model is called, and no key is needed.

    Parameters
    ----------
    matrix
        Matrix to estimate.
    """
    estimates = []
    with keyless():
        plan, estimator = Planner(), Estimator()
        for cell in matrix.cells:
            settings = cell.settings
            if cell.target is not None:
                settings = replace(settings, candidates=await guess(settings, cell.target, plan, estimator))
            estimates.append((replace(cell, settings=settings), await estimator.estimate(plan(settings))))
    return estimates


def _total(result: EpisodesResult) -> Usage:
    return sum(result.usage.values(), NO_USAGE)


class _Cells:
    """The cells of a matrix, with everything that they share."""

    def __init__(
        self, matrix: Matrix, on_progress: Callable[[Progress], None], on_problem: Callable[[str], None]
    ) -> None:
        self.matrix = matrix
        self.on_progress, self.on_problem = on_progress, on_problem
        self.clients = Clients(matrix.cells[0].settings, on_problem)
        self.planner, self.estimator = Planner(self.clients), Estimator()
        self._progress: dict[int, Progress] = {}
        self._ended = [asyncio.Event() for _ in matrix.cells]

    async def execute(self, number: int, cell: Cell, turn: Turn) -> CellResult:
        """Play one cell. If it cannot start, the result contains the reason."""
        made = CellResult(cell=cell)
        try:
            if cell.target is not None:
                turn.all_started()
                made = await self._matched(cell, cell.target, turn)
            run = self._run(made.cell.settings, partial(self._report, number))
            result = await run.execute(all_started=turn.all_started, owner=turn.owner)
            return replace(
                made,
                result=result,
                stopped=result.stopped,
                notes=(*made.notes, *result.notes),
                usage=made.usage + _total(result),
            )
        except SocialWorldModelError as error:
            return replace(made, stopped=str(error))
        finally:
            self._ended[number].set()

    async def _matched(self, cell: Cell, target: EpisodeSettings, turn: Turn) -> CellResult:
        """Return the cell with the number of candidates that the pilot gives, and the choice in words.

        All other cells end first, because the choice needs their episodes, and because it may name a folder of them.
        """
        for other, ended in zip(self.matrix.cells, self._ended, strict=True):
            if other.target is None:
                await ended.wait()
        usage = NO_USAGE

        async def play(settings: EpisodeSettings) -> EpisodesResult:
            nonlocal usage
            result = await self._run(settings).execute(owner=turn.owner)
            usage += _total(result)
            return result

        match = await match_tokens(
            cell.settings,
            target,
            plan=self.planner,
            play=play,
            estimator=self.estimator,
            others=[self.planner(one.settings).folder for one in self.matrix.cells if one.settings.agent == MATCHING],
        )
        chosen = replace(cell.settings, candidates=match.candidates)
        return CellResult(cell=replace(cell, settings=chosen), notes=(match.told(target.agent),), usage=usage)

    def _run(self, settings: EpisodeSettings, report: Callable[[Progress], None] = lambda _: None) -> EpisodeRun:
        return EpisodeRun(settings, report, self.on_problem, within=self.clients)

    def _report(self, number: int, progress: Progress) -> None:
        """Report the progress of all cells together."""
        self._progress[number] = progress
        self.on_progress(whole_progress(self._progress.values(), self.matrix.episodes, self.clients))
