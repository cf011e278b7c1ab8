"""What became of an item: its record, from a reply or from an error, and what reports see of it."""

from __future__ import annotations

from dataclasses import replace

from social_world_model.benchmarks import Benchmark
from social_world_model.benchmarks.counting import ItemResult
from social_world_model.choices import Scorer, Status
from social_world_model.contracts import Item, Reply
from social_world_model.errors import GenerationError, RefusalError, SocialWorldModelError, UnparsableOutputError
from social_world_model.runs.results import Result


def scored(benchmark: Benchmark, item: Item, blank: Result, reply: Reply, scorer: Scorer = "official") -> Result:
    """Return the record of an item that has a reply.

    Parameters
    ----------
    benchmark
        Extracts and scores.
    item
        With its gold.
    blank
        The record so far.
    reply
        Perhaps a refusal, or one that cannot be read.
    scorer
        By whose rule.
    """
    record = replace(
        blank,
        status=reply.status,
        reasoning=reply.reasoning or None,
        raw=reply.raw,
        finish_reason=reply.finish_reason,
        error=reply.error or None,
    )
    if reply.status == "parsed":
        return replace(record, item_key=None)
    if reply.status != "answered":
        return replace(record, answer=reply.response or None)
    return score_result(benchmark, item, replace(record, response=reply.response), scorer)


def score_result(benchmark: Benchmark, item: Item, record: Result, scorer: Scorer) -> Result:
    """Return a record with its response judged, anew if it was before."""
    response = (record.response or "").encode("utf-8", "replace").decode()  # half a character, as the store writes it
    assessed = benchmark.assess(response, item, scorer)
    record = replace(record, answer=assessed.answer, extracted_by=assessed.extracted_by)
    if assessed.answer is None:
        why = f"expected an answer to {item.question!r}, got {response[:120]!r}"
        return replace(record, status="unparsable", is_correct=None, scores=None, error=why)
    score = assessed.score
    return replace(record, status="answered", is_correct=score.correct, scores=dict(score.values) or None, error=None)


def failed(blank: Result, error: SocialWorldModelError) -> Result:
    """Return the record of an item that has none, because its parse was refused, say."""
    status: Status = "error"
    if isinstance(error, RefusalError):
        status = "refused"
    elif isinstance(error, UnparsableOutputError):
        status = "unparsable"
    raw = error.raw if isinstance(error, GenerationError) else None
    return replace(blank, status=status, error=str(error), raw=raw)


def outcome_of(record: Result) -> ItemResult:
    """Return what reports see of a record."""
    samples = [sample for sample in record.samples or () if isinstance(sample, dict)]  # not of other software
    draws = tuple(sample["scores"] for sample in samples if isinstance(sample.get("scores"), dict))
    return ItemResult(
        index=record.index,
        status=record.status,
        is_correct=record.is_correct if record.status == "answered" else None,
        answer=record.answer,
        correct_answer=record.correct_answer,
        set_id=record.set_id or "",
        cluster_id=record.cluster_id or "",
        scores=record.scores or {},
        draws=draws,
        fields=record.fields,
        unread=is_of_no_item(record),
    )


def unread(index: str) -> ItemResult:
    """Return what reports see of a row that could not be used."""
    return ItemResult(index=index, status="error", is_correct=None, unread=True)


def is_of_no_item(record: Result) -> bool:
    """Tell whether a record is of a row that could not be used: it says neither what was asked nor about what."""
    return record.status == "error" and record.question_kind is None and not record.narrative and not record.question
