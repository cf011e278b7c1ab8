"""Who believes that a thing is where, to any depth, from events alone.

A belief is the last thing seen or believed from a report within the view of a chain of agents (see
`social_world_model.s3ap.views`). Whether a report changes a belief is for a trust policy to say.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from social_world_model.errors import ContextError
from social_world_model.s3ap import Event
from social_world_model.s3ap.deprecation import renamed_parameters
from social_world_model.s3ap.names import as_names, check_known
from social_world_model.s3ap.views import in_view
from social_world_model.symbolic.story.clauses import Clause, Contained, Enter, Exit, Move, Report, key
from social_world_model.symbolic.story.language import read_clause


@dataclass(frozen=True)
class EventReading:
    """An event and what it says."""

    event: Event
    clause: Clause


class TrustPolicy(Protocol):
    """Decides whose belief a report changes."""

    def __call__(self, report: Report, chain: Sequence[str], left: Mapping[str, float]) -> bool:
        """Tell whether what the first of the chain attributes to the last changes with the report.

        Parameters
        ----------
        report
            Who said what to whom.
        chain
            Agents who all heard it.
        left
            When each agent last left a room, as far as the events show.
        """
        ...


def trust_later_leavers(report: Report, chain: Sequence[str], left: Mapping[str, float]) -> bool:
    """Hi-ToM's policy: a hearer trusts a speaker who left the room later than the hearer did.

    A hearer who trusts believes the report, and believes that the speaker does; the speaker takes the hearer
    to believe it. Anything deeper, and what hearers think of one another, stays as it was. Exit order is
    known to all (Wu et al. 2023, Hi-ToM, arXiv 2310.16755).
    """
    speaker = report.speaker
    trusted = left.get(chain[0], -math.inf) < left.get(speaker, -math.inf)
    if len(chain) == 1:
        return chain[0] != speaker and trusted
    if len(chain) == 2 and chain[1] == speaker:
        return trusted
    return len(chain) == 2 and chain[0] == speaker


def trust_nobody(report: Report, chain: Sequence[str], left: Mapping[str, float]) -> bool:
    """Seeing is believing: no report changes anything."""
    return False


@renamed_parameters(happened="events")
def read_events(events: Iterable[Event]) -> list[EventReading]:
    """Read what events say.

    Raises
    ------
    ContextError
        At the first event whose wording is outside the symbolic grammar.
    """
    readings: list[EventReading] = []
    for event in events:
        if event.kind == "mental":
            continue
        clause = read_clause(event.text)
        if clause is None:
            raise ContextError(f"step {event.timestep}: expected sentences of the symbolic grammar, got {event.text!r}")
        readings.append(EventReading(event, clause))
    return readings


def belief(
    readings: Iterable[EventReading],
    chain: str | Sequence[str],
    what: str,
    trust: TrustPolicy = trust_later_leavers,
) -> str | None:
    """Return where the first of a chain thinks that … the last thinks a thing is.

    Parameters
    ----------
    readings
        Events in order, read.
    chain
        ``["Anne", "Sally"]``: where Anne thinks that Sally thinks it is; a plain string is one name. Empty: where it
        really is.
    what
        The thing.
    trust
        Whose belief a report changes.

    Returns
    -------
    str or None
        The place as the narrative names it; None where nothing in the view tells.

    Raises
    ------
    ContextError
        If a name is not in the cast of the events' context.
    """
    readings, chain = list(readings), as_names(chain)
    if readings and readings[0].event.cast:
        check_known(chain, readings[0].event.cast, "agents of the context")
    thing = key(what)
    place: str | None = None
    exits = _ExitOrder()
    for moment, reading in enumerate(readings):
        event, clause = reading.event, reading.clause
        exits.note(clause, moment)
        if chain and not in_view(event, chain):
            continue
        if isinstance(clause, Report):
            if chain and key(clause.thing) == thing and trust(clause, chain, exits.left):
                place = clause.place
        elif (seen := _seen_at(clause, thing)) is not None:
            place = seen
    return place


def beginning(readings: Iterable[EventReading], what: str) -> str | None:
    """Return where a thing was first; None where no event tells."""
    thing = key(what)
    places = (_seen_at(reading.clause, thing) for reading in readings)
    return next((place for place in places if place is not None), None)


def things_told(readings: Iterable[EventReading]) -> dict[str, str]:
    """Return every thing of which a place is told anywhere, by its key: what can be asked for."""
    clauses = (reading.clause for reading in readings)
    things = (
        clause.inner if isinstance(clause, Contained) else clause.thing
        for clause in clauses
        if isinstance(clause, Contained | Move | Report)
    )
    return {key(thing): thing for thing in things}


def _seen_at(clause: Clause, thing: str) -> str | None:
    if isinstance(clause, Contained) and key(clause.inner) == thing:
        return clause.outer
    if isinstance(clause, Move) and key(clause.thing) == thing:
        return clause.place
    return None


class _ExitOrder:
    """When each agent last left a room; whoever comes in has left elsewhere, unseen, if not seen leaving."""

    def __init__(self) -> None:
        self.left: dict[str, float] = {}
        self._outside: set[str] = set()

    def note(self, clause: Clause, moment: int) -> None:
        if isinstance(clause, Enter):
            for name in clause.people:
                if name not in self._outside:
                    self.left[name] = moment
                self._outside.discard(name)
        elif isinstance(clause, Exit):
            for name in clause.people:
                self.left[name] = moment
                self._outside.add(name)
