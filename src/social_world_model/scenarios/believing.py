"""What a person believes about the place of a thing, computed by the symbolic model from what the person perceived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from social_world_model.s3ap import Event
from social_world_model.s3ap.event import Percept
from social_world_model.symbolic.story.beliefs import TrustPolicy, belief, read_events
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
    read = (_event(name, text, position) for position, text in enumerate(seen) if _is_read(text))
    return belief(read_events(read), name, what, trust)


@lru_cache(maxsize=4096)
def _is_read(text: str) -> bool:
    return read_clause(text) is not None


def _event(name: str, text: str, position: int) -> Event:
    return Event(
        id=f"{position}.0",
        position=position,
        timestep=str(position),
        kind="percept",
        text=text,
        actor=None,
        percepts={name: Percept(position, text)},
        overt_observers=frozenset({name}),
    )
