"""Read the folder of a run of episodes: manifest, episodes and verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from social_world_model.errors import DatasetError
from social_world_model.experiments.episodes.files import StoredEpisode, read_episode
from social_world_model.experiments.episodes.verdicts import VERDICTS, StoredVerdict, mean_scores, read_verdict
from social_world_model.runs.manifest import FILE_NAME as MANIFEST
from social_world_model.runs.manifest import checked_manifest
from social_world_model.runs.names import is_moved_aside
from social_world_model.runs.reading import result_files

KIND = "episodes"
"""Kind of run in the manifest."""


@dataclass(frozen=True, kw_only=True)
class EpisodeFolder:
    """A run of episodes on disk.

    Parameters
    ----------
    path
        The folder.
    manifest
        Fields of ``run.json``.
    episodes
        All episodes, sorted by task and repeat.
    verdicts
        Verdicts by name of the judge and index of the episode. Verdicts about another version of an episode are left
        out.
    unreadable
        Names of damaged files.
    """

    path: Path
    manifest: Mapping[str, Any]
    episodes: tuple[StoredEpisode, ...]
    verdicts: Mapping[str, Mapping[str, StoredVerdict]] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()

    def scores(self, episode: StoredEpisode, judges: Sequence[str] | None = None) -> Mapping[str, Mapping[str, float]]:
        """Return the scores of an episode by person and dimension: of the game, or the mean over all judges.

        Parameters
        ----------
        episode
            Episode of this folder.
        judges
            Names of judges; None means all judges of the folder.

        Returns
        -------
        Mapping
            Empty if a judge has no scores for the episode.
        """
        if episode.scores:
            return episode.scores
        names = tuple(self.verdicts) if judges is None else tuple(judges)
        found = [self.verdicts.get(name, {}).get(episode.index) for name in names]
        given = [one.scores for one in found if one is not None and one.orders]
        return mean_scores(given) if len(given) == len(names) else {}


def read_episode_folder(folder: Path, *, with_contexts: bool = True) -> EpisodeFolder:
    """Read a run of episodes.

    Parameters
    ----------
    folder
        Folder with a manifest of the kind ``"episodes"``.
    with_contexts
        Whether to keep the contexts of the episodes. They need most of the memory.

    Raises
    ------
    DatasetError
        If the folder contains no run of episodes.
    """
    if not is_episode_folder(folder):
        raise DatasetError(f"expected a folder of episodes, as `swm agents run` writes, got {folder}")
    episodes, unreadable = [], []
    for file in result_files(folder):
        episode = read_episode(file)
        if episode is None:
            unreadable.append(file.name)
        else:
            episodes.append(episode if with_contexts else replace(episode, context={}))
    episodes.sort(key=lambda one: (one.task, one.repeat))
    keys = {one.index: one.episode_key for one in episodes}
    verdicts: dict[str, dict[str, StoredVerdict]] = {}
    for file in _verdict_files(folder):
        verdict = read_verdict(file)
        if verdict is None:
            unreadable.append(str(file.relative_to(folder)))
        elif keys.get(verdict.index) == verdict.episode_key:
            verdicts.setdefault(verdict.judge, {})[verdict.index] = verdict
    return EpisodeFolder(
        path=folder,
        manifest=checked_manifest(folder)[0],
        episodes=tuple(episodes),
        verdicts=verdicts,
        unreadable=tuple(unreadable),
    )


def is_episode_folder(folder: Path) -> bool:
    """Return whether a folder contains a run of episodes."""
    return checked_manifest(folder)[0].get("kind") == KIND


def episode_folders(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield all runs of episodes in some folders, sorted by path.

    Left out are folders that were moved aside, and subfolders that a newer version of this package wrote.

    Parameters
    ----------
    paths
        Runs of episodes, or folders that contain runs of episodes.
    """
    seen: set[Path] = set()
    for path in paths:
        for folder in [path] if is_episode_folder(path) else _below(path):
            if folder.resolve() not in seen:
                seen.add(folder.resolve())
                yield folder


def _below(path: Path) -> Iterator[Path]:
    for file in sorted(path.rglob(MANIFEST)):
        inside = file.relative_to(path)
        if not is_moved_aside(inside) and VERDICTS not in inside.parts and _is_known(file.parent):
            yield file.parent


def _is_known(folder: Path) -> bool:
    try:
        return is_episode_folder(folder)
    except DatasetError:  # a newer version of this package wrote the folder, perhaps with results of a benchmark
        return False


def _verdict_files(folder: Path) -> list[Path]:
    judges = [judge for judge in sorted(folder.glob(f"{VERDICTS}/*")) if not is_moved_aside(judge.relative_to(folder))]
    return [file for judge in judges for file in result_files(judge)]
