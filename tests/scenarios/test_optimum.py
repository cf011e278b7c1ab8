"""The planner plays as well as is possible, because it simulates partners from their memories."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Sequence
from functools import cache

import pytest

from social_world_model.agents.making import AgentOptions, Seat
from social_world_model.agents.search import Planner, Search, greedy
from social_world_model.agents.worlds import ImaginedGame
from social_world_model.interaction import State
from social_world_model.scenarios import Game
from tests.scenarios.episodes import available_acts, exhaustive, foresee, game, main_person, play

FULL = 6
"""No game has more turns in which the main person acts."""

SEEDS = [range(start, start + 50) for start in range(0, 200, 50)]
FEWER = range(20)


def scores(name: str, seeds: Sequence[int], agent: str) -> list[float]:
    played, goals = game(name), []
    me = main_person(played)
    for seed in seeds:
        state, _ = played.start(seed)
        seat = Seat(name=me, scenario=played, state=state, seed=seed)
        chosen = greedy(seat) if agent == "greedy" else foresee(played, seed, FULL, agent)
        goals.append(asyncio.run(play(played, seed, {me: chosen})).goal(played, me))
    return goals


@cache
def optimum(name: str, seed: int) -> float:
    return exhaustive(game(name), seed)


@pytest.mark.parametrize("seeds", SEEDS, ids=str)
@pytest.mark.parametrize("name", ["stash", "errand"])
def test_foresight_from_memory_reaches_the_exhaustive_optimum(name: str, seeds: range) -> None:
    played = game(name)
    optimal = [optimum(name, seed) for seed in seeds]
    assert scores(name, seeds, "memory") == optimal
    if name == "errand":
        assert set(optimal) == {10.0}
    else:  # Anne can win if Sally is away in the last turn
        assert optimal == [0.0 if played.start(seed)[0]["present"][-1] else 9.0 for seed in seeds]


def test_stash_can_be_won_in_104_of_200_seeds() -> None:
    assert sum(not game("stash").start(seed)[0]["present"][-1] for seed in range(200)) == 104


@pytest.mark.parametrize("name", ["stash", "errand"])
def test_states_with_the_same_minds_have_the_same_future(name: str) -> None:
    for seed in range(6):
        assert exhaustive(game(name), seed, by_mind=False) == optimum(name, seed)


@pytest.mark.parametrize("name", ["stash", "errand"])
@pytest.mark.parametrize("agent", ["omniscient", "greedy"])
def test_agents_that_ignore_what_the_partner_knows_score_lower(name: str, agent: str) -> None:
    goals, optimal = scores(name, FEWER, agent), [optimum(name, seed) for seed in FEWER]
    assert all(goal <= best for goal, best in zip(goals, optimal, strict=True))
    assert statistics.mean(goals) < statistics.mean(optimal) - 1
    if (name, agent) == ("stash", "omniscient"):
        assert set(goals) == {0.0}


def bayes(bargain: Game) -> float:
    """Return the expected score of the best policy against an unknown type, by exact search over sets of types."""
    first, facts = bargain.start(0)
    known: dict[tuple[object, ...], float] = {}

    def best(types: tuple[State, ...], told: tuple[str, ...]) -> float:
        ended = bargain.over(types[0])
        if ended is not None:
            return sum((bargain.score(state, "Bea") or {})["goal"] for state in types)
        key = (types[0]["round"], tuple((state["reserve"], state["pace"]) for state in types))
        if key not in known:
            known[key] = max(offered(types, told, number) for number in range(6))
        return known[key]

    def offered(types: tuple[State, ...], told: tuple[str, ...], number: int) -> float:
        after: dict[str, list[State]] = {}
        for state in types:
            offer = available_acts(bargain, state, "Bea")[number]
            pending, said = bargain.step(state, {"Bea": offer})
            heard = (*told, *(one.text for one in said))
            answer = bargain.habit("Sam", state, bargain.mind("Sam", heard), available_acts(bargain, pending, "Sam"))
            new, replied = bargain.step(pending, {"Sam": answer})
            after.setdefault(" ".join((*heard, *(one.text for one in replied))), []).append(new)
            sentences[" ".join((*heard, *(one.text for one in replied)))] = (*heard, *(one.text for one in replied))
        return sum(best(tuple(states), sentences[key]) for key, states in after.items())

    sentences: dict[str, tuple[str, ...]] = {}
    types = tuple(state for _, state in bargain.possible(first, "Bea"))
    return best(types, tuple(one.text for one in facts)) / len(types)


@pytest.fixture(scope="module")
def bargain_search() -> Search:
    """All types of sellers look the same at first, so one search serves them all."""
    return Search(ImaginedGame(game("bargain"), "Bea"))


def bargained(search: Search, horizon: int) -> float:
    """Return the mean score of the planner over all types of sellers."""
    bargain, goals, options = game("bargain"), [], AgentOptions(horizon=horizon)
    for seed in range(15):
        seat = Seat(name="Bea", scenario=bargain, state=bargain.start(seed)[0], seed=seed, options=options)
        goals.append(asyncio.run(play(bargain, seed, {"Bea": Planner(search, seat)})).goal(bargain, "Bea"))
    return statistics.mean(goals)


def test_bargain_is_played_as_well_as_bayes_allows(bargain_search: Search) -> None:
    found = bargained(bargain_search, 6)
    assert found == pytest.approx(bayes(game("bargain")))
    assert found == pytest.approx(6.46, abs=0.005)
    assert statistics.mean(scores("bargain", range(15), "greedy")) < found - 1
    assert bargained(bargain_search, 1) <= bargained(bargain_search, 2) < found


@pytest.mark.parametrize("name", ["stash", "errand"])
def test_a_longer_horizon_scores_higher_on_average(name: str) -> None:
    played, means = game(name), []
    me = main_person(played)
    for horizon in (1, 2, 3):
        agents = [(seed, foresee(played, seed, horizon)) for seed in FEWER]
        means.append(
            statistics.mean(asyncio.run(play(played, seed, {me: agent})).goal(played, me) for seed, agent in agents)
        )
    assert means == sorted(set(means))
