"""Agents of this package in the environment of sotopia: a process that answers the requests of `SwmAgent`.

``python -m social_world_model.adapters.sotopia_server`` answers with the agents that the settings in the requests name.
A script of the user can call `serve_agent` with an own agent instead.

An agent of sotopia gets the scenario, the own background and goal, and the acts of each turn. The process makes an
observation of this package from exactly these texts, with an S3AP context of what the person perceived.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from social_world_model.adapters.sotopia_side import serve
from social_world_model.adapters.sotopia_texts import Background, read_background, read_turn
from social_world_model.agents.checked import decided
from social_world_model.agents.loop import DECISIONS
from social_world_model.agents.making import AGENTS, Seat
from social_world_model.agents.recorder import Record
from social_world_model.errors import ConfigurationError, GenerationError
from social_world_model.experiments.episodes.plan import agent_options, asker
from social_world_model.generation_utils.clients import Clients
from social_world_model.interaction import Act, Agent, Briefing, Happening, Observation, Order, State, act_problem
from social_world_model.s3ap.tags import without_tags
from social_world_model.scenarios.sotopia import MAX_TURNS, kind_from_sotopia, kind_in_sotopia
from social_world_model.scenarios.sotopia_rendering import visible_text
from social_world_model.settings import EpisodeSettings

_PATHS = ("data", "output_dir")


@dataclass(frozen=True, kw_only=True)
class ToldScenario:
    """What a person of sotopia is told about the scenario, as a `Scenario` without rules.

    Parameters
    ----------
    told
        The briefing of the person.
    """

    told: Briefing
    id: str = "sotopia"
    environment: str = "sotopia"
    max_turns: int = MAX_TURNS
    order: Order = "round-robin"

    @property
    def cast(self) -> tuple[str, ...]:
        """Names of all people."""
        return self.told.cast

    @property
    def seats(self) -> Mapping[str, str]:
        """Names by seat. Seats are numbers from 1."""
        return {str(number): name for number, name in enumerate(self.cast, start=1)}

    @property
    def main_seats(self) -> tuple[str, ...]:
        """All seats."""
        return tuple(self.seats)

    def briefing(self, name: str, state: State) -> Briefing:
        """Return the briefing of the person. Briefings of other people are unknown.

        Parameters
        ----------
        name, state
            Not used.
        """
        return self.told


class Server:
    """Makes observations and asks agents for their acts.

    Parameters
    ----------
    agent
        Agent of the user; None means the agents that the settings in the requests name.
    """

    def __init__(self, agent: Agent | None = None) -> None:
        self._agent = agent
        self._clients: dict[str, tuple[EpisodeSettings, Clients]] = {}

    async def act(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return the act of an agent.

        Parameters
        ----------
        request
            ``settings`` of the agent, ``me``, ``goal``, ``seen`` (all observations of the person in this episode), and
            ``private_acts`` (whether sotopia knows private acts).

        Raises
        ------
        SocialWorldModelError
            If the request cannot be read, or if the agent cannot decide.
        """
        observation = observation_of(request)
        agent = self._agent or await self._made(request["settings"], observation)
        problem = ""
        for _ in range(DECISIONS):
            decision = await decided(agent, replace(observation, problem=problem))
            act = _for_all(decision.act, observation)
            problem = act_problem(
                act, me=observation.me, cast=observation.briefing.cast, available=observation.available
            )
            if not problem and act.to and not request["private_acts"]:
                problem = "expected an act that everybody perceives: this sotopia has no private acts"
            if not problem:
                return {"kind": kind_in_sotopia(act.kind), "text": act.text, "to": list(act.to)}
        raise GenerationError(f"{agent.name}, as {observation.me}: {problem}")

    async def close(self) -> None:
        """Close all connections to language models."""
        for _, clients in self._clients.values():
            await clients.close()

    async def _made(self, given: Mapping[str, Any], observation: Observation) -> Agent:
        """Return the agent that the settings name."""
        key = json.dumps(given, sort_keys=True)
        if key not in self._clients:
            settings = _settings(given)
            self._clients[key] = settings, Clients(settings)
        settings, clients = self._clients[key]
        kind = AGENTS.get(settings.agent)
        asked = asker(settings, clients)
        ask = asked(settings.model_name)
        seat = Seat(
            name=observation.me,
            scenario=ToldScenario(told=observation.briefing),  # type: ignore[arg-type]  # it has no rules
            state={},
            seed=settings.seed or 0,
            ask=ask,
            world=asked(settings.world_model) or ask,
            options=agent_options(settings),
        )
        agent = kind.make(seat)
        clients.check()
        await clients.load()
        return agent


def _settings(given: Mapping[str, Any]) -> EpisodeSettings:
    known = {field.name for field in fields(EpisodeSettings)}
    if unknown := [name for name in given if name not in known]:
        raise ConfigurationError(f"expected settings of episodes ({', '.join(sorted(known))}), got {unknown[0]!r}")
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    values |= {name: Path(values[name]) for name in _PATHS if isinstance(values.get(name), str)}
    return EpisodeSettings(**{"scenario": "sotopia", **values})


def _for_all(act: Act, observation: Observation) -> Act:
    """Return the act without recipients if everybody else is a recipient."""
    others = {name for name in observation.briefing.cast if name != observation.me}
    return replace(act, to=()) if set(act.to) == others else act


def observation_of(request: Mapping[str, Any]) -> Observation:
    """Return the observation of a person from everything that sotopia has shown to the person.

    Parameters
    ----------
    request
        See `Server.act`.

    Raises
    ------
    DatasetError
        If the first observation does not contain the background, or if an act has an unknown form.
    """
    me, seen = str(request["me"]), _of_last_episode(request["seen"])
    beginning, *turns = seen
    told = read_background(beginning["last_turn"], me=me)
    briefing = _briefing(told, me, request.get("goal"))
    names = dict(zip(told.cast, briefing.cast, strict=True))
    situation = Happening(text=briefing.scenario, observers=frozenset(briefing.cast))
    record = Record.begin(briefing.cast, [situation] if briefing.scenario else [], {briefing.me: briefing.private})
    present = set(briefing.cast)
    for turn in turns:
        acts = read_turn(turn["last_turn"], told.cast)
        record = record.after(_happenings(acts, names, briefing.me, frozenset(present)))
        present -= {names[name] for name, act in acts if act.kind == "leave"}
    own = [number for number, one in enumerate(seen[:-1]) if list(one["available_actions"]) != ["none"]]
    now, number = seen[-1], len(seen)
    kinds = {kind_from_sotopia(kind) for kind in now["available_actions"]}
    return Observation(
        turn=number,
        turns_left=max(0, int(request.get("settings", {}).get("max_turns") or MAX_TURNS) - number),
        me=briefing.me,
        briefing=briefing,
        news=record.news(briefing.me, own[-1] if own else -1),
        available=tuple(kind for kind in _ORDER if kind in kinds),
        context=record.context(briefing.me),
    )


def _of_last_episode(seen: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return the observations since the last beginning of an episode."""
    beginnings = [number for number, one in enumerate(seen) if one.get("turn_number") == 0]
    return seen[beginnings[-1] if beginnings else 0 :]


_ORDER = ("speak", "non-verbal", "action", "leave", "none")


def _briefing(told: Background, me: str, goal: str | None) -> Briefing:
    if me not in told.cast:
        raise GenerationError(f"expected {me} among the participants of the scenario, got {', '.join(told.cast)}")
    names = {name: without_tags(" ".join(name.split())) for name in told.cast}
    return Briefing(
        scenario=told.scenario,
        me=names[me],
        cast=tuple(names.values()),
        background=told.backgrounds.get(me, ""),
        goal=told.goals.get(me) or visible_text(goal or "", told.cast.index(me)),
        others={names[one]: _about(told, one) for one in told.cast if one != me and _about(told, one)},
    )


def _about(told: Background, name: str) -> str:
    """Return what the person is told about another person."""
    goal = told.goals.get(name)
    return "\n".join(filter(None, (told.backgrounds.get(name), f"Goal: {goal}" if goal else "")))


def _happenings(
    acts: Sequence[tuple[str, Act]], names: Mapping[str, str], me: str, present: frozenset[str]
) -> list[Happening]:
    """Return what the person perceived in a turn. A private act has the recipients and the person as observers."""
    happenings = []
    for name, act in acts:
        observers = present
        if act.to and act.kind != "leave":
            observers = frozenset({me, *(names[one] for one in act.to if one in names)})
        if not name:
            happenings.append(Happening(text=act.text, observers=present))
        elif act.words:
            actor = names[name]
            words = act.words.removeprefix(f"{name} ")
            happenings.append(Happening(text=f"{actor} {words}", observers=observers, actor=actor))
    return happenings


def serve_agent(agent: Agent | None = None) -> None:
    """Answer the requests of sotopia's process on standard input, until the pipe is closed. The process then ends.

    Parameters
    ----------
    agent
        Your agent; None means the agents that the requests name.
    """
    serve(Server(agent).act)


if __name__ == "__main__":
    serve_agent()
