"""Events of a context: facts, actions and everything else that agents can perceive, with the observers."""

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
        0-based position of the step in which the agent perceived the event. An actor perceives its own action in the
        step of the action.
    text
        The event in the words of the agent's observation. The words can describe only a part of the event.
    """

    position: int
    text: str


@dataclass(frozen=True)
class Event:
    """An event in a context: a fact, an action, an utterance, a percept or a mental state.

    Parameters
    ----------
    id
        Identifier ``"{timestep}.{n}"``, unique in its context.
    position, timestep
        0-based position and name of the step.
    kind
        ``"fact"``: a sentence of a state. ``"act"``: an action. ``"utterance"``: something that an agent says.
        ``"percept"``: a sentence that occurs in observations only. ``"mental"``: a mental state.
    text
        The event in words. The text of an action is a sentence that starts with the actor's name.
    actor
        Agent that acted, spoke or had the mental state; None for facts and percepts.
    percepts
        For each observer, a `Percept`: the step in which the agent perceived the event, and the agent's words.
    overt_observers
        Agents that other agents believe to be observers. By default, these are the same agents as `observers`. The
        caller of `events` can pass other agents, for example if an agent peeks or looks away.
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
