"""Prompts as ordered sections. Sections define the text, the placeholders and the keys of stored results."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel

from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.templates import fill, places

S_contra = TypeVar("S_contra", contravariant=True)


def always(subject: object) -> bool:
    """Return True for every query. This is the condition of a section that is never left out."""
    return True


def given(name: str) -> Callable[[Mapping[str, str]], bool]:
    """Return a condition that is true if the value with this name is not empty."""
    return lambda values: bool(values[name])


@dataclass(frozen=True, kw_only=True)
class Section(Generic[S_contra]):
    """One piece of a prompt.

    Parameters
    ----------
    name
        Name of the section, unique within a prompt. The keys of stored results depend on names and texts, but not on
        conditions and separators. If you change a condition or a separator, rename the section.
    text
        Text with placeholders such as ``{question}``, which are filled literally.
    condition
        Function that decides whether a prompt contains this section. Its argument is a query, or values by name.
    before
        Separator between the previous section and this one.
    place
        Name of one placeholder for several sections together, in prompt files. If this name is empty, prompt files may
        use the placeholders that the text contains.

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
        """Names of the placeholders that prompt files may use for this section."""
        return (self.place,) if self.place else tuple(places(self.text))


@dataclass(frozen=True, kw_only=True)
class PromptSpec(Generic[S_contra]):
    """A prompt: its sections and its reply schema.

    Parameters
    ----------
    sections
        Sections, in the order in which they are sent. Fixed sections go first, so that providers can cache them.
    reply
        Schema of the reply; None if the sections are a part of another prompt.
    plain_reply
        Schema of a reply without reasoning; None means that `reply` is used.
    field
        Field of the reply that contains the answer. Only prompts for queries need this field.
    own_wording
        Whether the user's prompt file replaces this prompt.

    Raises
    ------
    ConfigurationError
        If two sections have the same name, or if a reply schema does not have the answer field.
    """

    sections: tuple[Section[S_contra], ...]
    reply: type[BaseModel] | None = None
    plain_reply: type[BaseModel] | None = None
    field: str = ""
    own_wording: bool = False

    def __post_init__(self) -> None:
        names = [section.name for section in self.sections]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ConfigurationError(f"expected unique names of sections, got {', '.join(twice)} more than once")
        for reply in self.replies if self.field else ():
            if self.field not in reply.model_fields:
                raise ConfigurationError(
                    f"expected a field of {reply.__name__} ({', '.join(reply.model_fields)}), got {self.field!r}"
                )

    @property
    def replies(self) -> tuple[type[BaseModel], ...]:
        """All reply schemas of this prompt."""
        return tuple(reply for reply in (self.reply, self.plain_reply) if reply is not None)

    @property
    def places(self) -> tuple[str, ...]:
        """Names of the placeholders that a prompt file may use if it replaces this prompt."""
        return tuple(dict.fromkeys(name for section in self.sections for name in section.places))

    def reply_for(self, *, reasoning: bool) -> type[BaseModel] | None:
        """Return the reply schema, with or without reasoning."""
        return self.reply if reasoning or self.plain_reply is None else self.plain_reply


def compose(sections: Iterable[Section[S_contra]], subject: S_contra, value: Callable[[str], str]) -> str:
    r"""Return the text of all sections whose condition is true.

    Parameters
    ----------
    sections
        Sections in order.
    subject
        Query or values that are passed to the conditions.
    value
        Function that returns the text for a placeholder.

    Raises
    ------
    ConfigurationError
        If a placeholder has no value.

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
    """Return the text of all sections whose condition is true for the given values.

    Parameters
    ----------
    sections
        Sections in order.
    values
        Texts by name, for the conditions and for the placeholders.
    """
    return compose(sections, values, values.__getitem__)
