"""Read stored episodes of sotopia and of software that derives from it: folders, JSON files and JSON lines."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from social_world_model.adapters.sotopia_texts import ENVIRONMENT
from social_world_model.errors import DatasetError, shortened
from social_world_model.files import file_bytes, retried
from social_world_model.runs.stored_json import stored_json
from social_world_model.symbolic.conversation.exports.sotopia_acts import read_sotopia_act

LARGEST_FILE = 2_000_000_000
"""Maximum number of bytes of a file."""
OWN = "social_world_model"
"""Field of an episode with what sotopia's form has no field for."""
LOGS, PEOPLE, ENVIRONMENTS = "EpisodeLog", "AgentProfile", "EnvironmentProfile"
"""Folders of sotopia's local store."""

_TURN = re.compile(r"^Turn #\d+:?$", re.MULTILINE)

Reward = float | tuple[float, Mapping[str, float]]


@dataclass(frozen=True, kw_only=True)
class EpisodeLog:
    """A stored episode of sotopia.

    Parameters
    ----------
    where
        File, and position in the file.
    pk, environment
        Ids of the episode and of its environment.
    agents
        Ids of the people, in order.
    models
        Models of the environment (the judge) and of the people, in order.
    messages
        Sender, receiver and text of each message, by turn.
    rewards
        For each person, the mean score and the scores by dimension. A number alone is no judgement.
    scenario, backgrounds, goals
        Texts of a published form, which stand beside the messages; the texts of people by name.
    codename
        Short name of the environment.
    reason
        Why the episode ended, in the words of sotopia.
    own
        Further fields that this package wrote.
    """

    where: str
    pk: str
    environment: str
    agents: tuple[str, ...]
    models: tuple[str, ...]
    messages: tuple[tuple[tuple[str, str, str], ...], ...]
    rewards: tuple[Reward, ...]
    scenario: str = ""
    backgrounds: Mapping[str, str] = field(default_factory=dict)
    goals: Mapping[str, str] = field(default_factory=dict)
    codename: str = ""
    reason: str = ""
    own: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class EpisodeStore:
    """Everything that was found in files of sotopia.

    Parameters
    ----------
    logs
        All episodes, in the order of the files.
    people, environments
        Profiles by id.
    skipped
        One message per file or entry that could not be read.
    """

    logs: tuple[EpisodeLog, ...]
    people: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    environments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()


def load_store(path: Path) -> EpisodeStore:
    """Read episodes of sotopia.

    Parameters
    ----------
    path
        A folder such as ``~/.sotopia/data``, or a file: one episode, a list of episodes, an object that contains
        episodes, or JSON lines. The published form with the fields ``raw_messages`` and ``raw_rewards`` also works. The
        profiles beside a folder ``EpisodeLog`` are read, too.

    Raises
    ------
    DatasetError
        If the path does not exist.
    """
    if not path.exists():
        raise DatasetError(f"expected a file or folder of episodes of sotopia, got {path}, which does not exist")
    logs: list[EpisodeLog] = []
    people: dict[str, Mapping[str, Any]] = {}
    environments: dict[str, Mapping[str, Any]] = {}
    skipped: list[str] = []
    for file in _files(path):
        try:
            entries = list(_entries(file, skipped))
        except (OSError, ValueError) as error:
            skipped.append(f"{file}: {shortened(str(error))}")
            continue
        for where, entry in entries:
            if "first_name" in entry:
                people[_text(entry.get("pk") or entry.get("agent_id")) or file.stem] = entry
            elif "agent_goals" in entry:
                environments[_text(entry.get("pk") or entry.get("env_id")) or file.stem] = entry
            else:
                try:
                    logs.append(read_log(entry, where))
                except DatasetError as error:
                    skipped.append(f"{where}: {error}")
    return EpisodeStore(logs=tuple(logs), people=people, environments=environments, skipped=tuple(skipped))


def _files(path: Path) -> list[Path]:
    """Return the files to read. Files of other models of sotopia in a store are left out."""
    if path.is_file():
        store = path.parent.parent if path.parent.name == LOGS else None
        return [path, *([] if store is None else _profiles(store))]
    if not path.is_dir():
        return [path]
    if path.name == LOGS:
        return [*_json_files(path), *_profiles(path.parent)]
    if (path / LOGS).is_dir():
        return [*_json_files(path / LOGS), *_profiles(path)]
    return sorted(one for folder in (path, *path.rglob("*/")) for one in _json_files(folder))


def _profiles(store: Path) -> list[Path]:
    return [file for name in (PEOPLE, ENVIRONMENTS) for file in _json_files(store / name)]


def _json_files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("*") if file.suffix.lower() in (".json", ".jsonl") and file.is_file())


def _entries(file: Path, skipped: list[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the objects in a file with their places."""
    if file.suffix.lower() in (".csv", ".parquet", ".gz", ".zip"):
        raise ValueError("expected JSON or JSON lines; convert the file first")
    if file.stat().st_size > LARGEST_FILE:
        raise ValueError(f"expected at most {LARGEST_FILE / 1e9:g} GB")
    data = retried(lambda: file_bytes(file)).removeprefix(b"\xef\xbb\xbf")
    try:
        whole = stored_json(data)
    except ValueError:
        lines = [(number, line) for number, line in enumerate(data.split(b"\n"), start=1) if line.strip()]
        if len(lines) < 2 and file.suffix.lower() != ".jsonl":
            raise
        yield from _of_lines(file, lines, skipped)
        return
    yield from _of_value(str(file), whole)


def _of_lines(
    file: Path, lines: list[tuple[int, bytes]], skipped: list[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for number, line in lines:
        where = f"{file}, line {number}"
        try:
            yield from _of_value(where, stored_json(line))
        except ValueError as error:
            skipped.append(f"{where}: {shortened(str(error))}")


def _of_value(where: str, value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the object of an episode or a profile, or all objects in a list or in an object with several of them."""
    if isinstance(value, list):
        for number, one in enumerate(value, start=1):
            if not isinstance(one, dict):
                raise ValueError(f"expected objects in the list, got {type(one).__name__} as entry {number}")
            yield f"{where}, entry {number}", one
        return
    if not isinstance(value, dict):
        raise ValueError(f"expected an object or a list, got {type(value).__name__}")
    if isinstance(value.get("episodes"), list):
        yield from _of_value(where, value["episodes"])
    elif value and all(isinstance(one, dict) for one in value.values()) and not _FIELDS & value.keys():
        yield from ((f"{where}, {shortened(name, 40)}", {"pk": name, **one}) for name, one in value.items())
    else:
        yield where, value


_FIELDS = {"messages", "raw_messages", "social_interactions", "first_name", "agent_goals"}


def read_log(entry: Mapping[str, Any], where: str) -> EpisodeLog:
    """Return the episode in an object.

    Parameters
    ----------
    entry
        The object. Unknown fields are ignored.
    where
        Place of the object, for messages.

    Raises
    ------
    DatasetError
        If the object is no episode.
    """
    backgrounds, goals = (_named_texts(entry.get(name)) for name in ("agents_background", "social_goals"))
    messages = _parsed(entry.get("messages", entry.get("raw_messages")))
    if not messages and isinstance(entry.get("social_interactions"), str):
        messages = _turns_of(entry["social_interactions"], tuple({**backgrounds, **goals}))
    if not isinstance(messages, list | tuple):
        raise DatasetError(f"expected an episode with a list of messages, got fields {shortened(', '.join(entry))}")
    own = entry.get(OWN)
    rewards = [_rewards(_parsed(entry.get(name))) for name in ("raw_rewards", "rewards")]
    return EpisodeLog(
        where=where,
        pk=_text(entry.get("pk") or entry.get("episode_id")),
        environment=_text(entry.get("environment") or entry.get("environment_id") or entry.get("env_id")),
        agents=_texts(entry.get("agents", entry.get("agent_ids")), "agents"),
        models=_texts(entry.get("models", entry.get("experiment_model_name_pairs")), "models"),
        messages=tuple(_turn(turn, number) for number, turn in enumerate(messages)),
        rewards=max(rewards, key=lambda one: sum(isinstance(reward, tuple) for reward in one)),
        scenario=_text(entry.get("scenario")),
        backgrounds=backgrounds,
        goals=goals,
        codename=_text(entry.get("codename")),
        reason=_text(entry.get("reasoning")),
        own=own if isinstance(own, dict) else {},
    )


def _parsed(value: Any) -> Any:
    """Return a value. A text of JSON or of Python values, as in tables, is parsed; nothing is evaluated."""
    if not isinstance(value, str):
        return value
    for parse in (json.loads, ast.literal_eval):
        with suppress(ValueError, SyntaxError, MemoryError, RecursionError):
            return parse(value)
    return value


def _turn(turn: Any, number: int) -> tuple[tuple[str, str, str], ...]:
    turn = _parsed(turn)
    if not isinstance(turn, list | tuple):
        raise DatasetError(f"expected a list of messages as messages[{number}], got {type(turn).__name__}")
    for position, one in enumerate(turn):
        if not isinstance(one, list | tuple) or len(one) < 3 or not all(isinstance(part, str) for part in one[:3]):
            raise DatasetError(
                f"expected sender, receiver and text as messages[{number}][{position}], got {shortened(repr(one))}"
            )
    return tuple((one[0], one[1], one[2]) for one in turn)


def _turns_of(text: str, names: tuple[str, ...]) -> list[list[tuple[str, str, str]]]:
    """Return the acts in a text with ``Turn #n`` as messages. A line that begins no act continues the act above."""
    turns = []
    for part in _TURN.split(text)[1:]:
        acts: list[tuple[str, str, str]] = []
        for line in part.strip().splitlines():
            name = next((one for one in names if line.startswith((f"{one} ", f"{one}: "))), None)
            words = "" if name is None else line[len(name) :].removeprefix(":").lstrip()
            if name is not None and read_sotopia_act(words) is not None:
                acts.append((name, ENVIRONMENT, words))
            elif acts:
                acts[-1] = (*acts[-1][:2], f"{acts[-1][2]}\n{line}")
        turns.append(acts)
    return turns


def _rewards(value: Any) -> tuple[Reward, ...]:
    return tuple(map(_reward, value)) if isinstance(value, list | tuple) else ()


def _reward(value: Any) -> Reward:
    """Return the reward of a person. Everything without scores counts as a number alone."""
    overall, scores = value if isinstance(value, list | tuple) and len(value) == 2 else (0.0, value)
    if isinstance(scores, dict) and scores and all(map(_is_number, scores.values())):
        return float(overall) if _is_number(overall) else 0.0, {str(name): float(one) for name, one in scores.items()}
    return float(value) if _is_number(value) else 0.0


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _texts(value: Any, name: str) -> tuple[str, ...]:
    value = _parsed(value)
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise DatasetError(f"expected a list of texts as {name}, got {shortened(repr(value))}")
    return tuple(value)


def _named_texts(value: Any) -> Mapping[str, str]:
    value = _parsed(value)
    return {str(name): one for name, one in value.items() if isinstance(one, str)} if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
