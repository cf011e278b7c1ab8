"""``swm show``: print everything about one item of a run."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from social_world_model.experiments.showing import RebuiltPrompt
    from social_world_model.runs.reading import StoredResults
    from social_world_model.runs.results import Result

Part = tuple[str, str]
"""A heading and a text."""


def show(
    run: Annotated[Path, typer.Argument(help="Folder of a run.", show_default=False)],
    index: Annotated[str, typer.Argument(help="Index of the item, as in the name of its file.", show_default=False)],
) -> None:
    """Show one item: prompt, reply, answer, score, context.

    Results do not contain prompts. The prompt is rebuilt from the stored item and from the stored wording. The output
    says so.
    """
    from social_world_model.experiments.showing import prompt_of, stored_result
    from social_world_model.runs.reading import read_run

    stored = read_run(run)
    result = stored_result(stored, index)
    parts = [
        *_item(stored, result),
        *_prompt(result, prompt_of(stored, result)),
        *_reply(result),
        *_context(result),
    ]
    for place, (heading, text) in enumerate(parts):
        if place:
            print()
        print(heading)
        print(textwrap.indent(text, "  ", lambda line: True))


def _item(stored: StoredResults, result: Result) -> Iterator[Part]:
    manifest = stored.manifest
    run = [stored.benchmark_name, manifest.get("mode"), manifest.get("model"), manifest.get("dataset")]
    named = {
        "index": result.index,
        "run": " · ".join(str(part) for part in run if part),
        "question type": result.question_kind,
        "belief chain": ", ".join(result.belief_chain or ()),
        "set": result.set_id,
        "contexts by": result.context_model,
        **{name: value for name, value in result.fields.items() if isinstance(value, str | int | float)},
    }
    yield "ITEM", "\n".join(f"{name}: {value}" for name, value in named.items() if value not in (None, ""))
    yield "QUESTION", result.question or "–"
    if result.choices:
        yield "OPTIONS", "\n".join(f"{chr(ord('A') + n)}. {choice}" for n, choice in enumerate(result.choices))
    yield "CORRECT ANSWER", "–" if result.correct_answer is None else result.correct_answer


def _prompt(result: Result, prompt: RebuiltPrompt) -> Iterator[Part]:
    if prompt.text:
        yield f"PROMPT ({prompt.note})", prompt.text
        return
    yield "PROMPT", prompt.note
    yield "NARRATIVE", result.narrative or "–"


def _reply(result: Result) -> Iterator[Part]:
    if result.samples is None:
        if result.reasoning:
            yield "REASONING", result.reasoning
        yield "REPLY", result.response if result.response is not None else result.raw or "–"
        if result.raw is not None and result.response is not None and result.raw != result.response:
            yield "RAW REPLY", result.raw
    for number, sample in enumerate(result.samples or (), start=1):
        told = {name: sample.get(name) for name in ("answer", "is_correct", "response", "error")}
        yield (
            f"REPLY {number} of {len(result.samples or ())}",
            "\n".join(f"{name}: {value}" for name, value in told.items() if value is not None),
        )
    rule = f" (read by the rule {result.extracted_by})" if result.extracted_by else ""
    yield "EXTRACTED ANSWER", f"{'–' if result.answer is None else result.answer}{rule}"
    yield "SCORE", _score(result)
    if (lenient := result.as_lenient()) is not None:
        said = "–" if lenient.answer is None else lenient.answer
        yield "ANSWER AND SCORE WITH THE SCORER LENIENT", f"{said}\n{_verdict(lenient)}"
    if result.error:
        yield "ERROR", result.error


def _score(result: Result) -> str:
    scores = [f"{name}: {value:.3f}" for name, value in (result.scores or {}).items()]
    used = result.usage
    calls = "1 call" if used.requests == 1 else f"{used.requests:,} calls"
    usage = f"{calls}, {used.input_tokens:,} tokens in, {used.output_tokens:,} out"
    return "\n".join([_verdict(result), *scores, usage])


def _verdict(result: Result) -> str:
    verdict = {True: "correct", False: "wrong", None: "not scored"}[result.is_correct]
    guess = ", uncertain: the symbolic model had to guess" if result.uncertain else ""
    return f"{verdict} (status {result.status}){guess}"


def _context(result: Result) -> Iterator[Part]:
    from social_world_model.errors import SocialWorldModelError
    from social_world_model.s3ap import render

    if result.context_warnings:
        yield "DOUBTS ABOUT THE CONTEXT", "\n".join(result.context_warnings)
    try:
        context = result.context
    except SocialWorldModelError as error:
        yield "CONTEXT", f"not valid: {error}"
        return
    if context is not None:
        yield "CONTEXT", render(context, form="text")
