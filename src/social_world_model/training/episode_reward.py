"""Rewards for models that act in episodes, and for models that imagine the replies of a partner.

- `forecast`: an imagined reply is compared with what the partner really did.
- `verdict`: the scores of a judged episode become the reward of the act that led to the episode.

The rewards have two forms for GRPO trainers: `compute_score` for verl, and `reward_func` for TRL. Both choose the
reward by the data source of the sample. Samples of the form ``grpo`` from ``swm agents export`` contain what the
rewards need.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from social_world_model.agents.replies import ChosenAct, WrittenAct
from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.reading import UnfitReply, fit
from social_world_model.interaction import KINDS_WITH_TEXT
from social_world_model.scenarios.dimensions import RANGES
from social_world_model.training.completions import column_value, completion_text
from social_world_model.world_model.foreseeing import ImaginedReplyParser

ACTS, REPLIES = "social_world_model/acts", "social_world_model/replies"
"""Data sources of samples of episodes."""
READABLE, SAME_KIND = 0.1, 0.3
"""Rewards of a forecast that can be read, and of a forecast with the right kind of act and other words."""
LONGEST_REPLY = 20_000
"""Largest number of characters of a reply. A longer reply gets the reward 0 and is not read."""
LONGEST_TEXT = 400
"""Number of words of an act that are compared."""


def forecast(reply: str, kind: str, text: str) -> float:
    """Return the reward of an imagined reply, from 0 to 1.

    Parameters
    ----------
    reply
        Reply of the model, in the form of `ImaginedReply`.
    kind, text
        Kind and text of what the partner really did.

    Returns
    -------
    float
        0 if the reply cannot be read; 0.1 for another kind of act; for the same kind of act, 0.3 to 1. Acts with a text
        get more for more equal words in the same order. Case and punctuation are ignored.

    Examples
    --------
    >>> real = {"kind": "speak", "text": "I have to leave now."}
    >>> imagined = '{"mind": "It is late.", "act_kind": "speak", "act_text": "I have to go now!", "state": ""}'
    >>> round(forecast(imagined, **real), 2)
    0.86
    """
    if len(reply) > LONGEST_REPLY:
        return 0.0
    try:
        act = ImaginedReplyParser("").parse(reply).act
    except (UnfitReply, RecursionError):
        return 0.0
    if act.kind != kind:
        return READABLE
    if kind not in KINDS_WITH_TEXT:
        return 1.0
    imagined, real = _words(act.text), _words(text)
    same = SequenceMatcher(None, imagined, real, autojunk=False).ratio() if imagined or real else 1.0
    return SAME_KIND + (1 - SAME_KIND) * same


def verdict(reply: str, scores: Mapping[str, float], dimension: str = "goal") -> float:
    """Return the reward of an act, from 0 to 1: a score of the episode that the act led to.

    Parameters
    ----------
    reply
        Reply of the model: an act.
    scores
        Scores of the person in this episode by dimension, from judges or from a game.
    dimension
        Dimension that counts; ``"overall"`` is the mean of all seven dimensions.

    Returns
    -------
    float
        0 if the reply is not an act; otherwise the score, scaled from its range to 0 to 1.

    Raises
    ------
    ConfigurationError
        If there is no such score, if its range is unknown, or if the score is not in its range.

    Examples
    --------
    >>> verdict('{"kind": "speak", "text": "Take it.", "to": []}', {"goal": 7.0, "relationship": 0.0})
    0.7
    """
    value = scores.get(dimension)
    if dimension not in RANGES:
        raise ConfigurationError(
            f"expected dimension to be one of {', '.join(RANGES)}; got {dimension!r}", parameters=("dimension",)
        )
    low, high = RANGES[dimension]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise ConfigurationError(
            f"expected a score of {dimension} from {low:g} to {high:g}, got {value!r}", parameters=("scores",)
        )
    return 0.0 if act_in(reply) is None else (value - low) / (high - low)


def act_in(reply: str) -> Mapping[str, Any] | None:
    """Return the act in a reply as JSON data, in the form that the agent ``plain`` writes; None if there is no act.

    Parameters
    ----------
    reply
        Reply of the model: an act in words, or the number of an act in a list.
    """
    if len(reply) > LONGEST_REPLY:
        return None
    for shape in (WrittenAct, ChosenAct):
        try:
            act = fit(reply, shape).model_dump()
        except (UnfitReply, RecursionError):
            continue
        needs_text = act.get("kind") in KINDS_WITH_TEXT
        return None if needs_text and not act["text"].strip() else act
    return None


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: str,
    extra_info: Mapping[str, Any] | None = None,
    **_: Any,
) -> float:
    """Return the reward of a reply for verl (``reward.custom_reward_function.name: compute_score``).

    Parameters
    ----------
    data_source
        Data source of the sample: `REPLIES` for `forecast`, `ACTS` for `verdict`.
    solution_str
        Reply of the model.
    ground_truth
        Reference of the sample.
    extra_info
        For `verdict`: ``scores`` of the episode that was played with this reply, and optionally the ``dimension``.

    Raises
    ------
    ConfigurationError
        If the reference is not valid, or if an act has no scores. The error is then in the data, not in the reply.
    """
    found = _rewarded(data_source, solution_str, ground_truth, extra_info)
    if found is None:
        raise ConfigurationError(
            "expected scores in extra_info, because this reply is not the act that was played: play an episode with "
            "this reply, judge it, and add its scores"
        )
    return found


def reward_func(completions: Sequence[Any], **columns: Any) -> list[float | None]:
    """Return the rewards of replies for TRL (``GRPOTrainer(reward_funcs=reward_func)``).

    Parameters
    ----------
    completions
        Replies, as texts or as conversations that end with the reply.
    columns
        Columns of the data, one list per column: ``data_source``, ``reward_model`` with ``ground_truth``, and
        ``extra_info``. The column ``scores`` may contain the scores of the episodes that were played with the replies.

    Returns
    -------
    list
        None for an act without scores; TRL then leaves this reward out.

    Raises
    ------
    ConfigurationError
        If a reference is missing or not valid.
    """
    rewards = []
    for position, completion in enumerate(completions):
        held = column_value(columns, "reward_model", position)
        truth = held.get("ground_truth") if isinstance(held, Mapping) else None
        about = column_value(columns, "extra_info", position)
        scores = column_value(columns, "scores", position)
        extra = {**(about if isinstance(about, Mapping) else {}), **({"scores": scores} if scores else {})}
        rewards.append(
            _rewarded(str(column_value(columns, "data_source", position)), completion_text(completion), truth, extra)
        )
    return rewards


def _rewarded(source: str, reply: str, truth: Any, extra: Mapping[str, Any] | None) -> float | None:
    """Return a reward; None if nobody knows the scores of the act in the reply."""
    real = _reference(truth)
    if source == REPLIES:
        return forecast(reply, str(real["act"]["kind"]), str(real["act"]["text"]))
    if source != ACTS:
        raise ConfigurationError(f"expected data_source to be {REPLIES} or {ACTS}, got {source!r}")
    extra = extra or {}
    dimension = str(extra.get("dimension") or "goal")
    act = act_in(reply)
    if act is None:
        return 0.0
    scores = extra.get("scores")
    if isinstance(scores, Mapping):
        return verdict(reply, scores, dimension)
    same = _same_act(act, real["reply"])
    return verdict(reply, real["scores"], dimension) if same and real["scores"] else None


def _same_act(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if "number" in one or "number" in other:
        return one.get("number") == other.get("number")
    return (one["kind"], _words(one["text"])) == (other["kind"], _words(str(other["text"])))


def _reference(truth: Any) -> Mapping[str, Any]:
    try:
        real = json.loads(truth)
        if all(isinstance(real[name], dict) for name in ("act", "reply", "scores")) and {"kind", "text"} <= set(
            real["act"]
        ):
            return dict(real)
    except (TypeError, ValueError, KeyError, RecursionError):
        pass
    raise ConfigurationError(
        "expected a reference in the column reward_model, got something else: create the data with "
        "`swm agents export --form grpo`"
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())[:LONGEST_TEXT]
