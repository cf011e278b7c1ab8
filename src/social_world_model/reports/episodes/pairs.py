"""Two cells of episodes, paired episode by episode: the difference, its interval, its test, and its bounds."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from social_world_model.reports.environments import LARGEST_MISSING, PairedLevel, level, paired_level
from social_world_model.reports.episodes.cells import Cell
from social_world_model.reports.episodes.summary import EpisodeFigures
from social_world_model.reports.statistics import Interval
from social_world_model.scenarios.dimensions import RANGES

GOAL = "goal"
Pair = tuple[EpisodeFigures, EpisodeFigures]


def limits(dimension: str) -> tuple[float, float]:
    """Return the lowest and the highest score of a dimension.

    Parameters
    ----------
    dimension
        Name of a dimension, or ``"overall"``. An unknown dimension has the limits of the dimension goal.

    Examples
    --------
    >>> limits("relationship")
    (-5.0, 5.0)
    """
    return RANGES.get(dimension, RANGES[GOAL])


@dataclass(frozen=True, kw_only=True)
class CellDifference:
    """The difference between two cells, B minus A.

    Parameters
    ----------
    dimension
        The compared score.
    found
        Mean difference over environments, with interval and test. None if no pair has two scores.
    pairs
        Pairs of episodes with two scores.
    only_a, only_b
        Names of episodes that only A (or only B) has.
    missing_a, missing_b
        Names of episodes in pairs without a score in A (or in B): not played to the end, or not judged.
    bounds
        Lowest and highest difference that is possible with the missing scores. None if at most 2 % of the pairs lack
        a score.
    judges
        Judges whose scores are compared: the judges that both cells have. Empty for games.
    by_repeat
        Whether the episodes are paired by task and number, because the runs have different seeds.
    """

    dimension: str
    found: PairedLevel | None
    pairs: tuple[Pair, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    missing_a: tuple[str, ...]
    missing_b: tuple[str, ...]
    bounds: Interval | None
    judges: tuple[str, ...]
    by_repeat: bool

    @property
    def p(self) -> float | None:
        """The p value of the sign-flip test."""
        return None if self.found is None else self.found.p


def differ_cells(a: Cell, b: Cell, dimension: str = GOAL, seed: int = 0) -> CellDifference:
    """Compare two cells.

    Parameters
    ----------
    a, b
        The cells. The difference is B minus A.
    dimension
        The score to compare.
    seed
        Random seed of the test, which needs it for very many environments.
    """
    judges = tuple(judge for judge in a.judges if judge in b.judges)
    first, second = a.scored_by(judges), b.scored_by(judges)
    pairs, by_repeat = _paired(first, second)
    known = [pair for pair in pairs if all(dimension in one.scores for one in pair)]
    in_pairs = [{one.index for one in side} for side in zip(*pairs, strict=True)] or [set(), set()]
    return CellDifference(
        dimension=dimension,
        found=paired_level(_differences(known, dimension), [one.environment for one, _ in known], seed),
        pairs=tuple(known),
        only_a=tuple(one.index for one in first if one.index not in in_pairs[0]),
        only_b=tuple(one.index for one in second if one.index not in in_pairs[1]),
        missing_a=tuple(one.index for one, _ in pairs if dimension not in one.scores),
        missing_b=tuple(one.index for _, one in pairs if dimension not in one.scores),
        bounds=_bounds(pairs, dimension),
        judges=judges,
        by_repeat=by_repeat,
    )


def _differences(pairs: Sequence[Pair], dimension: str) -> list[float]:
    return [b.scores[dimension] - a.scores[dimension] for a, b in pairs]


def _paired(a: Sequence[EpisodeFigures], b: Sequence[EpisodeFigures]) -> tuple[list[Pair], bool]:
    """Pair episodes by task, number and seed; or by task and number, if the runs have no episode in common."""
    pairs = _matched(a, b, lambda one: (one.index, one.seed))
    return (pairs, False) if pairs else (_matched(a, b, lambda one: one.index), True)


def _matched(
    a: Sequence[EpisodeFigures], b: Sequence[EpisodeFigures], key: Callable[[EpisodeFigures], Hashable]
) -> list[Pair]:
    others = {key(one): one for one in b}
    return [(one, others[key(one)]) for one in a if key(one) in others]


def _bounds(pairs: Sequence[Pair], dimension: str) -> Interval | None:
    """Return the lowest and the highest mean difference, if more than 2 % of the pairs lack a score."""
    missing = sum(dimension not in a.scores or dimension not in b.scores for a, b in pairs)
    if missing <= LARGEST_MISSING * len(pairs):
        return None
    low, high = limits(dimension)
    environments = [a.environment for a, _ in pairs]
    ends = [
        level([b.scores.get(dimension, of_b) - a.scores.get(dimension, of_a) for a, b in pairs], environments)
        for of_a, of_b in ((high, low), (low, high))
    ]
    return Interval(*(one.mean for one in ends if one is not None))
