"""The stored form of a verdict: what a judge says about the people in an episode."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean
from typing import Any, Literal, get_args

from social_world_model.files import retried, write_whole
from social_world_model.runs.names import file_stem
from social_world_model.runs.results import SCHEMA
from social_world_model.runs.stored_json import stored_json
from social_world_model.runs.usages import read_usage
from social_world_model.scenarios.dimensions import DIMENSIONS
from social_world_model.usage import NO_USAGE, Usage

VerdictStatus = Literal["judged", "refused", "unparsable", "error"]
"""``"judged"``: scores of all people in all orders. Otherwise, the verdict has no scores."""

VERDICTS = "verdicts"
"""Subfolder of a run of episodes. It has one folder per judge."""

Scores = Mapping[str, Mapping[str, float]]
"""Score by name of the person and dimension."""


@dataclass(frozen=True, kw_only=True)
class JudgedOrder:
    """Scores that a judge gave when the people were listed in one order.

    Parameters
    ----------
    people
        Names of the people in the order in which the judge saw them.
    scores
        Score by person and dimension.
    why
        Reason by person and dimension.
    response
        Reply of the judge.
    """

    people: list[str]
    scores: Scores
    why: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    response: str = ""


@dataclass(frozen=True, kw_only=True)
class StoredVerdict:
    """What one judge says about one episode.

    Parameters
    ----------
    task, repeat, episode_key
        The episode that was judged.
    judge
        Name of the judge: model and rubric.
    status, why
        Whether there are scores, and the reason if there are none.
    orders
        Scores by order of the people; empty unless the status is ``"judged"``.
    usage
        Usage of all calls.
    verdict_key
        Hash of everything that affects the verdict.
    raw
        Last reply that could not be read; empty if there is none.
    """

    task: str
    repeat: int
    episode_key: str
    judge: str
    status: VerdictStatus
    why: str = ""
    orders: tuple[JudgedOrder, ...] = ()
    usage: Usage = NO_USAGE
    verdict_key: str = ""
    raw: str = ""

    @property
    def index(self) -> str:
        """Name of the episode, unique in its run."""
        return f"{self.task}-{self.repeat}"

    @property
    def scores(self) -> dict[str, dict[str, float]]:
        """Mean score over the orders, by person and dimension; empty if there are no scores."""
        return mean_scores([order.scores for order in self.orders])

    @property
    def order_gap(self) -> dict[str, float]:
        """Mean effect of the order of the people, by dimension; empty if there is no second order.

        The effect is the score of a person in the order that lists the person earlier, minus the score in the other
        order. A positive mean says that the judge favours the people who are listed first.
        """
        if len(self.orders) < 2:
            return {}
        first, last = self.orders[0], self.orders[-1]
        gaps: dict[str, list[float]] = {}
        for name, scores in first.scores.items():
            shift = last.people.index(name) - first.people.index(name)
            shared = [dimension for dimension in scores if shift and dimension in last.scores[name]]
            for dimension in shared:
                gap = scores[dimension] - last.scores[name][dimension]
                gaps.setdefault(dimension, []).append(gap if shift > 0 else -gap)
        return {dimension: fmean(values) for dimension, values in gaps.items()}


def verdicts_folder(folder: Path, judge: str) -> Path:
    """Return the folder of the verdicts of a judge.

    Parameters
    ----------
    folder
        Folder of a run of episodes.
    judge
        Name of the judge.

    Examples
    --------
    >>> verdicts_folder(Path("run"), "o3").as_posix()
    'run/verdicts/o3'
    """
    return folder / VERDICTS / file_stem(judge)


def mean_scores(several: Sequence[Scores]) -> dict[str, dict[str, float]]:
    """Return the mean of several scores, by person and dimension.

    Parameters
    ----------
    several
        Scores of the same people. A score that some of them lack is left out.
    """
    if not several:
        return {}
    return {
        name: {
            dimension: fmean(one[name][dimension] for one in several)
            for dimension in score
            if all(dimension in one[name] for one in several)
        }
        for name, score in several[0].items()
        if all(name in one for one in several)
    }


def write_verdict(path: Path, verdict: StoredVerdict) -> None:
    """Write a verdict. The file survives a power failure if the verdict has cost a model call.

    Parameters
    ----------
    path
        File to write.
    verdict
        Verdict to store.

    Raises
    ------
    ConfigurationError
        If the file cannot be written.
    """
    data = {**asdict(verdict), "schema": SCHEMA}
    write_whole(path, json.dumps(data, ensure_ascii=False, indent=1), durable=verdict.usage.requests > 0)


def read_verdict(path: Path) -> StoredVerdict | None:
    """Return a stored verdict; None if the file is missing or damaged."""
    try:
        return _verdict_of(stored_json(retried(path.read_bytes)))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None


_TEXTS = ("task", "episode_key", "judge", "status", "why", "verdict_key", "raw")


def _verdict_of(data: Any) -> StoredVerdict:
    data = {"raw": "", **data}
    texts = {name: data[name] for name in _TEXTS}
    if not all(isinstance(text, str) for text in texts.values()) or texts["status"] not in get_args(VerdictStatus):
        raise ValueError("expected texts and a known status")
    if not isinstance(data["repeat"], int) or isinstance(data["repeat"], bool):
        raise ValueError("expected a number as repeat")
    orders = tuple(_order_of(one) for one in data["orders"])
    if (texts["status"] == "judged") != bool(orders):
        raise ValueError("expected scores if and only if the status is judged")
    if len({frozenset(one.people) for one in orders}) > 1:
        raise ValueError("expected the same people in all orders")
    return StoredVerdict(**texts, repeat=data["repeat"], orders=orders, usage=read_usage(data["usage"]))


def _order_of(data: Any) -> JudgedOrder:
    scores = {
        str(name): {str(one): _number(value) for one, value in some.items()} for name, some in data["scores"].items()
    }
    people = list(map(str, data["people"]))
    if len(set(people)) < len(people) or scores.keys() != set(people):
        raise ValueError("expected scores of all people, and each person once")
    for some in scores.values():
        for dimension, value in some.items():
            low, high = DIMENSIONS.get(dimension, (-math.inf, math.inf))
            if not low <= value <= high:
                raise ValueError(f"expected {dimension} from {low:g} to {high:g}, got {value:g}")
    why = {str(name): {str(one): str(text) for one, text in some.items()} for name, some in data["why"].items()}
    return JudgedOrder(people=people, scores=scores, why=why, response=str(data["response"]))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"expected a number, got {value!r}")
    return float(value)
