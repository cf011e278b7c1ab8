"""Make the stored result of an item from a reply or an error. Make the item result that reports use."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from social_world_model.benchmarks import Benchmark
from social_world_model.benchmarks.counting import ItemResult
from social_world_model.choices import Scorer, Status
from social_world_model.contracts import Item, Reply
from social_world_model.errors import GenerationError, RefusalError, SocialWorldModelError, UnparsableOutputError
from social_world_model.runs.results import Result


def scored(benchmark: Benchmark, item: Item, blank: Result, reply: Reply, scorer: Scorer = "official") -> Result:
    """Return the result of an item that has a reply.

    Parameters
    ----------
    benchmark
        Benchmark that extracts and scores the answer.
    item
        Item with its gold answer.
    blank
        Result of the item, still without an answer.
    reply
        Reply of the model. The reply may be a refusal, or may be unparsable.
    scorer
        Name of the scorer.
    """
    result = replace(
        blank,
        status=reply.status,
        reasoning=reply.reasoning or None,
        raw=reply.raw,
        finish_reason=reply.finish_reason,
        error=reply.error or None,
        uncertain=None if reply.certain or reply.status != "answered" else True,
    )
    if reply.status == "parsed":
        return replace(result, item_key=None)
    if reply.status != "answered":
        return replace(result, answer=reply.response or None)
    return score_result(benchmark, item, replace(result, response=reply.response), scorer)


def score_result(benchmark: Benchmark, item: Item, result: Result, scorer: Scorer) -> Result:
    """Score the response of a result. An existing score is replaced.

    With the scorer `official`, the result also contains the reading of the scorer `lenient`.

    Parameters
    ----------
    benchmark
        Benchmark that extracts and scores the answer.
    item
        Item with its gold answer.
    result
        Result that contains the response.
    scorer
        Name of the scorer.
    """
    read = _read(benchmark, item, result, scorer)
    if scorer != "official" or not benchmark.has_authors_reader:
        return read
    return replace(read, lenient=_read(benchmark, item, read, "lenient").reading())


def _read(benchmark: Benchmark, item: Item, result: Result, scorer: Scorer) -> Result:
    """Return the result as one scorer reads the response, without the reading of another scorer."""
    response = (result.response or "").encode("utf-8", "replace").decode()  # no lone surrogates
    assessed = benchmark.assess(response, item, scorer)
    read: dict[str, Any] = {"answer": assessed.answer, "extracted_by": assessed.extracted_by, "lenient": None}
    if assessed.answer is None:
        why = f"expected an answer to {item.question!r}, got {response[:120]!r}"
        read |= {"status": "unparsable", "is_correct": None, "scores": None, "error": why}
    else:
        correct, scores = assessed.score.correct, dict(assessed.score.values) or None
        read |= {"status": "answered", "is_correct": correct, "scores": scores, "error": None}
    is_same = not result.scores and all(getattr(result, name) == value for name, value in read.items())
    return result if is_same else replace(result, **read)


def failed(blank: Result, error: SocialWorldModelError, what: str = "") -> Result:
    """Return the result of an item that ended in an error.

    Parameters
    ----------
    blank
        Result of the item, still without an answer.
    error
        Error that ended the item, such as a refused parse. The class of the error decides the status of the result.
    what
        What is missing because of the error, such as ``"no context: "``. The message starts with this text.
    """
    status: Status = "error"
    if isinstance(error, RefusalError):
        status = "refused"
    elif isinstance(error, UnparsableOutputError):
        status = "unparsable"
    raw = error.raw if isinstance(error, GenerationError) else None
    return replace(blank, status=status, error=f"{what}{error}", raw=raw)


def item_result_of(result: Result) -> ItemResult:
    """Return the item result that reports use."""
    samples = [sample for sample in result.samples or () if isinstance(sample, dict)]  # other software may differ
    draws = tuple(sample["scores"] for sample in samples if isinstance(sample.get("scores"), dict))
    lenient = result.as_lenient()
    return ItemResult(
        index=result.index,
        status=result.status,
        is_correct=result.is_correct if result.status == "answered" else None,
        answer=result.answer,
        extracted_by=result.extracted_by,
        correct_answer=result.correct_answer,
        set_id=result.set_id or "",
        cluster_id=result.cluster_id or "",
        scores=result.scores or {},
        draws=draws,
        fields=result.fields,
        bad_row=is_of_bad_row(result),
        uncertain=result.uncertain is True and result.status == "answered",
        lenient=None if lenient is None else item_result_of(lenient),
        read_differently=lenient is not None and _read_as(result) != _read_as(lenient),
    )


def _read_as(result: Result) -> tuple[bool, str, dict[str, float]]:
    """Return how a scorer read a reply. Answers without options are compared by their scores only."""
    option = (result.answer or "") if result.choices else ""
    values = {name: value for name, value in (result.scores or {}).items() if value}
    return result.is_correct is True, option, values


def bad_row_result(index: str) -> ItemResult:
    """Return the item result of a row that could not be used."""
    return ItemResult(index=index, status="error", is_correct=None, bad_row=True)


def is_of_bad_row(result: Result) -> bool:
    """Return whether a result belongs to an unusable row. Such a result has no question and no narrative."""
    return result.status == "error" and result.question_kind is None and not result.narrative and not result.question
