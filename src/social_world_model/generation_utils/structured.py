"""Asking until the reply has its form: the same model, with what was wrong, a bounded number of times."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from social_world_model.errors import GenerationError, RefusalError, UnparsableOutputError, shortened
from social_world_model.generation_utils.calls import Calls, Role
from social_world_model.generation_utils.model import Completion, LanguageModel, Prompt
from social_world_model.generation_utils.output_parsers import RETRY, OutputParser, format_instructions
from social_world_model.generation_utils.reading import NoObject, UnfitReply
from social_world_model.generation_utils.sections import compose_values
from social_world_model.usage import NO_USAGE, Usage

T = TypeVar("T")

ASKS = 5
"""How often a model is asked for one thing, the first time included."""
CUT_OFF = 2
"""So many replies that break off at the bound on their length mean that the next one will, too."""


@dataclass(frozen=True, kw_only=True)
class Generated(Generic[T]):
    """What a model made.

    Parameters
    ----------
    value
        The reply, read.
    completion
        The reply as it came.
    usage
        Of all calls that it took.
    """

    value: T
    completion: Completion
    usage: Usage


async def generate_until_fit(
    model: LanguageModel, prompt: Prompt, parser: OutputParser[T], calls: Calls, role: Role, asks: int = ASKS
) -> Generated[T]:
    """Ask a model until its reply can be read.

    Raises
    ------
    UnparsableOutputError
        If no reply could be; `raw` is the last one, `usage` what all took. Nothing is made up, and no other
        model is asked.
    RefusalError
        If the model declined.
    GenerationError
        What `Calls.complete` raises.
    """
    usage, asked, cut_off, given = NO_USAGE, 0, 0, prompt.retries
    while True:
        try:
            completion = await calls.complete(model, prompt, role)
        except GenerationError as error:
            error.usage = usage if usage.requests else None  # of the replies that did not fit
            raise
        usage += completion.usage
        if completion.refusal is not None:
            raise RefusalError(
                f"{model.name} declined: {shortened(completion.refusal, 300)}",
                model=model.name,
                prompt_hash=prompt.hash,
                raw=completion.refusal,
                usage=usage,
            )
        try:
            value = _read(completion, parser)
        except UnfitReply as problem:
            cut = completion.finish_reason == "length"
            if prompt.shape is not None and isinstance(problem, NoObject) and not cut:
                model.note_form(kept=False)
            asked += 1
            cut_off += cut
            if asked >= asks or cut_off >= CUT_OFF:
                raise UnparsableOutputError(
                    _why(completion, problem, asked),
                    model=model.name,
                    prompt_hash=prompt.hash,
                    raw=completion.text,
                    usage=usage,
                    parameters=("max_output_tokens",),
                ) from None
            # Only the last reply goes back: older ones cost tokens and are no better.
            prompt = replace(prompt, retries=(*given, (completion.text, _complaint(problem, parser, model, prompt))))
            continue
        if prompt.shape is not None and asked == 0:
            model.note_form(kept=True)
        return Generated(value=value, completion=completion, usage=usage)


def _read(completion: Completion, parser: OutputParser[T]) -> T:
    """Return what a reply says; where a form is asked for, a reply that was cut off must end with it.

    What was cut off later than that may be thoughts, with a draft in them.
    """
    ends = completion.text.rstrip("` \t\r\n").endswith("}")
    if parser.shape is not None and completion.finish_reason == "length" and not ends:
        raise NoObject("expected a JSON object, got a reply that was cut off")
    return parser.parse(completion.text)


def _complaint(problem: UnfitReply, parser: OutputParser[T], model: LanguageModel, prompt: Prompt) -> str:
    """Return what the model is told about a reply; it may not know a form that does not stand in the prompt."""
    unknown = isinstance(problem, NoObject) and prompt.shape is not None and model.capabilities.tier == "native"
    form = format_instructions(prompt.shape) if unknown and prompt.shape is not None else ""
    return compose_values(RETRY.sections, problem=str(problem), form=form)


def _why(completion: Completion, problem: UnfitReply, asked: int) -> str:
    times = "once" if asked == 1 else f"{asked} times"
    if completion.finish_reason == "length":
        return f"asked {times}, the last reply was cut off: raise max_output_tokens"
    return f"asked {times}, the last reply could not be read: {problem}"
