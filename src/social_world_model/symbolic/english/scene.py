"""Simulate who perceives each deed of a text.

People who are at the place of a deed perceive the deed, unless they sleep, look away or do not notice it. If the text
does not say where people are, they are at the scene of the story until they leave: this is a guess.
"""

from __future__ import annotations

from collections.abc import Sequence

from social_world_model.symbolic.english.deeds import Deed
from social_world_model.symbolic.english.people import Person
from social_world_model.symbolic.english.whereabouts import ELSEWHERE, STATED_LATE, Outcome, Whereabouts, is_meant

_PERCEIVED = frozenset({"put", "take", "give", "lies", "tell"})
"""Kinds of deeds that "sees it" or "did not notice" can stand for."""


def simulate(deeds: Sequence[Deed], people: Sequence[Person]) -> list[Outcome]:
    """Return the deeds with their perceivers, in the order of time.

    Parameters
    ----------
    deeds
        Deeds in the order of time.
    people
        All people of the text.
    """
    return _Scene(deeds, people).run()


class _Scene:
    """The state while the deeds happen."""

    def __init__(self, deeds: Sequence[Deed], people: Sequence[Person]) -> None:
        self.deeds = deeds
        self.where = Whereabouts(deeds, people)
        self.outcomes: list[Outcome] = []
        self.places: dict[str, list[str]] = {}  # by object: its places
        self.room_of: dict[str, str] = {}  # by object
        self.told: dict[Deed, Outcome] = {}
        self.exchanged: dict[str, str] = {}

    def run(self) -> list[Outcome]:
        begun = False
        for deed in self.deeds:
            if not begun and not (deed.perfect or deed.is_flashback or deed.is_label):
                self.where.begin()
                begun = True
            _HAPPENS.get(deed.kind, _Scene._note)(self, deed)
        return self.outcomes

    def _happens(self, deed: Deed, room: str) -> Outcome:
        outcome = self.where.perceived(deed, room)
        self.outcomes.append(outcome)
        return outcome

    def _note(self, deed: Deed) -> None:
        """Note what changes only how people perceive the scene."""
        self._happens(deed, self.where.room_of(deed.people))
        for state in (self.where.states[person] for person in deed.people):
            if deed.kind in ("asleep", "blind"):
                state.asleep, state.blind = state.asleep or deed.kind == "asleep", state.blind or deed.kind == "blind"
            elif deed.kind == "awake":
                state.asleep = state.blind = False

    # --- objects -----------------------------------------------------------------------------------------------------

    def _put(self, deed: Deed) -> None:
        before = self.places.setdefault(deed.thing, [])
        place = self._goal(deed, before)
        if place in ("", deed.thing) or (before and before[-1] == place and not deed.people):
            return
        room = self.where.act(deed, self.room_of.get(deed.thing))
        self._happens(deed, room).place = place
        before.append(place)
        is_room = place == self.where.here or any(state.room == place for state in self.where.states.values())
        self.room_of[deed.thing] = place if is_room else room

    def _goal(self, deed: Deed, before: Sequence[str]) -> str:
        if deed.back:
            return before[-2] if len(before) > 1 else before[-1] if before else ""
        if not deed.other:
            return deed.place
        there = self.exchanged.pop(deed.thing, "") or (self.places.get(deed.other) or [""])[-1]
        self.exchanged.setdefault(deed.other, before[-1] if before else "")
        return there

    def _take(self, deed: Deed) -> None:
        before = self.places.setdefault(deed.thing, [])
        if deed.place and (not before or before[-1] != deed.place):
            self._was_there(deed)
        self._happens(deed, self.where.act(deed, self.room_of.get(deed.thing)))

    def _was_there(self, deed: Deed) -> None:
        """Add the place that an object is taken from. Everybody is taken to know it."""
        fact = Deed("lies", (), deed.sentence, deed.thing, deed.place, deed.how)
        fact.doubtful = f"the text does not say who knows that the {deed.thing} was there"
        self.places[deed.thing].append(deed.place)
        outcome = Outcome(fact, deed.place, self.where.here, list(self.where.people))
        self.outcomes.insert(0 if len(self.places[deed.thing]) == 1 else len(self.outcomes), outcome)

    def _give(self, deed: Deed) -> None:
        outcome = self._happens(deed, self.where.act(deed, self.room_of.get(deed.thing)))
        outcome.perceivers = list(dict.fromkeys([*outcome.perceivers, *deed.hearers]))
        outcome.place = deed.hearers[0].name
        self.places.setdefault(deed.thing, []).append(outcome.place)

    def _lies(self, deed: Deed) -> None:
        room = deed.room or self.room_of.get(deed.thing, self.where.here)
        self.places.setdefault(deed.thing, []).append(deed.place)
        if deed.is_label:
            self.outcomes.append(Outcome(deed, deed.place, room, list(self.where.people)))
            return
        if not deed.people:
            self.room_of[deed.thing] = room
            self._happens(deed, room).place = deed.place
            return
        finders = list(deed.people)
        seen, secret = ([], finders) if deed.covert else (finders, [])
        self.outcomes.append(Outcome(deed, deed.place, room, seen, secret))

    # --- movements ---------------------------------------------------------------------------------------------------

    def _go(self, deed: Deed) -> None:
        start = deed.left or self.where.room_of(deed.people)
        if deed.room and deed.people and deed.room == self.where.here != self.where.room_of(deed.people):
            self._come(deed)
            return
        outcome = self._happens(deed, start if start != ELSEWHERE else self.where.here)
        self.where.put(deed.people, deed.room or ELSEWHERE)
        if deed.room:
            outcome.perceivers += [one for one in self.where.at(deed.room) if one not in outcome.perceivers]

    def _come(self, deed: Deed) -> None:
        states = [self.where.states[person] for person in deed.people]
        if deed.inside and not deed.room and all(one.is_known and one.room == self.where.here for one in states):
            self._go(deed)  # "ran inside" from the scene
            return
        room = self.where.meant(deed.room)
        for person, state in zip(deed.people, states, strict=True):
            if state.is_known and state.room == room:
                self._was_away(person)
        self.where.put(deed.people, room)
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
        if not deed.room:
            self._stay(deed)
            return
        for person in deed.people:
            room = self.where.states[person].room
            self.where.put([person], room if deed.room == "room" else deed.room)
        self._happens(deed, self.where.room_of(deed.people))

    def _stay(self, deed: Deed) -> None:
        for state in (self.where.states[person] for person in deed.people):
            state.is_stated = True
            state.room = self.where.here if state.room == ELSEWHERE else state.room
        self._happens(deed, self.where.here)

    def _away(self, deed: Deed) -> None:
        self.where.put(deed.people, deed.room or ELSEWHERE)
        self._happens(deed, ELSEWHERE)

    # --- perception and speech ---------------------------------------------------------------------------------------

    def _see(self, deed: Deed) -> None:
        for outcome in self._concerned(deed):
            for person in deed.people:
                outcome.doubts.pop(person, None)
                if person in outcome.perceivers:
                    continue
                hidden = deed.covert or self.where.states[person].room != outcome.room
                (outcome.secret if hidden else outcome.perceivers).append(person)
        self._happens(deed, self.where.room_of(deed.people))

    def _unaware(self, deed: Deed) -> None:
        for outcome in self._concerned(deed):
            people = deed.people or [one for one in self.where.people if one not in outcome.deed.people]
            for person in people:
                outcome.doubts.pop(person, None)
                if person not in outcome.deed.people:
                    outcome.perceivers = [one for one in outcome.perceivers if one is not person]
                    outcome.secret = [one for one in outcome.secret if one is not person]

    def _concerned(self, deed: Deed) -> list[Outcome]:
        """Return the deeds that a verb of perception concerns: its target, or the deeds of others just before."""
        if deed.target in self.told:
            return [self.told[deed.target]]
        visible = [one for one in self.outcomes if one.deed.kind in _PERCEIVED]
        if deed.target is not None:
            return [one for one in visible if is_meant(one.deed, deed.target)]
        found: list[Outcome] = []
        for outcome in reversed(visible):
            if set(outcome.deed.people) & set(deed.people):
                break
            found.append(outcome)
            if outcome.deed.sentence < deed.sentence - 1:
                break
        return found

    def _tell(self, deed: Deed) -> None:
        last = next((one.deed.thing for one in reversed(self.outcomes) if one.deed.thing), "")
        thing = deed.thing or last
        place = deed.place or (self.places.get(thing) or [""])[-1]
        present = [one for one in self.where.at(self.where.room_of(deed.people)) if one not in deed.people]
        hearers = deed.hearers or tuple(present)
        if not (thing and place and deed.people and hearers):
            return
        said = Deed("tell", deed.people, deed.sentence, thing, place, deed.how, hearers=hearers, doubtful=deed.doubtful)
        outcome = Outcome(said, place, perceivers=[*deed.people, *hearers])
        self.outcomes.append(outcome)
        self.told[deed] = outcome


_HAPPENS = {
    "put": _Scene._put,
    "take": _Scene._take,
    "give": _Scene._give,
    "lies": _Scene._lies,
    "go": _Scene._go,
    "come": _Scene._come,
    "at": _Scene._at,
    "stay": _Scene._stay,
    "away": _Scene._away,
    "see": _Scene._see,
    "unaware": _Scene._unaware,
    "tell": _Scene._tell,
}
"""What happens at a deed, by its kind. Other kinds change only how people perceive the scene."""
