"""Find the sentences of a narrative that the events of a context come from.

A context remembers its narrative and its trace if the symbolic model made it in this process. They are not stored: a
context that was read from JSON, and a context with other steps, has no sentences.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from social_world_model.s3ap import SocializedContext, SocializedStructure, events, view
from social_world_model.s3ap.prose import line_spans
from social_world_model.symbolic.parser import TraceEntry


@dataclass(frozen=True)
class Source:
    """The narrative of a context.

    Parameters
    ----------
    narrative, trace
        Text that the context was made from, and one entry per sentence or line.
    steps
        Steps of the context when it was made. A context with other steps has another source.
    """

    narrative: str
    trace: Sequence[TraceEntry]
    steps: Sequence[SocializedStructure]

    def line(self, number: int) -> str:
        """Return a line of the narrative, without spaces around it.

        Parameters
        ----------
        number
            Number of the line, from 1.
        """
        lines = [line for _, line in line_spans(self.narrative)]
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""

    def sentence(self, number: int) -> str:
        """Return the text of a sentence of the trace; ``""`` if the trace has no such sentence.

        Parameters
        ----------
        number
            Number of the sentence, from 1.
        """
        return next((entry.text for entry in self.trace if entry.number == number), "")


def remember(context: SocializedContext, narrative: str, trace: Sequence[TraceEntry]) -> None:
    """Let a context remember where it comes from.

    Parameters
    ----------
    context, narrative, trace
        The new context, its narrative and its trace.
    """
    context._source = Source(narrative, tuple(trace), context.socialized_context)


def source_of(context: SocializedContext) -> Source | None:
    """Return the narrative and the trace of a context; None if they are not known.

    Examples
    --------
    >>> from social_world_model.symbolic import parse_narrative
    >>> context, trace = parse_narrative("Al entered the hall. Al exited the hall.")
    >>> source_of(context).sentence(2)
    'Al exited the hall.'
    >>> print(source_of(SocializedContext.from_json(context.to_json())))
    None
    """
    source = context._source
    return source if isinstance(source, Source) and source.steps is context.socialized_context else None


def sentences_of(context: SocializedContext, ids: Collection[str]) -> tuple[int, ...]:
    """Return the numbers of the sentences that made some events, in order; empty if the narrative is not known.

    In a transcript, these are the numbers of the lines.

    Parameters
    ----------
    context
        Context of the events.
    ids
        Ids of events; see `s3ap.events`.
    """
    source = source_of(context) if ids else None
    if source is None:
        return ()
    return tuple(sorted({entry.number for entry in source.trace if not entry.events.keys().isdisjoint(ids)}))


def ids_in_whole(memory: SocializedContext, ids: Collection[str], whole: SocializedContext, agent: str) -> set[str]:
    """Return the ids of events in a whole context, for events in the memory of an agent.

    The memory is a context of its own, with other ids. An event has the same words in both contexts, and is in the step
    in which it happened, or in the step in which the agent perceived it.

    Parameters
    ----------
    memory, ids
        Perspective of the agent, and ids of events in this perspective.
    whole
        Context that the perspective was made from.
    agent
        Name of the agent.
    """
    wanted = {(event.timestep, _bare(event.text)) for event in events(memory) if event.id in ids}
    steps = [step.timestep for step in whole.socialized_context]
    return {
        event.id
        for event in (view(events(whole), [agent]) if wanted else ())
        for step in (event.timestep, steps[event.percepts[agent].position])
        if (step, _bare(event.text)) in wanted
    }


def _bare(text: str) -> str:
    return text.rstrip(".")
