"""Score stored results again: with another scorer, or because an earlier version of the package scored them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from social_world_model.benchmarks import Benchmark
from social_world_model.choices import Scorer
from social_world_model.experiments.item_results import score_result
from social_world_model.experiments.samples import every, majority
from social_world_model.runs.results import Result
from social_world_model.usage import NO_USAGE

_OF_A_DRAW = (
    "answer",
    "extracted_by",
    "is_correct",
    "scores",
    "lenient",
    "response",
    "reasoning",
    "raw",
    "finish_reason",
    "error",
)


def rescored(benchmark: Benchmark, result: Result, scorer: Scorer) -> Result | None:
    """Score a stored result again. Return None if the result has an answer but no stored reply.

    Parameters
    ----------
    benchmark
        Benchmark of the run, with its options.
    result
        Stored result. A result without an answer is returned unchanged, except if the reply was unparsable.
    scorer
        Name of the scorer.
    """
    if result.samples is not None:
        draws = [_of_sample(benchmark, result, sample, scorer) for sample in result.samples]
        return replace(majority(draws) if benchmark.votes else every(draws), usage=result.usage)
    if result.status not in ("answered", "unparsable") or result.response is None:
        return None if result.status == "answered" else result
    return score_result(benchmark, result.item(), result, scorer)


def with_both_readings(benchmark: Benchmark, result: Result, scorer: str) -> Result:
    """Return a stored result with the readings of the scorers `official` and `lenient`.

    Earlier versions of the package stored only one reading, which was similar to `lenient`. Such a result is scored
    again. Free text is not scored again, because both scorers read nearly all free text in the same way, and an
    embedding model would be necessary.

    Parameters
    ----------
    benchmark
        Benchmark of the run, with its options.
    result
        Stored result.
    scorer
        Scorer of the run. If it is not `official`, the result is returned unchanged.
    """
    has_one = result.lenient is None and result.question_kind is not None
    free_text = result.answer_form == "sentence" and not result.choices
    if scorer != "official" or not benchmark.has_authors_reader or not has_one or free_text:
        return result
    return rescored(benchmark, result, scorer) or result


def _of_sample(benchmark: Benchmark, result: Result, sample: Mapping[str, Any], scorer: Scorer) -> Result:
    taken: dict[str, Any] = {name: sample.get(name) for name in _OF_A_DRAW}
    draw = replace(result, samples=None, usage=NO_USAGE, status=sample.get("status", "error"), **taken)
    if draw.status in ("answered", "unparsable") and draw.response is not None:
        return score_result(benchmark, result.item(), draw, scorer)
    return draw
