from __future__ import annotations

import itertools
import math
import random
from statistics import fmean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_world_model.benchmarks.builtin.cobra_frames import f1, recall
from social_world_model.benchmarks.counting import ScoredUnit
from social_world_model.reports.clusters import student
from social_world_model.reports.statistics import (
    Interval,
    difference,
    estimate,
    holm,
    interval,
    mcnemar,
    paired_score,
    wilson,
)

units = st.lists(
    st.builds(
        ScoredUnit,
        score=st.sampled_from([0.0, 0.25, 0.5, 1.0]) | st.floats(0, 1),
        cluster_id=st.integers(0, 60).map(str),
        correct_answer=st.sampled_from(["yes", "no"]),
        given=st.sampled_from(["yes", "no", ""]),
    ),
    min_size=1,
    max_size=80,
)
probabilities = st.lists(st.floats(0, 1), max_size=12)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_stays_between_0_and_1(case: tuple[int, int]) -> None:
    right, n = case
    low, high = wilson(right, n)
    assert 0 <= low <= right / n + 1e-12
    assert right / n - 1e-12 <= high <= 1


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    # Agresti & Coull 1998 give 0 of 10 and 10 of 10; the others are the formula by hand.
    [(0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (8, 10, 0.490, 0.943), (50, 100, 0.404, 0.596)],
)
def test_wilson_gives_the_published_values(right: int, n: int, low: float, high: float) -> None:
    assert wilson(right, n) == pytest.approx((low, high), abs=5e-4)


def test_without_units_there_is_no_interval() -> None:
    assert interval([]) is None


def test_units_drawn_by_themselves_get_wilson() -> None:
    units = [ScoredUnit(score=number < 8, cluster_id=str(number)) for number in range(10)]
    assert interval(units) == wilson(8, 10)
    assert interval([ScoredUnit(score=unit.score) for unit in units]) == wilson(8, 10)


def test_units_of_one_cluster_count_for_less() -> None:
    draw = random.Random(1)
    clustered: list[ScoredUnit] = []
    for cluster in range(60):
        right = draw.random() < 0.7
        clustered += [ScoredUnit(score=right, cluster_id=str(cluster)) for _ in range(5)]
    found = interval(clustered)
    alone = wilson(sum(unit.score for unit in clustered), len(clustered))
    honest = wilson(sum(unit.score for unit in clustered) / 5, 60)
    assert found is not None
    assert found.high - found.low > 1.5 * (alone.high - alone.low)
    assert found.high - found.low == pytest.approx(honest.high - honest.low, rel=0.2)


def width(found: Interval | None) -> float:
    assert found is not None
    return found.high - found.low


def answers(*clusters: tuple[int, int]) -> list[ScoredUnit]:
    """Return questions in stories; each story has so many right answers of so many."""
    return [
        ScoredUnit(score=number < right, cluster_id=str(story))
        for story, (right, size) in enumerate(clusters)
        for number in range(size)
    ]


def test_where_all_are_right_the_questions_count_for_more_than_the_stories_and_less_than_if_independent() -> None:
    found = interval(answers(*[(5, 5)] * 10))
    assert found is not None and found.high == 1
    assert wilson(10, 10).low < found.low < wilson(50, 50).low
    none_right = interval(answers(*[(0, 5)] * 10))
    assert none_right is not None
    assert none_right == pytest.approx((1 - found.high, 1 - found.low))


def test_one_wrong_answer_never_makes_the_lower_end_higher() -> None:
    for stories in (2, 3, 8, 30):
        whole, less = interval(answers(*[(5, 5)] * stories)), interval(answers(*[(5, 5)] * (stories - 1), (4, 5)))
        assert whole is not None and less is not None
        assert less.low < whole.low


@pytest.mark.parametrize(("right", "size"), [(1, 1), (0, 1), (5, 5), (0, 5), (3, 5)])
def test_one_story_counts_for_one_question(right: int, size: int) -> None:
    assert interval(answers((right, size))) == wilson(right / size, 1)


@pytest.mark.parametrize("size", [1, 5, 20])
def test_the_width_falls_steadily_with_the_number_of_stories(size: int) -> None:
    right = max(1, size * 4 // 5)
    widths = [width(interval(answers(*[(right, size), (0, size)] * pairs))) for pairs in range(1, 60)]
    steps = [after / before for before, after in itertools.pairwise(widths)]
    assert all(step < 1 for step in steps)
    assert all(step > 0.95 for step in steps[9:])  # 20 stories and more
    assert min(steps) > 0.7


@pytest.mark.parametrize("clusters", [1, 3, 40])
def test_clusters_that_are_all_alike_never_make_a_point_of_an_interval(clusters: int) -> None:
    assert width(interval(answers(*[(1, 2)] * clusters))) > width(wilson(clusters, 2 * clusters)) - 1e-12


def test_only_the_interval_of_a_measure_depends_on_the_seed() -> None:
    units = [
        ScoredUnit(score=number % 3 > 0, cluster_id=str(number // 4), correct_answer="yes", given=given)
        for number in range(100)
        for given in [("yes", "no", "yes", "yes", "no")[number * number % 5]]
    ]
    assert interval(units, seed=1) == interval(units, seed=2)
    assert interval(units, 1, recall) == interval(units, 1, recall) != interval(units, 2, recall)


@settings(max_examples=25, deadline=None)
@given(units, st.integers(0, 5))
def test_an_interval_holds_its_figure_and_stays_between_0_and_1(counted: list[ScoredUnit], seed: int) -> None:
    for measure in (None, f1):
        figure, found = estimate(counted, measure), interval(counted, seed, measure)
        if measure is None:
            assert found is not None
        if found is not None:
            assert figure is not None
            assert 0 <= found.low <= figure + 1e-12
            assert figure - 1e-12 <= found.high <= 1


@pytest.mark.parametrize("stories", [4, 12, 60])
def test_fractions_get_the_t_interval_on_means_of_stories(stories: int) -> None:
    means = [0.4 + number % 4 / 20 for number in range(stories)]
    fractions = [ScoredUnit(score=mean, cluster_id=str(number)) for number, mean in enumerate(means)] * 2
    found = interval(fractions)
    spread = student(0.975, stories - 1) * stdev(means) / math.sqrt(stories)
    assert found == pytest.approx((fmean(means) - spread, fmean(means) + spread), abs=0.05 * spread + 0.002)


def test_fractions_that_are_all_equal_never_make_a_point_of_an_interval() -> None:
    assert interval([ScoredUnit(score=0.25)] * 8) == wilson(2, 8)


def test_a_measure_is_resampled_by_cluster() -> None:
    said = [("yes", "yes"), ("no", "no"), ("yes", "no"), ("no", "yes"), ("yes", "yes")]
    alone = [ScoredUnit(score=0, correct_answer=gold, given=given) for gold, given in said * 20]
    together = [
        ScoredUnit(score=0, correct_answer=gold, given=given, cluster_id=f"{gold}{given}{number // 10}")
        for gold, given in said
        for number in range(20)
    ]
    assert estimate(alone, f1) == pytest.approx(2 * 40 / (60 + 60))
    narrow, wide = interval(alone, 0, f1), interval(together, 0, f1)
    assert narrow is not None
    assert wide is not None
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)


def test_a_measure_that_does_not_vary_or_hardly_ever_exists_has_no_interval() -> None:
    perfect = [ScoredUnit(score=1, correct_answer=word, given=word) for word in ("yes", "no") * 20]
    assert estimate(perfect, f1) == 1.0
    assert interval(perfect, 0, f1) is None
    none_there = [
        ScoredUnit(score=0, correct_answer="no", given="no"),
        ScoredUnit(score=0, correct_answer="no", given="yes"),
    ] * 20
    assert estimate(none_there, recall) is None
    assert interval(none_there, 0, recall) is None


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"),
    [
        (0, 0, 1.0),
        (0, 5, 0.03125),  # 1 / 2**5: half of the exact value, because no other split is as extreme
        (1, 5, 0.125),  # 2 * (1 + 6 / 2) / 2**6
        (3, 3, 1.0),
        (2, 8, 0.065430),  # 2 * (1 + 10 + 45 / 2) / 2**10
        (10, 12, 0.677647),  # R: binom.test(10, 22)$p.value - dbinom(10, 22, .5)
    ],
)
def test_mcnemar_is_the_mid_p_binomial_test_of_the_discordant_pairs(only_a: int, only_b: int, p: float) -> None:
    assert mcnemar(only_a, only_b) == pytest.approx(p, rel=1e-3)


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_mcnemar_is_symmetric_and_a_probability(only_a: int, only_b: int) -> None:
    assert mcnemar(only_a, only_b) == mcnemar(only_b, only_a)
    assert 0 <= mcnemar(only_a, only_b) <= 1


def test_holm_gives_the_values_worked_by_hand() -> None:
    # Sorted .005 .01 .03 .04, times 4 3 2 1: .02 .03 .06 .04, which may not fall again.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@given(probabilities)
def test_holm_never_lowers_a_p_nor_changes_the_order(ps: list[float]) -> None:
    adjusted = holm(ps)
    assert all(raw <= more <= 1 for raw, more in zip(ps, adjusted, strict=True))
    assert [more for _, more in sorted(zip(ps, adjusted, strict=True))] == sorted(adjusted)
    assert all(more <= min(1.0, len(ps) * raw) for raw, more in zip(ps, adjusted, strict=True))


def pairs_of(*scores: tuple[float, float], clusters: int = 0) -> list[tuple[ScoredUnit, ScoredUnit]]:
    named = [str(number % clusters if clusters else number) for number in range(len(scores))]
    return [
        (ScoredUnit(score=a, cluster_id=name), ScoredUnit(score=b, cluster_id=name))
        for (a, b), name in zip(scores, named, strict=True)
    ]


def test_the_interval_of_a_difference_is_narrower_where_runs_agree_on_what_is_hard() -> None:
    agree = difference(pairs_of(*[(1, 1)] * 45, *[(0, 0)] * 45, *[(0, 1)] * 10))
    quarrel = difference(pairs_of(*[(1, 0)] * 40, *[(0, 1)] * 50, *[(1, 1)] * 5, *[(0, 0)] * 5))
    assert agree is not None and agree[1] is not None
    assert quarrel is not None and quarrel[1] is not None
    assert agree[0] == pytest.approx(0.1)
    assert quarrel[0] == pytest.approx(0.1)
    # sd of a difference per pair: sqrt(.1 - .01) = .3, so 1.96 * .3 / sqrt(100) either way
    assert agree[1] == pytest.approx((0.1 - 0.0588, 0.1 + 0.0588), abs=0.02)
    assert quarrel[1].high - quarrel[1].low > 2.5 * (agree[1].high - agree[1].low)


@pytest.mark.parametrize(("stories", "size", "most"), [(100, 1, 0.037), (60, 1, 0.061), (20, 5, 0.07), (60, 5, 0.022)])
def test_equal_runs_get_the_paired_score_interval_and_its_size_does_not_depend_on_the_accuracy(
    stories: int, size: int, most: float
) -> None:
    for right in (0, size // 2, size):
        same = [(unit, unit) for unit in answers(*[(right, size)] * stories)]
        found = difference(same)
        assert found is not None and found[1] is not None
        assert found[0] == 0
        assert found[1].low == pytest.approx(-found[1].high)
        assert 0 < found[1].high <= most


@pytest.mark.parametrize(("only_a", "only_b", "n"), [(12, 2, 44), (5, 3, 30), (0, 4, 12), (1.5, 0.5, 7)])
def test_the_ends_of_a_paired_score_interval_are_where_the_score_test_rejects(
    only_a: float, only_b: float, n: float
) -> None:
    for end in paired_score(only_a, only_b, n):
        likely = max(
            (q for q in (max(0, -end) + (1 - abs(end)) / 2 * step / 20000 for step in range(1, 20000))),
            key=lambda q: (
                only_b * math.log(q + end) + only_a * math.log(q) + (n - only_a - only_b) * math.log(1 - 2 * q - end)
            ),
        )
        variance = n * (2 * likely + end * (1 - end))
        assert abs(only_b - only_a - n * end) / math.sqrt(variance) == pytest.approx(1.96, abs=2e-3)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.sampled_from([0.0, 0.5, 1.0])), min_size=1),
    st.integers(0, 4),
)
def test_a_difference_turns_its_sign_with_the_runs_and_lies_in_its_interval(
    scores: list[tuple[float, float]], clusters: int
) -> None:
    there = difference(pairs_of(*scores, clusters=clusters * 10))
    back = difference(pairs_of(*[(b, a) for a, b in scores], clusters=clusters * 10))
    assert there is not None and there[1] is not None
    assert back is not None
    assert there[0] == pytest.approx(-back[0])
    assert -1 <= there[1].low <= there[0] + 1e-12
    assert there[0] - 1e-12 <= there[1].high <= 1


def test_a_measures_difference_is_resampled_in_pairs() -> None:
    golds = ["yes", "no"] * 30
    worse = [ScoredUnit(score=0, correct_answer=gold, given=gold if n % 3 else "no") for n, gold in enumerate(golds)]
    better = [ScoredUnit(score=0, correct_answer=gold, given=gold if n % 9 else "no") for n, gold in enumerate(golds)]
    found = difference(list(zip(worse, better, strict=True)), 0, f1)
    first, second = estimate(worse, f1), estimate(better, f1)
    assert found is not None and found[1] is not None
    assert first is not None and second is not None
    assert found[0] == pytest.approx(second - first)
    assert 0 <= found[1].low < found[0] < found[1].high
