from __future__ import annotations

import itertools
import random
from fractions import Fraction
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_world_model.benchmarks.builtin.cobra_frames import f1
from social_world_model.benchmarks.counting import ScoredUnit
from social_world_model.reports.sign_flip import (
    DRAWS,
    MCNEMAR,
    SIGN_FLIP,
    about_tests,
    adjusted,
    paired_test,
    sign_flip,
)
from social_world_model.reports.statistics import holm, mcnemar

parts = st.sampled_from([Fraction(one, other) for other in (1, 2, 3, 5) for one in range(-4, 5)])


def pairs_of(*stories: tuple[int, int, int]) -> list[tuple[ScoredUnit, ScoredUnit]]:
    """Return the pairs of stories; in each story, A and B answer so many of so many questions rightly."""
    return [
        (ScoredUnit(score=number < a, cluster_id=str(story)), ScoredUnit(score=number < b, cluster_id=str(story)))
        for story, (a, b, size) in enumerate(stories)
        for number in range(size)
    ]


@given(st.lists(parts, max_size=6))
def test_the_test_counts_all_combinations_of_signs(sums: list[Fraction]) -> None:
    total = abs(sum(sums, Fraction()))
    drawn = [
        abs(sum((sign * one for sign, one in zip(signs, sums, strict=True)), Fraction()))
        for signs in itertools.product((1, -1), repeat=len(sums))
    ]
    beyond, same = sum(one > total for one in drawn), sum(one == total for one in drawn)
    expected = (beyond + same / 2) / len(drawn) if total else 1.0
    assert sign_flip([float(one) for one in sums]) == pytest.approx(expected)


@settings(max_examples=30)
@given(st.lists(st.integers(-3, 3), max_size=60), st.randoms())
def test_order_and_direction_of_the_sums_do_not_matter(sums: list[int], draw: random.Random) -> None:
    p = sign_flip(sums)
    assert 0 < p <= 1
    draw.shuffle(sums)
    assert sign_flip([-one for one in sums]) == pytest.approx(p)


@settings(max_examples=25)
@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 5))
def test_questions_that_share_no_story_are_tested_as_mcnemar_does(only_a: int, only_b: int, equal: int) -> None:
    pairs = pairs_of(*[(1, 0, 1)] * only_a, *[(0, 1, 1)] * only_b, *[(1, 1, 1)] * equal)
    found = paired_test(pairs)
    assert (found.name, found.p) == (MCNEMAR, mcnemar(only_a, only_b))
    without_ids = [(ScoredUnit(score=a.score), ScoredUnit(score=b.score)) for a, b in pairs]
    assert paired_test(without_ids) == found


def test_questions_about_one_story_are_flipped_together() -> None:
    pairs = pairs_of(*[(0, 4, 4)] * 6)
    found = paired_test(pairs)
    assert (found.name, found.pairs, found.clusters) == (SIGN_FLIP, 24, 6)
    assert found.p == 0.5**6
    assert found.over == "sign-flip test over 6 stories"
    assert mcnemar(0, 24) < 1e-7


def test_the_same_runs_have_a_p_of_one() -> None:
    assert paired_test(pairs_of(*[(2, 2, 4)] * 20)).p == 1
    assert sign_flip([]) == 1


def test_sums_that_are_all_different_are_drawn_at_random_and_agree_with_the_normal_approximation() -> None:
    draw = random.Random(3)
    sums = [draw.gauss(0.1, 1) for _ in range(400)]
    z = abs(sum(sums)) / sum(one * one for one in sums) ** 0.5
    expected = 2 * (1 - NormalDist().cdf(z))
    found = sign_flip(sums, seed=1)
    assert found == sign_flip(sums, seed=1) != sign_flip(sums, seed=2)
    assert found == pytest.approx(expected, abs=4 * (expected / DRAWS) ** 0.5)


def test_a_measure_is_tested_by_swapping_the_runs_of_stories() -> None:
    golds = ["yes", "no"] * 30
    bad = [ScoredUnit(score=0, correct_answer=gold, given="no" if n % 2 else gold) for n, gold in enumerate(golds)]
    good = [ScoredUnit(score=0, correct_answer=gold, given=gold) for gold in golds]
    worse = [ScoredUnit(score=0, correct_answer=gold, given="no") for gold in golds]
    assert paired_test(list(zip(bad, good, strict=True)), 0, f1).p == 1  # the no answers are right in both
    assert paired_test(list(zip(worse, good, strict=True)), 0, f1).p < 0.001
    assert paired_test(list(zip(good, good, strict=True)), 0, f1).p == 1


def test_a_measure_that_is_an_accuracy_gets_the_same_p_as_the_mean() -> None:
    draw = random.Random(4)
    said = [(draw.random() < 0.6, draw.random() < 0.75) for _ in range(60)]

    def unit(right: bool, story: int) -> ScoredUnit:
        return ScoredUnit(score=right, correct_answer="yes", given="yes" if right else "no", cluster_id=str(story))

    pairs = [(unit(a, n // 3), unit(b, n // 3)) for n, (a, b) in enumerate(said)]
    by_swaps = paired_test(pairs, 0, lambda counts: counts.get(("yes", "yes"), 0) / sum(counts.values())).p
    assert by_swaps == pytest.approx(paired_test(pairs).p, abs=0.03)


def test_p_values_are_adjusted_for_the_tests_that_were_made_and_it_is_said() -> None:
    tests = [paired_test(pairs_of(*[(0, 2, 2)] * n)) for n in (5, 8)]
    assert adjusted([tests[0], None, tests[1]]) == [holm([tests[0].p, tests[1].p])[0], None, 2 * tests[1].p]
    assert list(about_tests([tests[0], None, tests[1]])) == [
        "p (Holm): p value of the sign-flip test over stories, adjusted by Holm's method for 2 comparisons"
    ]
    assert list(about_tests([None])) == []
