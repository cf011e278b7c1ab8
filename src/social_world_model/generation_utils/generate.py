"""`agenerate`: from a template and its values to a value, in one call."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.model import LanguageModel, Prompt
from social_world_model.generation_utils.names import model_by_name
from social_world_model.generation_utils.output_parsers import OutputParser
from social_world_model.generation_utils.structured import generate_until_fit
from social_world_model.generation_utils.sync import plain_twin
from social_world_model.generation_utils.templates import fill, places
from social_world_model.s3ap.deprecation import warn_renamed

T = TypeVar("T")

FORMAT_PLACE = "format_instructions"
_GIVEN_BESIDE = "the JSON schema that comes with this request"


class Kept:
    """Models and calls that are used again within one event loop: connections belong to one.

    Once calls have stopped, because a key was wrong or nobody answered, what comes later begins anew.
    """

    def __init__(self) -> None:
        self.models: dict[tuple[str, str | None], LanguageModel] = {}
        self._calls = Calls()
        self._given_up: list[LanguageModel] = []

    @property
    def calls(self) -> Calls:
        """Who makes the calls."""
        self._begin_anew_if_stopped()
        return self._calls

    def model(self, name: str, base_url: str | None) -> LanguageModel:
        """Return a model, the same one for the same name."""
        self._begin_anew_if_stopped()
        if (name, base_url) not in self.models:
            self.models[name, base_url] = model_by_name(name, base_url)
        return self.models[name, base_url]

    async def close(self) -> None:
        """Close all connections."""
        for model in [*self.models.values(), *self._given_up]:
            await model.close()

    def _begin_anew_if_stopped(self) -> None:
        if self._calls.stopped:
            self._calls = Calls()
            self._given_up += self.models.values()  # a key may be another one now; others may use them still
            self.models = {}


_KEPT: WeakKeyDictionary[asyncio.AbstractEventLoop, Kept] = WeakKeyDictionary()


def kept() -> Kept:
    """Return what is kept for the event loop that runs now."""
    for loop in [loop for loop in _KEPT if loop.is_closed()]:
        del _KEPT[loop]  # connections know their loop, so that it would never be forgotten
    return _KEPT.setdefault(asyncio.get_running_loop(), Kept())


async def agenerate(
    model_name: str | LanguageModel,
    template: str,
    input_values: Mapping[str, str],
    output_parser: OutputParser[T],
    temperature: float | None = 0.7,
    structured_output: bool = False,
    *,
    max_output_tokens: int | None = None,
    seed: int | None = None,
    base_url: str | None = None,
    calls: Calls | None = None,
) -> T:
    """Generate a value with a language model.

    Parameters
    ----------
    model_name
        A name, as `model_by_name` takes it, or a model.
    template
        The prompt, with places such as ``{question}``.
    input_values
        What goes into them, literally.
    output_parser
        Reads the reply. A reply that does not fit goes back to the same model, with what is wrong with it.
    temperature
        Left out where the model refuses it; None for the model's own.
    structured_output
        Whether to ask for the parser's form by the best way that the model supports. Otherwise the form stands
        in the prompt: at ``{format_instructions}``, or before everything else.
    max_output_tokens, seed
        Passed on where the model takes them.
    base_url
        Another endpoint for bare names.
    calls
        Who makes the calls, with limits and budget; by default, one for all calls of an event loop, with 64 in
        flight.

    Returns
    -------
    object
        What the parser made of the reply.

    Raises
    ------
    ConfigurationError
        If the model is unknown, its key is missing, or a place has no value.
    UnparsableOutputError, RefusalError, GenerationError
        If no reply could be read, the model declined, or no call succeeded.
    """
    model = kept().model(model_name, base_url) if isinstance(model_name, str) else model_name
    prompt = Prompt(
        text=_with_form(template, input_values, output_parser, beside=structured_output),
        shape=output_parser.shape if structured_output else None,
        temperature=temperature,
        max_output_tokens=max_output_tokens,
        seed=seed,
    )
    made = await generate_until_fit(model, prompt, output_parser, calls or kept().calls, "answer")
    return made.value


def _with_form(template: str, given: Mapping[str, str], parser: OutputParser[T], *, beside: bool) -> str:
    """Return the prompt of a template: with what is said about the form, unless a schema goes beside it."""
    values = dict(given)
    if FORMAT_PLACE in places(template):
        if FORMAT_PLACE not in values:
            has_schema = beside and parser.shape is not None
            values[FORMAT_PLACE] = _GIVEN_BESIDE if has_schema else parser.get_format_instructions()
    elif not beside and parser.shape is not None:
        template = f"{{{FORMAT_PLACE}}}\n\n{template}"
        values.setdefault(FORMAT_PLACE, parser.get_format_instructions())
    return fill(template, values)


generate_sync = plain_twin(agenerate)


@wraps(generate_sync)
def generate(*given: Any, **named: Any) -> Any:
    """Call `generate_sync`; this is its older name."""
    warn_renamed("generate()", "generate_sync()")
    return generate_sync(*given, **named)


async def close_models() -> None:
    """Close the connections that `agenerate` keeps open in this event loop."""
    used = _KEPT.pop(asyncio.get_running_loop(), None)
    if used is not None:
        await used.close()
