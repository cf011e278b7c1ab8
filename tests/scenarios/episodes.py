"""Play games in tests: with agents, with random acts, and by exhaustive search."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from social_world_model.agents.making import AgentOptions, Seat
from social_world_model.agents.recorder import Record
from social_world_model.agents.search import planner
from social_world_model.interaction import Act, Agent, Decision, Observation, State
from social_world_model.scenarios import Game, get_scenarios
from social_world_model.scenarios.base import Scenario

Choose = Callable[[Observation], Act]


def game(name: str) -> Game:
    (found,) = get_scenarios(name)
    assert isinstance(found, Game)
    return found


def main_person(played: Game) -> str:
    return played.seats[played.main_seats[0]]


@dataclass
class Played:
    """An episode: its states, its turns, and what each person perceived and did, in order."""

    states: list[State]
    record: Record
    told: dict[str, list[str]]
    decisions: list[tuple[str, Decision]]

    def goal(self, scenario: Scenario, name: str) -> float:
        score = scenario.score(self.states[-1], name)
        assert score is not None
        return score["goal"]


async def play(scenario: Game, seed: int, agents: Mapping[str, Agent]) -> Played:
    """Play an episode with agents. People without an agent do their usual acts from their own memory."""
    state, facts = scenario.start(seed)
    record = Record.begin(scenario.cast, facts)
    told = {name: [one.text for one in facts if name in one.observers] for name in scenario.cast}
    played = Played([state], record, told, [])
    for turn in range(scenario.max_turns):
        if scenario.over(state) is not None:
            break
        acts = {}
        for name in scenario.seats.values():
            if not (available := available_acts(scenario, state, name)):
                continue
            if name in agents:
                observation = Observation(
                    turn=turn + 1,
                    turns_left=scenario.max_turns - turn - 1,
                    me=name,
                    briefing=scenario.briefing(name, played.states[0]),
                    news=played.record.news(name, turn - 1),
                    available=available,
                    context=played.record.context(name),
                )
                decision = await agents[name].decide(observation)
            else:
                mind = scenario.mind(name, played.record.seen(name))
                decision = Decision(act=scenario.habit(name, played.states[0], mind, available))
            played.decisions.append((name, decision))
            acts[name] = decision.act
        state = take(scenario, state, acts, played)
    return played


def take(scenario: Scenario, state: State, acts: Mapping[str, Act], played: Played) -> State:
    """Take one turn of an episode."""
    state, happenings = scenario.step(state, acts)
    for name in scenario.cast:
        own = [one for one in happenings if one.actor == name]
        others = [one for one in happenings if one.actor not in ("", name)]
        facts = [one for one in happenings if not one.actor]
        played.told[name] += [one.text for one in (*own, *others, *facts) if name in one.observers]
    played.record = played.record.after(happenings)
    played.states.append(state)
    return state


def play_at_random(scenario: Scenario, seed: int, dice: random.Random) -> Played:
    """Play an episode in which everybody does a random act in every turn."""
    state, facts = scenario.start(seed)
    told = {name: [one.text for one in facts if name in one.observers] for name in scenario.cast}
    played = Played([state], Record.begin(scenario.cast, facts), told, [])
    for _ in range(scenario.max_turns):
        if scenario.over(state) is not None:
            break
        options = {name: available_acts(scenario, state, name) for name in scenario.seats.values()}
        acts = {name: dice.choice(available) for name, available in options.items() if available}
        state = take(scenario, state, acts, played)
    return played


def available_acts(scenario: Scenario, state: State, name: str) -> tuple[Act, ...]:
    return tuple(act for act in scenario.available(state, name) if isinstance(act, Act))


def foresee(scenario: Game, seed: int, horizon: int, simulate: str = "memory", name: str = "") -> Agent:
    """Return a planner for the main seat."""
    options = AgentOptions(horizon=horizon, simulate="memory" if simulate == "memory" else "omniscient")
    state, _ = scenario.start(seed)
    return planner(Seat(name=name or main_person(scenario), scenario=scenario, state=state, seed=seed, options=options))


def exhaustive(scenario: Game, seed: int, *, by_mind: bool = True) -> float:
    """Return the highest score that the main person can reach against partners who play from their real memories.

    Every act is tried in every turn. A state that was reached before with the same minds is not tried again. If
    `by_mind` is false, the states must have been reached with the same memories.
    """
    me = main_person(scenario)
    partners = [name for name in scenario.seats.values() if name != me]
    known: dict[tuple[object, ...], float] = {}

    def best(state: State, memories: dict[str, tuple[str, ...]]) -> float:
        if scenario.over(state) is not None:
            score = scenario.score(state, me)
            assert score is not None
            return score["goal"]
        minds = [scenario.mind(name, memories[name]) for name in partners] if by_mind else memories.values()
        key = (repr(state), *minds)
        if key not in known:
            usual = {}
            for name in partners:
                if available := available_acts(scenario, state, name):
                    mind = scenario.mind(name, memories[name])
                    usual[name] = scenario.habit(name, state, mind, available)
            options = [{me: act} for act in available_acts(scenario, state, me)] or [{}]
            known[key] = max(best(*after(state, {**usual, **own}, memories)) for own in options)
        return known[key]

    def after(
        state: State, acts: Mapping[str, Act], memories: dict[str, tuple[str, ...]]
    ) -> tuple[State, dict[str, tuple[str, ...]]]:
        state, happenings = scenario.step(state, acts)
        new = {name: tuple(one.text for one in happenings if name in one.observers) for name in partners}
        return state, {name: memories[name] + new[name] for name in partners}

    state, facts = scenario.start(seed)
    return best(state, {name: tuple(one.text for one in facts if name in one.observers) for name in partners})
