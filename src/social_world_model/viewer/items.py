"""One item of a run: the question, the reply, the extracted answer and its place, the score, and the prompt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from social_world_model.benchmarks.spans import answer_span
from social_world_model.errors import DatasetError, SocialWorldModelError
from social_world_model.experiments.showing import prompt_of, stored_result
from social_world_model.experiments.stored import verdicts_of_run
from social_world_model.experiments.verdicts import DAMAGE
from social_world_model.runs.reading import StoredResults
from social_world_model.runs.results import Result, flaw_of, with_texts
from social_world_model.viewer.offsets import browser_offsets
from social_world_model.viewer.opening import open_result


def item(folder: Path, index: str, context: str | None = None) -> dict[str, Any]:
    """Return an item of a run, as the type `Item` of the pages without its field `b`.

    Parameters
    ----------
    folder
        Folder of the run.
    index
        Index of the item.
    context
        Id of the context of the item. The item has this id if its context can be shown.

    Raises
    ------
    DatasetError
        If the folder has no result for this index, or if the result cannot be used.
    """
    stored = StoredResults(folder)
    result = stored_result(stored, index)
    if why := flaw_of(result):
        raise DatasetError(f"expected a result that can be used, got {index!r:.60}: {why}")
    result = _checked(stored, with_texts(result))
    return {
        "index": result.index,
        "question": result.question or "",
        "gold": result.correct_answer,
        "kind": result.question_kind,
        "chain": list(result.belief_chain or ()),
        "choices": list(result.choices or ()),
        "narrative": result.narrative or "",
        "set": result.set_id,
        "a": {
            **_result(result),
            "prompt": _prompt(stored, result),
            "context": _context(result, context),
            "own_context": result.context is not None,
        },
    }


def _checked(stored: StoredResults, result: Result) -> Result:
    """Return a result with the verdict of its stored reply, as reports count it."""
    try:
        return verdicts_of_run(stored).checked(result)
    except DAMAGE:
        return result


def _result(result: Result) -> dict[str, Any]:
    usage = result.usage
    return {
        "status": result.status,
        "raw": result.raw,
        "response": result.response,
        "span": _span(result),
        "reasoning": result.reasoning,
        "answer": result.answer,
        "extracted_by": result.extracted_by,
        "correct": result.is_correct if result.status == "answered" else None,
        "uncertain": result.uncertain is True,
        "scores": dict(result.scores or {}),
        "usage": {
            "calls": usage.requests,
            "input": usage.input_tokens,
            "output": usage.output_tokens,
            "cost": usage.cost if usage.requests else 0.0,
        },
        "samples": [_sample(sample) for sample in result.samples or ()],
        "error": result.error,
        "context_warnings": list(result.context_warnings or ()),
    }


def _span(result: Result) -> list[int] | None:
    """Return the place of the answer in the reply, as browsers count."""
    reply = result.response or ""
    place = answer_span(reply, result.answer, result.choices or (), result.extracted_by)
    return None if place is None else list(map(browser_offsets(reply), place))


def _sample(sample: Any) -> dict[str, Any]:
    texts = {name: sample.get(name) for name in ("answer", "response", "error")}
    correct = sample.get("is_correct")
    return {
        **{name: None if text is None else str(text) for name, text in texts.items()},
        "correct": correct if isinstance(correct, bool) else None,
    }


def _prompt(stored: StoredResults, result: Result) -> dict[str, Any]:
    prompt = prompt_of(stored, result)
    return {"parts": [{"name": part.name, "text": part.text} for part in prompt.parts], "note": prompt.note}


def _context(result: Result, id: str | None) -> str | None:
    """Return the id if the context of a result, or the context that rules make from its narrative, can be shown."""
    if id is None:
        return None
    try:
        open_result(result)
    except SocialWorldModelError:
        return None
    return id
