"""Equal compute: give the agent best-of more candidates, until it needs as many tokens per own turn as another agent.

The tokens are measured on a pilot: the first episodes of a cell. They are real episodes, and the cell reuses them. The
choice is stored in the file ``FOLDER.best-of`` beside the folder of the other agent, so that a later command makes
the same choice. All shards of a run share the choice of the shard that ends its pilots first.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from social_world_model.errors import ConfigurationError
from social_world_model.experiments.episodes.estimate import Estimator
from social_world_model.experiments.episodes.files import StoredEpisode
from social_world_model.experiments.episodes.plan import EpisodePlan
from social_world_model.experiments.episodes.run import EpisodesResult
from social_world_model.experiments.episodes.tasks import EpisodeTask
from social_world_model.files import retried, write_whole
from social_world_model.runs.keys import content_key
from social_world_model.runs.manifest import checked_manifest
from social_world_model.runs.store import ResultStore
from social_world_model.runs.stored_json import stored_json
from social_world_model.settings import EpisodeSettings

PILOT = 5
"""Number of episodes of a pilot."""
TOLERANCE = 0.1
"""Largest difference of the tokens, as a share of the tokens to reach."""
PILOTS = 4
"""Maximum number of pilots."""
MOST_CANDIDATES = 100
"""Maximum number of candidates. Models hardly write more different acts in one reply."""

Planning = Callable[[EpisodeSettings], EpisodePlan]
Playing = Callable[[EpisodeSettings], Awaitable[EpisodesResult]]


@dataclass(frozen=True, kw_only=True)
class TokenMatch:
    """Number of candidates that an agent gets.

    Parameters
    ----------
    candidates
        The number.
    tokens, target
        Mean tokens per own turn with so many candidates, and mean tokens to reach.
    key
        Hash of everything that affects the choice.
    """

    candidates: int
    tokens: float
    target: float
    key: str = ""

    @property
    def is_reached(self) -> bool:
        """Whether the tokens differ by at most 10 %."""
        return abs(self.tokens - self.target) <= TOLERANCE * self.target

    def told(self, name: str) -> str:
        """Return the choice in words.

        Parameters
        ----------
        name
            Name of the agent with the tokens to reach.
        """
        result = "within 10 %" if self.is_reached else "not within 10 %: the nearest number of candidates is used"
        return (
            f"{self.candidates} candidates: {self.tokens:,.0f} tokens per own turn in the pilot, {name} needs "
            f"{self.target:,.0f} ({result})"
        )


def tokens_per_turn(episodes: Sequence[StoredEpisode]) -> float | None:
    """Return the mean tokens of prompts and replies per own turn; None if there are no own turns.

    Parameters
    ----------
    episodes
        Episodes of one run.
    """
    decisions = [decision for episode in episodes for decision in episode.decisions(episode.person)]
    usages = [call["usage"] for decision in decisions for call in decision["calls"]]
    if not decisions:
        return None
    return float(sum(usage["input_tokens"] + usage["output_tokens"] for usage in usages)) / len(decisions)


async def guess(cell: EpisodeSettings, target: EpisodeSettings, plan: Planning, estimator: Estimator) -> int:
    """Return an estimate of the number of candidates, without a call to a model.

    Parameters
    ----------
    cell, target
        Settings of the agent with candidates, and of the agent whose tokens it must reach.
    plan
        Makes the plan of settings.
    estimator
        Estimates tokens.
    """
    line = await _line(cell, plan, estimator)
    return line.candidates(await estimator.tokens_per_turn(plan(target)))


async def match_tokens(
    cell: EpisodeSettings,
    target: EpisodeSettings,
    *,
    plan: Planning,
    play: Playing,
    estimator: Estimator,
    others: Collection[Path] = (),
) -> TokenMatch:
    """Return the number of candidates, from the stored choice or from pilots.

    Parameters
    ----------
    cell, target
        Settings of the agent with candidates, and of the agent whose tokens it must reach. The episodes of the second
        agent are already played.
    plan
        Makes the plan of settings.
    play
        Plays the episodes of settings.
    estimator
        Estimates tokens, for the first guess.
    others
        Folders of other cells. The folders of pilots that are not chosen are moved aside, except these.

    Raises
    ------
    ConfigurationError
        If more than half of the episodes of a pilot are missing.
    """
    needed = _measured(plan(target), target)
    theirs, ours = (plan(replace(one, shard=None)) for one in (target, cell))  # all shards share the choice
    path = theirs.folder.with_name(f"{theirs.folder.name}.best-of")
    keys = [one.key(task) for one in (theirs, ours) for task in _pilot(one)]
    key = content_key(keys=keys, pilots=PILOTS, tolerance=TOLERANCE, most=MOST_CANDIDATES)
    if (known := _stored(path, key)) is not None:
        return known
    line = await _line(cell, plan, estimator)
    tried: dict[int, float] = {}
    candidates = line.candidates(needed)
    while candidates not in tried and len(tried) < PILOTS:
        some = replace(cell, candidates=candidates)
        result = await play(_pilot_settings(plan(some)))
        if result.stopped is not None:
            raise ConfigurationError(f"the pilot with {candidates} candidates stopped: {result.stopped}")
        tried[candidates] = _measured(plan(some), some)
        if TokenMatch(candidates=0, tokens=tried[candidates], target=needed).is_reached:
            break
        line = line.through(tried)
        candidates = line.candidates(needed)
    made = _stored(path, key)
    if made is None:  # otherwise, another shard was faster
        best = min(tried, key=lambda one: abs(tried[one] - needed))
        made = TokenMatch(candidates=best, tokens=tried[best], target=needed, key=key)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(asdict(made), indent=1))
    for candidates in tried.keys() - {made.candidates}:
        _move_aside(plan(replace(cell, candidates=candidates)), others)
    return made


def _pilot_settings(plan: EpisodePlan) -> EpisodeSettings:
    """Return the settings that play only the pilot of a plan."""
    return replace(plan.settings, task=tuple(task.id for task in _pilot(plan)), limit=None, repeats=1)


def _move_aside(plan: EpisodePlan, others: Collection[Path]) -> None:
    """Move the folder of a pilot aside, so that no report shows it. A folder with more episodes is left alone."""
    about = checked_manifest(plan.folder)[0].get("settings")
    tasks = list(_pilot_settings(plan).task)
    if plan.folder not in others and isinstance(about, dict) and about.get("task") == tasks:
        ResultStore(plan.folder).move_aside()


@dataclass(frozen=True)
class _Line:
    """Tokens per own turn as a linear function of the number of candidates."""

    number: float
    tokens: float
    slope: float

    def candidates(self, needed: float) -> int:
        found = round(self.number + (needed - self.tokens) / self.slope)
        return min(max(found, 1), MOST_CANDIDATES)

    def through(self, tried: dict[int, float]) -> _Line:
        """Return the line through the last measured point, and through the point before if it has a usable slope."""
        *before, last = tried.items()
        slope = (last[1] - before[-1][1]) / (last[0] - before[-1][0]) if before else self.slope
        return _Line(*last, slope if slope > 0 else self.slope)


async def _line(cell: EpisodeSettings, plan: Planning, estimator: Estimator) -> _Line:
    few, many = 1, 11
    low, high = [await estimator.tokens_per_turn(plan(replace(cell, candidates=one))) for one in (few, many)]
    return _Line(few, low, max((high - low) / (many - few), 1.0))


def _pilot(plan: EpisodePlan) -> list[EpisodeTask]:
    return [task for task in plan.tasks if not task.repeat][:PILOT]


def _measured(plan: EpisodePlan, settings: EpisodeSettings) -> float:
    """Return the mean tokens per own turn in the pilot of a plan, from its folder. Half of the episodes are enough."""
    tasks = _pilot(plan)
    played = [one for task in tasks if (one := plan.finished(task)) is not None]
    tokens = tokens_per_turn(played)
    if 2 * len(played) < len(tasks) or tokens is None:
        raise ConfigurationError(
            f"expected {len(tasks)} played episodes of the agent {settings.agent} to compare its tokens, got "
            f"{len(played)}: run the same command again"
        )
    return tokens


def _stored(path: Path, key: str) -> TokenMatch | None:
    """Return the stored choice; None if there is none with this key."""
    try:
        data = stored_json(retried(path.read_bytes))
        match = TokenMatch(**data)
    except (OSError, ValueError, TypeError):
        return None
    numbers = (match.candidates, match.tokens, match.target)
    good = match.key == key and all(isinstance(one, int | float) and one > 0 for one in numbers)
    return match if good and isinstance(match.candidates, int) else None
