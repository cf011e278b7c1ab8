"""Confidence intervals of scores and of differences, McNemar's test, and adjustment for multiple tests."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from social_world_model.benchmarks.counting import Metric, ScoredUnit
from social_world_model.reports.clusters import Z95, Clustered, clustered, grouped, student
from social_world_model.reports.resampling import bootstrap, bootstrap_pairs, counts

STEPS = 60
"""Number of halvings that find an end of an interval."""


class Interval(NamedTuple):
    """A 95 % confidence interval of a proportion (0 to 1), of a mean score, or of a difference between two of them."""

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

    For a mean score, this is Wilson's interval. The number of trials is the number of independent units that the units
    are worth: see `Clustered.effective`. For a measure such as F1, the interval is a percentile bootstrap over
    clusters. If all resamples of a measure are equal, there is no interval.

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
    clusters = grouped(units, [unit.cluster_id for unit in units])
    if measure is not None:
        ends = bootstrap([counts(cluster) for cluster in clusters], measure, figure, seed)
        return None if ends is None else Interval(*ends)
    n = clustered([[unit.score for unit in cluster] for cluster in clusters]).effective(figure * (1 - figure))
    return wilson(figure * n, n)


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
        return measure(Counter(dict(counts(units))))
    return math.fsum(unit.score for unit in units) / len(units)


def pair_clusters(pairs: Sequence[tuple[ScoredUnit, ScoredUnit]]) -> list[list[tuple[ScoredUnit, ScoredUnit]]]:
    """Group pairs by the cluster of their units."""
    return grouped(pairs, [a.cluster_id or b.cluster_id for a, b in pairs])


def differences(pairs: Sequence[tuple[ScoredUnit, ScoredUnit]]) -> Clustered:
    """Describe the differences between the scores of paired units (second minus first), in clusters."""
    return clustered([[b.score - a.score for a, b in cluster] for cluster in pair_clusters(pairs)])


def difference(
    pairs: Sequence[tuple[ScoredUnit, ScoredUnit]], seed: int = 0, measure: Metric | None = None
) -> tuple[float, Interval | None] | None:
    """Return the difference between two scores (second minus first), and the 95 % confidence interval.

    For scores of 0 and 1, the interval is the paired score interval. The number of pairs is the number of independent
    pairs that the pairs are worth: see `Clustered.effective`. For other scores of any range, the interval is a t
    interval over clusters. For a measure such as F1, the interval is a percentile bootstrap over clusters of pairs.

    Parameters
    ----------
    pairs
        Each pair has the same unit from the first run and from the second run.
    seed, measure
        Random seed and measure, as in `interval`.

    Returns
    -------
    tuple or None
        Difference and interval. The interval is None if the bootstrap gives no interval, or if nothing is known about
        the variance. The whole result is None if one of the scores is missing.
    """
    first, second = estimate([a for a, _ in pairs], measure), estimate([b for _, b in pairs], measure)
    if first is None or second is None:
        return None
    gain = second - first
    if measure is not None:
        both = [(counts([a for a, _ in some]), counts([b for _, b in some])) for some in pair_clusters(pairs)]
        ends = bootstrap_pairs(both, measure, gain, seed)
        return gain, None if ends is None else Interval(*ends)
    found = differences(pairs)
    if not found.whole and found.variance and found.clusters > 1:
        return gain, _over_clusters(pairs, gain)
    less = math.fsum(max(0.0, a.score - b.score) for a, b in pairs) / len(pairs)
    more = math.fsum(max(0.0, b.score - a.score) for a, b in pairs) / len(pairs)
    if less + more > 1:  # the range of the scores is unknown, and so is their variance
        return gain, None
    n = found.effective(less + more - (more - less) ** 2)
    return gain, paired_score(less * n, more * n, n)


def _over_clusters(pairs: Sequence[tuple[ScoredUnit, ScoredUnit]], gain: float) -> Interval:
    """Return the t interval of a mean difference. Its standard error is the linearized one of a ratio estimator."""
    clusters = pair_clusters(pairs)
    rest = [math.fsum(b.score - a.score - gain for a, b in cluster) for cluster in clusters]
    freedom = len(clusters) - 1
    error = math.sqrt(len(clusters) / freedom * math.fsum(one * one for one in rest)) / len(pairs)
    half = student(0.975, freedom) * error
    limit = 1.0 if all(0 <= unit.score <= 1 for pair in pairs for unit in pair) else math.inf
    return Interval(max(-limit, gain - half), min(limit, gain + half))


def paired_score(only_a: float, only_b: float, n: float) -> Interval:
    """Return the score interval of a difference between paired proportions, B minus A (Tango 1998).

    Parameters
    ----------
    only_a, only_b
        Number of pairs in which only A is correct, and number of pairs in which only B is correct.
    n
        Number of pairs. Must be positive.

    Examples
    --------
    >>> [round(end, 4) for end in paired_score(12, 2, 44)], [round(end, 3) for end in paired_score(0, 0, 100)]
    ([-0.3903, -0.0582], [-0.037, 0.037])
    """
    found = (only_b - only_a) / n

    def outside(difference: float) -> bool:
        rest = difference * (1 - difference)
        linear = (2 * n - only_b + only_a) * difference - only_a - only_b
        likely = (math.sqrt(max(0.0, linear**2 + 8 * n * only_a * rest)) - linear) / (4 * n)
        return n * (found - difference) ** 2 > Z95**2 * max(0.0, 2 * likely + rest)

    return Interval(_edge(outside, found, -1.0), _edge(outside, found, 1.0))


def _edge(outside: Callable[[float], bool], inside: float, limit: float) -> float:
    """Return the point between `inside` and `limit` from which on `outside` holds."""
    if not outside(limit):
        return limit
    for _ in range(STEPS):
        middle = (inside + limit) / 2
        inside, limit = (inside, middle) if outside(middle) else (middle, limit)
    return inside


def mcnemar(only_a: int, only_b: int) -> float:
    """Return the two-sided mid-p value of McNemar's test (Fagerland, Lydersen and Laake 2013).

    The exact test is a binomial test with probability 1/2 on discordant pairs. The mid-p value counts half of the
    probability of the observed numbers, so the test is less conservative.

    Parameters
    ----------
    only_a, only_b
        Number of pairs in which only A is correct, and number of pairs in which only B is correct.

    Examples
    --------
    >>> mcnemar(1, 5), mcnemar(0, 0)
    (0.125, 1.0)
    """
    n = only_a + only_b
    ways = tail = 1
    for k in range(min(only_a, only_b)):
        ways = ways * (n - k) // (k + 1)  # math.comb(n, k + 1), computed from the previous value
        tail += ways
    return (2 * tail - ways) / (1 << n)


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
