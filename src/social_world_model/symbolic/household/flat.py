"""The rooms of a flat, the furniture in each room, and the known contents of the furniture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from social_world_model.symbolic.household import lexicon
from social_world_model.symbolic.household.phrases import Noun


class Place(NamedTuple):
    """A piece of furniture.

    Parameters
    ----------
    room
        Name of the room that contains this piece; empty if the room is unknown.
    kind
        Kind of furniture, such as "cabinet".
    number
        Position among pieces of the same kind in the room, from 1 at the left. A single piece has position 0.
    """

    room: str
    kind: str
    number: int = 0

    @property
    def name(self) -> str:
        """The unique name of the place in the flat.

        >>> Place("kitchen", "cabinet", 4).name, Place("kitchen", "fridge").name, Place("bedroom", "cabinet").name
        ('4th kitchen cabinet', 'kitchen fridge', 'bedroom cabinet')
        """
        inner = self.kind if not self.room or self.kind.startswith(f"{self.room} ") else f"{self.room} {self.kind}"
        return f"{ordinal(self.number)} {inner}" if self.number else inner


@dataclass
class Flat:
    """The known facts about a flat. The readers of descriptions add more facts.

    Parameters
    ----------
    rooms
        Names of rooms, in order of mention.
    places
        Pieces of furniture, in order of mention.
    contents
        For each place: the name and number of the objects. A place with unknown contents is not listed. An empty place
        has no objects.
    surfaces
        Places with contents that are visible from anywhere in the room.
    """

    rooms: dict[str, None] = field(default_factory=dict)
    places: dict[Place, None] = field(default_factory=dict)
    contents: dict[Place, dict[str, int]] = field(default_factory=dict)
    surfaces: set[Place] = field(default_factory=set)

    def add(self, room: str, kind: str, count: int = 1) -> list[Place]:
        """Add furniture to a room and return it.

        If a room has several pieces of one kind, all of these pieces are numbered.

        Parameters
        ----------
        room
            Name of the room; empty if the room is unknown.
        kind
            Kind of furniture.
        count
            Number of pieces.
        """
        if room:
            self.rooms.setdefault(room)
        kind = kind.removeprefix(f"{room} ") or kind
        before = [place for place in self.places if place.room == room and place.kind == kind]
        if before and before[0].number == 0 and before[0] not in self.contents:
            before = []
            self.places.pop(Place(room, kind))
        first = len(before) + 1
        numbers = range(first, first + count) if count > 1 or before else [0]
        added = [Place(room, kind, number) for number in numbers]
        self.places.update(dict.fromkeys(added))
        if is_surface(kind):
            self.surfaces.update(added)
        return added

    def put(self, place: Place, thing: str, count: int = 1) -> None:
        """Add objects to a place.

        Parameters
        ----------
        place
            Place for the objects. The flat may not know this place yet.
        thing
            Name of the object, in the singular.
        count
            Number of objects.
        """
        here = self.contents.setdefault(place, {})
        here[thing] = here.get(thing, 0) + count

    def is_open(self, place: Place) -> bool:
        """Tell whether the contents of a place are visible without opening the place."""
        return place in self.surfaces

    def in_room(self, room: str) -> list[Place]:
        """Return the furniture of a room."""
        return [place for place in self.places if place.room == room]

    def holds(self, place: Place, thing: str) -> bool:
        """Tell whether an object is known to be in a place.

        Parameters
        ----------
        place
            A place of the flat.
        thing
            Name of the object, in the singular.
        """
        return thing in self.contents.get(place, {})

    def where(self, thing: str) -> list[Place]:
        """Return all places that are known to contain an object."""
        return [place for place in self.contents if self.holds(place, thing)]

    def room_named(self, noun: Noun) -> str | None:
        """Return the room that a noun phrase refers to, or None."""
        if noun.name in self.rooms:
            return noun.name
        return noun.name if noun.definite and noun.name in lexicon.ROOMS else None

    def named(self, noun: Noun, room: str = "") -> list[Place]:
        """Return the furniture that a noun phrase refers to. The current room of the person is considered.

        Parameters
        ----------
        noun
            Noun phrase: "the fridge", "the second and fourth cabinets", "a kitchen cabinet".
        room
            Room of the person. Furniture of this room is preferred.

        Returns
        -------
        list of Place
            Places in the order of their numbers. If the noun phrase is ambiguous, all candidates are returned.
        """
        found = self._alike(noun.name)
        if noun.numbers:
            chosen = _prefer(found, lambda place: place.number in noun.numbers, required=True)
            chosen = _prefer(chosen, lambda place: place.room == room)
            rank = {number: position for position, number in enumerate(noun.numbers)}
            return sorted(chosen, key=lambda place: rank[place.number])
        chosen = _prefer(found, lambda place: place.room == room)
        if noun.count == 1:
            chosen = _prefer(chosen, lambda place: place.number == 0)
        return chosen

    def _alike(self, name: str) -> list[Place]:
        """Return the furniture with exactly this name, else with a longer or shorter name, else with a similar name."""
        inner, owner = self._without_room(name)
        here = [place for place in self.places if not owner or place.room == owner]
        exact = [place for place in here if place.kind in (inner, name)]
        if exact or not inner:
            return exact
        longer = [place for place in here if place.kind.endswith(f" {inner}") or inner.endswith(f" {place.kind}")]
        if longer:
            return longer
        near = frozenset[str]().union(*(names for names in lexicon.NEAR if inner in names or name in names))
        return [place for place in here if place.kind in near]

    def _without_room(self, name: str) -> tuple[str, str]:
        for room in sorted(self.rooms, key=len, reverse=True):
            if name.startswith(f"{room} "):
                return name.removeprefix(f"{room} "), room
        return name, ""

    def title(self, place: Place) -> str:
        """Return the shortest unique name of a place in the flat: "fridge", "bathroom cabinet"."""
        alike = [other for other in self.places if other.kind == place.kind]
        alone = len(alike) == 1 and not place.number and place.kind not in lexicon.GENERIC
        return place.kind if alone else place.name

    def things(self) -> Iterator[str]:
        """Return the name of every object with a known place, without duplicates."""
        yield from dict.fromkeys(thing for here in self.contents.values() for thing in here)


def is_surface(kind: str) -> bool:
    """Tell whether objects on this kind of furniture are visible.

    >>> is_surface("coffee table"), is_surface("fridge")
    (True, False)
    """
    return kind.split()[-1] in lexicon.SURFACES


def is_furniture(noun: str) -> bool:
    """Tell whether a noun is furniture in every list, even in a list without a room."""
    last = noun.split()[-1] if noun else ""
    return last in lexicon.SURFACES or last in lexicon.CONTAINERS or noun in lexicon.CONTAINERS


def ordinal(number: int) -> str:
    """Return the ordinal form of a number.

    >>> [ordinal(number) for number in (1, 2, 3, 4, 11, 22)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd']
    """
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def counted(thing: str, count: int = 1) -> str:
    """Return a number and a noun as a noun phrase.

    Parameters
    ----------
    thing
        Name of the object, in the singular.
    count
        Number of objects.

    Examples
    --------
    >>> counted("apple"), counted("bottle of wine", 2)
    ('an apple', '2 bottles of wine')
    """
    if count == 1:
        return f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}"
    head, of, rest = thing.partition(" of ")
    plural = f"{head}es" if head.endswith(("s", "sh", "ch", "x")) else f"{head}s"
    if head.endswith("shelf"):
        plural = f"{head.removesuffix('f')}ves"
    return f"{count} {plural}{of}{rest}"


def _prefer(places: list[Place], test: Callable[[Place], bool], *, required: bool = False) -> list[Place]:
    """Return the places that pass a test. If no place passes, return all places, unless the test is required."""
    chosen = [place for place in places if test(place)]
    return chosen if chosen or required else places
