"""Play an episode: ask the agents for acts turn by turn, and keep what happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from social_world_model.agents.checked import decided
from social_world_model.agents.recorder import Record
from social_world_model.errors import ConfigurationError, GenerationError, SocialWorldModelError
from social_world_model.interaction import Act, ActKind, Agent, Decision, Observation, act_problem
from social_world_model.runs.flight import ENDING
from social_world_model.s3ap import SocializedContext
from social_world_model.scenarios.base import Scenario

EpisodeStatus = Literal["played", "error"]
"""``"played"``: the scenario is over. ``"error"``: an agent could not decide."""

DECISIONS = 3
"""Maximum number of decisions that an agent may make in a turn, if its acts are refused."""


@dataclass(frozen=True, kw_only=True)
class PlayedTurn:
    """A turn of an episode.

    Parameters
    ----------
    number
        Number of the turn, from 1.
    decisions
        Decision of each person who acted, by name.
    happenings
        What happened: acts first, then facts. One sentence each.
    """

    number: int
    decisions: Mapping[str, Decision]
    happenings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Episode:
    """An episode, up to its end or up to an error.

    Parameters
    ----------
    scenario, seed
        Scenario and seed of the episode.
    status
        Whether the episode was played to its end.
    why_over
        Why the episode ended.
    turns
        All complete turns.
    record
        What happened, and who perceived it.
    scores
        Score of each person by dimension. A person without a score has no entry.
    """

    scenario: Scenario
    seed: int
    status: EpisodeStatus
    why_over: str
    turns: tuple[PlayedTurn, ...]
    record: Record
    scores: Mapping[str, Mapping[str, float]]

    @property
    def context(self) -> SocializedContext:
        """The episode as S3AP, with the private texts of all people."""
        return self.record.context()


async def play(
    scenario: Scenario,
    agents: Mapping[str, Agent],
    seed: int = 0,
    *,
    max_turns: int | None = None,
    on_turn: Callable[[PlayedTurn], None] = lambda _: None,
) -> Episode:
    """Play an episode.

    Parameters
    ----------
    scenario
        Scenario to play.
    agents
        Agent of each person in `scenario.seats`, by the name of the person.
    seed
        Seed of all random choices of the scenario.
    max_turns
        Maximum number of turns, if it is below the maximum of the scenario.
    on_turn
        Function that is called after each turn.

    Raises
    ------
    ConfigurationError
        If a person has no agent, or if a setting is wrong.
    EndpointError, BudgetExceededError
        If no further call of a model can succeed. All other errors of agents end the episode as an error.
    """
    if missing := [name for name in scenario.seats.values() if name not in agents]:
        raise ConfigurationError(f"expected an agent for each seat, got none for {', '.join(missing)}")
    last = min(scenario.max_turns, max_turns or scenario.max_turns)
    stage = _Stage(scenario, agents, seed, last)
    turns: list[PlayedTurn] = []
    while (why_over := stage.why_over) is None:
        try:
            turn = await stage.turn()
        except ENDING:
            raise
        except SocialWorldModelError as error:
            return stage.episode("error", f"turn {stage.number}: {error}", turns)
        turns.append(turn)
        on_turn(turn)
    return stage.episode("played", why_over, turns)


class _Stage:
    """The present state of an episode."""

    def __init__(self, scenario: Scenario, agents: Mapping[str, Agent], seed: int, last: int) -> None:
        self.scenario, self.agents, self.seed, self.last = scenario, agents, seed, last
        self.state, facts = scenario.start(seed)
        people = scenario.seats.values()
        self.briefings = {name: scenario.briefing(name, self.state) for name in people}
        private = {name: briefing.private for name, briefing in self.briefings.items()}
        self.record = Record.begin(scenario.cast, facts, private)
        self.last_turn = dict.fromkeys(people, -1)

    @property
    def number(self) -> int:
        """Number of the present turn, from 1."""
        return len(self.record.turns)

    @property
    def why_over(self) -> str | None:
        """Why the episode is over; None if it is not over."""
        over = self.scenario.over(self.state)
        return f"turn {self.last} was the last" if over is None and self.number > self.last else over

    async def turn(self) -> PlayedTurn:
        """Play one turn. All people who act decide at the same time."""
        number = self.number
        available = {name: self.scenario.available(self.state, name) for name in self.briefings}
        acting = [name for name, acts in available.items() if acts]
        made = await _together([self._decided(name, available[name]) for name in acting])
        decisions = dict(zip(acting, made, strict=True))
        acts = {name: decision.act for name, decision in decisions.items()}
        self.state, happenings = self.scenario.step(self.state, acts)
        try:
            self.record = self.record.after(happenings)
        except ValueError as error:
            raise ConfigurationError(f"the scenario {self.scenario.id}, turn {number}: {error}") from error
        self.last_turn.update(dict.fromkeys(acting, number - 1))
        return PlayedTurn(number=number, decisions=decisions, happenings=tuple(one.text for one in happenings))

    async def _decided(self, name: str, available: tuple[ActKind, ...] | tuple[Act, ...]) -> Decision:
        """Return a decision with an available act. A refused act goes back to the agent with the reason."""
        observation = Observation(
            turn=self.number,
            turns_left=self.last - self.number,
            me=name,
            briefing=self.briefings[name],
            news=self.record.news(name, self.last_turn[name]),
            available=available,
            context=self.record.context(name),
        )
        problem = ""
        for _ in range(DECISIONS):
            decision = await decided(self.agents[name], replace(observation, problem=problem))
            problem = act_problem(decision.act, me=name, cast=self.scenario.cast, available=available)
            if not problem:
                return decision
        raise GenerationError(f"{self.agents[name].name}, as {name}: {problem}")

    def episode(self, status: EpisodeStatus, why_over: str, turns: list[PlayedTurn]) -> Episode:
        """Return the episode. People have scores only if the scenario itself is over."""
        is_over = status == "played" and self.scenario.over(self.state) is not None
        scores = {name: self.scenario.score(self.state, name) for name in self.briefings} if is_over else {}
        return Episode(
            scenario=self.scenario,
            seed=self.seed,
            status=status,
            why_over=why_over,
            turns=tuple(turns),
            record=self.record,
            scores={name: score for name, score in scores.items() if score is not None},
        )


async def _together(work: Sequence[Coroutine[Any, Any, Decision]]) -> list[Decision]:
    """Await all decisions of a turn. The first error cancels the other decisions."""
    if len(work) == 1:
        return [await work[0]]
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in work]
    except ExceptionGroup as several:
        raise several.exceptions[0] from None
    return [task.result() for task in tasks]
