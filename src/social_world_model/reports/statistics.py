"""Confidence intervals, exact tests, and adjustment for multiple tests."""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from social_world_model.benchmarks.counting import Metric, ScoredUnit

Z95 = 1.959963984540054
RESAMPLES = 1000
"""Number of bootstrap resamples."""
FEWEST_CLUSTERS = 20
"""Minimum number of clusters for a bootstrap."""
FEWEST_FIGURES = RESAMPLES // 2
"""Minimum number of resamples with a value."""


T = TypeVar("T")
C = TypeVar("C", bound=Hashable)


class Interval(NamedTuple):
    """A 95 % confidence interval of a proportion (0 to 1), or of a difference between proportions (-1 to 1)."""

    low: float
    high: float


def wilson(right: float, n: float) -> Interval:
    """Return Wilson's score interval (Wilson 1927).

    Parameters
    ----------
    right, n
        Number of successes, and number of trials. `n` must be positive.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(8, 10)]
    [0.49, 0.943]
    """
    share = right / n
    spread = Z95 / (1 + Z95**2 / n) * math.sqrt(max(0.0, share * (1 - share) / n + Z95**2 / (4 * n**2)))
    centre = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    return Interval(max(0.0, centre - spread), min(1.0, centre + spread))


def interval(units: Sequence[ScoredUnit], seed: int = 0, measure: Metric | None = None) -> Interval | None:
    """Return the 95 % confidence interval of a score, or None if the score has no interval.

    If the units are independent and each score is 0 or 1, Wilson's interval is returned. For other units, the interval
    is a percentile bootstrap over clusters. If there are fewer than `FEWEST_CLUSTERS` clusters, or if all clusters have
    the same mean, a bootstrap underestimates the spread. In this case, Wilson's interval is returned, with clusters as
    trials. If scores are fractions, Wilson's interval may be too wide, but it is not too narrow. For a measure such as
    F1, the interval is always a bootstrap. If all resamples of a measure are equal, there is no interval.

    Parameters
    ----------
    units
        The scored units.
    seed
        Random seed of the bootstrap.
    measure
        Function that computes the score. None means the mean of the scores of the units.
    """
    figure = estimate(units, measure)
    if figure is None:
        return None
    clusters = _grouped(units, [unit.cluster_id for unit in units])
    if measure is not None:
        return _percentiles([_counts(cluster) for cluster in clusters], _figure_of(measure), figure, seed)
    whole = all(unit.score in (0, 1) for unit in units)
    sums = [(math.fsum(unit.score for unit in cluster), len(cluster)) for cluster in clusters]
    few = len(clusters) < FEWEST_CLUSTERS
    if (whole and len(clusters) == len(units)) or few or len({right / size for right, size in sums}) == 1:
        return wilson(figure * len(clusters), len(clusters))
    return _percentiles(sums, _mean, figure, seed)


def estimate(units: Sequence[ScoredUnit], measure: Metric | None = None) -> float | None:
    """Return the mean of the scores, or the value of a measure.

    Parameters
    ----------
    units
        The scored units.
    measure
        Function that computes the score. None means the mean of the scores of the units.

    Returns
    -------
    float or None
        The score. None if there are no units, or if the measure has no value.
    """
    if not units:
        return None
    if measure is not None:
        return measure(Counter(dict(_counts(units))))
    return math.fsum(unit.score for unit in units) / len(units)


def difference(
    pairs: Sequence[tuple[ScoredUnit, ScoredUnit]], seed: int = 0, measure: Metric | None = None
) -> tuple[float, Interval | None] | None:
    """Return the difference between two scores (second minus first), and the 95 % confidence interval.

    The interval is a percentile bootstrap over clusters of pairs. If there are fewer than `FEWEST_CLUSTERS` clusters,
    or if all clusters have the same mean difference, two Wilson intervals are combined instead (Newcombe 1998, method
    10). These Wilson intervals use clusters as trials. The method assumes independent proportions. If both runs fail
    on the same questions, the combined interval is too wide.

    Parameters
    ----------
    pairs
        Each pair has the same unit from the first run and from the second run.
    seed, measure
        Random seed and measure, as in `interval`.

    Returns
    -------
    tuple or None
        Difference and interval. The interval is None if the bootstrap gives no interval. The whole result is None if
        one of the scores is missing.
    """
    first, second = estimate([a for a, _ in pairs], measure), estimate([b for _, b in pairs], measure)
    if first is None or second is None:
        return None
    gain = second - first
    clusters = _grouped(pairs, [a.cluster_id or b.cluster_id for a, b in pairs])
    if measure is not None:
        both = [(_counts([a for a, _ in cluster]), _counts([b for _, b in cluster])) for cluster in clusters]
        return gain, _percentiles(both, _difference_of(measure), gain, seed)
    sums = [(math.fsum(b.score - a.score for a, b in cluster), len(cluster)) for cluster in clusters]
    if len(clusters) < FEWEST_CLUSTERS or len({more / size for more, size in sums}) == 1:
        return gain, _newcombe(first, second, len(clusters))
    return gain, _percentiles(sums, _mean, gain, seed)


def mcnemar(only_a: int, only_b: int) -> float:
    """Return the two-sided p value of McNemar's exact test: a binomial test with probability 1/2 on discordant pairs.

    Parameters
    ----------
    only_a, only_b
        Number of pairs in which only A is correct, and number of pairs in which only B is correct.

    Examples
    --------
    >>> mcnemar(1, 5), mcnemar(0, 0)
    (0.21875, 1.0)
    """
    n = only_a + only_b
    ways = tail = 1
    for k in range(min(only_a, only_b)):
        ways = ways * (n - k) // (k + 1)  # math.comb(n, k + 1), computed from the previous value
        tail += ways
    return min(1.0, 2 * tail / (1 << n))


def holm(ps: Sequence[float]) -> list[float]:
    """Adjust p values for multiple tests (Holm 1979). The order of the values stays the same.

    >>> holm([0.25, 0.125, 0.5])
    [0.5, 0.375, 0.5]
    """
    order = sorted(range(len(ps)), key=lambda place: ps[place])
    raised = itertools.accumulate(
        (min(1.0, (len(ps) - rank) * ps[place]) for rank, place in enumerate(order)),
        max,
    )
    adjusted = dict(zip(order, raised, strict=True))
    return [adjusted[place] for place in range(len(ps))]


_Counts = tuple[tuple[tuple[str, str], int], ...]


def _grouped(things: Sequence[T], clusters: Sequence[str]) -> list[list[T]]:
    """Group items by cluster. Each item without a cluster is the only item of its group."""
    groups: dict[str, list[T]] = {}
    for number, (thing, cluster) in enumerate(zip(things, clusters, strict=True)):
        groups.setdefault(cluster or f"\0{number}", []).append(thing)
    return list(groups.values())


def _counts(units: Iterable[ScoredUnit]) -> _Counts:
    return tuple(sorted(Counter((unit.correct_answer, unit.given) for unit in units).items()))


def _mean(drawn: Mapping[tuple[float, int], int]) -> float | None:
    size = sum(times * each for (_, each), times in drawn.items())
    return math.fsum(times * total for (total, _), times in drawn.items()) / size


def _added(drawn: Iterable[tuple[_Counts, int]]) -> Counter[tuple[str, str]]:
    total: Counter[tuple[str, str]] = Counter()
    for counts, times in drawn:
        for pair, n in counts:
            total[pair] += n * times
    return total


def _figure_of(measure: Metric) -> Callable[[Mapping[_Counts, int]], float | None]:
    return lambda drawn: measure(_added(drawn.items()))


def _difference_of(measure: Metric) -> Callable[[Mapping[tuple[_Counts, _Counts], int]], float | None]:
    def figure(drawn: Mapping[tuple[_Counts, _Counts], int]) -> float | None:
        first = measure(_added((one, times) for (one, _), times in drawn.items()))
        second = measure(_added((other, times) for (_, other), times in drawn.items()))
        return None if first is None or second is None else second - first

    return figure


def _percentiles(
    clusters: Sequence[C], figure: Callable[[Mapping[C, int]], float | None], around: float, seed: int
) -> Interval | None:
    """Return a bootstrap interval over clusters. Counting equal clusters together does not change it."""
    kinds = Counter(clusters)
    values, ends = list(kinds), list(itertools.accumulate(kinds.values()))
    if len(values) == 1:
        return None
    draw = random.Random(seed)
    figures: list[float] = []
    for _ in range(RESAMPLES):
        times = Counter(draw.choices(range(len(values)), cum_weights=ends, k=len(clusters)))
        if (one := figure({values[kind]: n for kind, n in times.items()})) is not None:
            figures.append(one)
    figures.sort()
    if len(figures) < FEWEST_FIGURES or figures[0] == figures[-1]:
        return None
    last = len(figures) - 1
    return Interval(min(around, figures[round(0.025 * last)]), max(around, figures[round(0.975 * last)]))


def _newcombe(first: float, second: float, n: int) -> Interval:
    one, other = wilson(first * n, n), wilson(second * n, n)
    down = math.hypot(second - other.low, one.high - first)
    up = math.hypot(other.high - second, first - one.low)
    return Interval(max(-1.0, second - first - down), min(1.0, second - first + up))
