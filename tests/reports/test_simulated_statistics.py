"""A small version of scripts/simulate_statistics.py: the same data, fewer cells and runs. Figures do not vary."""

from __future__ import annotations

from statistics import fmean

import pytest
from scripts.simulate_statistics import (
    Cell,
    by_question,
    by_story,
    cells,
    coverage,
    coverage_of_differences,
    coverage_of_fractions,
    exact,
    significant,
)

HARD = cells((8, 20, 50), ("5", "1-20"), (0.3,), (0.7, 0.95))


def test_intervals_of_accuracies_hold_their_level() -> None:
    found = [coverage(cell, 60)[0] for cell in HARD]
    assert fmean(found) >= 0.94
    assert min(found) >= 0.87


def test_intervals_of_means_of_fractions_hold_their_level() -> None:
    found = [coverage_of_fractions(cell, 60)[0] for cell in cells((8, 29, 30), ("1", "5"), (0.1,), (0.6, 0.8))]
    assert fmean(found) >= 0.93
    assert min(found) >= 0.87


@pytest.mark.parametrize("gain", [0.0, 0.25])
def test_intervals_of_differences_hold_their_level(gain: float) -> None:
    found = [coverage_of_differences(cell, 40, gain)[0] for cell in cells((8, 40), ("5", "1-20"), (0.3,), (0.7,))]
    assert fmean(found) >= 0.94
    assert min(found) >= 0.87


def test_intervals_are_not_wider_than_needed() -> None:
    """Without a correlation, the interval is that of independent questions."""
    covered, width = coverage(Cell(stories=100, questions="5", correlation=0.0, accuracy=0.7), 40)
    assert covered <= 1
    assert width < 1.1 * 2 * 1.96 * (0.7 * 0.3 / 500) ** 0.5


def test_equal_runs_differ_significantly_in_one_of_20_cases_at_most() -> None:
    grid = cells((8, 20), ("5", "1-20"), (0.5,), (0.5, 0.9))
    found = [significant(cell, 120, 0.0, (by_story, by_question)) for cell in grid]
    assert fmean(ours for ours, _ in found) <= 0.05
    assert max(ours for ours, _ in found) <= 0.08  # 120 runs: the standard error is 0.02
    assert fmean(theirs for _, theirs in found) > 0.2


def test_where_questions_are_independent_no_power_is_lost() -> None:
    alone = Cell(stories=100, questions="1", correlation=0.0, accuracy=0.7)
    ours, mid, conservative = significant(alone, 150, 0.17, (by_story, by_question, exact))
    assert ours == mid >= conservative
    together = Cell(stories=30, questions="5", correlation=0.0, accuracy=0.7)
    ours, mid = significant(together, 150, 0.13, (by_story, by_question))
    assert ours >= 0.95 * mid
