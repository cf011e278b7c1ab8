"""Reward for a parser: the reply must be a context, and each agent must perceive the right events.

The reward has two forms for GRPO trainers: `compute_score` for verl, and `reward_func` for TRL. The reference is
the context of the symbolic model for the same narrative. Samples of the form ``grpo`` contain the reference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from social_world_model.choices import Wire
from social_world_model.errors import ConfigurationError, ContextError
from social_world_model.generation_utils.reading import UnfitReply
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.wire_forms import WIRE_FORMS
from social_world_model.training.completions import column_value, completion_text
from social_world_model.training.selection import perceived_f1
from social_world_model.world_model import ContextOutputParser

STRUCTURE, PERCEPTION = 0.3, 0.7
"""Weights of the two parts of the reward, as in the evaluation of contexts."""
COMPACT_STEPS = WIRE_FORMS["compact"].fields["socialized_context"]
"""Key that only references in the compact wire form have."""
LONGEST_REPLY = 200_000
"""Largest number of characters of a reply. A longer reply gets the reward 0 and is not parsed."""


def reward(reply: str, reference: SocializedContext, narrative: str = "", wire: Wire = "standard") -> float:
    """Return the reward of a reply, from 0 to 1.

    Parameters
    ----------
    reply
        Reply of the model.
    reference
        Reference context.
    narrative
        Text of the story. If the text is given, a context without all acting agents of the story gets the reward 0.
    wire
        Wire form of the reply.

    Returns
    -------
    float
        0 if the reply is not a context, or if the context has errors; otherwise 0.3 × structure + 0.7 × F1 of perceived
        events.
    """
    if len(reply) > LONGEST_REPLY:
        return 0.0
    try:
        context = ContextOutputParser(narrative, wire).parse(reply)
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
    """Return the reward of a reply for verl (``reward.custom_reward_function.name: compute_score``).

    Parameters
    ----------
    data_source
        This argument is not used.
    solution_str
        Reply of the model.
    ground_truth
        Reference in a wire form. The reply must have the same wire form.
    extra_info
        Additional columns of the row. The value of ``narrative`` is used if it is present.

    Raises
    ------
    ConfigurationError
        If the reference is not valid. The error is then in the data, not in the reply.
    """
    reference, wire = _reference(ground_truth)
    return reward(solution_str, reference, _narrative(extra_info), wire)


def reward_func(completions: Sequence[Any], **columns: Any) -> list[float]:
    """Return the rewards of replies for TRL (``GRPOTrainer(reward_funcs=reward_func)``).

    Parameters
    ----------
    completions
        Replies, as texts or as conversations that end with the reply.
    columns
        Columns of the data, one list per column: ``ground_truth``, or a ``reward_model`` that contains
        ``ground_truth``. The column ``extra_info`` is optional.

    Raises
    ------
    ConfigurationError
        If a reference is missing, or if a reference is not valid.
    """
    rewards = []
    for position, completion in enumerate(completions):
        truth = column_value(columns, "ground_truth", position)
        if truth is None:
            held = column_value(columns, "reward_model", position)
            truth = held.get("ground_truth") if isinstance(held, Mapping) else None
        if not isinstance(truth, str):
            raise ConfigurationError(
                "expected a reference in the column reward_model or ground_truth, got none: create the data with "
                "form 'grpo'"
            )
        narrative = _narrative(column_value(columns, "extra_info", position))
        reference, wire = _reference(truth)
        rewards.append(reward(completion_text(completion), reference, narrative, wire))
    return rewards


def _structure(context: SocializedContext) -> float:
    from social_world_model.evaluation import structural_score

    return float(structural_score(context))


@lru_cache(maxsize=4096)
def _reference(ground_truth: str) -> tuple[SocializedContext, Wire]:
    """Return a reference and its wire form."""
    try:
        data = json.loads(ground_truth)
        wire: Wire = "compact" if isinstance(data, dict) and COMPACT_STEPS in data else "standard"
        return WIRE_FORMS[wire].read(WIRE_FORMS[wire].shape.model_validate(data)), wire
    except (ValueError, RecursionError, ContextError) as error:
        first = str(error).partition("\n")[0]
        raise ConfigurationError(f"expected a reference in the wire form, got something else: {first}") from None


def _narrative(extra_info: Any) -> str:
    told = extra_info.get("narrative") if isinstance(extra_info, Mapping) else None
    return told if isinstance(told, str) else ""
