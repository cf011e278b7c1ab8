"""From a context back to what its person saw and did, step by step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from social_world_model.errors import ContextError
from social_world_model.s3ap import SocializedContext, decode
from social_world_model.s3ap.prose import sentences
from social_world_model.s3ap.tags import is_none
from social_world_model.symbolic.household.acts import Act
from social_world_model.symbolic.household.description import DescriptionReader
from social_world_model.symbolic.household.flat import Flat, Place
from social_world_model.symbolic.household.walk import WalkReader
from social_world_model.symbolic.household.wording import ACT_OPENINGS, MANUAL, tells_of_furniture
from social_world_model.symbolic.parser import unreadable


@dataclass(frozen=True)
class Moment:
    """A step of a context.

    Parameters
    ----------
    acts
        What the person does in it.
    seen
        By place: the things that it can see there now.
    """

    acts: tuple[Act, ...]
    seen: dict[Place, frozenset[str]]


@dataclass(frozen=True)
class Evidence:
    """What a context tells.

    Parameters
    ----------
    person
        Whose context it is.
    flat
        All that the context says of the flat; in a view, that is what the person saw of it.
    moments
        Its steps.
    room
        Where the person is in the end.
    """

    person: str
    flat: Flat
    moments: tuple[Moment, ...]
    room: str

    def acts(self) -> Iterator[tuple[int, Act]]:
        """Return what the person does, each act with the position of its step."""
        for position, moment in enumerate(self.moments):
            for act in moment.acts:
                yield position, act

    def seen_by(self, position: int) -> dict[Place, frozenset[str]]:
        """Return what the person has seen up to a step, that one included: by place, as it looked last."""
        known: dict[Place, frozenset[str]] = {}
        for moment in self.moments[: position + 1]:
            known |= moment.seen
        return known


def is_walk(context: SocializedContext) -> bool:
    """Tell whether a context records one person who walks about a flat, in the words of this package.

    Its manual says so; without it, the first state has to furnish a room, and each act to be one of a walk.
    """
    if len(context.agents_names) != 1 or not context.socialized_context:
        return False
    if (context.context_manual or "").startswith(MANUAL):
        return True
    (person,) = context.agents_names
    if not tells_of_furniture(context.socialized_context[0].state, person):
        return False
    acts = [step.actions.get(person, "") for step in context.socialized_context]
    told = [act for act in acts if not is_none(act)]
    return bool(told) and all(act.startswith(ACT_OPENINGS) for act in told)


def read_evidence(context: SocializedContext, person: str) -> Evidence:
    """Read a context.

    Parameters
    ----------
    context
        A whole context, or a view.
    person
        Whose walk it is.

    Raises
    ------
    ConfigurationError
        If it cannot be read: no room, or none of the acts.
    """
    try:
        decoded = decode(context)
    except ContextError as error:
        raise unreadable(str(error)) from None
    reading = _ContextReading(person)
    for step in decoded.socialized_context:
        reading.take(step.state, step.observations.get(person, ""), step.actions.get(person, ""))
    acts = any(not is_none(step.actions.get(person, "none")) for step in decoded.socialized_context)
    if not reading.flat.rooms or (acts and not any(moment.acts for moment in reading.moments)):
        raise unreadable(f"no {'act' if reading.flat.rooms else 'room'} in it could be read")
    return Evidence(person, reading.flat, tuple(reading.moments), reading.walk.room)


@dataclass
class _ContextReading:
    """A context while it is read."""

    person: str
    flat: Flat = field(default_factory=Flat)
    moments: list[Moment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.whole = DescriptionReader(self.flat)
        self.walk = WalkReader(self.flat, self.person)
        self.whereabouts = re.compile(rf"{re.escape(self.person)} (?:is|was) in the (?P<room>[^.]+)\.?")
        self.told_before: set[str] = set()

    def take(self, state: str, observed: str, act: str) -> None:
        """Take in a step."""
        for sentence in sentences(state):
            if sentence not in self.told_before:  # told again, things are not there twice
                self._fact(sentence)
        seen: dict[Place, frozenset[str]] = {}
        for sentence in sentences(observed):
            self._percept(sentence, seen)
        walked = () if is_none(act) else self.walk.read(f"{self.person} {act}.").acts
        self.moments.append(Moment(walked, seen))

    def _fact(self, sentence: str) -> None:
        self.told_before.add(sentence)
        if (where := self.whereabouts.fullmatch(sentence)) is not None:
            self._be_in(where["room"])
        elif not sentence.startswith(self.person):
            self.whole.read(sentence)

    def _percept(self, sentence: str, seen: dict[Place, frozenset[str]]) -> None:
        if (where := self.whereabouts.fullmatch(sentence)) is not None:
            self._be_in(where["room"])
            return
        if sentence.startswith(self.person):
            return
        if sentence not in self.told_before:
            self.whole.read(sentence)
            self.told_before.add(sentence)
        apart = Flat(dict(self.flat.rooms), dict(self.flat.places), {}, set(self.flat.surfaces))
        glance = DescriptionReader(apart, room=self.walk.room)  # what this sentence alone says is where
        told = glance.read(sentence)
        for place in glance.flat.contents:
            seen.setdefault(place, frozenset())
        for thing, place in told.things:
            seen[place] = seen.get(place, frozenset()) | {thing}

    def _be_in(self, room: str) -> None:
        self.flat.rooms.setdefault(room)
        self.walk.room = room
        self.whole.room = room
