"""A reward for a parser: whether its reply is a context, and everybody perceives in it what they should.

The same function in the two forms that GRPO trainers call: verl's `compute_score`, and TRL's `reward_func`. The
reference is the symbolic model's context of the same narrative, as samples of the form ``grpo`` hold it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from social_world_model.errors import ConfigurationError, ContextError
from social_world_model.generation_utils.reading import UnfitReply
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.wire import SocializedContextForModel, from_wire
from social_world_model.training.selection import perceived_f1
from social_world_model.world_model import ContextOutputParser

STRUCTURE, PERCEPTION = 0.3, 0.7
"""Shares, as in the evaluation of contexts."""
LONGEST_REPLY = 200_000
"""Characters. What goes on without end is no context, and would take long to read."""


def reward(reply: str, reference: SocializedContext, narrative: str = "") -> float:
    """Return how good a reply is, 0–1.

    Parameters
    ----------
    reply
        What the model wrote.
    reference
        The context that is right.
    narrative
        The story; where it is given, a context without somebody who acts in it is worth nothing.

    Returns
    -------
    float
        0 for what is no context or has errors; else 0.3 × structure + 0.7 × F1 of perceived events.
    """
    if len(reply) > LONGEST_REPLY:
        return 0.0
    try:
        context = ContextOutputParser(narrative).parse(reply)
        return STRUCTURE * _structure(context) + PERCEPTION * perceived_f1(reference, context)
    except (UnfitReply, ContextError, RecursionError):
        return 0.0


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: str,
    extra_info: Mapping[str, Any] | None = None,
    **_: Any,
) -> float:
    """Return a reply's reward, as verl asks for it (``reward.custom_reward_function.name: compute_score``).

    Parameters
    ----------
    data_source
        Not looked at.
    solution_str
        The reply.
    ground_truth
        The reference in the wire form.
    extra_info
        May hold the narrative.

    Raises
    ------
    ConfigurationError
        If the reference cannot be read: that is a fault of the data, and no reply's.
    """
    return reward(solution_str, _reference(ground_truth), _narrative(extra_info))


def reward_func(completions: Sequence[Any], **columns: Any) -> list[float]:
    """Return the rewards of replies, as TRL's ``GRPOTrainer(reward_funcs=reward_func)`` asks for them.

    Parameters
    ----------
    completions
        Replies: texts, or conversations that end in them.
    columns
        The data's columns, a list each: ``reward_model`` (with ``ground_truth``) or ``ground_truth``, and perhaps
        ``extra_info``.

    Raises
    ------
    ConfigurationError
        If there is no reference, or one that cannot be read.
    """
    rewards = []
    for position, completion in enumerate(completions):
        truth = _column(columns, "ground_truth", position)
        if truth is None:
            held = _column(columns, "reward_model", position)
            truth = held.get("ground_truth") if isinstance(held, Mapping) else None
        if not isinstance(truth, str):
            raise ConfigurationError(
                "expected a reference in the column reward_model or ground_truth, got none: make the data with "
                "form 'grpo'"
            )
        narrative = _narrative(_column(columns, "extra_info", position))
        rewards.append(reward(_text(completion), _reference(truth), narrative))
    return rewards


def _structure(context: SocializedContext) -> float:
    from social_world_model.evaluation import structural_score

    return float(structural_score(context))


@lru_cache(maxsize=4096)
def _reference(ground_truth: str) -> SocializedContext:
    try:
        return from_wire(SocializedContextForModel.model_validate(json.loads(ground_truth)))
    except (ValueError, ContextError) as error:
        first = str(error).partition("\n")[0]
        raise ConfigurationError(f"expected a reference in the wire form, got something else: {first}") from None


def _narrative(extra_info: Any) -> str:
    told = extra_info.get("narrative") if isinstance(extra_info, Mapping) else None
    return told if isinstance(told, str) else ""


def _column(columns: Mapping[str, Any], name: str, position: int) -> Any:
    values = columns.get(name)
    return values[position] if isinstance(values, Sequence) and not isinstance(values, str) else None


def _text(completion: Any) -> str:
    if isinstance(completion, str):
        return completion
    last = completion[-1] if isinstance(completion, Sequence) and completion else completion
    content = last.get("content") if isinstance(last, Mapping) else None
    return content if isinstance(content, str) else ""
