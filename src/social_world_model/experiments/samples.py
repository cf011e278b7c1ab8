"""Several answers to one question, and the one that was given most often (self-consistency, arXiv 2203.11171)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from social_world_model.benchmarks.extraction import normalised
from social_world_model.contracts import NO_USAGE, Status
from social_world_model.runs.records import Record


def majority(draws: Sequence[Record]) -> Record:
    """Return the record of a question from those of its draws.

    The answer given most often counts, the earliest of equals. A draw without a readable answer has no vote; one
    that ended in an error may have one yet, and so the question is asked again, for that draw alone.

    Parameters
    ----------
    draws
        One record a draw, each scored by itself.
    """
    if len(draws) == 1:
        return draws[0]
    answered = [draw for draw in draws if draw.status == "answered"]
    votes = Counter(normalised(str(draw.answer)) for draw in answered)
    chosen = min(draws, key=lambda draw: _WITHOUT_ANSWER.index(draw.status))
    if answered and chosen.status != "error":
        chosen = max(answered, key=lambda draw: votes[normalised(str(draw.answer))])  # max takes the first of equals
    return replace(
        chosen,
        socialized_context=draws[0].socialized_context,  # the one by which a later run knows the record
        context_key=draws[0].context_key,
        usage=sum((draw.usage for draw in draws), NO_USAGE),
        samples=tuple(_sample(draw) for draw in draws),
    )


_WITHOUT_ANSWER: Sequence[Status] = ("error", "unparsable", "refused", "answered", "parsed")
"""What is told of a question without an answer: first, what may still change."""


def _sample(draw: Record) -> dict[str, Any]:
    names = ("status", "answer", "is_correct", "reasoning", "raw", "finish_reason", "error", "context_key")
    kept = {name: getattr(draw, name) for name in names if getattr(draw, name) is not None}
    return {**kept, "usage": asdict(draw.usage)}
