"""Clauses: small frozen dataclasses for the parsed meanings of sentences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Preposition = Literal["in", "on", "at", "behind", "beside", "under"]


@dataclass(frozen=True)
class Enter:
    """People enter a room. If ``room`` is None, the people return to the room that they left last."""

    people: tuple[str, ...]
    room: str | None


@dataclass(frozen=True)
class Exit:
    """People leave a room. If ``room`` is None, the people leave their current room."""

    people: tuple[str, ...]
    room: str | None


@dataclass(frozen=True)
class Stay:
    """People stay in a room and do nothing."""

    people: tuple[str, ...]
    room: str


@dataclass(frozen=True)
class Whereabouts:
    """People are in a room, and no sentence says that the people entered."""

    people: tuple[str, ...]
    room: str


@dataclass(frozen=True)
class Move:
    """Somebody puts an object somewhere."""

    people: tuple[str, ...]
    thing: str
    place: str
    how: Preposition = "in"


@dataclass(frozen=True)
class Contained:
    """An object is in a container, or a container is in a room."""

    inner: str
    outer: str
    how: Preposition = "in"


@dataclass(frozen=True)
class Attitude:
    """Somebody likes or dislikes something; the world does not change."""

    people: tuple[str, ...]


@dataclass(frozen=True)
class Private:
    """An experience that only the people themselves perceive, such as seeing a dog or losing a watch."""

    people: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """Somebody tells one hearer where an object is. If ``hearer`` is None, everybody hears the report."""

    speaker: str
    hearer: str | None
    thing: str
    place: str


@dataclass(frozen=True)
class Informed:
    """Somebody tells hearers where an object is, and the hearers believe it."""

    speaker: str
    hearers: tuple[str, ...]
    thing: str
    place: str
    how: Preposition = "in"


@dataclass(frozen=True)
class Remark:
    """Words that say nothing about the places of people and objects."""

    people: tuple[str, ...] = ()


Clause = Enter | Exit | Stay | Whereabouts | Move | Contained | Attitude | Private | Report | Informed | Remark


@dataclass(frozen=True)
class StorySentence:
    """A sentence of a narrative.

    Parameters
    ----------
    number
        Position of the sentence in the narrative, from 1.
    text
        The sentence without its line number.
    clause
        The parsed meaning of the sentence.
    predicate
        The words after the names of the acting people (``"moved the ball to the box"``), or the whole sentence.
    start, end
        Position of the sentence in the narrative, in characters.
    """

    number: int
    text: str
    clause: Clause
    predicate: str
    start: int
    end: int


@dataclass(frozen=True)
class Question:
    """A question about where an object is.

    Parameters
    ----------
    asks
        Kind of place: ``reality`` (now), ``beginning`` (first place) or ``belief``.
    thing
        Name of the object.
    chain
        Agents of a nested belief, with the outermost agent first. The chain is empty for the other two kinds.
    """

    asks: Literal["reality", "beginning", "belief"]
    thing: str
    chain: tuple[str, ...] = ()


@lru_cache(maxsize=16384)
def key(noun: str) -> str:
    """Return the key of an object, container or room: lower case, with spaces for underscores and hyphens.

    >>> key("treasure_chest") == key("Treasure chest"), key("t - shirt") == key("t-shirt")
    (True, True)
    """
    return " ".join(noun.casefold().replace("_", " ").replace("-", " ").split())
