"""Acts of a walk, and the order in which what is said of several places is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from social_world_model.symbolic.household.flat import Place
from social_world_model.symbolic.household.sentence import Focus

Verb = Literal["go", "approach", "open", "close", "intend", "pass"]


@dataclass(frozen=True)
class Act:
    """One thing that somebody does.

    Parameters
    ----------
    verb
        Goes to a room; approaches, opens or closes a place, passes it by, or is about to open it.
    room
        Where it happens, or where it leads to.
    place
        The place; None for a room, and where a thing is approached.
    thing
        The thing that is approached.
    """

    verb: Verb
    room: str
    place: Place | None = None
    thing: str = ""


@dataclass
class WalkState(Focus):
    """What is kept of a walk from sentence to sentence.

    Parameters
    ----------
    did
        What was done to the places spoken of last: for "does the same with".
    group
        Places approached at once; what is done to each of them is yet to be said.
    """

    did: list[Verb] = field(default_factory=list, kw_only=True)
    group: list[Place] = field(default_factory=list, kw_only=True)


class ActsOfSentence:
    """Collects the acts of one sentence, and keeps the state of the walk up to date.

    Parameters
    ----------
    walk
        The state of the walk; it changes.
    """

    def __init__(self, walk: WalkState) -> None:
        self.walk = walk
        self.told: list[Act] = []

    def once(self) -> tuple[Act, ...]:
        """Return the acts without those said twice in a row: "secures it shut"."""
        acts: list[Act] = []
        for act in self.told:
            if act not in acts[-1:]:
                acts.append(act)
        return tuple(acts)

    def opened_last(self) -> list[Place | None]:
        """Return the place that was opened last; nothing if none was."""
        return [act.place for act in self.told if act.verb == "open"][-1:]

    def go(self, room: str) -> None:
        """Go to a room, if it is another one."""
        if room != self.walk.room:
            self.told.append(Act("go", room))
            self.walk.room = room

    def pass_by(self, places: Iterable[Place]) -> None:
        """Pass places by."""
        self.told += [Act("pass", place.room, place) for place in places]

    def approach(self, places: list[Place]) -> None:
        """Approach a place; of several, not before it is said what is done to each."""
        self.flush()
        walk = self.walk
        walk.spoken_of, walk.did = places, ["approach"]
        if len(places) > 1:
            walk.group = places
        else:
            self._each(places, ["approach"])

    def approach_thing(self, thing: str) -> None:
        """Approach a thing in this room."""
        self.flush()
        self.told.append(Act("approach", self.walk.room, None, thing))

    def handle(self, places: list[Place], verbs: list[Verb]) -> None:
        """Open or close places, or be about to."""
        walk = self.walk
        same = places == walk.spoken_of
        if same and verbs == ["close"] and len(places) > 1:
            self._close_each(places)
        else:
            self._each(places, ["approach", *verbs] if same and walk.group else verbs)
        walk.group = []
        walk.did = [*walk.did, *verbs] if same else list(verbs)
        walk.spoken_of = places

    def again(self, places: list[Place]) -> None:
        """Do to places what was done to the last ones."""
        self.flush()
        verbs = [verb for verb in self.walk.did if verb != "approach"] or ["open", "close"]
        self._each(places, ["approach", *verbs])
        self.walk.spoken_of = places

    def flush(self) -> None:
        """Approach the places of which nothing else is said."""
        group, self.walk.group = self.walk.group, []
        self._each(group, ["approach"])

    def _each(self, places: Iterable[Place], verbs: Sequence[Verb]) -> None:
        for place in places:
            if place.room:
                self.go(place.room)
            self.told += [Act(verb, place.room, place) for verb in verbs]

    def _close_each(self, places: Sequence[Place]) -> None:
        """Read "opens the first and the second cabinet, closing each": after each one, not in the end."""
        acts: list[Act] = []
        for act in self.told:
            acts.append(act)
            if act.verb == "open" and act.place in places:
                acts.append(Act("close", act.room, act.place))
        self.told = acts
