"""The stored form of an episode: one JSON file per episode."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from social_world_model.agents.loop import Episode, PlayedTurn
from social_world_model.experiments.episodes.calls import LoggedDecision, act_data, act_of
from social_world_model.files import retried, write_whole
from social_world_model.interaction import Considered, Imagined
from social_world_model.runs.results import SCHEMA
from social_world_model.runs.stored_json import stored_json
from social_world_model.runs.usages import read_usage
from social_world_model.usage import NO_USAGE, Usage

_FIELDS: Mapping[str, type] = {
    **dict.fromkeys(("task", "environment", "seat", "person", "status", "why_over", "episode_key"), str),
    **dict.fromkeys(("repeat", "seed"), int),
    **dict.fromkeys(("cast", "turns"), list),
    **dict.fromkeys(("scores", "usage", "context"), dict),
}


@dataclass(frozen=True, kw_only=True)
class StoredEpisode:
    """An episode as it is stored.

    Parameters
    ----------
    task, repeat
        Id of the task, and number of the episode of this task, from 0.
    environment
        Environment of the scenario. Episodes of one environment are not independent.
    seat, person
        Seat of the task, and name of the person in it, whom the compared agent plays.
    cast
        Names of all people.
    seed
        Seed of the episode.
    status, why_over
        ``"played"`` or ``"error"``, and the reason for the end.
    scores
        Score of each person by dimension; empty if a judge must decide.
    turns
        One object per turn: number, happenings, and for each person who acted: act, considered acts, reason, calls,
        and seconds.
    usage
        Usage of all calls.
    context
        The whole episode as S3AP.
    episode_key
        Hash of everything that affects the episode.
    """

    task: str
    repeat: int
    environment: str
    seat: str
    person: str
    cast: list[str]
    seed: int
    status: str
    why_over: str
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    turns: Sequence[Mapping[str, Any]] = ()
    usage: Usage = NO_USAGE
    context: Mapping[str, Any] = field(default_factory=dict)
    episode_key: str = ""

    @property
    def index(self) -> str:
        """Name of the episode, unique in its run."""
        return f"{self.task}-{self.repeat}"

    @property
    def is_played(self) -> bool:
        """Whether the episode was played to its end."""
        return self.status == "played"

    def decisions(self, person: str) -> list[Mapping[str, Any]]:
        """Return the decisions of a person, in order."""
        return [turn["decisions"][person] for turn in self.turns if person in turn["decisions"]]


def stored(episode: Episode, **about: Any) -> StoredEpisode:
    """Return the stored form of an episode.

    Parameters
    ----------
    episode
        Episode to store.
    about
        Further fields: task, repeat, seat, person, episode_key.
    """
    turns = [_turn_data(turn) for turn in episode.turns]
    usages = [
        read_usage(call["usage"]) for turn in turns for one in turn["decisions"].values() for call in one["calls"]
    ]
    return StoredEpisode(
        environment=episode.scenario.environment,
        cast=list(episode.scenario.cast),
        seed=episode.seed,
        status=episode.status,
        why_over=episode.why_over,
        scores={name: dict(score) for name, score in episode.scores.items()},
        turns=turns,
        usage=sum(usages, NO_USAGE),
        context=episode.context.to_data(),
        **about,
    )


def write_episode(path: Path, episode: StoredEpisode) -> None:
    """Write an episode. The file survives a power failure if the episode has cost a model call.

    Parameters
    ----------
    path
        File to write.
    episode
        Episode to store.

    Raises
    ------
    ConfigurationError
        If the file cannot be written.
    """
    data = {**asdict(episode), "schema": SCHEMA}
    write_whole(path, json.dumps(data, ensure_ascii=False, indent=1), durable=episode.usage.requests > 0)


def read_episode(path: Path) -> StoredEpisode | None:
    """Return a stored episode; None if the file is missing or damaged."""
    try:
        return episode_of(stored_json(retried(path.read_bytes)))
    except (OSError, ValueError):
        return None


def episode_of(data: object) -> StoredEpisode | None:
    """Return the episode in stored data; None if the data are not an episode.

    Parameters
    ----------
    data
        Parsed JSON of a file.
    """
    if not isinstance(data, dict) or not all(isinstance(data.get(name), kind) for name, kind in _FIELDS.items()):
        return None
    try:
        episode = StoredEpisode(**{name: data[name] for name in _FIELDS} | {"usage": read_usage(data["usage"])})
        _check(episode)
    except (TypeError, ValueError, KeyError, AttributeError):
        return None
    return episode


def _check(episode: StoredEpisode) -> None:
    """Check everything that summaries and commands read.

    Raises
    ------
    TypeError, ValueError, KeyError, AttributeError
        If something is missing, or if it has a wrong type.
    """
    texts: list[object] = [*episode.cast]
    numbers: list[object] = []
    for score in episode.scores.values():
        numbers += score.values()
    for turn in episode.turns:
        texts += turn["happenings"]
        numbers.append(turn["number"])
        for decision in turn["decisions"].values():
            numbers += [decision["seconds"], *(read_usage(call["usage"]).requests for call in decision["calls"])]
            texts += [decision["why"], act_of(decision["act"]).text]
            for one in decision["considered"]:
                replies = [reply for future in one["replies"] for reply in future]
                texts += [act_of(made["act"]).text for made in (one, *replies)]
                texts += [one["why"], *(reply[name] for reply in replies for name in ("by", "mind", "state"))]
                numbers += [] if one["value"] is None else [one["value"]]
    if not all(isinstance(one, str) for one in texts) or not all(isinstance(one, int | float) for one in numbers):
        raise TypeError("expected texts and numbers of an episode")


def _turn_data(turn: PlayedTurn) -> dict[str, Any]:
    return {
        "number": turn.number,
        "happenings": list(turn.happenings),
        "decisions": {name: _decision_data(decision) for name, decision in turn.decisions.items()},
    }


def _decision_data(decision: Any) -> dict[str, Any]:
    logged = decision if isinstance(decision, LoggedDecision) else LoggedDecision(act=decision.act)
    return {
        "act": act_data(decision.act),
        "why": decision.why,
        "considered": [_considered_data(one) for one in decision.considered],
        "calls": [asdict(call) for call in logged.calls],
        "seconds": round(logged.seconds, 3),
    }


def _considered_data(one: Considered) -> dict[str, Any]:
    return {
        "act": act_data(one.act),
        "value": one.value,
        "why": one.why,
        "replies": [[_imagined_data(reply) for reply in replies] for replies in one.replies],
    }


def _imagined_data(one: Imagined) -> dict[str, Any]:
    return {"by": one.by, "mind": one.mind, "act": act_data(one.act), "state": one.state}
