"""What reads one kind of text: narrative to context, and answers from contexts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from social_world_model.choices import Domain
from social_world_model.contracts import Query, Reply
from social_world_model.errors import ConfigurationError
from social_world_model.s3ap import SocializedContext

UNKNOWN = "unknown"
"""The answer where nothing that may be looked at tells."""
NOT_READ = "Not read, or not in full:"
"""In a context's manual, at its end: what of the narrative was not understood."""


def not_read(context: SocializedContext) -> str:
    """Return what a context's manual says was not understood of the narrative; empty for nothing."""
    return (context.context_manual or "").partition(NOT_READ)[2].strip()


def in_form(option: str, query: Query) -> str:
    """Return an option of a query in the form that is asked for: where that is a letter, its letter."""
    return chr(ord("A") + query.choices.index(option)) if query.answer_form == "letter" else option


def unreadable(why: str) -> ConfigurationError:
    """Return the error for a context in words that a parser does not know."""
    return ConfigurationError(
        f"the symbolic model answers from contexts in its own English ({why}); "
        "use contexts made with context_model symbolic, or another model_name for these",
        parameters=("context_model", "model_name"),
    )


@dataclass(frozen=True)
class TraceEntry:
    """Where a sentence of the narrative went.

    Parameters
    ----------
    number, text
        The sentence, or the line of a transcript.
    perceivers
        Who perceived it, in cast order.
    timestep
        The step of the context that holds it.
    """

    number: int
    text: str
    perceivers: tuple[str, ...]
    timestep: str


class SymbolicParser(Protocol):
    """Reads one kind of text."""

    @property
    def domain(self) -> Domain:
        """The kind."""
        ...

    def recognises(self, narrative: str) -> bool:
        """Tell whether a text is of this kind, by its shape; it may still turn out that it cannot be read."""
        ...

    def recognises_context(self, context: SocializedContext) -> bool:
        """Tell whether a context is one of such a text."""
        ...

    def parse(self, narrative: str, guidance: str = "") -> tuple[SocializedContext, list[TraceEntry]]:
        """Return a valid context, and a trace with one entry per sentence.

        Raises
        ------
        NarrativeError
            At the first sentence that cannot be understood, if the text cannot do without it.
        """
        ...

    def answer(self, query: Query, context: SocializedContext) -> Reply:
        """Answer a question from a context, and from nothing else.

        Raises
        ------
        NarrativeError
            If the question cannot be understood.
        ConfigurationError
            If the context cannot be read.
        """
        ...
