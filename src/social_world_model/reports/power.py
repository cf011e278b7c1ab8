"""Power: the smallest difference between two runs that a paired test shows with probability 0.8."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from social_world_model.benchmarks.counting import ScoredUnit
from social_world_model.reports.clusters import TYPICAL_CORRELATION, student
from social_world_model.reports.statistics import differences

LEVEL, POWER = 0.05, 0.8
"""Level of the test, and probability with which the test shows the difference."""
FEWEST_CLUSTERS = 5
"""Minimum number of clusters for a sign-flip test at this level: with n clusters, the smallest p value is 0.5**n."""
TYPICAL_DISAGREEMENT = 0.2
"""Share of the questions that two runs score differently, assumed before there are runs."""


def smallest_difference(pairs: Sequence[tuple[ScoredUnit, ScoredUnit]]) -> float | None:
    """Return the smallest difference that the data of two runs can show.

    The two runs decide how many units are scored differently, and the correlation within clusters.

    Parameters
    ----------
    pairs
        Each pair has the same unit from the first run and from the second run.

    Returns
    -------
    float or None
        Difference between the mean scores. None if there are too few clusters for any test.
    """
    found = differences(pairs)
    return _smallest(found.units / found.design_effect, found.clusters, found.variance + found.mean**2)


def planned_difference(sizes: Sequence[int]) -> float | None:
    """Return the smallest difference that two runs on some data will be able to show.

    The runs are assumed to disagree on the share `TYPICAL_DISAGREEMENT` of the units. The correlation of the
    differences within a cluster is assumed to be `TYPICAL_CORRELATION`.

    Parameters
    ----------
    sizes
        Number of units of each cluster. There must be at least one cluster.

    Returns
    -------
    float or None
        Difference between the mean scores. None if there are too few clusters for any test.
    """
    units = sum(sizes)
    others = sum(size * size for size in sizes) / units - 1
    return _smallest(units / (1 + TYPICAL_CORRELATION * others), len(sizes), TYPICAL_DISAGREEMENT)


def _smallest(independent: float, clusters: int, disagreement: float) -> float | None:
    """Solve difference = (t(1 - level / 2) + t(power)) * standard error. The runs disagree at least on the difference.

    The variance of one paired difference is the disagreement minus the square of the difference.
    """
    if clusters < FEWEST_CLUSTERS:
        return None
    quantiles = student(1 - LEVEL / 2, clusters - 1) + student(POWER, clusters - 1)
    share = quantiles**2 / (independent + quantiles**2)
    return math.sqrt(share * max(disagreement, share))


def about_power(smallest: float | None, clusters: int) -> Iterator[str]:
    """Say in one sentence which differences two runs on the same data can show.

    Parameters
    ----------
    smallest
        Smallest difference, as `smallest_difference` returns it.
    clusters
        Number of clusters of pairs.
    """
    if clusters < FEWEST_CLUSTERS:
        yield (f"these data cannot show a difference: a test at {LEVEL} needs at least {FEWEST_CLUSTERS} stories")
    elif smallest is not None:
        yield (
            f"smallest difference that these data can show with probability {POWER} (test at {LEVEL}): {smallest:.3f}"
        )


def about_planned_power(sizes: Sequence[int]) -> Iterator[str]:
    """Say which differences two runs on some data will be able to show, and what is assumed.

    Parameters
    ----------
    sizes
        Number of units of each cluster. If there are no clusters, nothing is said.
    """
    if not sizes:
        return
    smallest = planned_difference(sizes)
    yield from about_power(smallest, len(sizes))
    if smallest is not None:
        stories = f"; the correlation within a story is {TYPICAL_CORRELATION}" if max(sizes) > 1 else ""
        share = f"{TYPICAL_DISAGREEMENT * 100:.0f} %"
        yield f"assumed for this difference: two runs disagree on {share} of the questions{stories}"
