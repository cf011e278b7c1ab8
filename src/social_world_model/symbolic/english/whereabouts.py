"""Where the people of a text are, and who perceives what happens at a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from social_world_model.symbolic.english.deeds import Deed
from social_world_model.symbolic.english.people import Person

ELSEWHERE = "elsewhere"
"""A place that the text does not name, away from the scene."""
ASSUMED = "the text does not say that {0} is there"
STATED_LATE = "the text does not say when {0} left"
BUSY = "the text does not say whether {0} notices it"
_ANY_ROOM = frozenset({"home", "house", "room"})
"""Nouns that stand for the scene: "came back to the room"."""


@dataclass
class Outcome:
    """A deed with its perceivers.

    Parameters
    ----------
    deed
        The deed.
    place
        Name of the place of the object after the deed.
    room
        Place where the deed happens.
    perceivers
        People who perceive the deed.
    secret
        People who perceive it without being noticed.
    doubts
        For each person: why it is a guess whether the person perceives the deed.
    """

    deed: Deed
    place: str = ""
    room: str = ""
    perceivers: list[Person] = field(default_factory=list)
    secret: list[Person] = field(default_factory=list)
    doubts: dict[Person, str] = field(default_factory=dict)


@dataclass
class _State:
    """Where a person is, and how the person perceives the scene."""

    room: str
    is_stated: bool = False
    is_known: bool = False
    asleep: bool = False
    blind: bool = False


class Whereabouts:
    """Where people are while the deeds of a text happen.

    Parameters
    ----------
    deeds
        All deeds, in the order of time.
    people
        All people.
    """

    def __init__(self, deeds: Sequence[Deed], people: Sequence[Person]) -> None:
        self.deeds, self.people = deeds, people
        self.here = _named_scene(deeds)
        self.busy = [deed for deed in deeds if deed.kind == "busy" and deed.target is not None]
        self.states = {person: self._beginning(person, earlier=True) for person in people}

    def begin(self) -> None:
        """End what happened before the story: people are where the story finds them."""
        for person in self.people:
            if any(person in deed.people and _is_earlier(deed) for deed in self.deeds):
                self.states[person] = self._beginning(person)

    def _beginning(self, person: Person, *, earlier: bool = False) -> _State:
        """Return where a person is at the start: somebody who first arrives is elsewhere before."""
        for deed in self.deeds:
            if person in deed.people and (earlier or not _is_earlier(deed)):
                if deed.kind == "come":
                    return _State(ELSEWHERE, is_stated=True)
                if deed.kind == "at" and deed.target is None:
                    return _State(deed.room or self.here, is_stated=True)
                break
        return _State(self.here)

    def at(self, room: str) -> list[Person]:
        """Return the people who are at a place."""
        return [person for person in self.people if self.states[person].room == room]

    def room_of(self, people: Sequence[Person]) -> str:
        """Return where people are; the scene if there are none."""
        return self.states[people[0]].room if people else self.here

    def put(self, people: Sequence[Person], room: str) -> None:
        """Note that people are at a place, as the text says.

        Parameters
        ----------
        people, room
            The people, and the name of the place.
        """
        for person in people:
            self.states[person] = _State(room, is_stated=True, is_known=True)

    def meant(self, room: str) -> str:
        """Return the place that a noun stands for: "the room" is the scene."""
        return room if room and room not in _ANY_ROOM else self.here

    def act(self, deed: Deed, at: str | None) -> str:
        """Return where people act, and note that they are there.

        Parameters
        ----------
        deed
            What people do with an object.
        at
            Where the object is; None if that is unknown.
        """
        for person in deed.people:
            state = self.states[person]
            if at is not None and state.room != at:
                if state.is_stated and not deed.doubtful:
                    deed.doubtful = f"the text does not say that {person.name} came back"
                state.room = at
            state.is_known = True
            state.asleep = state.blind = False
        return self.states[deed.people[0]].room if deed.people else self.here if at is None else at

    def perceived(self, deed: Deed, room: str) -> Outcome:
        """Return a deed with its perceivers: the people who act, and the people at the place who can perceive it.

        Parameters
        ----------
        deed
            The deed.
        room
            Where it happens.
        """
        outcome = Outcome(deed, room=room)
        for person, state in self.states.items():
            if person in deed.people:
                outcome.perceivers.append(person)
            elif state.room == room != ELSEWHERE and not state.asleep and not state.blind:
                outcome.perceivers.append(person)
                if not state.is_stated:
                    outcome.doubts[person] = ASSUMED.format(person.name)
        for other in self.busy:
            if is_meant(deed, other.target):
                for person in [one for one in other.people if one in outcome.perceivers and one not in deed.people]:
                    outcome.perceivers.remove(person)
                    outcome.doubts[person] = BUSY.format(person.name)
        return outcome


def _is_earlier(deed: Deed) -> bool:
    """Tell whether a deed happened before the story that the text tells."""
    return deed.perfect or deed.is_flashback


def _named_scene(deeds: Sequence[Deed]) -> str:
    """Return the name of the place where a story begins; ``""`` if the text does not name it."""
    acted: set[Person] = set()
    for deed in deeds:
        if deed.kind in ("at", "come") and deed.room and deed.target is None and not acted & set(deed.people):
            return deed.room
        acted.update(deed.people)
        if deed.kind == "go" and deed.left:
            return deed.left
        if deed.room and deed.kind in ("put", "lies"):
            return deed.room
    return ""


def is_meant(deed: Deed, target: Deed | None) -> bool:
    """Tell whether a deed is the target, or another deed of the same people in the same sentence.

    Parameters
    ----------
    deed
        A deed.
    target
        Deed that somebody sees, or during which something holds; None for no deed.
    """
    return target is not None and deed.sentence == target.sentence and deed.people == target.people
