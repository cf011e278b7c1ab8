"""From the description of a flat to a `Flat`, sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from social_world_model.symbolic.household import lexicon
from social_world_model.symbolic.household.flat import Flat, Place, is_furniture
from social_world_model.symbolic.household.phrases import Chunk, Cursor, Noun, Sign, chunks


@dataclass(frozen=True)
class Told:
    """What a sentence says is where.

    Parameters
    ----------
    things
        Each thing with the place that it is in.
    understood
        Whether all of the sentence could be read.
    """

    things: tuple[tuple[str, Place], ...] = ()
    understood: bool = True


@dataclass
class DescriptionReader:
    """Takes in the sentences of a description; what "the cabinet" is depends on the room spoken of last.

    Parameters
    ----------
    flat
        What is known so far; it grows.
    room
        The room spoken of last.
    """

    flat: Flat = field(default_factory=Flat)
    room: str = ""
    kind: str = ""  # of the furniture spoken of last: for "the second"
    spoken_of: list[Place] = field(default_factory=list)  # the places spoken of last: for "it", "the other"

    def read(self, sentence: str) -> Told:
        """Take in one sentence."""
        parts = chunks(sentence)
        if UNREADABLE.intersection(part for part in parts if isinstance(part, str)) or sentence.rstrip().endswith("?"):
            return Told(understood=False)
        return _Sentence(self, _moved_on(parts), "respectively" in sentence.casefold()).read()


Somewhere = str | list[Place] | None
"""A room, places, or nothing yet."""

UNREADABLE = frozenset(("not", "suppose", "doubt"))
"""Signs that leave open what of a sentence holds."""
JOINERS = ("comma", "and", "break")
INTRODUCE = ("hold", "with", "there", "decorate")
"""What comes after these is there."""


class _Sentence(Cursor):
    """Walks the chunks of a sentence, and gives each list of things to a place, each list of furniture to a room.

    A list is there only where something says so: "holds", "with", "there is", or a place before or after it ("in the
    fridge is", "is in the fridge"). What no construction takes, as in "the stove is broken", is left over.
    """

    def __init__(self, known: DescriptionReader, parts: Sequence[Chunk], respectively: bool) -> None:
        super().__init__(parts)
        self.known = known
        self.respectively = respectively  # whether each place has one of the things
        self.flat = known.flat
        self.here: Somewhere = None  # where things are that are listed without a place of their own
        self.fronted = False  # whether it is said so before the verb: "in the fridge"
        self.introduced = False  # whether a list may follow
        self.of_home = False  # whether the flat itself is spoken of
        self.told: list[tuple[str, Place]] = []
        self.new: list[Place] = []  # furniture of which nobody had spoken
        self.understood = False
        self.rest = False  # whether anything is left over

    def read(self) -> Told:
        while self.at < len(self.parts):
            part = self.parts[self.at]
            if isinstance(part, Noun):
                self._noun(part)
            else:
                self._sign(part)
        if self.rest:  # of "the weather is fine" no weather stays among the furniture
            for place in self.new:
                if place not in self.flat.contents:
                    self.flat.places.pop(place, None)
        return Told(tuple(self.told), self.understood and not self.rest)

    # ------------------------------------------------------------ words between nouns

    def _sign(self, sign: Sign) -> None:
        self.at += 1
        before = self.part(-2)
        if sign in INTRODUCE:
            self._introduce(sign)
        elif sign in ("be", "lie"):
            self.introduced = self.fronted
        elif sign == "which":
            self.here = self.known.spoken_of[-1:] or self.here
            self.introduced = self.introduced or before == "be"  # "the fridge is where a cup is kept"
        elif sign == "pronoun":
            if before not in ("on", "in") and not isinstance(before, Noun) and not self._follows_room():
                self.here = self.known.spoken_of or self.here
        elif sign == "empty":
            self._empty(self.here if isinstance(self.here, list) else [])
            if before == "be" and self.part(-3) == "which" and self.known.room:
                self.here = self.known.room  # "a drawer, which is empty, and a cupboard"
                self.introduced = True
        elif sign == "nothing":
            own = self._own_place()
            here = self.here if own is None else own
            self._empty(here if isinstance(here, list) else [])
        elif sign == "same_is":
            self._empty(self._group())
        elif sign == "except":
            if self._definite_follows():
                self._except()
        elif sign not in (*JOINERS, "in", "on", "none", "skip"):
            self.rest = True

    def _follows_room(self) -> bool:
        """Tell whether "it" is a room: "in the study, it has"."""
        room = self.part(-3)
        return self.fronted and isinstance(self.here, str) and isinstance(room, Noun) and room.name == self.here

    def _except(self) -> None:
        """Read "all cabinets except the third are empty", "all cabinets are empty, except the third"."""
        spoken_of = self.here if isinstance(self.here, list) else []
        told = "empty" in self.parts[: self.at]
        exceptions = self._group()
        self.here = exceptions if told else [place for place in spoken_of if place not in exceptions]
        for place in exceptions if told else ():
            self.flat.contents.pop(place, None)

    def _introduce(self, sign: Sign) -> None:
        self.introduced = True
        self.rest = self.rest or self.part() is None  # "the fridge is stocked"
        if not isinstance(self.here, str):
            return
        if sign == "hold" and self._follows_list():
            self.here = self.known.spoken_of[-1:]  # "a sofa and a cabinet filled with books"
        elif sign == "with" and self.known.spoken_of and isinstance(self.part(), Noun):
            self._with()

    def _follows_list(self) -> bool:
        before = self.part(-2)
        return isinstance(before, Noun) and not before.definite and bool(self.known.spoken_of)

    def _definite_follows(self) -> bool:
        following = self.part()
        return isinstance(following, Noun) and following.definite

    def _with(self) -> None:
        """Read "a table with a lamp on it", "two tables with a lamp on the first": not of the room but of the table."""
        if not self._definite_follows():
            self._list(self.known.spoken_of[-1:])
            if self.known.room:
                self.here = self.known.room

    def _empty(self, places: Sequence[Place]) -> None:
        self.understood = self.understood or bool(places)
        self.rest = self.rest or not places
        for place in places:
            self.flat.contents[place] = {}

    # ------------------------------------------------------------ nouns

    def _noun(self, noun: Noun) -> None:
        before = self.part(-1)
        if before in ("to", "from") or noun.name.endswith(" of"):
            self.at += 1 + (before not in ("to", "from"))  # "next to the fridge", "in a corner of the hall": not in it
            self.rest, self.here = True, None
            return
        if noun.definite and noun.name and noun.name.split()[-1] in lexicon.HOMES:
            self.of_home = True
            self.at += 1
        elif (room := self.flat.room_named(noun)) is not None and self._is_location(noun):
            self.at += 1
            self.of_home = False
            self.known.room = room
            self.flat.rooms.setdefault(room)
            self.here = room
            self.understood = True
        elif self._is_thing(noun):
            self._list(None, known=True)
            return
        elif noun.definite:
            self.of_home = self.of_home and not noun.name  # "the flat has the following rooms: a hall and a study"
            self.here = self._group()
            self.understood = self.understood or bool(self.here)
        else:
            self._list(self.here)
            return
        self.fronted = before in ("in", "on")
        self.introduced = self.fronted or "hold" in self.parts[: self.at]

    def _is_thing(self, noun: Noun) -> bool:
        """Tell whether a noun is a thing although it is spoken of as known: "the cup is in the fridge"."""
        ahead = 1
        while self.part(ahead) in ("be", "lie"):
            ahead += 1
        said = ahead > 1 and self.part(ahead) in ("in", "on") and isinstance(self.part(ahead + 1), Noun)
        furniture = is_furniture(noun.name) or bool(self.flat.named(noun, self.known.room))
        return said and noun.definite and bool(noun.name) and not noun.numbers and not furniture

    def _is_location(self, noun: Noun) -> bool:
        return noun.definite or (self.part(-1) in ("in", None) and not self.of_home)

    def _group(self) -> list[Place]:
        """Read "the fridge, the first and the second cabinet": places that are spoken of as known."""
        group: list[Place] = []
        while isinstance(part := self.part(), Noun) and (part.definite or (group and self._is_known(part))):
            if self.flat.room_named(part) is not None:
                break
            group += self._places(part)
            self.at += 1
            ahead = self.past_joiners()
            following = self.part(ahead)
            if not ahead or not isinstance(following, Noun) or not (following.definite or self._is_known(following)):
                break
            self.at += ahead
        if group:
            self.known.spoken_of = group
        return group

    def _one(self) -> list[Place]:
        """Read "the first and second cabinets", and not what comes after "and the"."""
        noun = self.part()
        self.at += 1
        places = self._places(noun) if isinstance(noun, Noun) else []
        if places:
            self.known.spoken_of = places
        return places

    def _is_known(self, noun: Noun) -> bool:
        return noun.count == 1 and bool(self.flat.named(noun, self.known.room))

    def _places(self, noun: Noun) -> list[Place]:
        known = self.known
        if noun.other:
            return self._other(noun)
        if not noun.name and noun.numbers:
            noun = Noun(known.kind, True, noun.count, noun.numbers)
        found = self.flat.named(noun, known.room)
        if not found and noun.name:
            if self._has_more_words(noun.name):
                self.rest = True
                return []
            found = self._new(noun)
        if noun.count == 1 and not noun.numbers:
            found = found[:1]  # "one of the tables": whichever, so the first
        if found:
            known.kind = noun.name if noun.numbers else found[-1].kind
        return found

    def _has_more_words(self, name: str) -> bool:
        """Tell whether a name is known furniture with a word too many: "the fridge hums" is no piece of furniture."""
        words = name.split()
        starts = (" ".join(words[:end]) for end in range(1, len(words)))
        return any(self.flat.named(Noun(start, True), self.known.room) for start in starts)

    def _new(self, noun: Noun) -> list[Place]:
        """Take in furniture that nobody has introduced: "The wardrobe holds a plate"."""
        if not self.known.room:
            return []
        places = self.flat.add(self.known.room, noun.name, max(noun.count, 1))
        if noun.numbers:
            for place in places:
                self.flat.places.pop(place, None)
            places = [Place(self.known.room, places[0].kind, number) for number in noun.numbers]
            self.flat.places.update(dict.fromkeys(places))
        self.new += places
        return places

    def _other(self, noun: Noun) -> list[Place]:
        last = self.known.spoken_of
        kind = noun.name or (last[-1].kind if last else "")
        alike = self.flat.named(Noun(kind, True, 0), self.known.room)
        if noun.count != 1:  # "the other cabinets": of which nothing is known yet
            return [place for place in alike if place not in self.flat.contents]
        return [place for place in alike if place not in last][:1]

    # ------------------------------------------------------------ lists

    def _list(self, here: Somewhere, *, known: bool = False) -> None:
        """Read "two plates and a cup (are on the table)"; the first of them may be known."""
        items: list[Noun] = []
        while isinstance(part := self.part(), Noun) and (not part.definite or (known and not items)):
            items.append(part)
            self.at += 1
            ahead = self.past_joiners()
            following = self.part(ahead)
            if not ahead or not isinstance(following, Noun) or following.definite:
                break
            self.at += ahead
        own = self._own_place()
        subject = own is None and here is None and self.known.room and self.part() in ("hold", "be", "with")
        if any(not item.name or _is_participle(item) for item in items):
            self.rest = True
        elif subject:
            self._subject(items)
        elif own is not None:
            self._put(own, items)
        elif self.introduced:
            self._put(here, items)
        else:
            self.rest = True

    def _put(self, here: Somewhere, items: Sequence[Noun]) -> None:
        """Take in what a list says is somewhere."""
        if self.of_home:
            self._rooms(items)
        elif isinstance(here, str):
            self._furnish(here, items)
        elif here:
            self._fill(here, items)
        else:
            self.rest = True

    def _subject(self, items: Sequence[Noun]) -> None:
        """Read "a wardrobe" before "holds a plate": furniture, of which nobody has spoken yet or which is known."""
        known = self.known
        places = [place for item in items for place in self.flat.named(item, known.room)[:1] or self._new(item)]
        known.spoken_of, self.here = places, places
        known.kind = places[-1].kind if places else known.kind

    def _own_place(self) -> Somewhere:
        """Read the place that a list brings along: "(two plates) are placed on the table", "(a cake) inside".

        None if it brings none; no places if it is not known which: "(a cup) made in Italy".
        """
        ahead = 0
        while self.part(ahead) in ("be", "lie"):
            ahead += 1
        how, following = self.part(ahead), self.part(ahead + 1)
        if how == "decorate" and isinstance(following, Noun):
            self.at += ahead + 1
            return self._one()
        if how not in ("on", "in") or following == "which":
            return None
        self.at += ahead + 1
        if following == "pronoun":
            self.at += 1
            places = self.known.spoken_of[-1:]
        elif not isinstance(following, Noun):
            return [] if following in ("somebody", "unknown") else None
        elif (room := self.flat.room_named(following)) is not None:
            self.at += 1
            self.known.room = room
            return room
        elif following.definite or self.flat.named(following, self.known.room):
            places = self._one()
        else:
            self.at += 1
            return []
        if how == "on":
            self.flat.surfaces.update(places)
        return places

    def _rooms(self, items: Sequence[Noun]) -> None:
        for item in items:
            if item.name not in ("room", ""):  # "has two rooms: a hall and a study"
                self.flat.rooms.setdefault(item.name)
        self.understood = True

    def _furnish(self, room: str, items: Sequence[Noun]) -> None:
        for item in items:
            self.known.spoken_of = self.flat.add(room, item.name, max(item.count, 1))
            self.known.kind = self.known.spoken_of[-1].kind
        self.understood = True

    def _fill(self, places: Sequence[Place], items: Sequence[Noun]) -> None:
        own = self.respectively and len(places) == len(items)
        self.rest = self.rest or (self.respectively and not own)
        for number, place in enumerate(places):
            for item in items[number : number + 1] if own else items:
                if is_furniture(item.name) and place.room:
                    self.flat.add(place.room, item.name, max(item.count, 1))
                    continue
                self.flat.put(place, item.name, max(item.count, 1))
                self.told.append((item.name, place))
        self.understood = True


def _moved_on(parts: Sequence[Chunk]) -> Sequence[Chunk]:
    """Return "moving on to the study, there is" as "in the study, there is"."""
    start = next((at for at, part in enumerate(parts) if isinstance(part, Noun)), 0)
    if parts[:1] == ("go",) and set(parts[1:start]) <= {"way", "on", "to", "in"}:
        return ("in", *parts[start:])
    return parts


def _is_participle(noun: Noun) -> bool:
    """Tell whether a noun without an article may well be none: "has broken", "is cracked"."""
    last = noun.name.split()[-1]
    return noun.bare and (last in lexicon.PARTICIPLES or (last.endswith("ed") and len(last) > 4))
