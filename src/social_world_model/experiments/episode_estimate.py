"""Estimate the calls, tokens and cost of episodes without calling a model."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from social_world_model.agents.recorder import Record
from social_world_model.experiments.episode_files import read_episode
from social_world_model.experiments.episode_plan import EpisodePlan, Player
from social_world_model.experiments.episode_tasks import EpisodeTask
from social_world_model.experiments.episodes import PLAYED, EpisodeRun
from social_world_model.generation_utils.model import CHARS_PER_TOKEN, LanguageModel
from social_world_model.generation_utils.names import keyless
from social_world_model.runs.names import file_stem
from social_world_model.settings import EpisodeSettings
from social_world_model.usage import NO_USAGE, Usage

FORM_TOKENS = 450
"""Typical number of tokens of a prompt without the context."""
ACT_TOKENS = 60
"""Typical number of tokens of an act, and of any other reply."""


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


def estimate_episodes(settings: EpisodeSettings) -> EpisodeEstimate:
    """Return the estimated usage of a run of episodes. All episodes are assumed to last until their last turn.

    Raises
    ------
    ConfigurationError, DatasetError
        If the run would also raise this error before the first call.
    """
    with keyless():
        plan = EpisodeRun(settings).plan
    roles: dict[str, Usage] = {}
    todo = [task for task in plan.tasks if not _is_played(plan, task)]
    for task in todo:
        for seat in task.scenario.seats:
            player = plan.agent if seat == task.seat else plan.partner
            for role, usage in _of_seat(plan, task, player):
                name = role if seat == task.seat else "partner"
                roles[name] = roles.get(name, NO_USAGE) + usage
    return EpisodeEstimate(episodes=len(todo), kept=len(plan.tasks) - len(todo), roles=roles)


def _is_played(plan: EpisodePlan, task: EpisodeTask) -> bool:
    known = read_episode(plan.folder / f"{file_stem(task.index)}.json")
    return known is not None and known.status == PLAYED and known.episode_key == plan.key(task)


def _of_seat(plan: EpisodePlan, task: EpisodeTask, player: Player) -> Iterator[tuple[str, Usage]]:
    """Yield the estimated usage of a seat by role. A prompt has the context of half of the turns on average."""
    if player.ask is None:
        return
    scenario = task.scenario
    turns = min(scenario.max_turns, plan.settings.max_turns or scenario.max_turns)
    own = turns if scenario.order == "simultaneous" else math.ceil(turns / len(scenario.seats))
    state, facts = scenario.start(task.seed)
    briefing = scenario.briefing(task.person, state)
    begun = Record.begin(scenario.cast, facts, {task.person: briefing.private}).context(task.person)
    shown = len(begun.render("compact")) // CHARS_PER_TOKEN + FORM_TOKENS + ACT_TOKENS * turns // 2
    for role, calls in player.kind.calls(player.options).items():
        ask = player.world if role == "foresee" and player.world is not None else player.ask
        written = ACT_TOKENS * (player.options.candidates if role == "propose" else 1)
        yield role, _usage(ask.model, own * calls, own * calls * shown, own * calls * written)


def _usage(model: LanguageModel, requests: int, tokens_in: int, tokens_out: int) -> Usage:
    cost = model.price(tokens_in, tokens_out)
    return Usage(requests=requests, input_tokens=tokens_in, output_tokens=tokens_out, cost=cost)
