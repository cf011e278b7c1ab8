"""What became of an item: its record, from a reply or from an error."""

from __future__ import annotations

from dataclasses import replace

from social_world_model.benchmarks import Benchmark
from social_world_model.contracts import Item, Reply, Status
from social_world_model.errors import GenerationError, RefusalError, SocialWorldModelError, UnparsableOutputError
from social_world_model.runs.records import Record


def scored(benchmark: Benchmark, item: Item, blank: Record, reply: Reply) -> Record:
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
        return replace(record, answer=reply.text or None)
    answer = benchmark.extract(reply.text, item)
    if answer is None:
        why = f"expected an answer to {item.question!r}, got {reply.text[:120]!r}"
        return replace(record, status="unparsable", raw=reply.raw or reply.text, error=why)
    return replace(record, answer=answer, is_correct=benchmark.score(answer, item))


def failed(blank: Record, error: SocialWorldModelError) -> Record:
    """Return the record of an item that has none, because its parse was refused, say."""
    status: Status = "error"
    if isinstance(error, RefusalError):
        status = "refused"
    elif isinstance(error, UnparsableOutputError):
        status = "unparsable"
    raw = error.raw if isinstance(error, GenerationError) else None
    return replace(blank, status=status, error=str(error), raw=raw)
