"""The example of the documentation is a game that people and agents can play."""

from __future__ import annotations

import asyncio
import random
import runpy
from pathlib import Path

import pytest

from social_world_model.scenarios import SCENARIOS, Game, get_scenarios
from tests.scenarios.episodes import Played, foresee, play, play_at_random

EXAMPLE = Path(__file__).with_name("example_scenario.py")


@pytest.fixture
def guess(monkeypatch: pytest.MonkeyPatch) -> Game:
    """Register the example in this test only."""
    monkeypatch.setattr(SCENARIOS, "_values", dict(SCENARIOS._values))
    runpy.run_path(str(EXAMPLE))
    (found,) = get_scenarios("guess")
    assert isinstance(found, Game)
    return found


def test_the_example_has_fewer_than_60_lines() -> None:
    assert len(EXAMPLE.read_text(encoding="utf-8").splitlines()) < 60


def test_the_example_is_a_registered_game(guess: Game) -> None:
    assert "guess" in SCENARIOS.names()
    for seed in range(20):
        played = play_at_random(guess, seed, random.Random(seed))
        assert guess.over(played.states[-1])
        assert [issue for issue in played.record.context().issues() if issue.severity == "error"] == []


def planned(guess: Game, seed: int, horizon: int) -> Played:
    return asyncio.run(play(guess, seed, {"Bob": foresee(guess, seed, horizon, name="Bob")}))


def test_bob_finds_every_number_if_he_foresees_the_hint(guess: Game) -> None:
    for seed in range(10):
        played = planned(guess, seed, 2)
        assert played.decisions[0][1].act.text == "Is it 2?"
        assert played.goal(guess, "Bob") == 10
    firsts = {planned(guess, seed, 1).decisions[0][1].act.text for seed in range(10)}
    assert firsts == {"Is it 1?"}  # without the hint, all guesses are equally good
