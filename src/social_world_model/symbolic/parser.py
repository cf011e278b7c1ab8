"""The interface of a symbolic parser.

A parser converts a narrative to a context and answers questions from contexts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from social_world_model.choices import Domain
from social_world_model.contracts import Query, Reply
from social_world_model.errors import ConfigurationError
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic.provenance import Origin, Provenance

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
    """The link between a sentence of the narrative, a step of the context, and the events of the context.

    Only the symbolic model makes a trace. A context from a language model has no trace: nothing connects its events to
    the sentences of the narrative.

    Parameters
    ----------
    number, text
        Position (from 1) and text of the sentence. In a transcript, the position and text of the line.
    perceivers
        Agents who perceive the sentence, in the order of the agents in the context.
    timestep
        Step of the context that contains the sentence.
    start, end
        Position of the sentence in the narrative, in characters: ``narrative[start:end]`` is the text. If the text was
        cleaned, for example if a time or a line break inside the text was removed, this is the original text.
    provenance
        Events of all sentences of the narrative. Use `events` for the events of this sentence.
    entry
        0-based position of this entry in the trace.

    Examples
    --------
    >>> from social_world_model.symbolic import parse_narrative
    >>> context, trace = parse_narrative("Al entered the hall. Al exited the hall.")
    >>> trace[0].start, trace[0].end, dict(trace[0].events)
    (0, 20, {'1.0': 'told', '2.0': 'inferred'})
    """

    number: int
    text: str
    perceivers: tuple[str, ...]
    timestep: str
    start: int
    end: int
    provenance: Provenance = field(repr=False, compare=False)
    entry: int = field(repr=False, compare=False)

    @property
    def events(self) -> Mapping[str, Origin]:
        """The events that the sentence made, in the order of `s3ap.events`.

        For each event id: ``"told"`` if the sentence states the event, ``"inferred"`` if the parser inferred the event
        from the sentence. Several sentences can have made one event. Agents who only perceive an event are in the
        event, not here.
        """
        return self.provenance.made_by(self.entry)


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
