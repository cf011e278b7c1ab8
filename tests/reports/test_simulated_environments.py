"""A short form of scripts/simulate_environments.py, with fixed seeds."""

from __future__ import annotations

import pytest
from scripts import simulate_environments as simulated

from social_world_model.reports.environments import planned_gain


@pytest.mark.parametrize("kind", simulated.KINDS, ids=lambda kind: kind.name)
def test_the_t_interval_of_fourteen_environments_includes_the_mean_in_95_percent(kind: simulated.Scores) -> None:
    assert 0.93 <= simulated.coverage(kind, 400) <= 0.97


@pytest.mark.parametrize("kind", simulated.KINDS, ids=lambda kind: kind.name)
def test_p_values_of_equal_runs_are_uniform(kind: simulated.Scores) -> None:
    assert simulated.uniform_p(simulated.equal_runs(kind, 200)) > 0.01


@pytest.mark.parametrize("kind", simulated.KINDS, ids=lambda kind: kind.name)
def test_the_interval_of_swm_compare_is_no_wider_than_the_t_interval_times_1_2(kind: simulated.Scores) -> None:
    assert simulated.widths(kind, 30) <= 1.2


def test_the_planned_gain_is_found_in_about_80_percent() -> None:
    gain = planned_gain(simulated.ENVIRONMENTS, simulated.EPISODES)
    assert gain is not None
    assert 0.74 <= simulated.shown(gain, 300) <= 0.86


def test_uniform_p_agrees_with_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    ps = simulated.equal_runs(simulated.KINDS[0], 100, seed=5)
    assert simulated.uniform_p(ps) == pytest.approx(stats.kstest(ps, "uniform").pvalue, abs=0.02)
