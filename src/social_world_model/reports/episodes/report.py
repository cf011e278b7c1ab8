"""A report of cells of episodes: levels, gains over the agent plain, costs, seats, judges, and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

from social_world_model.experiments.episodes.called_models import has_valued, relatives
from social_world_model.reports.displayed import Displayed
from social_world_model.reports.environments import (
    FEWEST_ENVIRONMENTS,
    Level,
    Slope,
    bounds,
    krippendorff,
    slope,
)
from social_world_model.reports.episodes.cells import PLAIN, Cell, CellName, read_cells
from social_world_model.reports.episodes.pairs import GOAL, CellDifference, differ_cells, limits
from social_world_model.reports.episodes.summary import AgentSummary, EpisodeFigures, mean_score, summary_of
from social_world_model.reports.statistics import Interval, holm
from social_world_model.scenarios.dimensions import OVERALL

PER_CHARACTERS = 100
"""The slope on length is given per so many characters of an own turn."""


@dataclass(frozen=True, kw_only=True)
class Gain:
    """The difference between a cell and the cell of the agent plain with the same model and partner.

    Parameters
    ----------
    over
        The cell of the agent plain.
    difference
        The cell minus this cell.
    is_control
        Whether the two cells are an A/A pair: the same agent with another seed. Their difference shows only chance.
    adjusted
        The p value, adjusted by Holm's method over the gains of a table. None for an A/A pair.
    """

    over: Cell
    difference: CellDifference
    is_control: bool
    adjusted: float | None = None


@dataclass(frozen=True, kw_only=True)
class CellRow:
    """A cell in a report.

    Parameters
    ----------
    cell
        The cell.
    summary
        Scores of the game or of all judges, and costs per own turn.
    failed, unjudged
        Number of episodes that were not played to the end, and number of played episodes without a score.
    bounds
        Lowest and highest mean goal that is possible with the missing scores; None if at most 2 % are missing.
    gain
        Difference to the agent plain; None if there is no such cell, or if the cell is this one.
    slope
        Slope of goal on the mean length of an own turn, per 100 characters. None without judges, or for fewer than 6
        environments.
    alpha
        Krippendorff's α over judges, for goal. None for fewer than two judges.
    """

    cell: Cell
    summary: AgentSummary
    failed: int
    unjudged: int
    bounds: Interval | None
    gain: Gain | None
    slope: Slope | None
    alpha: float | None

    def score(self, dimension: str) -> Level | None:
        """Return the mean of a score; None if no episode has it."""
        return self.summary.scores.get(dimension)


@dataclass(frozen=True, kw_only=True)
class SeatRow:
    """The episodes of a cell in one seat."""

    row: CellRow
    seat: str
    goal: Level | None
    difference: CellDifference | None


@dataclass(frozen=True, kw_only=True)
class JudgeRow:
    """What one judge says about a cell.

    Parameters
    ----------
    row, judge
        The cell, and the name of the judge.
    judged, failed
        Number of episodes with scores, and number of refused, unreadable and failed verdicts.
    scores
        The judge's mean of each dimension that tables show.
    order_gap
        Mean effect of the order of the people on goal: positive if the judge favours the person who is listed first.
        None if there is only one order.
    """

    row: CellRow
    judge: str
    judged: int
    failed: int
    scores: dict[str, Level | None]
    order_gap: float | None


@dataclass(frozen=True, kw_only=True)
class CellReport(Displayed):
    """Cells side by side, with notes for the reader.

    Parameters
    ----------
    rows
        Rows in the order of the tables. In each table, A/A pairs are first.
    notes
        Notes for the reader.
    seed
        Random seed of tests with very many environments.
    """

    rows: tuple[CellRow, ...]
    notes: tuple[str, ...]
    seed: int = 0

    @property
    def sections(self) -> Iterator[tuple[str, list[CellRow]]]:
        """Groups of rows with the same scenario, data and partner. Each group has a title."""
        groups: dict[CellName, list[CellRow]] = {}
        for row in self.rows:
            groups.setdefault(row.cell.name.condition, []).append(row)
        yield from ((name.title, rows) for name, rows in groups.items())

    @property
    def seats(self) -> tuple[SeatRow, ...]:
        """Rows per seat, for cells with scores in several seats."""
        return tuple(one for row in self.rows for one in _seats(row, self.seed))

    @property
    def judges(self) -> tuple[JudgeRow, ...]:
        """Rows per judge."""
        return tuple(_judge_row(row, judge) for row in self.rows for judge in row.cell.judges)


def cell_report(paths: Sequence[Path], seed: int = 0) -> CellReport:
    """Read all cells of episodes in some folders, and compare them.

    Parameters
    ----------
    paths
        Folders of episodes, or folders that contain such folders at any depth.
    seed
        Random seed of tests with very many environments.

    Raises
    ------
    DatasetError
        If a newer version of this package wrote a folder.
    """
    return report_of(read_cells(paths), seed)


def report_of(cells: Sequence[Cell], seed: int = 0) -> CellReport:
    """Compare cells.

    Parameters
    ----------
    cells
        The cells.
    seed
        Random seed of tests with very many environments.
    """
    groups: dict[CellName, list[Cell]] = {}
    for cell in sorted(cells, key=lambda cell: cell.name.condition.title):
        groups.setdefault(cell.name.condition, []).append(cell)
    rows = [row for some in groups.values() for row in _with_holm(_rows(some, seed))]
    return CellReport(rows=tuple(rows), notes=tuple(_notes(rows)), seed=seed)


def _rows(cells: Sequence[Cell], seed: int) -> Iterator[CellRow]:
    """Yield the rows of a table: A/A pairs first, then the other cells by model."""
    bases = [cell for cell in cells if cell.name.agent == PLAIN]
    bases.sort(key=lambda cell: (cell.name.seed is not None, cell.name.seed or 0))
    seeds: dict[CellName, set[int | None]] = {}
    for cell in bases:
        seeds.setdefault(cell.name.but_seed, set()).add(cell.name.seed)
    first = [cell for cell in bases if len(seeds[cell.name.but_seed]) > 1]
    rest = sorted(
        (cell for cell in cells if not any(cell is one for one in first)),
        key=lambda cell: (cell.name.model, cell.name.agent != PLAIN, cell.name.agent, cell.name.world_model),
    )
    for cell in (*sorted(first, key=lambda cell: cell.name.model), *rest):
        base = _reference(cell, bases)
        gain = None
        if base is not None:
            control = cell.name.but_seed == base.name.but_seed
            gain = Gain(over=base, difference=differ_cells(base, cell, GOAL, seed), is_control=control)
        yield _row(cell, gain)


def _reference(cell: Cell, bases: Sequence[Cell]) -> Cell | None:
    """Return the cell of the agent plain with the same model, and with the same seed if there is one."""
    same = [base for base in bases if base.name.model == cell.name.model]
    if not same or cell.name == same[0].name:  # a copy of a run is no second run
        return None
    if cell.name.agent == PLAIN:
        return same[0]
    return next((base for base in same if base.name.seed == cell.name.seed), same[0])


def _with_holm(rows: Iterator[CellRow]) -> list[CellRow]:
    found = list(rows)
    tested = [
        place
        for place, row in enumerate(found)
        if row.gain is not None and not row.gain.is_control and row.gain.difference.p is not None
    ]
    ps = [row.gain.difference.p or 0.0 for row in (found[place] for place in tested) if row.gain is not None]
    for place, p in zip(tested, holm(ps), strict=True):
        gain = found[place].gain
        found[place] = replace(found[place], gain=None if gain is None else replace(gain, adjusted=p))
    return found


def _row(cell: Cell, gain: Gain | None) -> CellRow:
    episodes = cell.scored
    known = [one for one in episodes if GOAL in one.scores]
    missing = [one for one in episodes if GOAL not in one.scores]
    environments = [one.environment for one in known]
    values = [one.scores[GOAL] for one in known]
    is_scored = bool(known or cell.judges)
    return CellRow(
        cell=cell,
        summary=summary_of(episodes),
        failed=sum(not one.played for one in episodes),
        unjudged=sum(one.played for one in missing),
        bounds=bounds(values, environments, [one.environment for one in missing], limits(GOAL)) if is_scored else None,
        gain=gain,
        slope=_length_slope(known) if cell.judges else None,
        alpha=_alpha(cell),
    )


def _length_slope(episodes: Sequence[EpisodeFigures]) -> Slope | None:
    found = slope(
        [one.length / PER_CHARACTERS for one in episodes],
        [one.scores[GOAL] for one in episodes],
        [one.environment for one in episodes],
    )
    return None if found is None or found.interval is None else found


def _alpha(cell: Cell, dimension: str = GOAL) -> float | None:
    given = [[some.get(one.index) for some in cell.judgements.values()] for one in cell.episodes if one.played]
    units = [[one.scores[dimension] for one in some if one is not None and dimension in one.scores] for some in given]
    return krippendorff(units)


def _seats(row: CellRow, seed: int) -> Iterator[SeatRow]:
    seats = sorted({one.seat for one in row.cell.episodes})
    for seat in seats if len(seats) > 1 and row.score(GOAL) is not None else ():
        own = in_seat(row.cell, seat)
        over = None if row.gain is None else in_seat(row.gain.over, seat)
        yield SeatRow(
            row=row,
            seat=seat,
            goal=mean_score(own.scored, GOAL),
            difference=None if over is None else differ_cells(over, own, GOAL, seed),
        )


def in_seat(cell: Cell, seat: str) -> Cell:
    """Return a copy of a cell with the episodes in one seat.

    Parameters
    ----------
    cell, seat
        The cell, and the name of the seat.
    """
    return replace(cell, episodes=tuple(one for one in cell.episodes if one.seat == seat))


def _judge_row(row: CellRow, judge: str) -> JudgeRow:
    found = row.cell.judgements[judge]
    gaps = [one.order_gap[GOAL] for one in found.values() if GOAL in one.order_gap]
    scored: Sequence[EpisodeFigures] = row.cell.scored_by([judge])
    return JudgeRow(
        row=row,
        judge=judge,
        judged=sum(one.status == "judged" for one in found.values()),
        failed=sum(one.status != "judged" for one in found.values()),
        scores={name: mean_score(scored, name) for name in (GOAL, OVERALL)},
        order_gap=fmean(gaps) if gaps else None,
    )


def _notes(rows: Sequence[CellRow]) -> Iterator[str]:
    yield from _about_statistics(rows)
    yield from _about_missing(rows)
    yield from _about_pairs(rows)
    yield from _about_judges(rows)
    yield from (told for row in rows for told in row.cell.unreadable)
    names = [row.cell.name for row in rows]
    for row in rows:
        if len(row.cell.folders) > 1:
            yield f"{row.cell.name.player}: {len(row.cell.folders)} folders with different tasks are one run"
        if names.count(row.cell.name) > 1:
            yield f"{row.cell.folders[0]}: another folder has the same episodes; each folder has its own row"


def _about_statistics(rows: Sequence[CellRow]) -> Iterator[str]:
    levels = [level for row in rows if (level := row.score(GOAL)) is not None]
    if levels:
        yield (
            "goal, overall: mean over environments, with a t interval on the means of the environments; in a scenario "
            "with one environment, each episode counts once"
        )
    if any(level.interval is None for level in levels):
        yield f"no interval and no test: fewer than {FEWEST_ENVIRONMENTS} environments"
    gains = [row.gain for row in rows if row.gain is not None]
    tests = [gain for gain in gains if gain.adjusted is not None]
    if gains:
        yield (
            "gain: mean difference of goal to the agent plain with the same model and partner, paired by task and "
            "repeat"
        )
    if any(gain.is_control for gain in gains):
        yield (
            "gain in a row of plain: the difference of an A/A pair, two runs that differ only in the seed; it shows "
            "how much a value moves by chance"
        )
    if tests:
        yield (
            "p (Holm): exact sign-flip test over environments (mid-p), adjusted by Holm's method over the gains of a "
            "table; an A/A pair is not tested"
        )
    if any(row.slope is not None for row in rows):
        yield (
            f"slope: change of goal per {PER_CHARACTERS} characters of the mean own turn, within environments; a slope "
            "can come from the judge or from the agent"
        )
    if any(row.summary.forecast is not None for row in rows):
        yield "forecast: share of imagined first replies that have the kind of the real reply"


def _about_missing(rows: Sequence[CellRow]) -> Iterator[str]:
    for row in rows:
        name = row.cell.name.player
        missing = f"{name}: failed episodes: {row.failed}; played episodes without a score: {row.unjudged}"
        if not row.summary.scores and not row.cell.judges and row.summary.played:
            yield f"{name}: no scores; a judge must decide (swm agents judge)"
        elif row.bounds is not None:
            yield (
                f"{missing}; with the lowest and the highest score for these episodes, goal is {row.bounds.low:.2f} to "
                f"{row.bounds.high:.2f}"
            )
        elif row.failed or row.unjudged:
            yield f"{missing}; they are left out"


def _about_pairs(rows: Sequence[CellRow]) -> Iterator[str]:
    for row in rows:
        if row.gain is None:
            continue
        found, name = row.gain.difference, row.cell.name.player
        if unpaired := len(found.only_a) + len(found.only_b):
            yield f"{name}: the gain leaves out {unpaired} episodes that only one of the two runs has"
        if found.by_repeat and not row.gain.is_control:
            yield f"{name}: the two runs of the gain have different seeds, so they are paired by task and repeat"
        if set(row.cell.judges) != set(row.gain.over.judges):
            shared = ", ".join(found.judges) or "no judge"
            yield f"{name}: the gain uses the scores of {shared}, because the two runs have different judges"
        if found.bounds is not None and found.found is not None:
            yield (
                f"{name}: with the lowest and the highest score for missing episodes, the gain is "
                f"{found.bounds.low:+.2f} to {found.bounds.high:+.2f}"
            )


def _about_judges(rows: Sequence[CellRow]) -> Iterator[str]:
    if any(row.alpha is not None for row in rows):
        yield "alpha: Krippendorff's alpha of the judges for goal (interval scale); 1 for equal scores, 0 for chance"
    if any(row.cell.judges for row in rows):
        yield (
            "order gap: goal of the person who is listed first minus goal of the same person when listed last; each "
            "judge scores each episode in both orders"
        )
    warned: dict[str, list[str]] = {}
    for row in rows:
        for judge in row.cell.judges:
            for warning in _warnings(row.cell, judge):
                warned.setdefault(f"judge {judge}: {warning}", []).append(row.cell.name.player)
    for warning, found in warned.items():
        names = list(dict.fromkeys(found))
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        yield f"warning: {warning} ({'; '.join(names[:3])}{more})"


def _warnings(cell: Cell, judge: str) -> Iterator[str]:
    model = cell.judge_models.get(judge, judge)
    if has_valued(cell.models, model):
        yield "the model also valued acts of the agent, so its scores may favour the agent"
    for role in ("agent", "partner"):
        if found := relatives(cell.models, role, model):
            yield f"the model has the family of the {role} ({', '.join(found)})"
