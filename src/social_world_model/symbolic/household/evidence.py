"""Reconstruct from a context what the person saw and did, step by step."""

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
        Actions of the person in this step.
    seen
        For each place: the objects that the person sees there in this step.
    """

    acts: tuple[Act, ...]
    seen: dict[Place, frozenset[str]]


@dataclass(frozen=True)
class Evidence:
    """The content of a context: the flat, and everything that the person saw and did.

    Parameters
    ----------
    person
        Name of the person who walks.
    flat
        All facts of the context about the flat. In a view, these are the facts that the person saw.
    moments
        Steps of the context.
    room
        Room of the person after the last step.
    """

    person: str
    flat: Flat
    moments: tuple[Moment, ...]
    room: str

    def acts(self) -> Iterator[tuple[int, Act]]:
        """Return the actions of the person, each with the position of its step."""
        for position, moment in enumerate(self.moments):
            for act in moment.acts:
                yield position, act

    def seen_by(self, position: int) -> dict[Place, frozenset[str]]:
        """Return the latest contents that the person saw in each place, up to and including a step."""
        known: dict[Place, frozenset[str]] = {}
        for moment in self.moments[: position + 1]:
            known |= moment.seen
        return known


def is_walk(context: SocializedContext) -> bool:
    """Tell whether a context describes, in the wording of this package, one person who walks through a flat.

    If the context has a manual, the manual decides. If the context has no manual, the first state must contain a room
    with furniture, and every action must be an action of a walk.
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
    """Parse a context of a household.

    Parameters
    ----------
    context
        Full context, or the view of the person.
    person
        Name of the person who walks.

    Raises
    ------
    ConfigurationError
        If the parser finds no room or no action in the context.
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
        raise unreadable(f"no {'action' if reading.flat.rooms else 'room'} in the context could be parsed")
    return Evidence(person, reading.flat, tuple(reading.moments), reading.walk.room)


@dataclass
class _ContextReading:
    """The state while a context is parsed."""

    person: str
    flat: Flat = field(default_factory=Flat)
    moments: list[Moment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.whole = DescriptionReader(self.flat)
        self.walk = WalkReader(self.flat, self.person)
        self.whereabouts = re.compile(rf"{re.escape(self.person)} (?:is|was) in the (?P<room>[^.]+)\.?")
        self.told_before: set[str] = set()

    def take(self, state: str, observed: str, act: str) -> None:
        """Parse a step.

        Parameters
        ----------
        state, observed, act
            Text of the state, text of the person's observation, and text of the person's action.
        """
        for sentence in sentences(state):
            if sentence not in self.told_before:  # a repeated sentence does not add its objects again
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
        glance = DescriptionReader(apart, room=self.walk.room)  # the places and objects of only this sentence
        told = glance.read(sentence)
        for place in glance.flat.contents:
            seen.setdefault(place, frozenset())
        for thing, place in told.things:
            seen[place] = seen.get(place, frozenset()) | {thing}

    def _be_in(self, room: str) -> None:
        self.flat.rooms.setdefault(room)
        self.walk.room = room
        self.whole.room = room
