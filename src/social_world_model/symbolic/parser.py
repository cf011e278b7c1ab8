"""The interface of a symbolic parser.

A parser converts a narrative to a context and answers questions from contexts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from social_world_model.choices import Domain
from social_world_model.contracts import Query, Reply
from social_world_model.errors import ConfigurationError
from social_world_model.s3ap import SocializedContext

UNKNOWN = "unknown"
"""The answer if the context does not contain the requested information."""
NOT_READ = "Not read, or not in full:"
"""Heading at the end of a manual. The parts of the narrative that were not understood follow this heading."""


def not_read(context: SocializedContext) -> str:
    """Return the parts of the narrative that the manual lists as not understood; ``""`` if there are none."""
    return (context.context_manual or "").partition(NOT_READ)[2].strip()


def in_form(option: str, query: Query) -> str:
    """Return the letter of an option if the query asks for letters, otherwise the text of the option.

    Parameters
    ----------
    option
        Text of an option of the query.
    query
        Query with the options and the answer form.

    Raises
    ------
    ValueError
        If the query asks for letters, but the query does not contain the option.
    """
    return chr(ord("A") + query.choices.index(option)) if query.answer_form == "letter" else option


def unreadable(why: str) -> ConfigurationError:
    """Return the error for a context with wording that a symbolic parser does not know."""
    return ConfigurationError(
        f"the symbolic model answers only from contexts in its own wording ({why}); "
        "use contexts made with context_model symbolic, or choose another model_name",
        parameters=("context_model", "model_name"),
    )


@dataclass(frozen=True)
class TraceEntry:
    """The link between a sentence of the narrative and a step of the context.

    Parameters
    ----------
    number, text
        Position (from 1) and text of the sentence. In a transcript, the position and text of the line.
    perceivers
        Agents who perceive the sentence, in the order of the agents in the context.
    timestep
        Step of the context that contains the sentence.
    """

    number: int
    text: str
    perceivers: tuple[str, ...]
    timestep: str


class SymbolicParser(Protocol):
    """A parser for one kind of text."""

    @property
    def domain(self) -> Domain:
        """The kind of text: ``story``, ``household`` or ``conversation``."""
        ...

    def recognises(self, narrative: str) -> bool:
        """Tell whether a text looks like this kind of text. Parsing may still fail."""
        ...

    def recognises_context(self, context: SocializedContext) -> bool:
        """Tell whether a context was made from this kind of text."""
        ...

    def parse(self, narrative: str, guidance: str = "") -> tuple[SocializedContext, list[TraceEntry]]:
        """Convert a narrative to a valid context and a trace with one entry per sentence.

        Parameters
        ----------
        narrative
            Text of this kind.
        guidance
            Domain instructions, which are stored in the manual of the context.

        Raises
        ------
        NarrativeError
            If a sentence cannot be understood and the context would be wrong without this sentence.
        """
        ...

    def answer(self, query: Query, context: SocializedContext) -> Reply:
        """Answer a question from a context only.

        Parameters
        ----------
        query
            The question with its options. The narrative of the question is ignored.
        context
            The context, which is the only source of the answer.

        Raises
        ------
        NarrativeError
            If the question cannot be understood.
        ConfigurationError
            If the parser does not know the wording of the context.
        """
        ...
