"""Statistics of scores in few environments: hand-worked examples, laws, and scipy as a second opinion."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_world_model.benchmarks.counting import ScoredUnit
from social_world_model.reports.environments import (
    about_planned_gain,
    bounds,
    krippendorff,
    level,
    paired_level,
    planned_gain,
    slope,
)
from social_world_model.reports.sign_flip import sign_flip
from social_world_model.reports.statistics import difference

SIX = ["a", "b", "c", "d", "e", "f"]
scores = st.floats(-10, 10).map(lambda one: round(one, 3))
many = st.lists(st.tuples(scores, st.sampled_from("abcdefgh")), min_size=1, max_size=40)


def test_each_environment_counts_once() -> None:
    found = level([1.0, 3.0, 5.0], ["shop", "shop", "park"])
    assert found is not None
    assert (found.mean, found.n, found.clusters) == (3.5, 3, 2)


def test_the_interval_is_the_t_interval_on_environment_means() -> None:
    found = level([1, 2, 3, 4, 5, 6], SIX)
    assert found is not None and found.interval is not None
    # standard deviation sqrt(3.5), divided by sqrt(6), times the quantile 2.5706 for 5 degrees of freedom
    half = 2.5706 * math.sqrt(3.5 / 6)
    assert found.interval == pytest.approx((3.5 - half, 3.5 + half), abs=0.01)


def test_fewer_than_six_environments_have_neither_interval_nor_test() -> None:
    found = paired_level([1, 2, 3, 4, 5], SIX[:5])
    assert found is not None
    assert (found.mean, found.interval, found.p, found.smallest) == (3, None, None, None)
    assert level([], []) is None
    assert paired_level([], []) is None


def test_in_one_environment_each_episode_counts_once() -> None:
    found = level([1, 2, 3, 4, 5, 6], ["stash"] * 6)
    assert found is not None
    assert found.clusters == 6
    assert found.interval == level([1, 2, 3, 4, 5, 6], SIX).interval  # type: ignore[union-attr]


def test_the_test_counts_all_signs_of_six_environments() -> None:
    found = paired_level([0.11, 0.23, 0.37, 0.41, 0.53, 0.67], SIX)
    assert found is not None
    assert found.p == 0.5**6  # 2 of 64 combinations are as extreme, and half of them count
    flipped = paired_level([-0.11, 0.23, 0.37, 0.41, 0.53, 0.67], SIX)
    assert flipped is not None
    assert flipped.p == 3 * 0.5**6  # 2 combinations are more extreme, and 2 are as extreme


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(12, 14))
def test_any_real_differences_of_environments_are_tested_exactly(seed: int, count: int) -> None:
    draw = random.Random(seed)
    means = [draw.gauss(0.5, 1) for _ in range(count)]
    np = pytest.importorskip("numpy")
    parts = np.array([round(one * 2520 * 10**5) for one in means], dtype=np.int64)
    signs = 1 - 2 * ((np.arange(1 << len(means))[:, None] >> np.arange(len(means))) & 1)
    totals, found = np.abs(signs @ parts), abs(int(parts.sum()))
    expected = ((totals > found).sum() + (totals == found).sum() / 2) / len(totals) if found else 1.0
    assert sign_flip(means) == pytest.approx(expected)


def test_fourteen_environments_are_tested_exactly_and_without_draws() -> None:
    means = [random.Random(3).gauss(0.4, 1) for _ in range(14)]
    assert sign_flip(means, seed=1) == sign_flip(means, seed=2)
    assert (sign_flip(means) * 2**14).is_integer()


@given(many)
def test_a_swap_of_the_runs_changes_only_the_sign(pairs: list[tuple[float, str]]) -> None:
    values, environments = [one for one, _ in pairs], [name for _, name in pairs]
    one, other = paired_level(values, environments), paired_level([-value for value in values], environments)
    assert one is not None and other is not None
    assert other.mean == pytest.approx(-one.mean)
    assert other.p == one.p
    if one.interval is not None and other.interval is not None:
        assert other.interval == pytest.approx((-one.interval.high, -one.interval.low))


@given(many, st.floats(-5, 5), st.randoms())
def test_order_does_not_matter_and_a_shift_shifts(
    pairs: list[tuple[float, str]], shift: float, draw: random.Random
) -> None:
    one = level([value for value, _ in pairs], [name for _, name in pairs])
    mixed = list(pairs)
    draw.shuffle(mixed)
    renamed = {name: f"x{name}" for _, name in pairs}
    other = level([value + shift for value, _ in mixed], [renamed[name] for _, name in mixed])
    assert one is not None and other is not None
    assert other.mean == pytest.approx(one.mean + shift)
    if one.interval is None or other.interval is None:
        assert one.interval is other.interval
    else:
        assert other.interval == pytest.approx((one.interval.low + shift, one.interval.high + shift), abs=1e-6)


def test_missing_episodes_give_bounds_only_above_two_percent() -> None:
    environments = [name for name in SIX for _ in range(50)]
    values = [5.0] * 300
    assert bounds(values, environments, ["a"] * 6, (0, 10)) is None
    found = bounds(values, environments, ["a"] * 50, (0, 10))
    assert found == pytest.approx((5 - 2.5 / 6, 5 + 2.5 / 6))
    assert bounds([], [], ["a", "b"], (-5, 5)) == (-5, 5)
    assert bounds([5.0] * 49, ["a"] * 49, ["a"], (0, 10)) is None, "1 of 50 is exactly 2 %"


def test_the_slope_is_within_environments() -> None:
    # in each environment: one more unit of length gives two more points; between environments, it is the reverse
    found = slope([1, 2, 11, 12], [12, 14, 0, 2], ["a", "a", "b", "b"])
    assert found is not None
    assert found.value == pytest.approx(2)
    assert found.interval is None
    assert slope([3, 3, 4], [1, 2, 3], ["a", "a", "b"]) is None


def test_the_interval_of_a_slope_is_cluster_robust() -> None:
    # lengths -1 and 1 in each environment; the slope of environment i is i; the mean slope is 3.5
    environments = [name for name in SIX for _ in range(2)]
    values = [sign * number for number in range(1, 7) for sign in (-1.0, 1.0)]
    found = slope([-1, 1] * 6, values, environments)
    assert found is not None and found.interval is not None
    half = 2.5706 * math.sqrt(3.5 / 6)  # as for the mean of the six slopes
    assert found.interval == pytest.approx((3.5 - half, 3.5 + half), abs=0.01)


def test_the_slope_of_one_environment_is_over_episodes() -> None:
    found = slope([1, 2, 3, 4, 5, 6], [2, 4, 6, 8, 10, 12.5], ["stash"] * 6)
    assert found is not None and found.interval is not None
    assert found.interval.low < found.value < found.interval.high


def test_alpha_of_the_example_of_krippendorff() -> None:
    # Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C: four observers, interval metric
    observers = (
        "1 2 3 3 2 1 4 1 2 . . .",
        "1 2 3 3 2 2 4 1 2 5 . 3",
        ". 3 3 3 2 3 4 2 2 5 1 .",
        "1 2 3 3 2 4 4 1 2 5 1 .",
    )
    rows = [one.split() for one in observers]
    units = [[float(row[place]) for row in rows if row[place] != "."] for place in range(12)]
    assert krippendorff(units) == pytest.approx(0.849, abs=0.0005)


def test_alpha_is_unknown_without_two_judges_or_without_variation() -> None:
    assert krippendorff([[1], [2]]) is None
    assert krippendorff([[3, 3], [3, 3]]) is None
    assert krippendorff([]) is None


@given(st.lists(st.lists(scores, min_size=2, max_size=3), min_size=2, max_size=12), st.floats(0.5, 3), scores)
def test_alpha_does_not_depend_on_the_unit_of_the_scores(units: list[list[float]], unit: float, shift: float) -> None:
    one = krippendorff(units)
    if one is not None and max(map(max, units)) - min(map(min, units)) > 0.1:
        assert krippendorff([[unit * value + shift for value in some] for some in units]) == pytest.approx(one)
        assert one <= 1


def test_the_gain_that_a_plan_can_show() -> None:
    # error: sqrt((0.25 + 2 * 3.24 / 10) / 14) = 0.2533; quantiles for 13 degrees of freedom: 2.160 and 0.870
    assert planned_gain(14, 10) == pytest.approx(0.2533 * 3.030, abs=0.002)
    assert planned_gain(5, 100) is None
    (refused,) = about_planned_gain(5, 10)
    assert refused == "5 environments: no interval and no test, because they need at least 6 environments"
    told, assumed = about_planned_gain(14, 10)
    assert "14 environments with 10 episodes each" in told and ": 0.77;" in told
    assert "1.8" in assumed


@given(st.integers(6, 60), st.integers(1, 100))
def test_more_environments_help_more_than_more_episodes(environments: int, episodes: int) -> None:
    base, wide = planned_gain(environments, episodes), planned_gain(2 * environments, episodes)
    deep = planned_gain(environments, 2 * episodes)
    assert base is not None and wide is not None and deep is not None
    assert wide < deep < base


def units_of(values: Sequence[float], environments: Sequence[str]) -> list[ScoredUnit]:
    return [
        ScoredUnit(score=value, id=str(place), cluster_id=name)
        for place, (value, name) in enumerate(zip(values, environments, strict=True))
    ]


@settings(max_examples=40)
@given(st.lists(st.tuples(scores, scores), min_size=28, max_size=28))
def test_the_interval_of_swm_compare_is_the_t_interval_for_scores_of_any_range(
    pairs: list[tuple[float, float]],
) -> None:
    environments = [str(place // 2) for place in range(28)]
    both = [units_of(side, environments) for side in zip(*pairs, strict=True)]
    found = difference(list(zip(*both, strict=True)))
    expected = paired_level([b - a for a, b in pairs], environments)
    assert found is not None and expected is not None and expected.interval is not None
    if len({b - a for a, b in pairs} - {-1.0, 0.0, 1.0}) > 1:
        assert found[0] == pytest.approx(expected.mean)
        assert found[1] == pytest.approx(expected.interval, abs=1e-9)


def test_scores_beyond_0_and_1_in_one_cluster_have_no_interval() -> None:
    pairs = list(zip(units_of([1, 2], ["a", "a"]), units_of([5, 9], ["a", "a"]), strict=True))
    assert difference(pairs) == (5.5, None)


def test_scipy_agrees() -> None:
    stats = pytest.importorskip("scipy.stats")
    draw = random.Random(1)
    names = [str(number) for number in range(14)]
    values = [draw.gauss(0.5, 1) for _ in names]
    found = paired_level(values, names)
    assert found is not None and found.interval is not None
    expected = stats.t.interval(0.95, 13, fmean(values), stats.sem(values))
    assert found.interval == pytest.approx(expected, rel=0.003)
    exact = stats.permutation_test(
        (values,), lambda one, axis: one.mean(axis=axis), permutation_type="samples", vectorized=True, n_resamples=1e9
    )
    assert found.p == pytest.approx(exact.pvalue, abs=2 / 2**14)  # ours is a mid-p value
    lengths = [draw.gauss(100, 10) for _ in names]
    line = slope(lengths, values, ["game"] * 14)
    assert line is not None
    assert line.value == pytest.approx(stats.linregress(lengths, values).slope)
