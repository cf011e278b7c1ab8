"""Compute nested beliefs of any order about the place of an object. The beliefs are computed from events.

A chain of agents is the list of agents in a nested belief. An event changes the belief of the chain if two conditions
are met: the event is in the view of the chain (see `social_world_model.s3ap.views`), and the event shows where the
object is. A trust policy decides whether a report changes the belief.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from social_world_model.errors import ContextError
from social_world_model.s3ap import Event, SocializedContext, events
from social_world_model.s3ap.deprecation import renamed_parameters
from social_world_model.s3ap.names import as_names, check_known
from social_world_model.s3ap.views import in_view, known_from
from social_world_model.symbolic.story.clauses import (
    Clause,
    Contained,
    Enter,
    Exit,
    Informed,
    Move,
    Remark,
    Report,
    key,
)
from social_world_model.symbolic.story.language import read_clause


@dataclass(frozen=True)
class EventReading:
    """An event and its clause, which is the parsed meaning of the event's text."""

    event: Event
    clause: Clause


ENGLISH = "Written by the symbolic model from ordinary English."
"""Beginning of the manual of contexts that were made from ordinary English. Such contexts can contain remarks."""


@dataclass(frozen=True)
class BeliefChange:
    """A change of the place where a chain of agents believes that an object is.

    Parameters
    ----------
    position
        0-based position of the first step in which the belief holds before anybody acts. An action of step t changes
        beliefs from step t + 1 on. After an action in the last step, the position equals the number of steps.
    place
        Name of the new place, as in the narrative.
    event
        Id of the event that changes the belief.
    how
        ``"seen"``: the event itself shows the place. ``"told"``: the event is a report that the policy trusts.
    """

    position: int
    place: str
    event: str
    how: Literal["seen", "told"]


class TrustPolicy(Protocol):
    """A function that decides whether a report changes the belief of a chain of agents."""

    def __call__(self, report: Report, chain: Sequence[str], left: Mapping[str, float]) -> bool:
        """Tell whether the report changes the belief of the chain.

        Parameters
        ----------
        report
            The speaker, the hearer, the object and the reported place.
        chain
            Chain of agents. All of them heard the report. ``["Anne", "Sally"]`` stands for Anne's belief about Sally's
            belief.
        left
            For each agent: the position of the event in which the agent last left a room. Agents who never left a room
            are not listed.
        """
        ...


def trust_later_leavers(report: Report, chain: Sequence[str], left: Mapping[str, float]) -> bool:
    """Hi-ToM's policy: a hearer trusts a speaker who left the room later than the hearer.

    A trusting hearer believes the report, and believes that the speaker believes the report. The speaker always thinks
    that the hearers believe the report. Other beliefs do not change: beliefs of higher order, and beliefs of hearers
    about other hearers. All agents know who left before whom (Wu et al. 2023, Hi-ToM, arXiv 2310.16755).

    Parameters
    ----------
    report
        The speaker, the hearer, the object and the reported place.
    chain
        Chain of agents. All of them heard the report.
    left
        For each agent: the position of the event in which the agent last left a room.
    """
    speaker = report.speaker
    trusted = left.get(chain[0], -math.inf) < left.get(speaker, -math.inf)
    if len(chain) == 1:
        return chain[0] != speaker and trusted
    if len(chain) == 2 and chain[1] == speaker:
        return trusted
    return len(chain) == 2 and chain[0] == speaker


def trust_nobody(report: Report, chain: Sequence[str], left: Mapping[str, float]) -> bool:
    """Ignore every report. Beliefs then depend only on perception.

    Parameters
    ----------
    report, chain, left
        Arguments of a `TrustPolicy`. This policy ignores all arguments.
    """
    return False


@renamed_parameters(happened="events")
def read_events(events: Iterable[Event], *, remarks: bool = False) -> list[EventReading]:
    """Parse the text of events. Events about mental states are skipped.

    Parameters
    ----------
    events
        Events of one context.
    remarks
        Whether an event outside the grammar is a `Remark`, which changes no belief. This is right only for contexts
        whose parser writes all places in the words of the grammar.

    Raises
    ------
    ContextError
        If the symbolic grammar cannot parse the text of an event.
    """
    readings: list[EventReading] = []
    for event in events:
        if event.kind == "mental":
            continue
        clause = read_clause(event.text)
        if clause is None and remarks:
            clause = Remark()
        elif clause is None:
            raise ContextError(f"step {event.timestep}: expected sentences of the symbolic grammar, got {event.text!r}")
        readings.append(EventReading(event, clause))
    return readings


def readings_of(
    context: SocializedContext, overt_observers: Mapping[str, Collection[str]] | None = None
) -> list[EventReading]:
    """Parse the events of a context.

    Parameters
    ----------
    context
        A context in the wording of the story parser, made from templates or from ordinary English.
    overt_observers
        Overt observers by event id, as in `social_world_model.events`.

    Raises
    ------
    ContextError
        If the context cannot be split into events, or if the symbolic grammar cannot parse the text of an event.
    """
    return read_events(events(context, overt_observers), remarks=has_remarks(context))


def has_remarks(context: SocializedContext) -> bool:
    """Tell whether a context was made from ordinary English, so that some events say nothing about places.

    Parameters
    ----------
    context
        A context in the wording of the story parser.
    """
    return (context.context_manual or "").startswith(ENGLISH)


def belief(
    readings: Iterable[EventReading],
    chain: str | Sequence[str],
    what: str,
    trust: TrustPolicy = trust_later_leavers,
) -> str | None:
    """Return the place where a chain of agents believes that an object is.

    Parameters
    ----------
    readings
        Parsed events in order.
    chain
        ``["Anne", "Sally"]`` asks where Anne thinks that Sally thinks the object is. A string stands for one name. An
        empty list asks for the real place.
    what
        Name of the object.
    trust
        Policy that decides whether a report changes a belief.

    Returns
    -------
    str or None
        The name of the place in the narrative; None if no event in the view of the chain shows the place.

    Raises
    ------
    ContextError
        If a name in the chain is not the name of an agent in the context.
    """
    changes = belief_changes(readings, chain, what, trust)
    return changes[-1].place if changes else None


def belief_changes(
    readings: Iterable[EventReading],
    chain: str | Sequence[str],
    what: str,
    trust: TrustPolicy = trust_later_leavers,
) -> list[BeliefChange]:
    """Return where a belief about the place of an object changes. The belief at the end is the last change.

    Parameters
    ----------
    readings, chain, what, trust
        The same as in `belief`. If the chain is empty, the function returns the changes of the real place.

    Returns
    -------
    list of BeliefChange
        Changes in the order of the steps, at most one per step. Adjacent changes have different places. The list is
        empty if no event in the view of the chain shows the place.

    Raises
    ------
    ContextError
        If a name in the chain is not the name of an agent in the context.
    """
    readings, chain = list(readings), as_names(chain)
    if readings and readings[0].event.cast:
        check_known(chain, readings[0].event.cast, "agents of the context")
    thing = key(what)
    changes: list[BeliefChange] = []
    exits = _ExitOrder()
    for moment, reading in enumerate(readings):
        event, clause = reading.event, reading.clause
        exits.note(clause, moment)
        if chain and not in_view(event, chain):
            continue
        how: Literal["seen", "told"] = "seen"
        place = _seen_at(clause, thing)
        if isinstance(clause, Report) and chain and key(clause.thing) == thing and trust(clause, chain, exits.left):
            how, place = "told", clause.place
        if isinstance(clause, Informed) and key(clause.thing) == thing and _is_believed(clause, chain):
            how, place = "told", clause.place
        if place is not None:
            _add(changes, BeliefChange(known_from(event, chain), place, event.id, how))
    return changes


def _is_believed(told: Informed, chain: Sequence[str]) -> bool:
    """Tell whether a statement changes a belief: the belief of a hearer, or what a hearer thinks about the speaker."""
    return bool(chain) and (chain[-1] in told.hearers or (len(chain) > 1 and chain[-1] == told.speaker))


def _add(changes: list[BeliefChange], change: BeliefChange) -> None:
    """Add the change of a later event. If an earlier event becomes known only later, the later event still decides."""
    while changes and changes[-1].position >= change.position:
        if changes[-1].position == change.position and changes[-1].place == change.place:
            return
        changes.pop()
    if not changes or changes[-1].place != change.place:
        changes.append(change)


def beginning(readings: Iterable[EventReading], what: str) -> str | None:
    """Return the first place of an object, or None if no event shows the object.

    Parameters
    ----------
    readings
        Parsed events in order.
    what
        Name of the object.
    """
    thing = key(what)
    places = (_seen_at(reading.clause, thing) for reading in readings)
    return next((place for place in places if place is not None), None)


def things_told(readings: Iterable[EventReading]) -> dict[str, str]:
    """Return every object for which some event names a place, by the key of the object.

    Questions can ask about these objects.
    """
    clauses = (reading.clause for reading in readings)
    things = (
        clause.inner if isinstance(clause, Contained) else clause.thing
        for clause in clauses
        if isinstance(clause, Contained | Move | Report | Informed)
    )
    return {key(thing): thing for thing in things}


def _seen_at(clause: Clause, thing: str) -> str | None:
    if isinstance(clause, Contained) and key(clause.inner) == thing:
        return clause.outer
    if isinstance(clause, Move) and key(clause.thing) == thing:
        return clause.place
    return None


class _ExitOrder:
    """The moment when each agent last left a room.

    If an agent enters a room but no event shows the exit from another room, the entry counts as that exit.
    """

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
