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

    @property
    def index(self) -> str:
        """Name of the episode, unique in its run."""
        return f"{self.task}-{self.repeat}"

    @property
    def scores(self) -> dict[str, dict[str, float]]:
        """Mean score over the orders, by person and dimension; empty if there are no scores."""
        return mean_scores([order.scores for order in self.orders])


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
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _verdict_of(data: Any) -> StoredVerdict:
    texts = {name: data[name] for name in ("task", "episode_key", "judge", "status", "why", "verdict_key")}
    if not all(isinstance(text, str) for text in texts.values()) or texts["status"] not in get_args(VerdictStatus):
        raise ValueError("expected texts and a known status")
    if not isinstance(data["repeat"], int):
        raise ValueError("expected a number as repeat")
    orders = tuple(_order_of(one) for one in data["orders"])
    if (texts["status"] == "judged") != bool(orders):
        raise ValueError("expected scores if and only if the status is judged")
    return StoredVerdict(**texts, repeat=data["repeat"], orders=orders, usage=read_usage(data["usage"]))


def _order_of(data: Any) -> JudgedOrder:
    scores = {
        str(name): {str(one): _number(value) for one, value in some.items()} for name, some in data["scores"].items()
    }
    for some in scores.values():
        for dimension, value in some.items():
            low, high = DIMENSIONS.get(dimension, (-math.inf, math.inf))
            if not low <= value <= high:
                raise ValueError(f"expected {dimension} from {low:g} to {high:g}, got {value:g}")
    why = {str(name): {str(one): str(text) for one, text in some.items()} for name, some in data["why"].items()}
    return JudgedOrder(people=list(map(str, data["people"])), scores=scores, why=why, response=str(data["response"]))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"expected a number, got {value!r}")
    return float(value)
