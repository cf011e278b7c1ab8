"""Simulate the statistics of episodes in few environments: coverage, errors between equal runs, and power.

uv run python scripts/simulate_environments.py [--runs 400]

A score depends on its environment, so two episodes of the same environment correlate. The true mean and the true gain
are known. The same number of runs gives the same figures.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from social_world_model.benchmarks.counting import ScoredUnit
from social_world_model.reports.environments import level, paired_level, planned_gain
from social_world_model.reports.statistics import difference

ENVIRONMENTS, EPISODES = 14, 10
LEVEL = 0.05
Draw = Callable[[random.Random, float], float]


@dataclass(frozen=True, kw_only=True)
class Scores:
    """A distribution of scores.

    Parameters
    ----------
    name
        Name of the distribution.
    environment
        Draws the mean of an environment.
    score
        Draws a score in an environment with a mean.
    mean
        True mean over environments.
    """

    name: str
    environment: Callable[[random.Random], float]
    score: Draw
    mean: float


def normal(draw: random.Random, mean: float) -> float:
    """Draw a score with a normal distribution."""
    return draw.gauss(mean, 1.8)


def skewed(draw: random.Random, mean: float) -> float:
    """Draw a score with a long tail: an exponential distribution with the given mean."""
    return draw.expovariate(1 / mean)


def bounded(draw: random.Random, mean: float) -> float:
    """Draw a score from 0 to 10 with the given mean: a beta distribution."""
    return 10.0 * float(draw.betavariate(0.4 * mean, 0.4 * (10 - mean)))


KINDS = (
    Scores(name="normal", environment=lambda draw: draw.gauss(6, 1.2), score=normal, mean=6.0),
    Scores(name="skewed", environment=lambda draw: 1 + draw.gammavariate(4, 0.25), score=skewed, mean=2.0),
    Scores(name="bounded, from 0 to 10", environment=lambda draw: draw.uniform(5, 9), score=bounded, mean=7.0),
)
VERY_SKEWED = Scores(name="very skewed", environment=lambda draw: 1 + draw.expovariate(1.0), score=skewed, mean=2.0)
"""Few environments with a much higher mean. A t interval is too narrow here."""


def coverage(kind: Scores, runs: int, seed: int = 0) -> float:
    """Return how often the t interval of a mean score includes the true mean."""
    draw = random.Random(f"{kind.name} {seed}")
    inside = 0
    for _ in range(runs):
        means = [kind.environment(draw) for _ in range(ENVIRONMENTS)]
        values, environments = _drawn(kind, draw, means)
        found = level(values, environments)
        assert found is not None and found.interval is not None
        inside += found.interval.low <= kind.mean <= found.interval.high
    return inside / runs


def _drawn(kind: Scores, draw: random.Random, means: Sequence[float]) -> tuple[list[float], list[str]]:
    pairs = [(kind.score(draw, mean), str(place)) for place, mean in enumerate(means) for _ in range(EPISODES)]
    return [value for value, _ in pairs], [environment for _, environment in pairs]


def equal_runs(kind: Scores, runs: int, seed: int = 0) -> list[float]:
    """Return the p values of the sign-flip test between two equal runs, as in the A/A pair of a sweep."""
    draw = random.Random(f"A/A {kind.name} {seed}")
    found = []
    for _ in range(runs):
        means = [kind.environment(draw) for _ in range(ENVIRONMENTS)]
        (first, environments), (second, _) = _drawn(kind, draw, means), _drawn(kind, draw, means)
        tested = paired_level([b - a for a, b in zip(first, second, strict=True)], environments)
        assert tested is not None and tested.p is not None
        found.append(tested.p)
    return found


def uniform_p(ps: Sequence[float]) -> float:
    """Return the p value of the Kolmogorov-Smirnov test that p values are uniform (asymptotic, with Stephens' term)."""
    n, ordered = len(ps), sorted(ps)
    distance = max(max((place + 1) / n - p, p - place / n) for place, p in enumerate(ordered))
    size = (math.sqrt(n) + 0.12 + 0.11 / math.sqrt(n)) * distance
    return min(1.0, max(0.0, 2 * sum((-1.0) ** (k - 1) * math.exp(-2 * (k * size) ** 2) for k in range(1, 101))))


def widths(kind: Scores, runs: int, seed: int = 0) -> float:
    """Return the mean width of the interval of `swm compare`, divided by the mean width of the t interval."""
    draw = random.Random(f"widths {kind.name} {seed}")
    ours, ts = [], []
    for _ in range(runs):
        means = [kind.environment(draw) for _ in range(ENVIRONMENTS)]
        (first, environments), (second, _) = _drawn(kind, draw, means), _drawn(kind, draw, means)
        pairs = [
            tuple(ScoredUnit(score=one, id=str(place), cluster_id=environment) for one in (a, b))
            for place, (a, b, environment) in enumerate(zip(first, second, environments, strict=True))
        ]
        known = difference([(a, b) for a, b in pairs])
        tested = paired_level([b - a for a, b in zip(first, second, strict=True)], environments)
        assert known is not None and known[1] is not None
        assert tested is not None and tested.interval is not None
        ours.append(known[1].high - known[1].low)
        ts.append(tested.interval.high - tested.interval.low)
    return fmean(ours) / fmean(ts)


def shown(gain: float, runs: int, *, episodes: int = EPISODES, in_limits: bool = False, seed: int = 0) -> float:
    """Return how often the sign-flip test finds a gain.

    Parameters
    ----------
    gain
        Mean gain over environments.
    runs
        Number of simulated comparisons.
    episodes
        Number of episodes per environment.
    in_limits
        Whether scores are whole numbers from 0 to 10.
    seed
        Random seed.
    """
    draw = random.Random(f"power {gain} {episodes} {in_limits} {seed}")

    def drawn(mean: float) -> float:
        value = normal(draw, mean)
        return float(round(min(10.0, max(0.0, value)))) if in_limits else value

    found = 0
    for _ in range(runs):
        differences, environments = [], []
        for place in range(ENVIRONMENTS):
            mean, more = draw.gauss(6, 1.2), draw.gauss(gain, 0.5)
            differences += [drawn(mean + more) - drawn(mean) for _ in range(episodes)]
            environments += [str(place)] * episodes
        tested = paired_level(differences, environments)
        assert tested is not None and tested.p is not None
        found += tested.p <= LEVEL
    return found / runs


def main() -> None:
    """Print all figures."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("--runs", type=int, default=400)
    runs = arguments.parse_args().runs
    print(f"{ENVIRONMENTS} environments, {EPISODES} episodes each, {runs} simulations per figure")
    for kind in (*KINDS, VERY_SKEWED):
        ps = equal_runs(kind, runs)
        print(
            f"{kind.name}: coverage of the t interval {coverage(kind, runs):.3f}; two equal runs: p <= {LEVEL} in "
            f"{fmean(p <= LEVEL for p in ps):.3f}, KS p of uniform p values {uniform_p(ps):.3f}; "
            f"width of the interval of swm compare / t {widths(kind, runs // 4):.2f}",
            flush=True,
        )
    gain = planned_gain(ENVIRONMENTS, EPISODES)
    assert gain is not None
    for in_limits in (False, True):
        found = [f"{one:+.2f} in {shown(one, runs, in_limits=in_limits):.2f}" for one in (0.33, 0.66, 1.1, gain)]
        more = shown(0.33, runs, episodes=5 * EPISODES, in_limits=in_limits)
        name = "whole scores from 0 to 10" if in_limits else "scores without limits"
        print(f"power, {name}: {', '.join(found)}; +0.33 with five times the episodes {more:.2f}", flush=True)


if __name__ == "__main__":
    main()
