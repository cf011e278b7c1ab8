"""Simulate who perceives each deed of a text.

People who are at the place of a deed perceive the deed, unless they sleep, look away or do not notice it. If the text
does not say where people are, they are at the scene of the story until they leave: this is a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from social_world_model.symbolic.english.deeds import Deed
from social_world_model.symbolic.english.people import Person

HERE, ELSEWHERE = "", "elsewhere"
"""The scene of the story before the text names it, and a place that the text does not name."""

ASSUMED = "the text does not say that {0} is there"
STATED_LATE = "the text does not say when {0} left"
BUSY = "the text does not say whether {0} notices it"


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
class _Whereabouts:
    """Where a person is, and how the person perceives the scene."""

    room: str = HERE
    is_stated: bool = False
    asleep: bool = False
    blind: bool = False
    introduced: bool = False


def simulate(deeds: Sequence[Deed], people: Sequence[Person]) -> list[Outcome]:
    """Return the deeds with their perceivers, in the order of time.

    Parameters
    ----------
    deeds
        Deeds in the order of time.
    people
        All people of the text.
    """
    scene = _Scene(list(deeds), list(people))
    return scene.run()


@dataclass
class _Scene:
    deeds: list[Deed]
    people: list[Person]
    outcomes: list[Outcome] = field(default_factory=list)
    here: str = HERE
    places: dict[str, list[str]] = field(default_factory=dict)  # by object: its places
    room_of: dict[str, str] = field(default_factory=dict)  # by object
    holder: dict[str, Person] = field(default_factory=dict)
    outcome_of: dict[Deed, Outcome] = field(default_factory=dict)
    swapped: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.where = {person: _Whereabouts() for person in self.people}
        self.here = self._named_scene()
        for person in self.people:
            self._begin(person)

    def run(self) -> list[Outcome]:
        for deed in self.deeds:
            getattr(self, f"_{deed.kind}")(deed)
        return self.outcomes

    def _named_scene(self) -> str:
        """Return the name of the place where the story begins; ``""`` if the text does not name it."""
        acted: set[Person] = set()
        for deed in self.deeds:
            if deed.kind in ("at", "come") and deed.room and deed.target is None and not acted & set(deed.people):
                return deed.room
            acted.update(deed.people)
            if deed.kind == "go" and deed.extra.get("from"):
                return deed.extra["from"]
            if deed.room and deed.kind in ("put", "lies"):
                return deed.room
        return HERE

    def _begin(self, person: Person) -> None:
        """Set where a person is at the start: somebody who first arrives is elsewhere before."""
        for deed in self.deeds:
            if person in deed.people:
                state = self.where[person]
                if deed.kind == "come":
                    state.room, state.is_stated = ELSEWHERE, True
                elif deed.kind == "at" and deed.target is None:
                    state.room, state.is_stated = deed.room or self.here, True
                else:
                    state.room = self.here
                return
            if deed.kind == "tell" and person in deed.hearers:
                break
        self.where[person].room = self.here

    # --- deeds with objects ------------------------------------------------------------------------------------------

    def _put(self, deed: Deed) -> None:
        before = self.places.setdefault(deed.thing, [])
        place = deed.place
        if deed.extra.get("swap"):
            place = self.swapped.pop(deed.thing, "") or (self.places.get(deed.extra["swap"]) or [""])[-1]
            self.swapped.setdefault(deed.extra["swap"], (before or [""])[-1])
            if not place:
                return
        if deed.extra.get("back"):
            place = before[-2] if len(before) > 1 else before[-1] if before else ""
            if not place:
                return
        if place == deed.thing or (before and before[-1] == place and not deed.people):
            return
        room = self._room_of_action(deed)
        outcome = self._happens(deed, room)
        outcome.place = place
        before.append(place)
        self.room_of[deed.thing] = room
        self.holder.pop(deed.thing, None)
        if place == self.here or place in {state.room for state in self.where.values()}:
            self.room_of[deed.thing] = place

    def _take(self, deed: Deed) -> None:
        before = self.places.setdefault(deed.thing, [])
        if deed.place and (not before or before[-1] != deed.place):
            self._was_there(deed)
        room = self._room_of_action(deed)
        if deed.people:
            self.holder[deed.thing] = deed.people[0]
        self._happens(deed, room)

    def _was_there(self, deed: Deed) -> None:
        """Add the place that an object is taken from. Everybody is taken to know it."""
        fact = Deed("lies", (), deed.sentence, deed.thing, deed.place, deed.how)
        fact.doubtful = f"the text does not say who knows that the {deed.thing} was there"
        self.places[deed.thing].append(deed.place)
        first = not self.outcomes or len(self.places[deed.thing]) == 1
        outcome = Outcome(fact, deed.place, self.here, list(self.people))
        self.outcomes.insert(0 if first else len(self.outcomes), outcome)

    def _give(self, deed: Deed) -> None:
        room = self._room_of_action(deed)
        outcome = self._happens(deed, room)
        outcome.perceivers = list(dict.fromkeys([*outcome.perceivers, *deed.hearers]))
        outcome.place = deed.hearers[0].name
        self.places.setdefault(deed.thing, []).append(outcome.place)

    def _lies(self, deed: Deed) -> None:
        room = deed.room or self.room_of.get(deed.thing, self.here)
        self.places.setdefault(deed.thing, []).append(deed.place)
        if deed.people:
            outcome = Outcome(deed, deed.place, room, list(deed.people))
            if deed.covert:
                outcome.perceivers, outcome.secret = [], list(deed.people)
            self.outcomes.append(outcome)
            return
        self.room_of[deed.thing] = room
        self._happens(deed, room).place = deed.place

    # --- movements ---------------------------------------------------------------------------------------------------

    def _go(self, deed: Deed) -> None:
        state = self.where[deed.people[0]] if deed.people else None
        start = deed.extra.get("from") or (state.room if state else self.here)
        if deed.room and state is not None and deed.room == self.here and state.room != self.here:
            self._come(deed)
            return
        outcome = self._happens(deed, start if start != ELSEWHERE else self.here)
        for person in deed.people:
            room = deed.room or ELSEWHERE
            self.where[person] = _Whereabouts(room, is_stated=True, introduced=True)
        outcome.perceivers = list(dict.fromkeys([*outcome.perceivers, *deed.people]))
        if deed.room:
            outcome.perceivers += [one for one in self._at_room(deed.room) if one not in outcome.perceivers]

    def _come(self, deed: Deed) -> None:
        room = deed.room if deed.room and deed.room not in ("home", "house", "room") else self.here
        there = [self.where[person].introduced and self.where[person].room == self.here for person in deed.people]
        if there and all(there) and deed.extra.get("inside") and not deed.room:  # "ran inside" from the scene
            self._go(deed)
            return
        for person in deed.people:
            if self.where[person].introduced and self.where[person].room == room:
                self._was_away(person)
            self.where[person] = _Whereabouts(room, is_stated=True, introduced=True)
        self._happens(deed, room)

    def _was_away(self, person: Person) -> None:
        """Take back what a person perceived since the last own deed: the person comes back, so the person had left."""
        for outcome in reversed(self.outcomes):
            if person in outcome.deed.people:
                break
            if person in outcome.perceivers and outcome.deed.kind != "tell":
                outcome.perceivers.remove(person)
                outcome.doubts[person] = STATED_LATE.format(person.name)

    def _at(self, deed: Deed) -> None:
        if deed.target is not None and not deed.room:
            self._stay(deed)
            return
        for person in deed.people:
            state = self.where[person]
            same = deed.room in (state.room, "room") or not deed.room
            self.where[person] = _Whereabouts(state.room if same else deed.room, is_stated=True, introduced=True)
        if deed.room:
            self._happens(deed, self.where[deed.people[0]].room)

    def _stay(self, deed: Deed) -> None:
        for person in deed.people:
            self.where[person].is_stated = True
            if self.where[person].room == ELSEWHERE:
                self.where[person].room = self.here
        self._happens(deed, self.here)

    def _away(self, deed: Deed) -> None:
        for person in deed.people:
            self.where[person] = _Whereabouts(deed.room or ELSEWHERE, is_stated=True, introduced=True)
        self._happens(deed, ELSEWHERE)

    def _asleep(self, deed: Deed) -> None:
        self._happens(deed, self.where[deed.people[0]].room)
        for person in deed.people:
            self.where[person].asleep = True

    def _awake(self, deed: Deed) -> None:
        for person in deed.people:
            self.where[person].asleep = self.where[person].blind = False
        self._happens(deed, self.where[deed.people[0]].room)

    def _blind(self, deed: Deed) -> None:
        for person in deed.people:
            self.where[person].blind = True
        self._happens(deed, self.where[deed.people[0]].room)

    def _busy(self, deed: Deed) -> None:
        self._happens(deed, self.where[deed.people[0]].room)

    def _other(self, deed: Deed) -> None:
        room = self.where[deed.people[0]].room if deed.people else self.here
        self._happens(deed, room)

    # --- perception and speech ---------------------------------------------------------------------------------------

    def _see(self, deed: Deed) -> None:
        for outcome in self._meant(deed):
            for person in deed.people:
                present = person in outcome.perceivers
                outcome.doubts.pop(person, None)
                if present:
                    continue
                if deed.covert or self.where[person].room != outcome.room:
                    outcome.secret.append(person)
                else:
                    outcome.perceivers.append(person)
        self._happens(deed, self.where[deed.people[0]].room)

    def _unaware(self, deed: Deed) -> None:
        for outcome in self._meant(deed):
            people = deed.people or [one for one in self.people if one not in outcome.deed.people]
            for person in people:
                outcome.doubts.pop(person, None)
                if person in outcome.perceivers and person not in outcome.deed.people:
                    outcome.perceivers.remove(person)
                if person in outcome.secret:
                    outcome.secret.remove(person)

    def _meant(self, deed: Deed) -> list[Outcome]:
        """Return the deeds that a verb of perception concerns: its target, or the deeds of others just before."""
        visible = [one for one in self.outcomes if one.deed.kind in ("put", "take", "give", "lies", "tell")]
        if deed.target is not None:
            target = deed.target
            if target in self.outcome_of:
                return [self.outcome_of[target]]
            exact = [one for one in visible if one.deed is target]
            return [one for one in visible if one.deed is target or (exact and _is_meant(one.deed, target))]
        found: list[Outcome] = []
        for outcome in reversed(visible):
            if set(outcome.deed.people) & set(deed.people):
                break
            found.append(outcome)
            if outcome.deed.sentence < deed.sentence - 1:
                break
        return found

    def _tell(self, deed: Deed) -> None:
        thing = deed.thing or self._last_object()
        place = deed.place or (self.places[thing][-1] if self.places.get(thing) else "")
        speaker = deed.people[0] if deed.people else None
        if not thing or not place or speaker is None:
            return
        hearers = list(deed.hearers) or [one for one in self._at_room(self.where[speaker].room) if one is not speaker]
        outcome = Outcome(
            Deed("tell", deed.people, deed.sentence, thing, place, deed.how, hearers=tuple(hearers)), place
        )
        outcome.deed.doubtful = deed.doubtful
        outcome.perceivers = [speaker, *hearers]
        outcome.deed.text = deed.extra.get("verb", "")
        if hearers:
            self.outcomes.append(outcome)
            self.outcome_of[deed] = outcome

    def _say(self, deed: Deed) -> None:
        self._happens(deed, self.where[deed.people[0]].room if deed.people else self.here)

    def _last_object(self) -> str:
        return next((one.deed.thing for one in reversed(self.outcomes) if one.deed.thing), "")

    # --- who perceives -----------------------------------------------------------------------------------------------

    def _at_room(self, room: str) -> list[Person]:
        return [one for one in self.people if self.where[one].room == room]

    def _room_of_action(self, deed: Deed) -> str:
        """Return where people act. People who act at the scene are there, also if nothing says that they arrived."""
        for person in deed.people:
            state = self.where[person]
            if not state.introduced and not state.is_stated:
                state.room = self.room_of.get(deed.thing, self.here)
            elif self.places.get(deed.thing) and deed.thing in self.room_of:
                state.room = self.room_of[deed.thing]
            state.introduced = True
            state.asleep = state.blind = False
        if deed.people:
            return self.where[deed.people[0]].room
        return self.room_of.get(deed.thing, self.here)

    def _happens(self, deed: Deed, room: str) -> Outcome:
        outcome = Outcome(deed, room=room)
        for person in self.people:
            state = self.where[person]
            if person in deed.people:
                outcome.perceivers.append(person)
            elif state.room == room and room != ELSEWHERE and not state.asleep and not state.blind:
                outcome.perceivers.append(person)
                if not state.is_stated:
                    outcome.doubts[person] = ASSUMED.format(person.name)
        for state_deed in self.deeds:
            if state_deed.kind == "busy" and _is_meant(deed, state_deed.target):
                for person in state_deed.people:
                    if person in outcome.perceivers and person not in deed.people:
                        outcome.perceivers.remove(person)
                        outcome.doubts[person] = BUSY.format(person.name)
        self.outcomes.append(outcome)
        return outcome


def _is_meant(deed: Deed, target: Deed | None) -> bool:
    """Tell whether a deed is the target, or another deed of the same people in the same sentence."""
    return target is not None and deed.sentence == target.sentence and deed.people == target.people


def people_of(outcomes: Iterable[Outcome]) -> list[Person]:
    """Return the people of outcomes in the order of their first mention."""
    return list(dict.fromkeys(person for outcome in outcomes for person in [*outcome.deed.people, *outcome.perceivers]))
