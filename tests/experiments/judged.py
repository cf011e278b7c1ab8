"""Stored runs of episodes for tests of judges, made without a model."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from social_world_model.agents.recorder import Record
from social_world_model.experiments.episodes.files import StoredEpisode, write_episode
from social_world_model.interaction import Act, Happening
from social_world_model.runs.names import file_stem
from social_world_model.s3ap.tags import without_tags

CAST = ("Ann Lee", "Bob")


def call(role: str, model: str) -> dict[str, Any]:
    return {"role": role, "place": "0", "model": model, "usage": {"requests": 1}}


def episode(
    task: str = "room/0/1",
    *,
    repeat: int = 0,
    cast: Sequence[str] = CAST,
    scenario: str = "They share a room.",
    private: Mapping[str, str] | None = None,
    said: Sequence[str] = ("Hello.", "Hi!"),
    calls: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    **more: Any,
) -> StoredEpisode:
    """Return an episode in which the people speak in turn.

    Parameters
    ----------
    private
        Background and goal by name.
    said
        Words in order.
    calls
        Calls of each decision of a person, by name.
    more
        Other fields of the episode.
    """
    everybody = frozenset(cast)
    texts = private or {name: f"I am {name}.\nMy goal: win" for name in cast}
    record = Record.begin(cast, [Happening(text=scenario, observers=everybody)], texts)
    turns = []
    for number, text in enumerate(said, start=1):
        name = cast[(number - 1) % len(cast)]
        act = Act(kind="speak", text=text)
        sentence = f"{' '.join(without_tags(name).split())} {act.words}"
        actor = " ".join(without_tags(name).split())
        record = record.after([Happening(text=sentence, observers=everybody, actor=actor)]) if name in cast else record
        decision = {
            "act": {"kind": "speak", "text": text, "to": []},
            "why": "a private reason",
            "considered": [
                {"act": {"kind": "leave", "text": "", "to": []}, "value": 3.5, "why": "a considered act", "replies": []}
            ],
            "calls": list((calls or {}).get(name, [])),
            "seconds": 0.5,
        }
        turns.append({"number": number, "happenings": [sentence], "decisions": {name: decision}})
    fields: dict[str, Any] = {
        "task": task,
        "repeat": repeat,
        "environment": task.partition("/")[0],
        "seat": task.rpartition("/")[2],
        "person": cast[int(task.rpartition("/")[2]) - 1],
        "cast": list(cast),
        "seed": repeat,
        "status": "played",
        "why_over": "over",
        "turns": turns,
        "context": record.context().to_data(),
        "episode_key": f"key of {task}-{repeat}",
        **more,
    }
    return StoredEpisode(**fields)


def run_folder(folder: Path, episodes: Sequence[StoredEpisode], **manifest: Any) -> Path:
    """Write a run of episodes."""
    folder.mkdir(parents=True, exist_ok=True)
    data = {"kind": "episodes", "scenario": "sotopia", "schema": 2, **manifest}
    (folder / "run.json").write_text(json.dumps(data), encoding="utf-8")
    for one in episodes:
        write_episode(folder / f"{file_stem(one.index)}.json", one)
    return folder


def tasks(number: int, **more: Any) -> list[StoredEpisode]:
    """Return episodes of several environments, with other words and both seats."""
    return [episode(f"room{n // 2}/0/{n % 2 + 1}", said=(f"Hello {n}.", "Hi!"), **more) for n in range(number)]
