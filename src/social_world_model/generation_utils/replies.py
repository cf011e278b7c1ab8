"""Schemas of replies to queries. They are sent to models, and are part of the keys of stored results."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _given(text: str) -> str:
    """Refuse an empty answer, so that the model is asked again."""
    if not text.strip():
        raise ValueError("expected an answer, got nothing")
    return text


Given = Annotated[str, AfterValidator(_given)]


class ReasonedAnswer(BaseModel):
    """Reasoning, then the answer."""

    model_config = ConfigDict(extra="ignore")

    reasoning: str = Field(description="Step by step, before the answer.")
    answer: Given


class PlainAnswer(BaseModel):
    """Only the answer."""

    model_config = ConfigDict(extra="ignore")

    answer: Given


class Retelling(BaseModel):
    """A narrative as somebody knows it."""

    model_config = ConfigDict(extra="ignore")

    retold: Given


class Foretelling(BaseModel):
    """What happens next."""

    model_config = ConfigDict(extra="ignore")

    next: Given = Field(description="In a few sentences.")
