"""Folders of episodes as files of sotopia, and the other way round."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from social_world_model.adapters.sotopia_logs import ReadEpisode, read_episode_log, to_episode_log
from social_world_model.adapters.sotopia_store import LOGS, EpisodeLog, EpisodeStore, load_store
from social_world_model.errors import ConfigurationError, DatasetError, SocialWorldModelError
from social_world_model.experiments.episodes.files import StoredEpisode, read_episode, write_episode
from social_world_model.experiments.episodes.folders import KIND, EpisodeFolder
from social_world_model.experiments.episodes.verdicts import (
    JudgedOrder,
    StoredVerdict,
    verdicts_folder,
    write_verdict,
)
from social_world_model.files import write_whole
from social_world_model.runs.keys import content_key
from social_world_model.runs.manifest import FILE_NAME as MANIFEST
from social_world_model.runs.manifest import read_manifest, write_data
from social_world_model.runs.names import episodes_folder, file_stem
from social_world_model.runs.store import ResultStore
from social_world_model.usage import NO_USAGE

UNKNOWN_MODEL = "unknown"
IMPORTED = "imported"
"""Setting in the manifest of imported episodes, kind of their agents, and beginning of the name of their judge."""


@dataclass(frozen=True, kw_only=True)
class ImportedFolder:
    """A folder of imported episodes.

    Parameters
    ----------
    path
        The folder.
    episodes
        Number of episodes.
    judged
        Number of episodes with scores.
    """

    path: Path
    episodes: int
    judged: int


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    """Result of an import.

    Parameters
    ----------
    folders
        The folders of episodes.
    skipped
        One message per file or episode that could not be imported.
    notes
        Remarks about imported episodes.
    """

    folders: tuple[ImportedFolder, ...]
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Placed:
    """An episode with its place: model of the compared person, models of the others, and the stored form."""

    agent: str
    partner: str
    episode: StoredEpisode
    judge: str
    read: ReadEpisode


def import_logs(
    paths: Sequence[Path], output_dir: Path, *, agent: str | None = None, command: Sequence[str] = ()
) -> ImportResult:
    """Import episodes of sotopia as folders of episodes: one folder for each path and pair of models.

    Rewards with scores by dimension become verdicts of the judge ``imported-MODEL``. Rewards without dimensions are no
    verdict, because sotopia writes 0.0 for episodes that nobody judged.

    Parameters
    ----------
    paths
        Files and folders, see `load_store`.
    output_dir
        Parent folder of all result folders.
    agent
        Model of the compared person. Episodes without this model are skipped. None means the model of the first person.
    command
        Command line, for the manifest.

    Raises
    ------
    DatasetError
        If a path does not exist, or if there is no episode.
    ConfigurationError
        If a folder cannot be written, or if it contains episodes that were played.
    """
    folders: list[ImportedFolder] = []
    skipped: list[str] = []
    notes: list[str] = []
    for path in dict.fromkeys(paths):
        store = load_store(path)
        skipped += store.skipped
        placed = _placed(store, agent, skipped, notes)
        about = _about(path.resolve().name, placed, command)
        for mine, other in dict.fromkeys((one.agent, one.partner) for one in placed):
            group = [one for one in placed if (one.agent, one.partner) == (mine, other)]
            folder = episodes_folder(output_dir, "sotopia", path.resolve().name, _player(mine), _player(other))
            notes += _write(folder, group, about)
            judged = sum(bool(one.read.scores) for one in group)
            folders.append(ImportedFolder(path=folder, episodes=len(group), judged=judged))
    if not folders:
        more = f"; {skipped[0]}" if skipped else ""
        raise DatasetError(f"expected episodes of sotopia in {', '.join(map(str, paths))}, got none{more}")
    return ImportResult(folders=tuple(folders), skipped=tuple(skipped), notes=tuple(notes))


def _placed(store: EpisodeStore, agent: str | None, skipped: list[str], notes: list[str]) -> list[_Placed]:
    """Return all episodes of a store with their tasks."""
    placed: list[_Placed] = []
    casts: dict[str, list[tuple[str, ...]]] = {}
    used: set[tuple[str, str, str]] = set()
    for log in store.logs:
        try:
            read = read_episode_log(log, store.people, store.environments)
            seat = _seat(read, agent)
        except SocialWorldModelError as error:
            skipped.append(f"{log.where}: {error}")
            continue
        if read.note:
            notes.append(f"{log.where}: {read.note}")
        label = _label(log, store)
        known = casts.setdefault(label, [])
        who = log.agents or read.cast
        if who not in known:
            known.append(who)
        task = str(read.kept.get("task") or f"{label}/{known.index(who)}/{seat + 1}")
        repeat = int(read.kept.get("repeat", 0))
        mine, *others = _models(log, read, seat)
        partner = "+".join(dict.fromkeys(others))
        while (mine, partner, f"{task}-{repeat}") in used:
            repeat += 1
        used.add((mine, partner, f"{task}-{repeat}"))
        person = read.cast[seat]
        name = str(read.kept.get("seat") or seat + 1)
        episode = read.stored(task=task, repeat=repeat, seat=name, person=person)
        judge = f"{IMPORTED}-{log.models[0] if log.models else UNKNOWN_MODEL}"
        placed.append(_Placed(agent=mine, partner=partner, episode=episode, judge=judge, read=read))
    return placed


def _player(model: str) -> str:
    """Return the name of the agent of a model in folders and manifests: kind and model, as for agents that play."""
    return f"{IMPORTED}_{model}"


def _label(log: EpisodeLog, store: EpisodeStore) -> str:
    codename = log.codename or str(store.environments.get(log.environment, {}).get("codename") or "")
    return codename or log.environment or "unknown"


def _seat(read: ReadEpisode, agent: str | None) -> int:
    """Return the position of the compared person."""
    models = read.log.models[1:]
    if agent is not None:
        if agent not in models:
            raise DatasetError(f"expected a person of the model {agent}, got the models {', '.join(models) or 'none'}")
        return models.index(agent)
    return read.cast.index(read.kept["person"]) if read.kept else 0


def _models(log: EpisodeLog, read: ReadEpisode, seat: int) -> list[str]:
    """Return the model of the compared person, then the models of the others."""
    models = list(log.models[1:]) if len(log.models) == len(read.cast) + 1 else [UNKNOWN_MODEL] * len(read.cast)
    named = [model or UNKNOWN_MODEL for model in models]
    return [named[seat], *named[:seat], *named[seat + 1 :]]


def _about(source: str, placed: Sequence[_Placed], command: Sequence[str]) -> dict[str, Any]:
    """Return what the manifests of all folders of a store have in common.

    Tasks are numbered by store. The hash of the data is thus one for all folders of a store, so that they can be
    compared with each other.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {
        "version": version("social-world-model"),
        "command": list(command),
        "plug_ins": [],
        "started": now,
        "ended": now,
        "stopped": None,
        "usage": {"total": vars(NO_USAGE)},
        "dataset": source,
        "data_sha256": hashlib.sha256("".join(sorted(one.episode.episode_key for one in placed)).encode()).hexdigest(),
    }


def _write(folder: Path, group: Sequence[_Placed], about: Mapping[str, Any]) -> list[str]:
    """Write a folder of episodes, and return notes. Episodes of an earlier import that this one lacks move aside."""
    notes = []
    store = ResultStore(folder)
    with store.locked():
        manifest = read_manifest(folder)
        if manifest and not (manifest.get("settings") or {}).get(IMPORTED):
            raise ConfigurationError(
                f"expected a folder without played episodes, got {folder}: choose another output_dir",
                parameters=("output_dir",),
            )
        store.open()
        files = [file for file in folder.glob("*.json") if file.name != MANIFEST]
        earlier = [episode for file in files if (episode := read_episode(file)) is not None]
        keys = {one.episode.index: one.episode.episode_key for one in group}
        stale = sorted(episode.index for episode in earlier if keys.get(episode.index) != episode.episode_key)
        if stale and (aside := store.move_aside(stale)) is not None:
            notes.append(f"earlier episodes, moved to {aside}: {len(stale)}")
        for one in group:
            write_episode(folder / f"{file_stem(one.episode.index)}.json", one.episode)
        _write_verdicts(folder, group, about)
        first = group[0]
        settings = {IMPORTED: True, "model_name": first.agent, "partner_model": first.partner}
        data = {
            "kind": KIND,
            "scenario": "sotopia",
            "agent": _player(first.agent),
            "partner": _player(first.partner),
            "seed": None,
            "settings": settings,
            "prompts": {},
            "counts": {"played": len(group)},
        }
        write_data(folder / MANIFEST, {**about, **data})
    return notes


def _write_verdicts(folder: Path, group: Sequence[_Placed], about: Mapping[str, Any]) -> None:
    """Write the scores of the logs as verdicts, in one order of the people."""
    for judge in dict.fromkeys(one.judge for one in group if one.read.scores):
        store = ResultStore(verdicts_folder(folder, judge))
        with store.locked():
            store.open()
            judged = [one for one in group if one.judge == judge and one.read.scores]
            for one in judged:
                write_verdict(store.folder / f"{file_stem(one.episode.index)}.json", _verdict(one))
            counts = {"judged": len(judged)}
            data = {"kind": "verdicts", "judge": judge, "settings": {IMPORTED: True}, "counts": counts}
            write_data(store.folder / MANIFEST, {**about, **data})


def _verdict(one: _Placed) -> StoredVerdict:
    order = JudgedOrder(people=list(one.read.cast), scores=one.read.scores)
    return StoredVerdict(
        task=one.episode.task,
        repeat=one.episode.repeat,
        episode_key=one.episode.episode_key,
        judge=one.judge,
        status="judged",
        orders=(order,),
        verdict_key=content_key(imported=one.episode.episode_key, scores=one.read.scores),
    )


@dataclass(frozen=True, kw_only=True)
class ExportResult:
    """Result of an export.

    Parameters
    ----------
    path
        The folder of the files.
    episodes
        Number of written episodes.
    judged
        Number of written episodes with scores.
    skipped
        One message per episode that was not written.
    """

    path: Path
    episodes: int
    judged: int = 0
    skipped: tuple[str, ...] = ()


def export_logs(folders: Iterable[EpisodeFolder], out: Path, *, judges: Sequence[str] | None = None) -> ExportResult:
    """Write episodes as a local store of sotopia: ``OUT/EpisodeLog/ID.json``.

    Parameters
    ----------
    folders
        Folders of episodes.
    out
        Folder to write.
    judges
        Judges whose mean scores become the rewards; None means all judges.

    Raises
    ------
    ConfigurationError
        If a file cannot be written, or if a judge is unknown.
    """
    counts: Counter[str] = Counter()
    skipped: list[str] = []
    for folder in folders:
        if unknown := [judge for judge in judges or () if judge not in folder.verdicts]:
            known = ", ".join(folder.verdicts) or "none"
            raise ConfigurationError(
                f"expected judges of {folder.path} ({known}), got {unknown[0]!r}", parameters=("judge",)
            )
        target = _made(out / LOGS)
        for episode in folder.episodes:
            scores = folder.scores(episode, judges)
            try:
                log = to_episode_log(episode, scores, models=_names(folder, episode, judges), tag=folder.path.name)
                _check_played(episode)
            except SocialWorldModelError as error:
                skipped.append(f"{folder.path.name}, {episode.index}: {error}")
                continue
            write_whole(target / f"{log['pk']}.json", json.dumps(log, ensure_ascii=False), durable=False)
            counts.update(episodes=1, judged=int(isinstance(log["rewards"][0], tuple)))
        skipped += [f"{folder.path.name}, {name}: damaged" for name in folder.unreadable]
    return ExportResult(path=out, episodes=counts["episodes"], judged=counts["judged"], skipped=tuple(skipped))


def export_contexts(folders: Sequence[EpisodeFolder], out: Path) -> ExportResult:
    """Write the S3AP context of each episode as a JSON file. If there are several runs, each has its own subfolder.

    Parameters
    ----------
    folders
        Folders of episodes.
    out
        Folder to write.

    Raises
    ------
    ConfigurationError
        If a file cannot be written.
    """
    written = 0
    skipped: list[str] = []
    for folder in folders:
        target = _made(out / folder.path.name if len(folders) > 1 else out)
        for episode in folder.episodes:
            try:
                _check_played(episode)
            except DatasetError as error:
                skipped.append(f"{folder.path.name}, {episode.index}: {error}")
                continue
            text = json.dumps(episode.context, ensure_ascii=False, indent=1)
            write_whole(target / f"{file_stem(episode.index)}.json", text, durable=False)
            written += 1
        skipped += [f"{folder.path.name}, {name}: damaged" for name in folder.unreadable]
    return ExportResult(path=out, episodes=written, skipped=tuple(skipped))


def _check_played(episode: StoredEpisode) -> None:
    if not episode.is_played:
        raise DatasetError(f"expected an episode that was played to its end, got {episode.status}")


def _names(folder: EpisodeFolder, episode: StoredEpisode, judges: Sequence[str] | None) -> list[str]:
    """Return the names of the judges, and of the agent of each person."""
    judged_by = [name.removeprefix(f"{IMPORTED}-") for name in (folder.verdicts if judges is None else judges)]
    players = [str(folder.manifest.get(name) or UNKNOWN_MODEL) for name in ("agent", "partner")]
    agent, partner = (player.removeprefix(_player("")) for player in players)
    return ["+".join(judged_by), *(agent if name == episode.person else partner for name in episode.cast)]


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"expected out to be a folder that can be written, got {folder}: {error.strerror or error}",
            parameters=("out",),
        ) from None
    return folder
