"""Actions during a walk, and the order of actions in sentences about several places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from social_world_model.symbolic.household.flat import Place
from social_world_model.symbolic.household.sentence import Focus

Verb = Literal["go", "approach", "open", "close", "intend", "pass"]


@dataclass(frozen=True)
class Act:
    """One action of a person.

    Parameters
    ----------
    verb
        Kind of action: go to a room; approach, open, close or pass a place; or intend to open a place.
    room
        Room of the action, or the target room of ``go``.
    place
        Target place; None if the target is a room or an object.
    thing
        Target object, if the person approaches an object; else empty.
    told
        Whether the text states this action. If not, the reader infers this action: to look into a closed fridge, the
        person opens the fridge. This field has no effect on equality.
    """

    verb: Verb
    room: str
    place: Place | None = None
    thing: str = ""
    told: bool = field(default=True, compare=False)


@dataclass
class WalkState(Focus):
    """The state of a walk between sentences.

    Parameters
    ----------
    did
        Verbs of the actions on the places that were mentioned last. The phrase "does the same with" repeats these
        actions.
    group
        Places that are approached together. The next words say which actions follow at each place.
    """

    did: list[Verb] = field(default_factory=list, kw_only=True)
    group: list[Place] = field(default_factory=list, kw_only=True)


class ActsOfSentence:
    """Collector for the actions of one sentence. The collector also updates the state of the walk.

    Parameters
    ----------
    walk
        State of the walk. The collector modifies this argument.
    """

    def __init__(self, walk: WalkState) -> None:
        self.walk = walk
        self.told: list[Act] = []

    def once(self) -> tuple[Act, ...]:
        """Return the actions without consecutive duplicates.

        Such duplicates come from phrases such as "secures it shut".
        """
        acts: list[Act] = []
        for act in self.told:
            if act not in acts[-1:]:
                acts.append(act)
        return tuple(acts)

    def opened_last(self) -> list[Place | None]:
        """Return a list with the place that was opened last, or an empty list."""
        return [act.place for act in self.told if act.verb == "open"][-1:]

    def go(self, room: str, *, told: bool = True) -> None:
        """Add an action of going to a room, unless the person is already there.

        Parameters
        ----------
        room
            Name of the room.
        told
            Whether the text states this action.
        """
        if room != self.walk.room:
            self.told.append(Act("go", room, told=told))
            self.walk.room = room

    def pass_by(self, places: Iterable[Place]) -> None:
        """For each place, add an action of passing this place."""
        self.told += [Act("pass", place.room, place) for place in places]

    def approach(self, places: list[Place]) -> None:
        """Add an action of approaching a place.

        Several places wait until the text says which actions follow at each place.
        """
        self.flush()
        walk = self.walk
        walk.spoken_of, walk.did = places, ["approach"]
        if len(places) > 1:
            walk.group = places
        else:
            self._each(places, ["approach"])

    def approach_thing(self, thing: str) -> None:
        """Add an action of approaching an object in the current room."""
        self.flush()
        self.told.append(Act("approach", self.walk.room, None, thing))

    def handle(self, places: list[Place], verbs: list[Verb], *, told: bool = True) -> None:
        """Add actions of opening, closing or intending to open.

        Parameters
        ----------
        places
            Target places.
        verbs
            ``open``, ``close`` or ``intend``, in order. All verbs are applied to the first place, then to the next
            place.
        told
            Whether the text states these actions.
        """
        walk = self.walk
        same = places == walk.spoken_of
        if same and verbs == ["close"] and len(places) > 1:
            self._close_each(places)
        else:
            self._each(places, ["approach", *verbs] if same and walk.group else verbs, told=told)
        walk.group = []
        walk.did = [*walk.did, *verbs] if same else list(verbs)
        walk.spoken_of = places

    def again(self, places: list[Place]) -> None:
        """Apply the latest actions to other places."""
        self.flush()
        verbs = [verb for verb in self.walk.did if verb != "approach"] or ["open", "close"]
        self._each(places, ["approach", *verbs])
        self.walk.spoken_of = places

    def flush(self) -> None:
        """Add an action of approaching for each waiting place that no further verb mentions."""
        group, self.walk.group = self.walk.group, []
        self._each(group, ["approach"])

    def _each(self, places: Iterable[Place], verbs: Sequence[Verb], *, told: bool = True) -> None:
        for place in places:
            if place.room:
                self.go(place.room, told=False)
            self.told += [Act(verb, place.room, place, told=told) for verb in verbs]

    def _close_each(self, places: Sequence[Place]) -> None:
        """Close each place right after it is opened: "opens the first and the second cabinet, closing each"."""
        acts: list[Act] = []
        for act in self.told:
            acts.append(act)
            if act.verb == "open" and act.place in places:
                acts.append(Act("close", act.room, act.place))
        self.told = acts
