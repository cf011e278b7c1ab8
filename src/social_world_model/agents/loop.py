"""Play an episode: ask the agents for acts turn by turn, and keep what happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from social_world_model.agents.checked import decided
from social_world_model.agents.recorder import Record
from social_world_model.agents.stage import Stage
from social_world_model.errors import ConfigurationError, GenerationError, SocialWorldModelError
from social_world_model.interaction import Act, ActKind, Agent, Decision, act_problem
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
    stage = Stage(scenario, seed, max_turns)
    turns: list[PlayedTurn] = []
    while (why_over := stage.why_over) is None:
        try:
            turn = await _played(stage, agents)
        except ENDING:
            raise
        except SocialWorldModelError as error:
            return _episode(stage, "error", f"turn {stage.number}: {error}", turns)
        turns.append(turn)
        on_turn(turn)
    return _episode(stage, "played", why_over, turns)


async def _played(stage: Stage, agents: Mapping[str, Agent]) -> PlayedTurn:
    """Play one turn. All people who act decide at the same time."""
    number = stage.number
    available = {name: stage.available(name) for name in stage.briefings}
    acting = [name for name, acts in available.items() if acts]
    made = await _together([_decided(stage, agents[name], name, available[name]) for name in acting])
    decisions = dict(zip(acting, made, strict=True))
    happenings = stage.take({name: decision.act for name, decision in decisions.items()})
    return PlayedTurn(number=number, decisions=decisions, happenings=tuple(one.text for one in happenings))


async def _decided(stage: Stage, agent: Agent, name: str, available: tuple[ActKind, ...] | tuple[Act, ...]) -> Decision:
    """Return a decision with an available act. A refused act goes back to the agent with the reason."""
    observation = stage.observation(name, available)
    problem = ""
    for _ in range(DECISIONS):
        decision = await decided(agent, replace(observation, problem=problem))
        problem = act_problem(decision.act, me=name, cast=stage.scenario.cast, available=available)
        if not problem:
            return decision
    raise GenerationError(f"{agent.name}, as {name}: {problem}")


def _episode(stage: Stage, status: EpisodeStatus, why_over: str, turns: list[PlayedTurn]) -> Episode:
    """Return the episode. People have scores only if the scenario itself is over."""
    return Episode(
        scenario=stage.scenario,
        seed=stage.seed,
        status=status,
        why_over=why_over,
        turns=tuple(turns),
        record=stage.record,
        scores=stage.scores() if status == "played" else {},
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
