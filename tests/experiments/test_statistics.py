from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.contracts import Unit
from social_world_model.experiments.statistics import interval, wilson


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
    units = [Unit(correct=number < 8, cluster_id=str(number)) for number in range(10)]
    assert interval(units) == wilson(8, 10)
    assert interval([Unit(correct=unit.correct) for unit in units]) == wilson(8, 10)


def test_units_of_one_cluster_count_for_less() -> None:
    draw = random.Random(1)
    clustered: list[Unit] = []
    for cluster in range(60):
        right = draw.random() < 0.7
        clustered += [Unit(correct=right, cluster_id=str(cluster)) for _ in range(5)]
    found = interval(clustered)
    alone = wilson(sum(unit.correct for unit in clustered), len(clustered))
    honest = wilson(sum(unit.correct for unit in clustered) / 5, 60)
    assert found is not None
    assert found.high - found.low > 1.5 * (alone.high - alone.low)
    assert found.high - found.low == pytest.approx(honest.high - honest.low, rel=0.2)


def test_where_all_are_right_clusters_are_the_trials() -> None:
    units = [Unit(correct=True, cluster_id=str(number // 5)) for number in range(50)]
    assert interval(units) == wilson(10, 10)


@pytest.mark.parametrize("clusters", [1, 3, 40])
def test_clusters_that_are_all_alike_never_make_a_point_of_an_interval(clusters: int) -> None:
    units = [Unit(correct=half, cluster_id=str(number)) for number in range(clusters) for half in (True, False)]
    assert interval(units) == wilson(clusters / 2, clusters)


def test_the_same_seed_gives_the_same_interval() -> None:
    units = [Unit(correct=number % 3 > 0, cluster_id=str(number // 4)) for number in range(100)]
    assert interval(units, seed=1) == interval(units, seed=1)
    assert interval(units, seed=1) != interval(units, seed=2)
