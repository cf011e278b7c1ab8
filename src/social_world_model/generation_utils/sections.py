"""Prompts as ordered sections: the text that is sent, its places, and what enters keys are made from one list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.templates import fill, places

S_contra = TypeVar("S_contra", contravariant=True)


def always(subject: object) -> bool:
    """Hold for every subject."""
    return True


def given(name: str) -> Callable[[Mapping[str, str]], bool]:
    """Return the condition that a value of this name is not empty."""
    return lambda values: bool(values[name])


@dataclass(frozen=True, kw_only=True)
class Section(Generic[S_contra]):
    """One piece of a prompt.

    Parameters
    ----------
    name
        Unique in its prompt. Names and texts enter the keys of stored results; conditions and separators are code and
        do not: rename the section if you change one of these.
    text
        The wording, with places such as ``{question}``, which are filled literally.
    condition
        Whether the section belongs into the prompt for a subject (a query, or values by name).
    before
        What separates it from the section before.
    place
        Where several sections fill one place of prompt files together: its name. If empty, prompt files may use the
        places of the text.

    Examples
    --------
    >>> Section(name="question", text="Question: {question}", condition=given("question")).places
    ('question',)
    """

    name: str
    text: str
    condition: Callable[[S_contra], bool] = always
    before: str = "\n\n"
    place: str = ""

    @property
    def places(self) -> tuple[str, ...]:
        """Names of the places that it offers to prompt files."""
        return (self.place,) if self.place else tuple(places(self.text))


@dataclass(frozen=True, kw_only=True)
class PromptSpec(Generic[S_contra]):
    """A prompt: its sections, and the reply that is asked for.

    Parameters
    ----------
    sections
        In the order in which they are sent. What never changes goes first, so that providers can cache it.
    reply
        Schema of the reply; None where the sections are a part of another prompt.
    plain_reply
        Schema of the reply where no reasoning is wanted; None for the same one.
    field
        Field of the reply that holds the answer; only prompts for queries need it.
    own_wording
        Whether a prompt file of the user's replaces it.

    Raises
    ------
    ConfigurationError
        If two sections have the same name, or a reply lacks the field.
    """

    sections: tuple[Section[S_contra], ...]
    reply: type[BaseModel] | None = None
    plain_reply: type[BaseModel] | None = None
    field: str = ""
    own_wording: bool = False

    def __post_init__(self) -> None:
        names = [section.name for section in self.sections]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ConfigurationError(f"expected a name of its own for every section, got two of {', '.join(twice)}")
        for reply in self.replies if self.field else ():
            if self.field not in reply.model_fields:
                raise ConfigurationError(
                    f"expected a field out of {', '.join(reply.model_fields)} of {reply.__name__}, got {self.field!r}"
                )

    @property
    def replies(self) -> tuple[type[BaseModel], ...]:
        """All schemas that may be asked for."""
        return tuple(reply for reply in (self.reply, self.plain_reply) if reply is not None)

    @property
    def places(self) -> tuple[str, ...]:
        """Names of the places that prompt files may use instead of this prompt."""
        return tuple(dict.fromkeys(name for section in self.sections for name in section.places))

    def reply_for(self, *, reasoning: bool) -> type[BaseModel] | None:
        """Return the schema to ask for."""
        return self.reply if reasoning or self.plain_reply is None else self.plain_reply


def compose(sections: Iterable[Section[S_contra]], subject: S_contra, value: Callable[[str], str]) -> str:
    r"""Return the text of all sections whose condition holds.

    Parameters
    ----------
    sections
        In order.
    subject
        What their conditions look at.
    value
        Gives the text for a place.

    Raises
    ------
    ConfigurationError
        If a place has no value.

    Examples
    --------
    >>> task = Section(name="task", text="Answer.")
    >>> question = Section(name="question", text="Question: {question}", condition=given("question"))
    >>> compose([task, question], {"question": "Where?"}, {"question": "Where?"}.__getitem__)
    'Answer.\n\nQuestion: Where?'
    """
    text = ""
    for section in sections:
        if section.condition(subject):
            filled = fill(section.text, {name: value(name) for name in places(section.text)})
            text += f"{section.before}{filled}" if text else filled
    return text


def compose_values(sections: Iterable[Section[Mapping[str, str]]], **values: str) -> str:
    """Return the text of all sections whose condition holds for these values, which also fill their places."""
    return compose(sections, values, values.__getitem__)
