"""Events: facts, acts and other things that can be perceived, with their observers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from social_world_model.s3ap.deprecation import warn_renamed

EventKind = Literal["fact", "act", "utterance", "percept", "mental"]


@dataclass(frozen=True)
class Percept:
    """How one agent perceived an event.

    Parameters
    ----------
    position
        0-based position of the step in which the agent perceived the event. An actor perceives its own act in the
        step of the act.
    text
        The event in the words of the agent's observation. The words can describe only a part of the event.
    """

    position: int
    text: str


@dataclass(frozen=True)
class Event:
    """A fact, act, utterance, percept or mental state in a context.

    Parameters
    ----------
    id
        Identifier ``"{timestep}.{n}"``, unique in its context.
    position, timestep
        0-based position and name of the step.
    kind
        ``"fact"``: a sentence of a state. ``"act"``: an action. ``"utterance"``: an act of speaking. ``"percept"``:
        a sentence that occurs in observations only. ``"mental"``: a mental state.
    text
        The event in words. The text of an act is a sentence that starts with the actor's name.
    actor
        Agent that acted or had the mental state; None for facts and percepts.
    percepts
        For each observer, the step and the words in which it perceived the event.
    overt_observers
        Agents that other agents believe to be observers. Equal to `observers`, unless the caller of `events` states
        a difference, for example because an agent peeks or looks away.
    cast
        Names of all agents of the context; empty if unknown.
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
        """Agents that perceived the event."""
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
