"""Random resampling for metrics that are no means, for example weighted F1: intervals and tests over clusters."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from social_world_model.benchmarks.counting import Metric, ScoredUnit

RESAMPLES = 1000
"""Number of bootstrap resamples."""
FEWEST_FIGURES = RESAMPLES // 2
"""Minimum number of resamples with a value."""
SWAPS = 2000
"""Number of random draws of a test."""

C = TypeVar("C", bound=Hashable)
Counts = tuple[tuple[tuple[str, str], int], ...]
"""Numbers of answers for each pair of gold and given answer."""


def counts(units: Iterable[ScoredUnit]) -> Counts:
    """Count the units for each pair of gold and given answer."""
    return tuple(sorted(Counter((unit.correct_answer, unit.given) for unit in units).items()))


def bootstrap(clusters: Sequence[Counts], measure: Metric, around: float, seed: int) -> tuple[float, float] | None:
    """Return the ends of the 95 % percentile bootstrap interval of a metric; None if the resamples do not vary.

    Parameters
    ----------
    clusters
        Counts of each cluster.
    measure
        The metric.
    around
        Value of the metric for all clusters. The interval includes this value.
    seed
        Random seed.
    """
    return _percentiles(clusters, lambda drawn: measure(_added(drawn.items())), around, seed)


def bootstrap_pairs(
    clusters: Sequence[tuple[Counts, Counts]], measure: Metric, around: float, seed: int
) -> tuple[float, float] | None:
    """Return the ends of the 95 % percentile bootstrap interval of a difference; None if the resamples do not vary.

    Parameters
    ----------
    clusters
        Counts of the first run and of the second run in each cluster.
    measure, around, seed
        The metric, its difference for all clusters, and the random seed, as in `bootstrap`.
    """

    def difference(drawn: Mapping[tuple[Counts, Counts], int]) -> float | None:
        first = measure(_added((one, times) for (one, _), times in drawn.items()))
        second = measure(_added((other, times) for (_, other), times in drawn.items()))
        return None if first is None or second is None else second - first

    return _percentiles(clusters, difference, around, seed)


def swap_test(clusters: Sequence[tuple[Counts, Counts]], measure: Metric, seed: int) -> float:
    """Return the mid-p value of a difference between two runs, for a metric that is no mean.

    In each draw, the two runs are swapped in about half of the clusters. The p value is the share of draws with a
    larger difference, plus half of the share of draws with the same difference.

    Parameters
    ----------
    clusters
        Counts of the first run and of the second run in each cluster.
    measure, seed
        The metric, and the random seed.
    """

    def size(sides: Sequence[Sequence[tuple[Counts, int]]]) -> float:
        first, second = (measure(_added(side)) for side in sides)
        return 0.0 if first is None or second is None else round(abs(second - first), 12)

    found = size([[(one, 1) for one, _ in clusters], [(other, 1) for _, other in clusters]])
    kinds = [(pair, times) for pair, times in Counter(clusters).items() if pair[0] != pair[1]]
    if not kinds or not found:
        return 1.0
    equal = tuple(_added((one, 1) for one, other in clusters if one == other).items())
    draw = random.Random(seed)
    larger = same = 0
    for _ in range(SWAPS):
        sides: list[list[tuple[Counts, int]]] = [[(equal, 1)], [(equal, 1)]]
        for (one, other), times in kinds:
            swapped = draw.getrandbits(times).bit_count()
            sides[0] += [(one, times - swapped), (other, swapped)]
            sides[1] += [(other, times - swapped), (one, swapped)]
        drawn = size(sides)
        larger += drawn > found
        same += drawn == found
    return (larger + (same + 1) / 2) / (SWAPS + 1)


def _added(drawn: Iterable[tuple[Counts, int]]) -> Counter[tuple[str, str]]:
    total: Counter[tuple[str, str]] = Counter()
    for some, times in drawn:
        if times:
            for pair, n in some:
                total[pair] += n * times
    return total


def _percentiles(
    clusters: Sequence[C], figure: Callable[[Mapping[C, int]], float | None], around: float, seed: int
) -> tuple[float, float] | None:
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
    return min(around, figures[round(0.025 * last)]), max(around, figures[round(0.975 * last)])
