"""Estimate the calls, tokens and cost of episodes without calling a model.

The prompts come from episodes that are played with replies of typical length. The agents make their real decisions in
the middle of these episodes, because a prompt grows with the number of turns.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from social_world_model.agents.loop import play
from social_world_model.contracts import ModelConfig
from social_world_model.errors import SocialWorldModelError
from social_world_model.experiments.episodes.plan import EpisodePlan, Player
from social_world_model.experiments.episodes.run import EpisodeRun
from social_world_model.experiments.episodes.tasks import EpisodeTask
from social_world_model.experiments.episodes.typical_replies import TypicalAsk, typical_act
from social_world_model.generation_utils.names import keyless
from social_world_model.generation_utils.sync import run_sync
from social_world_model.interaction import Decision, Observation
from social_world_model.runs.keys import fingerprint
from social_world_model.scenarios import Scenario
from social_world_model.settings import EpisodeSettings
from social_world_model.usage import NO_USAGE, Usage

SAMPLED = 20
"""Number of tasks whose prompts are made. The other tasks have the same mean."""
PROMPT_TOKENS, REPLY_TOKENS = 2000, 60
"""Tokens of a prompt and of a reply, for agents of plug-ins whose replies have an unknown form."""

Tokens = Mapping[str, tuple[float, float]]
"""Mean tokens of prompt and reply of a call, by role."""


@dataclass(frozen=True, kw_only=True)
class EpisodeEstimate:
    """Estimated usage of the episodes that are not played yet.

    Parameters
    ----------
    episodes, kept
        Number of episodes to play, and number of episodes that an earlier run played.
    roles
        Estimated usage by role.
    """

    episodes: int
    kept: int
    roles: dict[str, Usage] = field(default_factory=dict)

    @property
    def total(self) -> Usage:
        """Estimated usage of all roles."""
        return sum(self.roles.values(), NO_USAGE)


def estimate_episodes(settings: EpisodeSettings) -> EpisodeEstimate:
    """Return the estimated usage of a run of episodes. All episodes are assumed to last until their last turn.

    Raises
    ------
    ConfigurationError, DatasetError
        If the run would also raise this error before the first call.
    """
    with keyless():
        return run_sync(Estimator().estimate(EpisodeRun(settings).plan))


class Estimator:
    """Estimates plans of episodes. Plans that differ only in their models have the same prompts."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Tokens, Tokens]] = {}

    async def estimate(self, plan: EpisodePlan) -> EpisodeEstimate:
        """Return the estimated usage of all episodes that are not played yet.

        Parameters
        ----------
        plan
            Plan of the episodes.
        """
        todo = [task for task in plan.tasks if plan.finished(task) is None]
        roles: dict[str, Usage] = {}
        if todo and plan.calls_models:
            both = await self._tokens(plan, todo)
            turns = [(player, _own_turns(plan, todo, player)) for player in (plan.agent, plan.partner)]
            for is_partner, ((player, number), tokens) in enumerate(zip(turns, both, strict=True)):
                for role, usage in _usage_of(player, number, tokens):
                    name = "partner" if is_partner else role
                    roles[name] = roles.get(name, NO_USAGE) + usage
        return EpisodeEstimate(episodes=len(todo), kept=len(plan.tasks) - len(todo), roles=roles)

    async def tokens_per_turn(self, plan: EpisodePlan) -> float:
        """Return the estimated tokens of prompts and replies per own turn of the compared agent.

        Parameters
        ----------
        plan
            Plan of the episodes.
        """
        tokens, _ = await self._tokens(plan, plan.tasks)
        used = sum((usage for _, usage in _usage_of(plan.agent, 1000, tokens)), NO_USAGE)
        return (used.input_tokens + used.output_tokens) / 1000

    async def _tokens(self, plan: EpisodePlan, tasks: Sequence[EpisodeTask]) -> tuple[Tokens, Tokens]:
        """Return the mean tokens of the calls of the agent, and of the partner."""
        some = tasks if len(tasks) <= SAMPLED else random.Random(0).sample(list(tasks), SAMPLED)
        key = _key(plan, some)
        if key not in self._known:
            counts: tuple[_Counts, _Counts] = ({}, {})
            for task in some:
                await _measure(plan, task, counts)
            self._known[key] = (_means(counts[0]), _means(counts[1]))
        return self._known[key]


_Counts = dict[str, list[tuple[int, int]]]


def _key(plan: EpisodePlan, tasks: Sequence[EpisodeTask]) -> str:
    """Return a key of everything that affects the length of prompts."""
    settings = plan.settings
    config = ModelConfig(
        settings={
            "scenario": settings.scenario,
            "data": [str(settings.data), plan.data_sha256],
            "max turns": settings.max_turns,
            "tasks": [task.index for task in tasks],
            "players": [
                [player.kind.name, str(player.options), *(ask and ask.reasons for ask in (player.ask, player.world))]
                for player in (plan.agent, plan.partner)
            ],
        }
    )
    return fingerprint(config)


def _means(counts: _Counts) -> Tokens:
    return {role: (fmean(one for one, _ in many), fmean(one for _, one in many)) for role, many in counts.items()}


def _turns(scenario: Scenario, settings: EpisodeSettings, person: str) -> range:
    """Return the numbers of the turns of a person, if nobody leaves."""
    last = min(scenario.max_turns, settings.max_turns or scenario.max_turns)
    if scenario.order == "simultaneous":
        return range(1, last + 1)
    people = list(scenario.seats.values())
    return range(1 + people.index(person), last + 1, len(people))


def _own_turns(plan: EpisodePlan, tasks: Sequence[EpisodeTask], player: Player) -> int:
    return sum(
        len(_turns(task.scenario, plan.settings, person))
        for task in tasks
        for seat, person in task.scenario.seats.items()
        if (seat == task.seat) == (player is plan.agent)
    )


def _usage_of(player: Player, turns: int, tokens: Tokens) -> Iterator[tuple[str, Usage]]:
    """Yield the usage of a player in so many own turns, by role."""
    if player.ask is None:
        return
    other = (
        (fmean(one for one, _ in tokens.values()), fmean(one for _, one in tokens.values()))
        if tokens
        else (PROMPT_TOKENS, REPLY_TOKENS)
    )
    for role, calls in player.kind.calls(player.options).items():
        ask = player.world if role == "foresee" and player.world is not None else player.ask
        requests = turns * calls
        tokens_in, tokens_out = (round(requests * mean) for mean in tokens.get(role, other))
        yield role, ask.model.expected_usage(requests, tokens_in, tokens_out)


async def _measure(plan: EpisodePlan, task: EpisodeTask, counts: tuple[_Counts, _Counts]) -> None:
    """Play an episode with typical acts up to its middle, and count the tokens of the decisions there.

    If the typical acts end the episode earlier, the first decisions are counted.
    """
    scenario = task.scenario
    state, _ = scenario.start(task.seed)
    waiting = {
        person: seat != task.seat
        for seat, person in scenario.seats.items()
        if (plan.agent if seat == task.seat else plan.partner).ask is not None
    }
    for middle in (_middle, _first):
        agents: dict[str, _Measured] = {}
        for person in scenario.seats.values():
            is_partner = waiting.get(person)
            player = plan.partner if is_partner else plan.agent
            turns = range(0) if is_partner is None else middle(_turns(scenario, plan.settings, person))
            agents[person] = _Measured(player, task, person, state, turns, counts[bool(is_partner)])
        last = max((turn for agent in agents.values() for turn in agent.turns), default=0)
        if last:
            await play(scenario, agents, task.seed, max_turns=last)
        waiting = {person: waiting[person] for person in waiting if not agents[person].has_decided}


def _middle(turns: range) -> range:
    return turns[(len(turns) - 1) // 2 : len(turns) // 2 + 1] if turns else turns


def _first(turns: range) -> range:
    return turns[:1]


@dataclass
class _Measured:
    """An agent that acts in a typical way, and counts the tokens of its real decisions in some turns."""

    player: Player
    task: EpisodeTask
    person: str
    state: Mapping[str, Any]
    turns: range
    counts: _Counts
    has_decided: bool = False
    name: str = "typical"
    config: ModelConfig = field(default_factory=ModelConfig)

    async def decide(self, observation: Observation) -> Decision:
        """Return a typical act."""
        if observation.turn in self.turns and self.player.ask is not None:
            self.has_decided = True
            world = None if self.player.world is None else TypicalAsk(self.player.world)
            ask = TypicalAsk(self.player.ask)
            agent = self.player.made(self.task, self.person, self.state, ask, world)
            with suppress(SocialWorldModelError):  # if the form of a reply is unknown, the calls before it are counted
                await agent.decide(observation)
            for one in (ask, *([] if world is None else [world])):
                for role, tokens in one.tokens.items():
                    self.counts.setdefault(role, []).extend(tokens)
        return Decision(act=typical_act(observation))
