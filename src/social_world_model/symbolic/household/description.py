"""Convert the sentences of a description to a `Flat`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from social_world_model.symbolic.household import lexicon
from social_world_model.symbolic.household.flat import Place, is_furniture
from social_world_model.symbolic.household.phrases import Chunk, Noun, Sign, chunks
from social_world_model.symbolic.household.placing import Placing, Somewhere
from social_world_model.symbolic.household.sentence import JOINERS, Focus, Handlers, SentenceReader, idle


@dataclass(frozen=True)
class Told:
    """The result of reading a sentence of the description.

    Parameters
    ----------
    things
        Pairs of an object and its place.
    understood
        Whether the whole sentence was parsed.
    empty
        Places that the sentence describes as empty.
    """

    things: tuple[tuple[str, Place], ...] = ()
    understood: bool = True
    empty: tuple[Place, ...] = ()

    @property
    def places(self) -> list[Place]:
        """Places whose contents the sentence states."""
        return [*(place for _, place in self.things), *self.empty]


@dataclass
class DescriptionReader(Focus):
    """Reader for the sentences of a description. "The cabinet" refers to furniture in the room mentioned last."""

    def read(self, sentence: str) -> Told:
        """Parse one sentence and update the flat."""
        parts = chunks(sentence)
        if UNREADABLE.intersection(part for part in parts if isinstance(part, str)) or sentence.rstrip().endswith("?"):
            return Told(understood=False)
        return _DescriptionSentence(self, _moved_on(parts), "respectively" in sentence.casefold()).read()


UNREADABLE: Final = frozenset[Sign](("not", "suppose", "doubt"))
"""Roles of words that make a sentence uncertain or negated. Such sentences are not parsed."""
INTRODUCE: Final[tuple[Sign, ...]] = ("hold", "with", "there", "decorate")
"""Roles of words that introduce a list of objects in a room or place."""
IDLE: Final[tuple[Sign, ...]] = (*JOINERS, "in", "on", "none", "skip")
"""Roles of words that have no handler. Such words are read together with the nouns around them."""


class _PlacePhrases(SentenceReader):
    """Reader for the phrases that name the places of a sentence."""

    def __init__(self, focus: Focus, parts: Sequence[Chunk], respectively: bool) -> None:
        super().__init__(parts)
        self.focus = focus
        self.flat = focus.flat
        self.placing = Placing(focus, respectively)

    def _definite_follows(self) -> bool:
        following = self.part()
        return isinstance(following, Noun) and following.definite

    def _is_known(self, noun: Noun) -> bool:
        return noun.count == 1 and bool(self.focus.named(noun))

    def _group(self) -> list[Place]:
        """Read a list of known places: "the fridge, the first and the second cabinet"."""
        group: list[Place] = []
        for noun in self._nouns(lambda following: following.definite or self._is_known(following)):
            spoken_of = noun.definite or (group and self._is_known(noun))
            if not spoken_of or self.flat.room_named(noun) is not None:
                break
            group += self.placing.places(noun)
        if group:
            self.focus.spoken_of = group
        return group

    def _one(self) -> list[Place]:
        """Read one noun phrase, such as "the first and second cabinets".

        Words after "and the" are not part of the noun phrase.
        """
        noun = self.part()
        self.at += 1
        places = self.placing.places(noun) if isinstance(noun, Noun) else []
        if places:
            self.focus.spoken_of = places
        return places

    def _own_place(self) -> Somewhere:
        """Read the place after a list of objects: "(two plates) are placed on the table", "(a cake) inside".

        Return None if no place follows, and an empty list for an unknown place: "(a cup) made in Italy".
        """
        ahead = self._past("be", "lie")
        how, following = self.part(ahead), self.part(ahead + 1)
        if how == "decorate" and isinstance(following, Noun):
            self.at += ahead + 1
            return self._one()
        if how not in ("on", "in") or following == "which":
            return None
        self.at += ahead + 1
        if isinstance(following, Noun) and (room := self.flat.room_named(following)) is not None:
            self.at += 1
            self.focus.room = room
            return room
        places = self._places_after(following)
        if places and how == "on":
            self.flat.surfaces.update(places)
        return places

    def _places_after(self, following: Chunk | None) -> list[Place] | None:
        """Read the places after "in" or "on"."""
        if following == "pronoun":
            self.at += 1
            return self.focus.spoken_of[-1:]
        if not isinstance(following, Noun):
            return [] if following in ("somebody", "unknown") else None
        if following.definite or self.focus.named(following):
            return self._one()
        self.at += 1
        return []


class _DescriptionSentence(_PlacePhrases):
    """Reader that assigns lists in a sentence: each list of objects to a place, and each list of furniture to a room.

    A list needs a word that introduces it ("holds", "with", "there is"), or a place before or after it ("in the
    fridge is", "is in the fridge"). Words that fit no construction, as in "the stove is broken", stay unparsed.
    """

    def __init__(self, focus: Focus, parts: Sequence[Chunk], respectively: bool) -> None:
        super().__init__(focus, parts, respectively)
        self.here: Somewhere = None  # location of listed objects without a place
        self.fronted = False  # whether the location precedes the verb: "in the fridge is"
        self.introduced = False  # whether a list may follow
        self.of_home = False  # whether the sentence is about the flat itself

    def read(self) -> Told:
        self._read_parts()
        left_over = self.rest or self.placing.failed
        if left_over:
            self.placing.forget_new()
        placing = self.placing
        return Told(tuple(placing.told), placing.understood and not left_over, tuple(placing.emptied))

    # ------------------------------------------------------------ words between nouns

    def _introduce(self, sign: Sign) -> None:
        self.introduced = True
        self.rest = self.rest or self.part() is None  # "the fridge is stocked"
        if not isinstance(self.here, str):
            return
        if sign == "hold" and self._follows_list():
            self.here = self.focus.spoken_of[-1:]  # "a sofa and a cabinet filled with books"
        elif sign == "with" and self.focus.spoken_of and isinstance(self.part(), Noun):
            self._with()

    def _follows_list(self) -> bool:
        before = self.part(-2)
        return isinstance(before, Noun) and not before.definite and bool(self.focus.spoken_of)

    def _with(self) -> None:
        """Assign a list after "with" to the table, not to the room: "a table with a lamp on it"."""
        if not self._definite_follows():
            self._list(self.focus.spoken_of[-1:])
            if self.focus.room:
                self.here = self.focus.room

    def _be(self, _: Sign) -> None:
        self.introduced = self.fronted

    def _which(self, _: Sign) -> None:
        self.here = self.focus.spoken_of[-1:] or self.here
        self.introduced = self.introduced or self.part(-2) == "be"  # "the fridge is where a cup is kept"

    def _pronoun(self, _: Sign) -> None:
        before = self.part(-2)
        if before not in ("on", "in") and not isinstance(before, Noun) and not self._follows_room():
            self.here = self.focus.spoken_of or self.here

    def _follows_room(self) -> bool:
        """Tell whether "it" refers to a room, as in "in the study, it has"."""
        room = self.part(-3)
        return self.fronted and isinstance(self.here, str) and isinstance(room, Noun) and room.name == self.here

    def _empty(self, _: Sign) -> None:
        self.placing.empty(self.here if isinstance(self.here, list) else [])
        if self.part(-2) == "be" and self.part(-3) == "which" and self.focus.room:
            self.here = self.focus.room  # "a drawer, which is empty, and a cupboard"
            self.introduced = True

    def _nothing(self, _: Sign) -> None:
        own = self._own_place()
        here = self.here if own is None else own
        self.placing.empty(here if isinstance(here, list) else [])

    def _same_is(self, _: Sign) -> None:
        self.placing.empty(self._group())

    def _except(self, _: Sign) -> None:
        """Read exceptions: "all cabinets except the third are empty", "all cabinets are empty, except the third"."""
        if not self._definite_follows():
            return
        spoken_of = self.here if isinstance(self.here, list) else []
        told = "empty" in self.parts[: self.at]
        exceptions = self._group()
        self.here = exceptions if told else [place for place in spoken_of if place not in exceptions]
        for place in exceptions if told else ():
            self.flat.contents.pop(place, None)

    def _unknown(self, sign: Sign) -> None:
        self.rest = True

    # ------------------------------------------------------------ nouns

    def _noun(self, noun: Noun) -> None:
        before = self.part(-1)
        if before in ("to", "from") or noun.name.endswith(" of"):
            # "next to the fridge", "in a corner of the hall": the place itself is not meant
            self.at += 1 + (before not in ("to", "from"))
            self.rest, self.here = True, None
            return
        if noun.definite and noun.name and noun.name.split()[-1] in lexicon.HOMES:
            self.of_home = True
            self.at += 1
        elif (room := self.flat.room_named(noun)) is not None and self._is_location(noun):
            self.at += 1
            self.of_home = False
            self.placing.enter(room)
            self.here = room
        elif self._is_thing(noun):
            self._list(None, known=True)
            return
        elif noun.definite:
            self.of_home = self.of_home and not noun.name  # "the flat has the following rooms: a hall and a study"
            self.here = self._group()
            self.placing.understood = self.placing.understood or bool(self.here)
        else:
            self._list(self.here)
            return
        self.fronted = before in ("in", "on")
        self.introduced = self.fronted or "hold" in self.parts[: self.at]

    def _is_thing(self, noun: Noun) -> bool:
        """Tell whether a definite noun is an object, not a place: "the cup is in the fridge"."""
        ahead = self._past("be", "lie", start=1)
        said = ahead > 1 and self.part(ahead) in ("in", "on") and isinstance(self.part(ahead + 1), Noun)
        furniture = is_furniture(noun.name) or bool(self.focus.named(noun))
        return said and noun.definite and bool(noun.name) and not noun.numbers and not furniture

    def _is_location(self, noun: Noun) -> bool:
        return noun.definite or (self.part(-1) in ("in", None) and not self.of_home)

    def _list(self, here: Somewhere, *, known: bool = False) -> None:
        """Read a list of objects: "two plates and a cup (are on the table)". The first noun may follow "the"."""
        items: list[Noun] = []
        for noun in self._nouns(lambda following: not following.definite):
            if noun.definite and not (known and not items):
                break
            items.append(noun)
        own = self._own_place()
        subject = own is None and here is None and self.focus.room and self.part() in ("hold", "be", "with")
        if any(not item.name or _is_participle(item) for item in items):
            self.rest = True
        elif subject:
            self.here = self.placing.introduced(items)
        elif own is None and not self.introduced:
            self.rest = True
        elif self.of_home:
            self.placing.rooms(items)
        else:
            self.placing.put(here if own is None else own, items)

    handlers: ClassVar[Handlers] = {
        **dict.fromkeys(INTRODUCE, _introduce),
        **dict.fromkeys(("be", "lie"), _be),
        **dict.fromkeys(IDLE, idle),
        "which": _which,
        "pronoun": _pronoun,
        "empty": _empty,
        "nothing": _nothing,
        "same_is": _same_is,
        "except": _except,
    }


def _moved_on(parts: Sequence[Chunk]) -> Sequence[Chunk]:
    """Rewrite "moving on to the study, there is" to "in the study, there is"."""
    start = next((at for at, part in enumerate(parts) if isinstance(part, Noun)), 0)
    if parts[:1] == ("go",) and set(parts[1:start]) <= {"way", "on", "to", "in"}:
        return ("in", *parts[start:])
    return parts


def _is_participle(noun: Noun) -> bool:
    """Tell whether a noun without an article is probably a participle: "has broken", "is cracked"."""
    last = noun.name.split()[-1]
    return noun.bare and (last in lexicon.PARTICIPLES or (last.endswith("ed") and len(last) > 4))
