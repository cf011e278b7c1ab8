"""An event: something that can be perceived, and who perceived it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from social_world_model.s3ap.deprecation import warn_renamed

EventKind = Literal["fact", "act", "utterance", "percept", "mental"]


@dataclass(frozen=True)
class Percept:
    """How one agent came by an event.

    Parameters
    ----------
    position
        0-based position of the step in whose observation it was perceived; for one's own act, the act's step.
    text
        The event in the words of that agent's observation: perhaps a part of it only.
    """

    position: int
    text: str


@dataclass(frozen=True)
class Event:
    """Something that can be perceived.

    Parameters
    ----------
    id
        ``"{timestep}.{n}"``, unique in its context.
    position, timestep
        0-based position of its step, and the step's name.
    kind
        A fact of a state; an act; an act of speaking; a percept told in an observation only; a mental state.
    text
        In words; an act is a sentence with its actor's name.
    actor
        Who acted or had the thought; None for facts and percepts.
    percepts
        By agent: where and in which words it was perceived.
    overt_observers
        Agents that others take to have perceived it. The same as `observers`, unless the maker of the context
        knows of a difference (someone peeks, someone looks away).
    cast
        Agents of the context that it is an event of; empty where they are not known.
    """

    id: str
    position: int
    timestep: str
    kind: EventKind
    text: str
    actor: str | None
    percepts: Mapping[str, Percept] = field(default_factory=dict)
    overt_observers: frozenset[str] = frozenset()
    cast: tuple[str, ...] = field(default=(), repr=False, compare=False)

    @property
    def observers(self) -> frozenset[str]:
        """Agents that perceived it."""
        return frozenset(self.percepts)

    @property
    def sees(self) -> frozenset[str]:
        """Deprecated name of `observers`."""
        warn_renamed("Event.sees", "Event.observers")
        return self.observers

    @property
    def apparent(self) -> frozenset[str]:
        """Deprecated name of `overt_observers`."""
        warn_renamed("Event.apparent", "Event.overt_observers")
        return self.overt_observers
