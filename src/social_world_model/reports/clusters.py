"""Clusters of scored units: how many independent units the units of a metric are worth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import TypeVar

Z95 = 1.959963984540054
TYPICAL_CORRELATION = 0.15
"""Correlation within a cluster that is assumed where the scores cannot tell, for example if all answers are correct."""

NO_VARIANCE = 1e-12
"""Variances up to this value are rounding errors."""

T = TypeVar("T")


@lru_cache(maxsize=4096)
def student(p: float, freedom: int) -> float:
    """Return a quantile of Student's t distribution. The relative error is below 0.2 %.

    Parameters
    ----------
    p
        Probability below the quantile. At least 0.5.
    freedom
        Degrees of freedom. The result is infinite if there are none.

    Examples
    --------
    >>> [round(student(0.975, freedom), 2) for freedom in (1, 2, 5, 30)]
    [12.71, 4.3, 2.57, 2.04]
    """
    if freedom <= 0:
        return math.inf
    if freedom == 1:
        return math.tan(math.pi * (p - 0.5))
    if freedom == 2:
        return (2 * p - 1) / math.sqrt(2 * p * (1 - p))
    z = NormalDist().inv_cdf(p)  # Abramowitz and Stegun 1964, 26.7.5
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return math.fsum(term / freedom**power for power, term in enumerate(terms))


def grouped(things: Sequence[T], clusters: Sequence[str]) -> list[list[T]]:
    """Group things by cluster. A thing without a cluster is a group of its own.

    Parameters
    ----------
    things, clusters
        The things, and the id of the cluster of each thing. An empty id means that the thing has no cluster.
    """
    groups: dict[str, list[T]] = {}
    for number, (thing, cluster) in enumerate(zip(things, clusters, strict=True)):
        groups.setdefault(cluster or f"\0{number}", []).append(thing)
    return list(groups.values())


@dataclass(frozen=True, kw_only=True)
class Clustered:
    """Values in clusters, for example the scores of the questions about each story.

    Parameters
    ----------
    units, clusters
        Number of values, and number of clusters.
    mean, variance
        Mean and variance of the values.
    others
        Mean number of other values in the cluster of a value. 0 if each value is a cluster of its own.
    correlation
        Estimated correlation of two values in the same cluster, from 0 to 1.
    whole
        Whether the mean decides the variance, as for scores of 0 or 1.
    """

    units: int
    clusters: int
    mean: float
    variance: float
    others: float
    correlation: float
    whole: bool

    @property
    def design_effect(self) -> float:
        """Variance of the mean, divided by the variance for independent values (Kish 1965)."""
        return 1 + self.correlation * self.others

    def effective(self, largest: float) -> float:
        """Return the number of independent values that estimate the mean equally well.

        The number is corrected for the number of clusters by quantiles of Student's t distribution (Korn and Graubard
        1998). The number is not below the value for a correlation of 1.

        Parameters
        ----------
        largest
            Largest variance that values with this mean can have. The result refers to values with this variance.
        """
        least = self.units / (1 + self.others)
        if self.clusters == 1:
            return least
        if not self.variance:  # nothing is estimated, so there is nothing to correct
            return self.units / self.design_effect if self.whole else least
        if self.whole:
            corrected = student(0.975, self.units - 1) / student(0.975, self.clusters - 1)
            return max(least, self.units / self.design_effect * corrected**2)
        corrected = Z95 / student(0.975, self.clusters - 1)
        estimated = (self.units / self.design_effect - 1) * corrected**2
        return max(least, estimated * largest / self.variance)


def clustered(groups: Sequence[Sequence[float]]) -> Clustered:
    """Describe values in clusters.

    The correlation within clusters is estimated from the variance between clusters. If there are few clusters, or if
    the values hardly vary, this estimate says little. In this case, the estimate moves up to `TYPICAL_CORRELATION`.

    Parameters
    ----------
    groups
        The values of each cluster. There must be at least one value.
    """
    sums = [(math.fsum(group), len(group)) for group in groups]
    n, m = sum(size for _, size in sums), len(sums)
    mean = math.fsum(total for total, _ in sums) / n
    variance = math.fsum((value - mean) ** 2 for group in groups for value in group) / n
    variance = variance if variance > NO_VARIANCE else 0.0
    others = sum(size * size for _, size in sums) / n - 1
    between = math.fsum((total - mean * size) ** 2 for total, size in sums) / n * (m / (m - 1) if m > 1 else 0)
    found = (between / variance - 1) / others if variance and others else 0.0
    found = min(1.0, max(0.0, found))
    unknown = 1 / (1 + m * variance)
    return Clustered(
        units=n,
        clusters=m,
        mean=mean,
        variance=variance,
        others=others,
        correlation=found + unknown * max(0.0, TYPICAL_CORRELATION - found),
        whole=all(value in (-1, 0, 1) for group in groups for value in group),
    )
