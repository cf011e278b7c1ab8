"""Agents that play games without a language model."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from social_world_model.agents.habit import HABIT
from social_world_model.agents.making import AGENTS, AgentOptions, Seat
from social_world_model.agents.search import greedy, planner
from social_world_model.errors import ConfigurationError
from social_world_model.interaction import Act, Agent, Decision, Observation
from tests.scenarios.episodes import foresee, game, main_person, play
from tests.scenarios.test_memories import Party


def seat(name: str, seed: int = 0) -> Seat:
    scenario = game(name)
    state, _ = scenario.start(seed)
    return Seat(name=main_person(scenario), scenario=scenario, state=state, seed=seed)


class Scripted:
    """Plays texts of acts in order; None means the first available act."""

    name = "scripted"
    config = HABIT.make(seat("stash")).config

    def __init__(self, *texts: str | None) -> None:
        self.texts = list(texts)

    async def decide(self, observation: Observation) -> Decision:
        text = self.texts.pop(0)
        acts = [act for act in observation.available if isinstance(act, Act)]
        return Decision(act=next((act for act in acts if act.text == text), acts[0]))


def test_the_habit_agent_plays_as_its_person_usually_does() -> None:
    assert AGENTS.get("habit") is AGENTS.get("memory") is HABIT
    for name in ("stash", "errand", "bargain"):
        scenario = game(name)
        for seed in range(10):
            state, _ = scenario.start(seed)
            agents: dict[str, Agent] = {
                person: HABIT.make(Seat(name=person, scenario=scenario, state=state, seed=seed))
                for person in scenario.seats.values()
            }
            with_agents, without = (asyncio.run(play(scenario, seed, some)) for some in (agents, {}))
            assert with_agents.record == without.record


@pytest.mark.parametrize("make", [HABIT.make, planner, greedy])
def test_a_scenario_without_exact_rules_cannot_be_searched(make: object) -> None:
    party = Party()
    free = Seat(name="Ann", scenario=party, state=party.start(0)[0], seed=0)
    with pytest.raises(ConfigurationError, match="expected a game for the agent") as caught:
        make(free)  # type: ignore[operator]
    assert caught.value.parameters == ("agent",)


@pytest.mark.parametrize(("option", "value"), [("horizon", 0), ("value", "rubric"), ("choose", "rewrite")])
def test_options_that_need_a_language_model_are_refused(option: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=f"got {option}=") as caught:
        planner(replace(seat("stash"), options=replace(AgentOptions(), **{option: value})))  # type: ignore[arg-type]
    assert caught.value.parameters == (option,)


def test_every_available_act_is_considered_with_value_replies_and_reason() -> None:
    stash = game("stash")
    played = asyncio.run(play(stash, 15, {"Anne": foresee(stash, 15, 2)}))
    for turn, decision in enumerate(one for name, one in played.decisions if name == "Anne"):
        assert [one.act for one in decision.considered] == list(stash.available(played.states[turn], "Anne"))
        assert decision.act in [one.act for one in decision.considered]
        for one in decision.considered:
            assert one.value is not None
            assert one.why.startswith(f"The expected score is {one.value:.2f}.")
            assert all(reply.by == "Sally" and reply.mind for future in one.replies for reply in future)


def test_the_greedy_agent_whispers_before_the_eyes_of_cara_because_it_imagines_no_reply() -> None:
    errand = game("errand")
    played = asyncio.run(play(errand, 15, {"Mia": greedy(seat("errand", 15))}))
    first = played.decisions[0][1]
    assert {one.act.to: one.value for one in first.considered if one.act.kind == "speak"} == {(): 0.0, ("Ben",): 10.0}
    assert first.act.to == ("Ben",)
    assert played.goal(errand, "Mia") == 0
    assert all(one.replies == () for one in first.considered)


def test_an_omniscient_partner_is_thought_to_see_every_move() -> None:
    stash = game("stash")
    played = asyncio.run(play(stash, 15, {"Anne": foresee(stash, 15, 6, "omniscient")}))
    last = [decision for name, decision in played.decisions if name == "Anne"][-1]
    assert [one.value for one in last.considered] == [0.0, -1.0, -1.0]
    assert played.goal(stash, "Anne") == 0


def test_a_partner_who_does_something_unusual_does_not_stop_the_planner() -> None:
    stash = game("stash")
    away = [turn for turn, present in enumerate(stash.start(15)[0]["present"]) if not present]
    names = ["The ball is in the green box."] * (len(away) + 1)
    played = asyncio.run(play(stash, 15, {"Anne": foresee(stash, 15, 6), "Sally": Scripted(*names)}))
    assert played.states[-1]["named"] == "green box"
    assert played.goal(stash, "Anne") == 9  # the ball is in the blue box

    bargain = game("bargain")
    sam = Scripted("I refuse.", "I refuse.", "I refuse.", "I refuse.", "I refuse.", "I refuse.")
    played = asyncio.run(play(bargain, 2, {"Bea": foresee(bargain, 2, 2), "Sam": sam}))
    assert played.states[-1]["price"] is None


def test_the_decision_does_not_depend_on_what_the_person_cannot_know() -> None:
    bargain = game("bargain")
    firsts = set()
    for seed in range(15):
        agent = foresee(bargain, seed, 2)
        firsts.add(asyncio.run(play(bargain, seed, {"Bea": agent})).decisions[0][1])
    assert len(firsts) == 1


def test_a_new_planner_in_the_middle_of_a_game_decides_the_same() -> None:
    errand = game("errand")

    class Forgetful:
        name = "foresee"
        config = foresee(errand, 0, 3).config

        def __init__(self, seed: int) -> None:
            self.seed = seed

        async def decide(self, observation: Observation) -> Decision:
            return await foresee(errand, self.seed, 3).decide(observation)

    for seed in range(8):
        new, old = (
            asyncio.run(play(errand, seed, {"Mia": agent})) for agent in (Forgetful(seed), foresee(errand, seed, 3))
        )
        assert new.decisions == old.decisions
