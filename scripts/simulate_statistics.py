"""Simulate the statistics of reports: coverage of intervals, type I error and power of tests.

uv run python scripts/simulate_statistics.py [--runs 300]

Questions are grouped in stories. The accuracy of a story has a beta distribution, so two answers about the same story
correlate. The accuracy of a run is known, so each interval can be checked, and each significant difference between two
equal runs is an error. The same number of runs gives the same figures.
"""

from __future__ import annotations

import argparse
import itertools
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from social_world_model.benchmarks.counting import ScoredUnit
from social_world_model.reports.power import planned_difference
from social_world_model.reports.sign_flip import paired_test
from social_world_model.reports.statistics import Interval, difference, interval, mcnemar

STORIES = (8, 12, 20, 30, 50, 100)
QUESTIONS = ("5", "1-20")
CORRELATIONS = (0.05, 0.3)
ACCURACIES = (0.5, 0.7, 0.9, 0.97)
LEVEL = 0.05
ROUNDING = 1e-9
Pairs = list[tuple[ScoredUnit, ScoredUnit]]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A kind of data.

    Parameters
    ----------
    stories
        Number of stories.
    questions
        Number of questions about each story, or the range of this number, for example ``"1-20"``.
    correlation
        Correlation of two answers about the same story.
    accuracy
        Expected accuracy of a run.
    """

    stories: int
    questions: str
    correlation: float
    accuracy: float

    def source(self) -> random.Random:
        """Return a source of random numbers that depends only on the cell."""
        return random.Random(repr(self))

    def sizes(self, draw: random.Random) -> list[int]:
        """Draw the number of questions about each story."""
        least, _, most = self.questions.partition("-")
        return [draw.randint(int(least), int(most or least)) for _ in range(self.stories)]

    def run(self, sizes: Sequence[int], draw: random.Random, more: float = 0.0) -> list[ScoredUnit]:
        """Draw the answers of a run, whose accuracy is higher by `more`."""
        return [
            ScoredUnit(score=float(draw.random() < share), id=f"{story}-{number}", cluster_id=str(story))
            for story, size in enumerate(sizes)
            for share in [beta(self.accuracy + more, self.correlation, draw)]
            for number in range(size)
        ]


def beta(mean: float, correlation: float, draw: random.Random) -> float:
    """Draw the accuracy of a story."""
    if not correlation or mean in (0, 1):
        return mean
    total = (1 - correlation) / correlation
    return draw.betavariate(mean * total, (1 - mean) * total)


def cells(
    stories: Sequence[int], questions: Sequence[str], correlations: Sequence[float], accuracies: Sequence[float]
) -> list[Cell]:
    """Return all combinations."""
    return [
        Cell(stories=m, questions=size, correlation=correlation, accuracy=accuracy)
        for m, size, correlation, accuracy in itertools.product(stories, questions, correlations, accuracies)
    ]


def coverage(cell: Cell, runs: int) -> tuple[float, float]:
    """Return how often the interval of an accuracy includes the true value, and the mean width of the interval."""
    draw = cell.source()
    ends = [interval(cell.run(cell.sizes(draw), draw)) for _ in range(runs)]
    return covered([(found, cell.accuracy) for found in ends])


def coverage_of_fractions(cell: Cell, runs: int) -> tuple[float, float]:
    """Return how often the interval of a mean score includes the true value, and its mean width, for fractions."""
    draw = cell.source()
    found = []
    for _ in range(runs):
        stories = [(size, beta(cell.accuracy, cell.correlation, draw)) for size in cell.sizes(draw)]
        units = [
            ScoredUnit(score=beta(share, 0.2, draw), cluster_id=str(story))
            for story, (size, share) in enumerate(stories)
            for _ in range(size)
        ]
        found.append((interval(units), cell.accuracy))
    return covered(found)


def coverage_of_differences(cell: Cell, runs: int, gain: float) -> tuple[float, float]:
    """Return how often the interval of a difference includes the true value, and the mean width of the interval.

    The second run gives the same answer as the first run to 80 % of the questions. The other answers are drawn anew.
    """
    draw = cell.source()
    found = []
    for _ in range(runs):
        pairs = repeated(cell, draw, gain)
        ends = difference(pairs)
        found.append((None if ends is None else ends[1], gain * 0.2))
    return covered(found)


def repeated(cell: Cell, draw: random.Random, gain: float, again: float = 0.2) -> Pairs:
    """Draw two runs. The second run answers a share of the questions anew, and more often correctly by `gain`."""
    sizes = cell.sizes(draw)
    first, second = cell.run(sizes, draw), cell.run(sizes, draw, gain)
    return [(a, b if draw.random() < again else a) for a, b in zip(first, second, strict=True)]


def covered(ends: Sequence[tuple[Interval | None, float]]) -> tuple[float, float]:
    """Return the share of intervals that include the true value, and the mean width."""
    known = [(found, true) for found, true in ends if found is not None]
    inside = sum(found.low - ROUNDING <= true <= found.high + ROUNDING for found, true in known)
    return inside / len(ends), fmean(found.high - found.low for found, _ in known)


def by_question(pairs: Pairs) -> float:
    """Return the p value of McNemar's test, which ignores stories."""
    return mcnemar(sum(a.score > b.score for a, b in pairs), sum(a.score < b.score for a, b in pairs))


def by_story(pairs: Pairs) -> float:
    """Return the p value of the test of `swm compare`."""
    return paired_test(pairs).p


def exact(pairs: Pairs) -> float:
    """Return the p value of McNemar's exact test, without mid-p."""
    less, more = sum(a.score > b.score for a, b in pairs), sum(a.score < b.score for a, b in pairs)
    n = less + more
    return min(1.0, math.ldexp(sum(math.comb(n, k) for k in range(min(less, more) + 1)), 1 - n))


def significant(
    cell: Cell, runs: int, gain: float, tests: Sequence[Callable[[Pairs], float]], again: float = 1.0
) -> list[float]:
    """Return how often each test finds a difference between two runs. Without a gain, this is the type I error."""
    draw = cell.source()
    found = [0] * len(tests)
    for _ in range(runs):
        pairs = repeated(cell, draw, gain, again)
        for place, test in enumerate(tests):
            found[place] += test(pairs) <= LEVEL
    return [times / runs for times in found]


def power_of_plan(sizes: Sequence[int], runs: int) -> float:
    """Return how often the test shows the difference that a dry run names, for independent questions."""
    gain, draw = planned_difference(sizes), random.Random(repr(sizes))
    if gain is None:
        return 0.0
    shares = ((0.2 - gain) / 2, (0.2 + gain) / 2)
    shown = 0
    for _ in range(runs):
        pairs = []
        for story, size in enumerate(sizes):
            for _ in range(size):
                a, b = draw.choices(((1, 0), (0, 1), (1, 1)), (*shares, 1 - sum(shares)))[0]
                pairs.append((ScoredUnit(score=a, cluster_id=str(story)), ScoredUnit(score=b, cluster_id=str(story))))
        shown += by_story(pairs) <= LEVEL
    return shown / runs


def main() -> None:
    """Print all tables."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("--runs", type=int, default=300)
    runs = arguments.parse_args().runs
    for lines in (intervals(runs), errors(runs), powers(runs)):
        for line in lines:
            print(line, flush=True)


def intervals(runs: int) -> Iterator[str]:
    """Yield the coverage of intervals: of accuracies, then of differences."""
    yield f"coverage of the 95 % interval of an accuracy ({runs} runs per cell)"
    yield from summary({cell: coverage(cell, runs)[0] for cell in cells(STORIES, QUESTIONS, CORRELATIONS, ACCURACIES)})
    yield "mean width: 5 questions per story, correlation 0.3, accuracy 0.9"
    for stories in (1, 2, 5, 10, 18, 19, 20, 21, 22, 30, 100):
        cell = Cell(stories=stories, questions="5", correlation=0.3, accuracy=0.9)
        yield f"  {stories:>4} stories  {coverage(cell, runs)[1]:.3f}"
    yield "coverage of the 95 % interval of a mean of fractions"
    grid = cells((8, 12, 20, 29, 30, 60), ("1", *QUESTIONS), (0.05, 0.3), (0.5, 0.7, 0.9))
    yield from summary({cell: coverage_of_fractions(cell, runs)[0] for cell in grid})
    for gain in (0.0, 0.25):
        yield f"coverage of the 95 % interval of a difference of {gain * 0.2:g} (20 % of the answers are drawn anew)"
        grid = cells(STORIES, ("1", *QUESTIONS), (0.05, 0.3, 0.5), (0.5, 0.7))
        yield from summary({cell: coverage_of_differences(cell, runs, gain)[0] for cell in grid})


def summary(found: dict[Cell, float]) -> Iterator[str]:
    """Yield mean and minimum for fewer than 20 stories, for more stories, and for all cells; then the lowest cells."""
    for name, few in (("< 20 stories", (True,)), (">= 20 stories", (False,)), ("all", (True, False))):
        values = [value for cell, value in found.items() if (cell.stories < 20) in few]
        below = sum(value < 0.9 for value in values)
        yield f"  {name:14} mean {fmean(values):.3f}  min {min(values):.3f}  below 0.90: {below} of {len(values)} cells"
    for cell in sorted(found, key=lambda cell: found[cell])[:3]:
        yield f"    {found[cell]:.3f} at {cell}"


def errors(runs: int) -> Iterator[str]:
    """Yield the type I error of the tests, by correlation."""
    yield f"type I error at {LEVEL} ({3 * runs} runs per cell): mean (maximum), 8 to 60 stories, accuracy 0.5 to 0.95"
    for correlation in (0.0, 0.1, 0.3, 0.5):
        grid = cells((8, 20, 60), ("1", *QUESTIONS) if not correlation else QUESTIONS, (correlation,), (0.5, 0.7, 0.95))
        rows = [significant(cell, 3 * runs, 0.0, (by_story, by_question)) for cell in grid]
        ours, theirs = zip(*rows, strict=True)
        yield (
            f"  correlation {correlation}: test of swm compare {fmean(ours):.3f} ({max(ours):.3f}); "
            f"McNemar's test on questions {fmean(theirs):.3f} ({max(theirs):.3f})"
        )


def powers(runs: int) -> Iterator[str]:
    """Yield the power of the tests for independent questions, and the power for the difference of a dry run."""
    yield f"power for independent questions ({3 * runs} runs): test of swm compare, McNemar's test (mid-p), and exact"
    for stories, questions, accuracy, gain in (
        *((60, "1", 0.6, 0.25), (100, "1", 0.7, 0.17), (300, "1", 0.7, 0.1), (100, "1", 0.9, 0.09)),
        *((12, "5", 0.6, 0.25), (20, "5", 0.7, 0.17), (60, "5", 0.7, 0.1), (60, "1-20", 0.7, 0.07)),
    ):
        cell = Cell(stories=stories, questions=questions, correlation=0.0, accuracy=accuracy)
        found = significant(cell, 3 * runs, gain, (by_story, by_question, exact))
        yield f"  {stories} stories with {questions} questions, {accuracy} against {accuracy + gain:.2f}: " + ", ".join(
            f"{share:.3f}" for share in found
        )
    yield "power for the difference that a dry run names (expected for a correlation of 0: at least 0.8)"
    for sizes in ([1] * 100, [1] * 400, [5] * 40, [5] * 120):
        named, shown = planned_difference(sizes), power_of_plan(sizes, runs)
        yield f"  {len(sizes)} stories with {sizes[0]} questions: {named:.3f} shown with probability {shown:.3f}"


if __name__ == "__main__":
    main()
