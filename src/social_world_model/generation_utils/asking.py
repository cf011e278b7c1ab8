"""One model call of an agent or a world model: a prompt in, a value out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from social_world_model.generation_utils.calls import Calls, Role
from social_world_model.generation_utils.model import LanguageModel, Prompt, Sampling
from social_world_model.generation_utils.output_parsers import OutputParser
from social_world_model.generation_utils.structured import Generated, generate_until_fit

T = TypeVar("T")


class Ask(Protocol):
    """Asks one language model. An object of this type decides how calls are made, stored and counted."""

    @property
    def model_name(self) -> str:
        """Name of the model."""
        ...

    @property
    def sampling(self) -> Sampling:
        """Sampling options of all calls."""
        ...

    @property
    def reasons(self) -> bool:
        """Whether the prompt should ask for reasoning, because the model does not reason by itself."""
        ...

    async def __call__(
        self, text: str, parser: OutputParser[T], *, role: Role, place: str = "", temperature: float | None = None
    ) -> T:
        """Ask the model until its reply can be read, and return the value.

        Parameters
        ----------
        text
            Text of the prompt.
        parser
            Reads the reply.
        role
            Purpose of the call, for the counts of usage.
        place
            Place of the call in a decision, unique among the calls of the decision with the same role. A stored reply
            is found by its place.
        temperature
            Temperature of this call; None means the temperature of `sampling`.

        Raises
        ------
        UnparsableOutputError, RefusalError, GenerationError
            If no reply could be read, if the model refused to answer, or if no call succeeded.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class DirectAsk:
    """Asks a language model, and stores nothing.

    Parameters
    ----------
    model
        Language model.
    calls
        Makes the calls, with limits, retries and budget.
    sampling
        Sampling options of all calls.
    """

    model: LanguageModel
    calls: Calls
    sampling: Sampling

    @property
    def model_name(self) -> str:
        """Name of the model."""
        return self.model.name

    @property
    def reasons(self) -> bool:
        """Whether the prompt should ask for reasoning."""
        return not self.model.understood(self.sampling).reasons

    def prompt(self, text: str, parser: OutputParser[T], temperature: float | None = None) -> Prompt:
        """Return the request with its sampling options.

        Parameters
        ----------
        text, parser, temperature
            The same as for a call.
        """
        options = self.sampling if temperature is None else replace(self.sampling, temperature=temperature)
        return options.prompt(text, parser.shape)

    async def generate(self, prompt: Prompt, parser: OutputParser[T], role: Role) -> Generated[T]:
        """Make the call, and return the value with the completion and the usage.

        Parameters
        ----------
        prompt
            Request, as returned by `prompt`.
        parser, role
            The same as for a call.
        """
        return await generate_until_fit(self.model, prompt, parser, self.calls, role)

    async def __call__(
        self, text: str, parser: OutputParser[T], *, role: Role, place: str = "", temperature: float | None = None
    ) -> T:
        """Ask the model, and return the value; see `Ask`."""
        return (await self.generate(self.prompt(text, parser, temperature), parser, role)).value
