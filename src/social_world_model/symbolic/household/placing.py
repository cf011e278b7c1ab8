"""Add the facts of a description to a flat: rooms, furniture and contents."""

from __future__ import annotations

from collections.abc import Sequence

from social_world_model.symbolic.household.flat import Place, is_furniture
from social_world_model.symbolic.household.phrases import Noun
from social_world_model.symbolic.household.sentence import Focus, has_more_words

Somewhere = str | list[Place] | None
"""A location: the name of a room, a list of places, or None if the location is not known yet."""


class Placing:
    """Builder that adds the facts of one sentence to a flat.

    Parameters
    ----------
    focus
        The flat, and the rooms and places that were mentioned last. The builder modifies this argument.
    respectively
        Whether the listed objects are distributed over several places, one object per place.
    """

    def __init__(self, focus: Focus, respectively: bool) -> None:
        self.focus = focus
        self.flat = focus.flat
        self.respectively = respectively
        self.told: list[tuple[str, Place]] = []
        self.emptied: list[Place] = []
        self.new: list[Place] = []  # furniture that was not mentioned before
        self.understood = False
        self.failed = False  # whether something could not be placed

    def forget_new(self) -> None:
        """Remove new furniture without contents. "The weather is fine" must not add a weather to the room."""
        for place in self.new:
            if place not in self.flat.contents:
                self.flat.places.pop(place, None)

    # ------------------------------------------------------------ which places

    def places(self, noun: Noun) -> list[Place]:
        """Return the furniture that a definite noun phrase refers to. Unknown furniture is added."""
        focus = self.focus
        if noun.other:
            return self._other(noun)
        noun = focus.full(noun)
        found = focus.named(noun)
        if not found and noun.name:
            if has_more_words(noun.name, lambda start: bool(focus.named(start))):
                self.failed = True  # "fridge hums" is not a kind of furniture
                return []
            found = self._new(noun)
        if noun.count == 1 and not noun.numbers:
            found = found[:1]  # "one of the tables": use the first
        if found:
            focus.kind = noun.name if noun.numbers else found[-1].kind
        return found

    def introduced(self, nouns: Sequence[Noun]) -> list[Place]:
        """Return the known or new furniture that an indefinite noun phrase refers to: "a wardrobe holds a plate"."""
        focus = self.focus
        places = [place for noun in nouns for place in focus.named(noun)[:1] or self._new(noun)]
        focus.spoken_of = places
        focus.kind = places[-1].kind if places else focus.kind
        return places

    def _new(self, noun: Noun) -> list[Place]:
        """Add furniture on its first mention: "The wardrobe holds a plate"."""
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
        if noun.count != 1:  # "the other cabinets": those with unknown contents
            return [place for place in alike if place not in self.flat.contents]
        return [place for place in alike if place not in last][:1]

    # ------------------------------------------------------------ what is there

    def enter(self, room: str) -> None:
        """Make a room the current room. If the room is new, add the room to the flat."""
        self.focus.room = room
        self.flat.rooms.setdefault(room)
        self.understood = True

    def empty(self, places: Sequence[Place]) -> None:
        """Mark places as empty."""
        self.understood = self.understood or bool(places)
        self.failed = self.failed or not places
        self.emptied += places
        for place in places:
            self.flat.contents[place] = {}

    def rooms(self, nouns: Sequence[Noun]) -> None:
        """Add rooms to the flat."""
        for noun in nouns:
            if noun.name not in ("room", ""):  # "has two rooms: a hall and a study"
                self.flat.rooms.setdefault(noun.name)
        self.understood = True

    def put(self, here: Somewhere, nouns: Sequence[Noun]) -> None:
        """Add a list of furniture to a room, or a list of objects to places.

        Parameters
        ----------
        here
            The room or the places. If there is no room and no place, the list is treated as not understood.
        nouns
            The listed furniture or objects.
        """
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
