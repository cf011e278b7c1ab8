"""Compare two runs of episodes: the difference of all episodes, by seat and by environment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from typing import Any

from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.reports.columns import Column, records
from social_world_model.reports.environments import FEWEST_ENVIRONMENTS, Level, PairedLevel
from social_world_model.reports.episodes.cells import UNKNOWN, Cell
from social_world_model.reports.episodes.columns import level_columns
from social_world_model.reports.episodes.pairs import GOAL, CellDifference, differ_cells
from social_world_model.reports.episodes.report import in_seat
from social_world_model.reports.episodes.summary import mean_score
from social_world_model.reports.figures import probability, score, signed_score
from social_world_model.reports.power import LEVEL, POWER


@dataclass(frozen=True, kw_only=True)
class ComparedRow:
    """A row of a comparison: all episodes, a seat, or an environment.

    Parameters
    ----------
    label
        Label of the row.
    kind
        ``"all"``, ``"seat"`` or ``"environment"``.
    a, b
        Mean score of each run over the compared pairs.
    difference
        B minus A.
    """

    label: str
    kind: str
    a: Level | None
    b: Level | None
    difference: CellDifference


@dataclass(frozen=True, kw_only=True)
class CellComparison:
    """A comparison of two runs of episodes.

    Parameters
    ----------
    a, b
        The runs.
    dimension
        The compared score.
    rows
        The row of all episodes, then rows by seat and by environment.
    """

    a: Cell
    b: Cell
    dimension: str
    rows: tuple[ComparedRow, ...]

    @property
    def whole(self) -> CellDifference:
        """Difference over all episodes."""
        return self.rows[0].difference


def compare_cells(a: Cell, b: Cell, dimension: str = GOAL, seed: int = 0) -> CellComparison:
    """Compare two runs of episodes.

    Parameters
    ----------
    a, b
        Runs of the same scenario on the same data.
    dimension
        The score to compare.
    seed
        Random seed of tests with very many environments.

    Raises
    ------
    ConfigurationError
        If the runs differ in scenario or data, or if no episode has a score of this dimension.
    DatasetError
        If no episodes are paired, or if no pair has two scores.
    """
    _check(a, b, dimension)
    whole = differ_cells(a, b, dimension, seed)
    if whole.found is None:
        raise DatasetError(_why_nothing(a, b, whole))
    rows = [_row("all episodes", "all", whole)]
    seats = sorted({one.seat for one, _ in whole.pairs})
    for seat in seats if len(seats) > 1 else ():
        rows.append(_row(f"seat {seat}", "seat", differ_cells(in_seat(a, seat), in_seat(b, seat), dimension, seed)))
    environments = sorted({one.environment for one, _ in whole.pairs})
    for name in environments if len(environments) > 1 else ():
        first, second = (_in_environment(cell, name) for cell in (a, b))
        rows.append(_row(name, "environment", differ_cells(first, second, dimension, seed)))
    return CellComparison(a=a, b=b, dimension=dimension, rows=tuple(rows))


def _check(a: Cell, b: Cell, dimension: str) -> None:
    told = {
        "scenario": (a.name.scenario, b.name.scenario),
        "SHA-256 of the data": (a.name.data_sha256 or UNKNOWN, b.name.data_sha256 or UNKNOWN),
    }
    for what, (one, other) in told.items():
        if one != other and UNKNOWN not in (one, other):
            raise ConfigurationError(
                f"expected two runs with the same {what}, got {one} in {a.folders[0]} and {other} in {b.folders[0]}"
            )
    known = sorted({name for cell in (a, b) for one in cell.scored for name in one.scores})
    if known and dimension not in known:
        raise ConfigurationError(
            f"expected dimension to be one of {', '.join(known)}; got {dimension!r}", parameters=("dimension",)
        )


def _why_nothing(a: Cell, b: Cell, found: CellDifference) -> str:
    if not found.missing_a and not found.missing_b:
        return f"expected runs with the same tasks, got no task that both {a.folders[0]} and {b.folders[0]} have"
    without = [cell for cell in (a, b) if not cell.judges and not any(one.scores for one in cell.episodes)]
    if without:
        return f"expected episodes with scores, got none in {without[0].folders[0]}; see swm agents judge"
    if (a.judges or b.judges) and not found.judges:
        names = [", ".join(cell.judges) or "no judge" for cell in (a, b)]
        return f"expected a judge of both runs, got {names[0]} in {a.folders[0]} and {names[1]} in {b.folders[0]}"
    return f"expected episodes with a score in both runs, got none in {a.folders[0]} and {b.folders[0]}"


def _in_environment(cell: Cell, name: str) -> Cell:
    return replace(cell, episodes=tuple(one for one in cell.episodes if one.environment == name))


def _row(label: str, kind: str, difference: CellDifference) -> ComparedRow:
    first, second = ([pair[side] for pair in difference.pairs] for side in (0, 1))
    return ComparedRow(
        label=label,
        kind=kind,
        a=mean_score(first, difference.dimension),
        b=mean_score(second, difference.dimension),
        difference=difference,
    )


def _p(row: ComparedRow) -> float | None:
    return row.difference.p if row.kind == "all" else None


def _without_ends(found: Level | None, row: ComparedRow) -> Level | None:
    """Return a level; in an environment, it has no interval."""
    return replace(found, error=None) if found is not None and row.kind == "environment" else found


COMPARED: tuple[Column[ComparedRow], ...] = (
    Column(key="kind", value=lambda row: row.kind),
    Column(key="label", title="", value=lambda row: row.label, number=False),
    Column(key="n", title="pairs", value=lambda row: len(row.difference.pairs)),
    *level_columns("a", lambda row: _without_ends(row.a, row), title="A", priorities=(0, 2)),
    *level_columns("b", lambda row: _without_ends(row.b, row), title="B", priorities=(0, 2)),
    *level_columns("difference", lambda row: _without_ends(row.difference.found, row), title="B - A", signed=True),
    Column(key="p", title="p", value=_p, text=probability, blank=lambda row: row.kind != "all"),
)
"""Columns of a comparison of two runs of episodes."""


def about_comparison(comparison: CellComparison) -> Iterator[str]:
    """Say in words what was compared and tested, and what is left out.

    Parameters
    ----------
    comparison
        The comparison.
    """
    found = comparison.whole
    if found.found is not None:
        yield from _about_test(found, found.found)
    if found.by_repeat:
        yield "the runs have different seeds, so episodes are paired by task and repeat"
    if found.judges:
        yield f"scores: mean of {', '.join(found.judges)}"
    sides = (
        ("A", comparison.a, found.only_a, found.missing_a),
        ("B", comparison.b, found.only_b, found.missing_b),
    )
    for name, cell, lost, missing in sides:
        if unused := [judge for judge in cell.judges if judge not in found.judges]:
            yield f"not used, because only {name} has these judges: {', '.join(unused)}"
        if lost:
            yield f"not paired, because only {name} has these episodes: {_listed(lost)}"
        if missing:
            yield f"without a score in {name} (failed or not judged): {_listed(missing)}"
    if found.bounds is not None:
        yield (
            "with the lowest and the highest score for all missing scores, the difference is "
            f"{signed_score(found.bounds.low)} to {signed_score(found.bounds.high)}"
        )


def _about_test(found: CellDifference, level: PairedLevel) -> Iterator[str]:
    over = "episodes" if len({one.environment for one, _ in found.pairs}) == 1 else "environments"
    if level.p is None:
        yield f"no interval and no test: they need at least {FEWEST_ENVIRONMENTS} {over}; there are {level.clusters}"
        return
    yield (f"mean over {level.clusters} {over}, with a t interval; p: sign-flip test over {over} (mid-p)")
    if level.smallest is not None:
        yield (
            f"smallest difference that these data show with probability {POWER} (test at {LEVEL}): "
            f"{score(level.smallest)}"
        )


SHOWN = 5


def _listed(names: tuple[str, ...]) -> str:
    more = f", … and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{len(names)} ({', '.join(names[:SHOWN])}{more})"


def cell_comparison_data(comparison: CellComparison, seed: int = 0) -> dict[str, Any]:
    """Return a comparison as data for JSON, with all pairs and all episodes that are left out.

    Parameters
    ----------
    comparison
        The comparison.
    seed
        Random seed of the test.
    """
    found, level = comparison.whole, comparison.whole.found
    return {
        "version": version("social-world-model"),
        "seed": seed,
        "dimension": comparison.dimension,
        "a": {"folders": [str(one) for one in comparison.a.folders], **asdict(comparison.a.name)},
        "b": {"folders": [str(one) for one in comparison.b.folders], **asdict(comparison.b.name)},
        "judges": list(found.judges),
        "rows": records(COMPARED, comparison.rows),
        "smallest_difference": None if level is None else level.smallest,
        "bounds": found.bounds,
        "paired_by_repeat": found.by_repeat,
        "left_out_only_in_a": list(found.only_a),
        "left_out_only_in_b": list(found.only_b),
        "without_score_in_a": list(found.missing_a),
        "without_score_in_b": list(found.missing_b),
        "pairs": [
            {
                "episode": one.index,
                "environment": one.environment,
                "a": one.scores[comparison.dimension],
                "b": other.scores[comparison.dimension],
            }
            for one, other in found.pairs
        ],
    }
