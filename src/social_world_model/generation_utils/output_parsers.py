"""Parsers that read a value from the text of a reply."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from social_world_model.generation_utils.reading import Shape, fit
from social_world_model.generation_utils.sections import PromptSpec, Section, compose_values, given

T_co = TypeVar("T_co", covariant=True)

FORM: PromptSpec[Mapping[str, str]] = PromptSpec(
    sections=(Section(name="form", text="Reply with one JSON object of this schema and nothing else:\n{schema}"),)
)
"""Text that is added to a prompt if the endpoint does not accept a separate reply schema."""

RETRY: PromptSpec[Mapping[str, str]] = PromptSpec(
    sections=(
        Section(name="unreadable", text="That cannot be read: {problem}. {form}", condition=given("form")),
        Section(
            name="unusable",
            text="That cannot be used: {problem}. Reply again, whole and corrected, and with nothing else.",
            condition=lambda values: not values["form"],
        ),
    )
)
"""Message to a model after a reply that did not fit the schema."""


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
    """Return the instruction to reply with JSON that follows a schema."""
    schema = json.dumps(_without_titles(shape.model_json_schema()), ensure_ascii=False, separators=(",", ":"))
    return compose_values(FORM.sections, schema=schema)


def _without_titles(schema: Any) -> Any:
    """Remove the titles that pydantic derives from field names. The titles add no information and cost tokens."""
    if isinstance(schema, dict):
        return {
            name: {key: _without_titles(value) for key, value in part.items()}
            if name in ("properties", "$defs")
            else _without_titles(part)
            for name, part in schema.items()
            if name != "title"
        }
    return [_without_titles(part) for part in schema] if isinstance(schema, list) else schema
