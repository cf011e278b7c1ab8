"""Parsers that read a value from the text of a reply."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from social_world_model.generation_utils.reading import Shape, fit
from social_world_model.generation_utils.sections import PromptSpec, Section, compose_values, given

T_co = TypeVar("T_co", covariant=True)

FORM: PromptSpec[Mapping[str, str]] = PromptSpec(
    sections=(
        Section(
            name="form",
            text="Reply only with one JSON object in this form:\n{form}",
            condition=given("form"),
        ),
        Section(
            name="schema",
            text="Reply only with one JSON object of this JSON schema:\n{schema}",
            condition=given("schema"),
        ),
    )
)
"""Part of every prompt with a reply schema. The schema that is sent next to the prompt is not shown to every model."""

RETRY: PromptSpec[Mapping[str, str]] = PromptSpec(
    sections=(
        Section(
            name="retry",
            text="Your reply cannot be used: {problem}. Send the whole corrected reply and nothing else.",
        ),
    )
)
"""Message to a model after an invalid reply."""


class OutputParser(Protocol[T_co]):
    """Reads a value from a reply."""

    @property
    def shape(self) -> type[BaseModel] | None:
        """Pydantic model of the reply; None means free text."""
        ...

    def get_format_instructions(self) -> str:
        """Return prompt text that describes the format of the reply."""
        ...

    def parse(self, text: str) -> T_co:
        """Return the value that a reply contains.

        Raises
        ------
        UnfitReply
            If the reply does not fit the format. The error message is sent back to the model.
        """
        ...


class StrOutputParser:
    r"""Returns the text of a reply, without whitespace at both ends.

    Examples
    --------
    >>> StrOutputParser().parse(" the box\n")
    'the box'
    """

    shape: type[BaseModel] | None = None

    def get_format_instructions(self) -> str:
        """Return an empty text, because every reply is valid."""
        return ""

    def parse(self, text: str) -> str:
        """Return the text without whitespace at both ends."""
        return text.strip()


class PydanticOutputParser(Generic[Shape]):
    """Reads a reply as an object of a pydantic model.

    Parameters
    ----------
    pydantic_object
        Class of the pydantic model.

    Examples
    --------
    >>> class Answer(BaseModel):
    ...     answer: str
    >>> PydanticOutputParser(pydantic_object=Answer).parse('{"answer": "box"}').answer
    'box'
    """

    def __init__(self, pydantic_object: type[Shape]) -> None:
        self.pydantic_object = pydantic_object

    @property
    def shape(self) -> type[Shape]:
        """Pydantic model of the reply."""
        return self.pydantic_object

    def get_format_instructions(self) -> str:
        """Return the instruction to reply with JSON that follows the schema."""
        return format_instructions(self.pydantic_object)

    def parse(self, text: str) -> Shape:
        """Return the object in a reply.

        Raises
        ------
        UnfitReply
            If no object in the reply fits the schema.
        """
        return fit(text, self.pydantic_object)


@cache
def format_instructions(shape: type[BaseModel]) -> str:
    """Return the instruction to reply with JSON of a schema.

    The instruction contains the class attribute `written_form` of the schema, or else the JSON schema.

    Examples
    --------
    >>> from typing import ClassVar
    >>> class Answer(BaseModel):
    ...     written_form: ClassVar[str] = '{"answer": "…"}'
    ...     answer: str
    >>> print(format_instructions(Answer))
    Reply only with one JSON object in this form:
    {"answer": "…"}
    """
    form = written_form(shape)
    schema = "" if form else json.dumps(_without(schema_of(shape), "title"), ensure_ascii=False, separators=(",", ":"))
    return compose_values(FORM.sections, form=form, schema=schema)


def written_form(shape: type[BaseModel]) -> str:
    """Return the description of a reply schema for prompts; empty if the schema has none."""
    return str(getattr(shape, "written_form", ""))


@lru_cache(maxsize=256)
def schema_of(shape: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON schema that is sent next to a prompt. The schema is cached: do not change it.

    A schema with a `written_form` is sent without titles and descriptions, because the prompt describes the reply.
    """
    schema = shape.model_json_schema()
    return _without(schema, "title", "description") if written_form(shape) else schema


def _without(schema: Any, *keys: str) -> Any:
    """Remove keys of a JSON schema, such as the titles that pydantic derives from field names."""
    if isinstance(schema, dict):
        return {
            name: {key: _without(value, *keys) for key, value in part.items()}
            if name in ("properties", "$defs")
            else _without(part, *keys)
            for name, part in schema.items()
            if name not in keys
        }
    return [_without(part, *keys) for part in schema] if isinstance(schema, list) else schema
