"""What a sentence says, once it is understood: small frozen values, nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Preposition = Literal["in", "on"]


@dataclass(frozen=True)
class Enter:
    """People come into a room; None is the one they left last."""

    people: tuple[str, ...]
    room: str | None


@dataclass(frozen=True)
class Exit:
    """People go out of a room; None is the one they are in."""

    people: tuple[str, ...]
    room: str | None


@dataclass(frozen=True)
class Stay:
    """People remain in a room and do nothing."""

    people: tuple[str, ...]
    room: str


@dataclass(frozen=True)
class Whereabouts:
    """People are in a room, without having been told to enter."""

    people: tuple[str, ...]
    room: str


@dataclass(frozen=True)
class Move:
    """Somebody puts a thing somewhere."""

    people: tuple[str, ...]
    thing: str
    place: str
    how: Preposition = "in"


@dataclass(frozen=True)
class Contained:
    """Something is in something: a thing in a container, or a container in a room."""

    inner: str
    outer: str
    how: Preposition = "in"


@dataclass(frozen=True)
class Attitude:
    """Somebody likes or dislikes something; it changes nothing."""

    people: tuple[str, ...]


@dataclass(frozen=True)
class Private:
    """Something that people live through by themselves (see a dog, lose a watch)."""

    people: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """Somebody says where a thing is: to one person, or to everybody."""

    speaker: str
    hearer: str | None
    thing: str
    place: str


Clause = Enter | Exit | Stay | Whereabouts | Move | Contained | Attitude | Private | Report


@dataclass(frozen=True)
class StorySentence:
    """A sentence of a narrative.

    Parameters
    ----------
    number
        1-based position in the narrative.
    text
        As it stands there, without line number and with its blanks folded.
    clause
        What it says.
    predicate
        What follows the name of who acts (``"moved the ball to the box"``), or the whole sentence.
    """

    number: int
    text: str
    clause: Clause
    predicate: str


@dataclass(frozen=True)
class Question:
    """A question about where a thing is.

    Parameters
    ----------
    asks
        Where it is, where it was at the beginning, or where somebody thinks it is.
    thing
        What is looked for.
    chain
        Who thinks that who thinks …; empty unless a belief is asked for.
    """

    asks: Literal["reality", "beginning", "belief"]
    thing: str
    chain: tuple[str, ...] = ()


def key(noun: str) -> str:
    """Return the form under which a thing, container or room is known: case, underscores and hyphens folded.

    >>> key("treasure_chest") == key("Treasure chest"), key("t - shirt") == key("t-shirt")
    (True, True)
    """
    return " ".join(noun.casefold().replace("_", " ").replace("-", " ").split())
