"""Combine several samples of one question: majority vote (self-consistency, arXiv 2203.11171) or mean score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from statistics import fmean
from typing import Any

from social_world_model.benchmarks.extraction import normalised
from social_world_model.choices import Status
from social_world_model.runs.results import Result
from social_world_model.usage import NO_USAGE


def majority(draws: Sequence[Result]) -> Result:
    """Return the result of a question by majority vote over the samples.

    If several answers are equally frequent, the earliest of these answers wins. A sample without a readable answer has
    no vote. If a sample ended in an error, the question counts as an error, and the next run asks that sample again.

    Parameters
    ----------
    draws
        One scored result per sample.
    """
    if len(draws) == 1:
        return draws[0]
    voted = _voted(draws)
    if all(draw.lenient is None for draw in draws):
        return voted
    return replace(voted, lenient=_voted([draw.as_lenient() or draw for draw in draws]).reading())


def _voted(draws: Sequence[Result]) -> Result:
    answered = [draw for draw in draws if draw.status == "answered"]
    votes = Counter(map(_vote, answered))
    chosen = _least_finished(draws)
    if answered and chosen.status != "error":
        chosen = max(answered, key=lambda draw: votes[_vote(draw)])  # the earliest of equals
    return _together(chosen, draws)


def _vote(draw: Result) -> str:
    """Return the answer that a sample votes for: the lenient reading, because it has one form for equal answers."""
    return normalised(str((draw.lenient or {}).get("answer") or draw.answer))


def every(draws: Sequence[Result]) -> Result:
    """Return the result of a question with the mean score of the samples. The result is correct if all samples are.

    Parameters
    ----------
    draws
        One scored result per sample. If one sample failed, the question failed.
    """
    if len(draws) == 1:
        return draws[0]
    chosen = _least_finished(draws)
    if chosen.status == "answered":
        scores = {name: fmean(_values(draws, name)) for name in chosen.scores or {}}
        chosen = replace(chosen, is_correct=all(draw.is_correct is True for draw in draws), scores=scores)
    return _together(chosen, draws)


def _values(draws: Iterable[Result], name: str) -> list[float]:
    return [draw.scores[name] for draw in draws if draw.scores and name in draw.scores]


def _least_finished(draws: Sequence[Result]) -> Result:
    return min(draws, key=lambda draw: _WITHOUT_ANSWER.index(draw.status))


def _together(chosen: Result, draws: Sequence[Result]) -> Result:
    return replace(
        chosen,
        socialized_context=draws[0].socialized_context,  # a later run compares this context
        context_key=draws[0].context_key,
        context_model=draws[0].context_model,
        context_warnings=draws[0].context_warnings,
        uncertain=True if any(draw.uncertain for draw in draws) else None,
        usage=sum((draw.usage for draw in draws), NO_USAGE),
        samples=tuple(_sample(draw) for draw in draws),
    )


_WITHOUT_ANSWER: Sequence[Status] = ("error", "unparsable", "refused", "answered", "parsed")
"""Priority of statuses if samples differ. Errors are first, because a later run may still get an answer."""

_SAMPLED = (
    *("status", "answer", "extracted_by", "is_correct", "scores", "response", "reasoning", "raw", "finish_reason"),
    *("lenient", "error", "uncertain", "context_key", "context_warnings"),
)


def _sample(draw: Result) -> dict[str, Any]:
    kept = {name: getattr(draw, name) for name in _SAMPLED if getattr(draw, name) is not None}
    return {**kept, "usage": asdict(draw.usage)}
