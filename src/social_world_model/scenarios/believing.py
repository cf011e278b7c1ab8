"""What a person believes about the place of a thing, computed by the symbolic model from what the person perceived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from social_world_model.s3ap import Event
from social_world_model.s3ap.event import Percept
from social_world_model.symbolic.story.beliefs import EventReading, TrustPolicy, belief
from social_world_model.symbolic.story.clauses import Report
from social_world_model.symbolic.story.language import read_clause


def trust_everybody(report: Report, chain: Sequence[str], left: Mapping[str, float]) -> bool:
    """Believe every report of another person. A speaker does not learn from the own report.

    Parameters
    ----------
    report, chain, left
        Arguments of a `TrustPolicy`. This policy uses the speaker and the first name of the chain.
    """
    return chain[0] != report.speaker


@lru_cache(maxsize=65536)
def believed_place(name: str, seen: tuple[str, ...], what: str, trust: TrustPolicy) -> str | None:
    """Return where a person believes that a thing is; None if the person perceived no place.

    Parameters
    ----------
    name
        Name of the person.
    seen
        Sentences of everything that the person perceived, in order. Sentences that the grammar of the symbolic model
        does not read say nothing about places.
    what
        Name of the thing.
    trust
        Policy that decides whether a report changes a belief.
    """
    readings = [reading for text in seen if (reading := _read(name, text)) is not None]
    return belief(readings, name, what, trust)


@lru_cache(maxsize=4096)
def _read(name: str, text: str) -> EventReading | None:
    """Return a sentence as an event that one person perceives; None if the grammar does not read it."""
    clause = read_clause(text)
    if clause is None:
        return None
    event = Event(
        id="",
        position=0,
        timestep="",
        kind="percept",
        text=text,
        actor=None,
        percepts={name: Percept(0, text)},
        overt_observers=frozenset({name}),
    )
    return EventReading(event, clause)
