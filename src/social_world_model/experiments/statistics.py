"""Intervals for accuracies."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from social_world_model.contracts import Unit

Z95 = 1.959963984540054
RESAMPLES = 1000
FEWEST_CLUSTERS = 20


class Interval(NamedTuple):
    """A 95 % interval of a proportion, 0–1."""

    low: float
    high: float


def wilson(right: float, n: float) -> Interval:
    """Return Wilson's score interval (Wilson 1927).

    Parameters
    ----------
    right, n
        Number of successes, and of trials; n must be positive.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(8, 10)]
    [0.49, 0.943]
    """
    share = right / n
    spread = Z95 / (1 + Z95**2 / n) * math.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    centre = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    return Interval(max(0.0, centre - spread), min(1.0, centre + spread))


def interval(units: Sequence[Unit], seed: int = 0) -> Interval | None:
    """Return the 95 % interval of the share of right units; None if there are none.

    Wilson where every unit was drawn by itself; a bootstrap over clusters where units share one. With few
    clusters, or none that differs from the others, a bootstrap shows less spread than there is: then Wilson
    with the clusters as trials.
    """
    if not units:
        return None
    clusters = _clusters(units)
    right = sum(unit.correct for unit in units)
    if len(clusters) == len(units):
        return wilson(right, len(units))
    if len(clusters) < FEWEST_CLUSTERS or len({right / size for right, size in clusters}) == 1:
        return wilson(right / len(units) * len(clusters), len(clusters))
    return _cluster_bootstrap(clusters, seed)


def _clusters(units: Sequence[Unit]) -> list[tuple[int, int]]:
    """Return ``(right, size)`` per cluster; a unit without one stands by itself."""
    sums: dict[str, tuple[int, int]] = {}
    for number, unit in enumerate(units):
        key = unit.cluster_id or f"\0{number}"
        right, size = sums.get(key, (0, 0))
        sums[key] = (right + unit.correct, size + 1)
    return list(sums.values())


def _cluster_bootstrap(clusters: Sequence[tuple[int, int]], seed: int) -> Interval:
    """Draw clusters with replacement; those of equal sums are drawn together, which is the same and faster."""
    kinds = Counter(clusters)
    values, weights = list(kinds), list(kinds.values())
    draw = random.Random(seed)
    shares: list[float] = []
    for _ in range(RESAMPLES):
        drawn = Counter(draw.choices(values, weights, k=len(clusters)))
        size = sum(times * one[1] for one, times in drawn.items())
        shares.append(sum(times * one[0] for one, times in drawn.items()) / size)
    shares.sort()
    return Interval(shares[round(0.025 * (RESAMPLES - 1))], shares[round(0.975 * (RESAMPLES - 1))])
