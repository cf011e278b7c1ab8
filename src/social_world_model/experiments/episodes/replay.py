"""Replay stored episodes turn by turn, with exactly what each person could use to decide."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from social_world_model.agents.stage import Stage
from social_world_model.errors import DatasetError, SocialWorldModelError
from social_world_model.experiments.episodes.files import StoredEpisode
from social_world_model.experiments.episodes.folders import EpisodeFolder
from social_world_model.experiments.episodes.recorded_scenario import RecordedScenario, acts_of_turn
from social_world_model.interaction import Act, Observation
from social_world_model.s3ap import SocializedContext
from social_world_model.scenarios import SCENARIOS, Scenario, get_scenarios
from social_world_model.scenarios.sotopia import MAX_TURNS

SOTOPIA = "sotopia"


@dataclass(frozen=True, kw_only=True)
class ReplayedDecision:
    """A decision in a stored episode.

    Parameters
    ----------
    observation
        What the person could use.
    act
        What the person did.
    after
        What the person perceived up to the end of the turn. For each other person it contains what the person saw that
        the other person perceived.
    """

    observation: Observation
    act: Act
    after: SocializedContext


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A replayed episode.

    Parameters
    ----------
    decisions
        All decisions, in order.
    order
        Names of the people who act, in the order of their turns.
    knows_others
        Whether the briefings say what people knew of each other. Only the data of the scenario say it.
    """

    decisions: tuple[ReplayedDecision, ...]
    order: tuple[str, ...]
    knows_others: bool


@dataclass(frozen=True)
class Replayer:
    """Replays the episodes of runs.

    Parameters
    ----------
    data
        Data files of scenarios. The manifest of a run says which file it used.
    """

    data: Sequence[Path] = ()
    _files: dict[str, Path] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for path in self.data:
            try:
                self._files[hashlib.sha256(path.read_bytes()).hexdigest()] = path
            except OSError as error:
                raise DatasetError(f"expected a data file, got {path}: {error.strerror or error}") from None

    def replay(self, folder: EpisodeFolder, episode: StoredEpisode) -> Replay:
        """Return the decisions of an episode.

        Parameters
        ----------
        folder, episode
            Run of the episode, and the episode with its context.

        Raises
        ------
        DatasetError
            If the stored episode cannot be replayed. The message is the reason.
        """
        manifest = folder.manifest
        scenario = self._scenario(manifest, episode)
        most = _max_turns(manifest)
        played = scenario or RecordedScenario(episode, most or (MAX_TURNS if _is_sotopia(manifest) else 0))
        try:
            stage = Stage(played, episode.seed, most)
            decisions = tuple(_decisions(stage, episode))
        except (SocialWorldModelError, KeyError, IndexError, ValueError, TypeError, AttributeError) as error:
            raise DatasetError(f"the turns cannot be replayed: {error}") from None
        if stage.record.context().to_data() != dict(episode.context):
            raise DatasetError("the replayed turns differ from the stored context")
        return Replay(decisions=decisions, order=tuple(played.seats.values()), knows_others=scenario is not None)

    def _scenario(self, manifest: Mapping[str, object], episode: StoredEpisode) -> Scenario | None:
        """Return the scenario of an episode; None if its data are not there."""
        name, sha256 = str(manifest.get("scenario")), str(manifest.get("data_sha256") or "")
        data = self._files.get(sha256)
        if name not in SCENARIOS.names() or (data is None and (sha256 or name == SOTOPIA)):
            return None
        found = _scenarios(name, data).get(episode.task.removesuffix(f"/{episode.seat}"))
        return found if found is None or list(found.cast) == episode.cast else None


@cache
def _scenarios(name: str, data: Path | None) -> Mapping[str, Scenario]:
    return {scenario.id: scenario for scenario in get_scenarios(name, data)}


def _decisions(stage: Stage, episode: StoredEpisode) -> Iterator[ReplayedDecision]:
    for turn in episode.turns:
        acts = acts_of_turn(turn)
        observations = {name: stage.observation(name, stage.available(name)) for name in acts}
        stage.take(acts)
        for name, act in acts.items():
            yield ReplayedDecision(observation=observations[name], act=act, after=stage.record.context(name))


def _max_turns(manifest: Mapping[str, object]) -> int | None:
    settings = manifest.get("settings")
    found = settings.get("max_turns") if isinstance(settings, Mapping) else None
    return found if isinstance(found, int) and found > 0 else None


def _is_sotopia(manifest: Mapping[str, object]) -> bool:
    return manifest.get("scenario") == SOTOPIA
