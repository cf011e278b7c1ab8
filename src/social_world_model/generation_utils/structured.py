"""Ask a model again, with a description of the problem, until a reply fits or a limit is reached."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from social_world_model.errors import GenerationError, RefusalError, UnparsableOutputError, shortened
from social_world_model.generation_utils.calls import Calls, Role
from social_world_model.generation_utils.model import Completion, LanguageModel, Prompt
from social_world_model.generation_utils.output_parsers import RETRY, OutputParser
from social_world_model.generation_utils.reading import NoObject, UnfitReply
from social_world_model.generation_utils.sections import compose_values
from social_world_model.usage import NO_USAGE, Usage

T = TypeVar("T")

ASKS = 5
"""Maximum number of times that a model is asked for one value, including the first time."""
CUT_OFF = 2
"""Stop after this many replies that reached the token limit. The next reply would reach the limit too."""


@dataclass(frozen=True, kw_only=True)
class Generated(Generic[T]):
    """A value that a model generated.

    Parameters
    ----------
    value
        Value that the parser read from the reply.
    completion
        Completion that contains the reply.
    usage
        Usage of all calls, including the calls whose reply did not fit.
    """

    value: T
    completion: Completion
    usage: Usage


async def generate_until_fit(
    model: LanguageModel, prompt: Prompt, parser: OutputParser[T], calls: Calls, role: Role, asks: int = ASKS
) -> Generated[T]:
    """Ask a model until its reply can be read.

    Parameters
    ----------
    model, prompt
        Model to ask, and the request with its sampling options.
    parser
        Parser that reads the reply. The parser raises `UnfitReply` if the reply does not fit the format.
    calls, role
        Object that makes the calls, and the purpose of the calls.
    asks
        Maximum number of times that the model is asked, including the first time.

    Raises
    ------
    UnparsableOutputError
        If no reply could be read. The error has the last reply in `raw` and the usage of all replies in `usage`. No
        value is invented, and no other model is asked.
    RefusalError
        If the model refused to answer.
    GenerationError
        If no call succeeded; see `Calls.complete`.
    """
    usage, asked, cut_off, given = NO_USAGE, 0, 0, prompt.retries
    while True:
        try:
            completion = await calls.complete(model, prompt, role)
        except GenerationError as error:
            error.usage = usage if usage.requests else None  # usage of the replies that did not fit
            raise
        usage += completion.usage
        if completion.refusal is not None:
            raise _refusal(completion.refusal, model, prompt, usage)
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
            # Only the last reply is sent back: older replies cost tokens and do not help.
            prompt = replace(prompt, retries=(*given, (completion.text, _complaint(problem))))
            continue
        if prompt.shape is not None and asked == 0:
            model.note_form(kept=True)
        return Generated(value=value, completion=completion, usage=usage)


def _refusal(words: str, model: LanguageModel, prompt: Prompt, usage: Usage) -> RefusalError:
    message = f"{model.name} refused to answer: {shortened(words, 300)}"
    return RefusalError(message, model=model.name, prompt_hash=prompt.hash, raw=words, usage=usage)


def _read(completion: Completion, parser: OutputParser[T]) -> T:
    """Return the value of a reply. If a schema is requested, a reply that was cut off must end with a JSON object.

    Otherwise the reply may have been cut off inside the model's thoughts. Thoughts may contain a draft of the object.
    """
    ends = completion.text.rstrip("` \t\r\n").endswith("}")
    if parser.shape is not None and completion.finish_reason == "length" and not ends:
        raise NoObject("expected a JSON object, got a reply that was cut off")
    return parser.parse(completion.text)


def _complaint(problem: UnfitReply) -> str:
    """Return the message to the model about a reply that does not fit."""
    return compose_values(RETRY.sections, problem=str(problem))


def _why(completion: Completion, problem: UnfitReply, asked: int) -> str:
    times = "once" if asked == 1 else f"{asked} times"
    if completion.finish_reason == "length":
        return f"asked {times}, the last reply was cut off: raise max_output_tokens"
    return f"asked {times}, the last reply could not be read: {problem}"
