"""Statistics of scores in few environments: mean and difference with a t interval, an exact test, power and bounds.

Episodes of one environment are not independent. Every statistic therefore works on the means of environments, and
each environment has the same weight. If all episodes have the same environment, as in a game, each episode
counts once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev, variance

from social_world_model.reports.clusters import NO_VARIANCE, grouped, student
from social_world_model.reports.power import LEVEL, POWER
from social_world_model.reports.sign_flip import sign_flip
from social_world_model.reports.statistics import Interval

FEWEST_ENVIRONMENTS = 6
"""Minimum number of environments of an interval and of a test."""
LARGEST_MISSING = 0.02
"""Share of missing episodes above which a mean score needs bounds."""
WITHIN, BETWEEN = 1.8, 0.5
"""Standard deviations that are assumed before there are runs: of the scores of one task, and of the gain in an
environment, on a scale from 0 to 10."""


@dataclass(frozen=True, kw_only=True)
class Level:
    """Mean of values in environments.

    Parameters
    ----------
    mean
        Mean of the environment means.
    n, clusters
        Number of values, and number of environments. If all values have the same environment, `clusters` is the number
        of values.
    error
        Standard error of the mean. None for one environment.
    """

    mean: float
    n: int
    clusters: int
    error: float | None

    @property
    def interval(self) -> Interval | None:
        """95 % t interval. None for fewer than 6 environments."""
        if self.error is None or self.clusters < FEWEST_ENVIRONMENTS:
            return None
        half = student(1 - LEVEL / 2, self.clusters - 1) * self.error
        return Interval(self.mean - half, self.mean + half)


@dataclass(frozen=True, kw_only=True)
class PairedLevel(Level):
    """Mean of paired differences in environments.

    Parameters
    ----------
    p
        Two-sided mid-p value of the exact sign-flip test over environments. None for fewer than 6 environments.
    """

    p: float | None

    @property
    def smallest(self) -> float | None:
        """Smallest difference that these data show with probability 0.8.

        None for fewer than 6 environments, or if all environments have the same difference.
        """
        return _shown(self.error, self.clusters) if self.error else None


def level(values: Sequence[float], environments: Sequence[str]) -> Level | None:
    """Return the mean of the environment means.

    Parameters
    ----------
    values, environments
        The values, and the environment of each value.

    Returns
    -------
    Level or None
        None if there are no values.

    Examples
    --------
    >>> level([1.0, 3.0, 5.0], ["shop", "shop", "park"]).mean
    3.5
    """
    if not values:
        return None
    means = [fmean(group) for group in _by_environment(values, environments)]
    return Level(
        mean=fmean(means),
        n=len(values),
        clusters=len(means),
        error=stdev(means) / math.sqrt(len(means)) if len(means) > 1 else None,
    )


def paired_level(differences: Sequence[float], environments: Sequence[str], seed: int = 0) -> PairedLevel | None:
    """Return the mean of paired differences over environments, with a test.

    The test is exact for up to 28 environments. For more environments, combinations of signs may be drawn.

    Parameters
    ----------
    differences, environments
        Difference of each pair of episodes, and its environment.
    seed
        Random seed of the draws.

    Returns
    -------
    PairedLevel or None
        None if there are no pairs.
    """
    found = level(differences, environments)
    if found is None:
        return None
    means = [fmean(group) for group in _by_environment(differences, environments)]
    p = sign_flip(means, seed) if found.clusters >= FEWEST_ENVIRONMENTS else None
    return PairedLevel(mean=found.mean, n=found.n, clusters=found.clusters, error=found.error, p=p)


def _by_environment(values: Sequence[float], environments: Sequence[str]) -> list[list[float]]:
    return grouped(values, independent(environments))


def independent(environments: Sequence[str]) -> list[str]:
    """Return the cluster of each value: its environment, or no cluster if there is only one environment."""
    return list(environments) if len(set(environments)) > 1 else [""] * len(environments)


def bounds(
    values: Sequence[float], environments: Sequence[str], missing: Sequence[str], limits: tuple[float, float]
) -> Interval | None:
    """Return the lowest and the highest mean that is possible with the missing values.

    Parameters
    ----------
    values, environments
        The known values, and their environments.
    missing
        Environment of each missing value.
    limits
        Lowest and highest possible value.

    Returns
    -------
    Interval or None
        None if at most 2 % of the values are missing.
    """
    if len(missing) <= LARGEST_MISSING * (len(values) + len(missing)):
        return None
    both = [*environments, *missing]
    ends = [level([*values, *[one] * len(missing)], both) for one in limits]
    return Interval(*(found.mean for found in ends if found is not None))


@dataclass(frozen=True, kw_only=True)
class Slope:
    """Slope of a value on a length within environments.

    Parameters
    ----------
    value
        Change of the value for one more unit of length.
    interval
        95 % t interval that allows for correlation within an environment. None for fewer than 6 environments.
    """

    value: float
    interval: Interval | None


def slope(lengths: Sequence[float], values: Sequence[float], environments: Sequence[str]) -> Slope | None:
    """Return the slope of values on lengths. Differences between environments do not count.

    Parameters
    ----------
    lengths, values, environments
        Length, value and environment of each episode.

    Returns
    -------
    Slope or None
        None if the lengths do not vary within an environment.
    """
    clusters = independent(environments)
    points = list(zip(lengths, values, strict=True))
    centred = [_centred(group) for group in grouped(points, list(environments))]
    spread = math.fsum(x * x for group in centred for x, _ in group)
    if spread <= 1e-9 * (1 + math.fsum(x * x for x in lengths)):
        return None
    found = math.fsum(x * y for group in centred for x, y in group) / spread
    flat = [point for group in centred for point in group]
    groups = centred if any(clusters) else [[point] for point in flat]
    pulls = [math.fsum(x * (y - found * x) for x, y in group) for group in groups]
    count = len(groups)
    if count < FEWEST_ENVIRONMENTS:
        return Slope(value=found, interval=None)
    error = math.sqrt(count / (count - 1) * math.fsum(pull * pull for pull in pulls)) / spread
    half = student(1 - LEVEL / 2, count - 1) * error
    return Slope(value=found, interval=Interval(found - half, found + half))


def _centred(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    x0, y0 = (fmean(side) for side in zip(*points, strict=True))
    return [(x - x0, y - y0) for x, y in points]


def krippendorff(units: Sequence[Sequence[float]]) -> float | None:
    """Return Krippendorff's α for an interval scale: 1 for equal values, about 0 for values by chance.

    Parameters
    ----------
    units
        For each unit, the values that the judges gave to it. Units with fewer than two values do not count.

    Returns
    -------
    float or None
        None if no unit has two values, or if all values are equal.

    Examples
    --------
    >>> krippendorff([[1, 1], [2, 2], [3, 3]]), krippendorff([[1, 2], [2, 1]])
    (1.0, -0.5)
    """
    pairable = [unit for unit in units if len(unit) > 1]
    values = [value for unit in pairable for value in unit]
    if not values:
        return None
    expected = variance(values)
    if expected <= NO_VARIANCE:
        return None
    observed = math.fsum(len(unit) * variance(unit) for unit in pairable) / len(values)
    return 1 - observed / expected


def planned_gain(
    environments: int, episodes_per_environment: int, *, within: float = WITHIN, between: float = BETWEEN
) -> float | None:
    """Return the smallest gain that two runs on some data will show with probability 0.8.

    Parameters
    ----------
    environments, episodes_per_environment
        Number of environments, and number of paired episodes in each of them.
    within
        Standard deviation of the scores of one task.
    between
        Standard deviation of the gain between environments.

    Returns
    -------
    float or None
        None for fewer than 6 environments: there is no test.
    """
    return _shown(_planned_error(environments, episodes_per_environment, within, between), environments)


def _planned_error(environments: int, episodes: int, within: float, between: float) -> float:
    return math.sqrt((between**2 + 2 * within**2 / episodes) / environments)


def _shown(error: float, environments: int) -> float | None:
    if environments < FEWEST_ENVIRONMENTS:
        return None
    return (student(1 - LEVEL / 2, environments - 1) + student(POWER, environments - 1)) * error


def about_planned_gain(environments: int, episodes_per_environment: int) -> Iterator[str]:
    """Say in words which gain two runs will show, and what is assumed.

    Parameters
    ----------
    environments, episodes_per_environment
        As in `planned_gain`.
    """
    gain = planned_gain(environments, episodes_per_environment)
    if gain is None:
        yield (
            f"{environments} environments: no interval and no test, because they need at least "
            f"{FEWEST_ENVIRONMENTS} environments"
        )
        return
    more = planned_gain(environments, 5 * episodes_per_environment)
    yield (
        f"smallest gain in goal that {environments} environments with {episodes_per_environment} episodes each show "
        f"with probability {POWER} (test at {LEVEL}): {gain:.2f}; with five times the episodes: {more:.2f}"
    )
    yield (
        f"assumed for this gain: the standard deviation is {WITHIN} for scores of a task, and {BETWEEN} for the gain "
        "between environments"
    )
