"""Schemas of replies to queries.

The schemas are sent to models, and are part of the keys of stored results. The class attribute `written_form` describes
a schema in prompts.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict


def _given(text: str) -> str:
    """Refuse an empty answer, so that the model is asked again."""
    if not text.strip():
        raise ValueError("expected an answer, got nothing")
    return text


Given = Annotated[str, AfterValidator(_given)]


class ReasonedAnswer(BaseModel):
    """Reasoning, then the answer."""

    written_form: ClassVar[str] = '{"reasoning": "…", "answer": "…"}'
    model_config = ConfigDict(extra="ignore")

    reasoning: str
    answer: Given


class PlainAnswer(BaseModel):
    """Only the answer."""

    written_form: ClassVar[str] = '{"answer": "…"}'
    model_config = ConfigDict(extra="ignore")

    answer: Given


class Retelling(BaseModel):
    """A narrative from the knowledge of one person."""

    written_form: ClassVar[str] = '{"retold": "…"}'
    model_config = ConfigDict(extra="ignore")

    retold: Given


class Foretelling(BaseModel):
    """A prediction of what happens next."""

    written_form: ClassVar[str] = '{"next": "…"}'
    model_config = ConfigDict(extra="ignore")

    next: Given
