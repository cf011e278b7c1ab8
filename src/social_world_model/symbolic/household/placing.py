"""What the sentences of a description add to a flat: rooms, furniture, and things in or on it."""

from __future__ import annotations

from collections.abc import Sequence

from social_world_model.symbolic.household.flat import Place, is_furniture
from social_world_model.symbolic.household.phrases import Noun
from social_world_model.symbolic.household.sentence import Focus, has_more_words

Somewhere = str | list[Place] | None
"""A room, places, or nothing yet."""


class Placing:
    """Adds to a flat what one sentence says of it.

    Parameters
    ----------
    focus
        What was spoken of before, and the flat; both change.
    respectively
        Whether each of several places has one of the things listed.
    """

    def __init__(self, focus: Focus, respectively: bool) -> None:
        self.focus = focus
        self.flat = focus.flat
        self.respectively = respectively
        self.told: list[tuple[str, Place]] = []
        self.new: list[Place] = []  # furniture of which nobody had spoken
        self.understood = False
        self.failed = False  # whether something could not be placed

    def forget_new(self) -> None:
        """Take new furniture back where nothing is in it: "the weather is fine" furnishes no room with weather."""
        for place in self.new:
            if place not in self.flat.contents:
                self.flat.places.pop(place, None)

    # ------------------------------------------------------------ which places

    def places(self, noun: Noun) -> list[Place]:
        """Return the furniture that a noun phrase speaks of as known; it is added if nobody has introduced it."""
        focus = self.focus
        if noun.other:
            return self._other(noun)
        noun = focus.full(noun)
        found = focus.named(noun)
        if not found and noun.name:
            if has_more_words(noun.name, lambda start: bool(focus.named(start))):
                self.failed = True  # "the fridge hums" is no piece of furniture
                return []
            found = self._new(noun)
        if noun.count == 1 and not noun.numbers:
            found = found[:1]  # "one of the tables": whichever, so the first
        if found:
            focus.kind = noun.name if noun.numbers else found[-1].kind
        return found

    def introduced(self, nouns: Sequence[Noun]) -> list[Place]:
        """Return furniture that is spoken of with "a", known or not: "a wardrobe holds a plate"."""
        focus = self.focus
        places = [place for noun in nouns for place in focus.named(noun)[:1] or self._new(noun)]
        focus.spoken_of = places
        focus.kind = places[-1].kind if places else focus.kind
        return places

    def _new(self, noun: Noun) -> list[Place]:
        """Take in furniture that nobody has introduced: "The wardrobe holds a plate"."""
        room = self.focus.room
        if not room:
            return []
        places = self.flat.add(room, noun.name, max(noun.count, 1))
        if noun.numbers:
            for place in places:
                self.flat.places.pop(place, None)
            places = [Place(room, places[0].kind, number) for number in noun.numbers]
            self.flat.places.update(dict.fromkeys(places))
        self.new += places
        return places

    def _other(self, noun: Noun) -> list[Place]:
        last = self.focus.spoken_of
        kind = noun.name or (last[-1].kind if last else "")
        alike = self.focus.named(Noun(kind, True, 0))
        if noun.count != 1:  # "the other cabinets": of which nothing is known yet
            return [place for place in alike if place not in self.flat.contents]
        return [place for place in alike if place not in last][:1]

    # ------------------------------------------------------------ what is there

    def enter(self, room: str) -> None:
        """Take in that a room is spoken of."""
        self.focus.room = room
        self.flat.rooms.setdefault(room)
        self.understood = True

    def empty(self, places: Sequence[Place]) -> None:
        """Take in that places are empty."""
        self.understood = self.understood or bool(places)
        self.failed = self.failed or not places
        for place in places:
            self.flat.contents[place] = {}

    def rooms(self, nouns: Sequence[Noun]) -> None:
        """Take in rooms of the flat."""
        for noun in nouns:
            if noun.name not in ("room", ""):  # "has two rooms: a hall and a study"
                self.flat.rooms.setdefault(noun.name)
        self.understood = True

    def put(self, here: Somewhere, nouns: Sequence[Noun]) -> None:
        """Take in what a list says is somewhere: furniture in a room, things in places."""
        if isinstance(here, str):
            self._furnish(here, nouns)
        elif here:
            self._fill(here, nouns)
        else:
            self.failed = True

    def _furnish(self, room: str, nouns: Sequence[Noun]) -> None:
        for noun in nouns:
            self.focus.spoken_of = self.flat.add(room, noun.name, max(noun.count, 1))
            self.focus.kind = self.focus.spoken_of[-1].kind
        self.understood = True

    def _fill(self, places: Sequence[Place], nouns: Sequence[Noun]) -> None:
        own = self.respectively and len(places) == len(nouns)
        self.failed = self.failed or (self.respectively and not own)
        for number, place in enumerate(places):
            for noun in nouns[number : number + 1] if own else nouns:
                if is_furniture(noun.name) and place.room:
                    self.flat.add(place.room, noun.name, max(noun.count, 1))
                    continue
                self.flat.put(place, noun.name, max(noun.count, 1))
                self.told.append((noun.name, place))
        self.understood = True
