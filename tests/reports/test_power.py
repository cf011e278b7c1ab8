from __future__ import annotations

import random

import pytest

from social_world_model.benchmarks.counting import ScoredUnit
from social_world_model.reports.clusters import TYPICAL_CORRELATION
from social_world_model.reports.power import (
    TYPICAL_DISAGREEMENT,
    about_planned_power,
    about_power,
    planned_difference,
    smallest_difference,
)
from social_world_model.reports.sign_flip import sign_flip


def pairs_of(sums: list[list[int]]) -> list[tuple[ScoredUnit, ScoredUnit]]:
    """Return pairs in stories; each number is the score of B minus the score of A."""
    return [
        (ScoredUnit(score=one < 0, cluster_id=str(story)), ScoredUnit(score=one > 0, cluster_id=str(story)))
        for story, ones in enumerate(sums)
        for one in ones
    ]


@pytest.mark.parametrize(
    ("questions", "disagreement", "least", "most"),
    # The numbers of questions that an independent simulation needed for five points (exact McNemar's test), rounded up.
    [(200, 0.06, 0.044, 0.051), (400, 0.1, 0.04, 0.051), (800, 0.2, 0.04, 0.051), (1000, 0.3, 0.045, 0.051)],
)
def test_five_points_need_the_known_numbers_of_questions(
    questions: int, disagreement: float, least: float, most: float
) -> None:
    different = round(questions * disagreement / 2)
    found = smallest_difference(pairs_of([[1]] * different + [[-1]] * different + [[0]] * (questions - 2 * different)))
    assert found is not None
    assert least <= found <= most


@pytest.mark.parametrize("sizes", [[1] * 120, [4] * 40, [1, 9] * 20])
def test_the_planned_difference_is_shown_with_probability_0_8(sizes: list[int]) -> None:
    difference = planned_difference(sizes)
    assert difference is not None
    draw = random.Random(8)
    better, worse = (TYPICAL_DISAGREEMENT + difference) / 2, (TYPICAL_DISAGREEMENT - difference) / 2

    def one() -> int:
        return draw.choices((1, -1, 0), (better, worse, 1 - better - worse))[0]

    def story(size: int) -> int:
        """Return the sum of the differences in a story: with this probability, two of its values are equal."""
        common = one()
        share = TYPICAL_CORRELATION**0.5
        return sum(common if draw.random() < share else one() for _ in range(size))

    runs = 400
    shown = sum(sign_flip([story(size) for size in sizes]) <= 0.05 for _ in range(runs)) / runs
    assert shown == pytest.approx(0.8, abs=0.07)


def test_more_questions_show_smaller_differences_and_questions_about_one_story_help_less() -> None:
    alone, together, more = (planned_difference(sizes) for sizes in ([1] * 100, [5] * 20, [1] * 200))
    assert alone is not None and together is not None and more is not None
    assert more < alone < together < 1


def test_runs_that_agree_everywhere_have_a_smallest_difference_too() -> None:
    same, different = (smallest_difference(pairs_of([[0]] * 90 + ones * 5)) for ones in ([[0], [0]], [[1], [-1]]))
    assert same is not None and different is not None
    assert 0 < same < different


def test_with_fewer_than_five_stories_no_difference_can_be_shown_and_it_is_said() -> None:
    assert smallest_difference(pairs_of([[1] * 20] * 4)) is None
    assert sign_flip([20] * 4) > 0.05 > sign_flip([20] * 5)
    assert smallest_difference(pairs_of([[1] * 20] * 5)) is not None
    assert (
        list(about_power(None, 4))
        == list(about_planned_power([20] * 4))
        == ["these data cannot show a difference: a test at 0.05 needs at least 5 stories"]
    )


def test_a_plan_names_what_it_assumes() -> None:
    shown, assumed = about_planned_power([5] * 40)
    assert f"with probability 0.8 (test at 0.05): {planned_difference([5] * 40):.3f}" in shown
    assert "two runs disagree on 20 % of the questions; the correlation within a story is 0.15" in assumed
    assert "correlation" not in list(about_planned_power([1] * 40))[1]
    assert list(about_planned_power([])) == []
