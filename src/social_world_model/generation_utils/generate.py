"""Generate a value from a prompt template with `agenerate`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import wraps
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.model import LanguageModel, Sampling
from social_world_model.generation_utils.names import model_by_name
from social_world_model.generation_utils.output_parsers import OutputParser
from social_world_model.generation_utils.structured import generate_until_fit
from social_world_model.generation_utils.sync import plain_twin
from social_world_model.generation_utils.templates import fill, places
from social_world_model.s3ap.deprecation import warn_renamed
from social_world_model.settings import SamplingOptions

T = TypeVar("T")

FORMAT_PLACE = "format_instructions"


class Kept:
    """Models and calls that are reused within one event loop. A connection works in only one event loop.

    A wrong key, for example, stops all calls. The next use then creates new models and calls.
    """

    def __init__(self) -> None:
        self.models: dict[tuple[str, str | None], LanguageModel] = {}
        self._calls = Calls()
        self._given_up: list[LanguageModel] = []

    @property
    def calls(self) -> Calls:
        """Object that makes the calls of this event loop. If all calls have stopped, a new object is created."""
        self._begin_anew_if_stopped()
        return self._calls

    def model(self, name: str, base_url: str | None) -> LanguageModel:
        """Return a model. The same name and address return the same object.

        Parameters
        ----------
        name
            Name of the model, in a form that `model_by_name` accepts.
        base_url
            Address of another endpoint; None means the default.
        """
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
            self._given_up += self.models.values()  # keys may have changed, and old models may still be in use
            self.models = {}


_KEPT: WeakKeyDictionary[asyncio.AbstractEventLoop, Kept] = WeakKeyDictionary()


def kept() -> Kept:
    """Return the models and calls of the running event loop."""
    for loop in [loop for loop in _KEPT if loop.is_closed()]:
        del _KEPT[loop]  # connections refer to their loop, so it would never be freed
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
    sampling: SamplingOptions | None = None,
    base_url: str | None = None,
    calls: Calls | None = None,
) -> T:
    """Generate a value with a language model.

    Parameters
    ----------
    model_name
        A `LanguageModel`, or the name of a model in a form that `model_by_name` accepts.
    template
        Prompt with placeholders such as ``{question}``.
    input_values
        Text for each placeholder, inserted literally.
    output_parser
        Parser that reads the reply. If a reply cannot be read, the model is asked again and gets the error message.
    temperature
        Sampling temperature; None means the default of the model. A temperature that the model refuses is not sent.
    structured_output
        Whether to send the schema of the parser next to the prompt, if the endpoint supports schemas. The prompt always
        contains the format instructions: at the placeholder ``{format_instructions}``, or at the beginning.
    max_output_tokens, seed
        Maximum number of tokens of the reply, and seed for sampling. Options that the model refuses are not sent.
    sampling
        Further sampling options, such as ``top_p``.
    base_url
        Address of another endpoint for a bare model name or ``vllm/NAME``.
    calls
        Object that makes the calls and applies limits and a budget. By default, all calls of an event loop share one
        object. This object allows at most 64 concurrent calls.

    Returns
    -------
    object
        Value that the parser read from the reply.

    Raises
    ------
    ConfigurationError
        If the model is unknown, if the API key is missing, or if a placeholder has no value.
    UnparsableOutputError, RefusalError, GenerationError
        If no reply could be read, if the model refused to answer, or if no call succeeded.
    """
    model = kept().model(model_name, base_url) if isinstance(model_name, str) else model_name
    text = _with_form(template, input_values, output_parser)
    options = Sampling.of(sampling, temperature=temperature, max_output_tokens=max_output_tokens, seed=seed)
    prompt = options.prompt(text, output_parser.shape if structured_output else None)
    made = await generate_until_fit(model, prompt, output_parser, calls or kept().calls, "answer")
    return made.value


def _with_form(template: str, given: Mapping[str, str], parser: OutputParser[T]) -> str:
    """Return the prompt of a template, with the instructions about the format of the reply."""
    values = {FORMAT_PLACE: parser.get_format_instructions(), **given}
    if FORMAT_PLACE not in places(template) and parser.shape is not None:
        template = f"{{{FORMAT_PLACE}}}\n\n{template}"
    return fill(template, values)


generate_sync = plain_twin(agenerate)


@wraps(generate_sync)
def generate(*given: Any, **named: Any) -> Any:
    """Call `generate_sync`. The name `generate` is deprecated."""
    warn_renamed("generate()", "generate_sync()")
    return generate_sync(*given, **named)


async def close_models() -> None:
    """Close the connections that `agenerate` keeps open in this event loop."""
    used = _KEPT.pop(asyncio.get_running_loop(), None)
    if used is not None:
        await used.close()
