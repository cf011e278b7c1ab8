"""Deeds: what the sentences of a text say about people, objects and places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from social_world_model.symbolic.english.people import Person

DeedKind = Literal[
    "put",
    "take",
    "give",
    "lies",
    "go",
    "come",
    "at",
    "stay",
    "away",
    "asleep",
    "awake",
    "blind",
    "busy",
    "see",
    "unaware",
    "tell",
    "say",
    "other",
]
Scope = Literal["before", "above", "below"]
STATES = frozenset({"at", "away", "asleep", "blind", "busy", "stay"})
"""Kinds that hold for a while: "while Ann was out"."""


@dataclass(eq=False)
class Deed:
    """Something that happens, or a state, in the order of the text.

    Parameters
    ----------
    kind
        Kind of the deed.
    people
        People who act, or who are in the state. ``unaware`` without people: everybody except those who act.
    sentence
        0-based number of the sentence.
    thing, place, how
        Object, its place, and the preposition of the place. ``take``: the place is where the object was.
    room
        Room of a ``go``, ``come`` or ``at``; empty if the text does not name it.
    hearers
        People who hear or get something.
    target
        Deed that is seen, not noticed, or during which a state holds; None for the deeds before.
    covert
        Whether the people perceive something without being noticed.
    false
        Whether the text says that a statement is not true.
    doubtful
        Why the reading is a guess; empty if it is not.
    perfect
        Whether the deed happened before the deeds of the sentences before.
    left
        Room that people go away from; empty if the text does not name it.
    inside
        Whether people go "inside", which can be towards the scene or away from it.
    back
        Whether the object is put back to the place before.
    other
        Object with which the object changes places.
    scope
        Where the deed that somebody sees or tells is: in the phrase itself (``below``), in its governor (``above``), or
        in the sentences before.
    about_place
        Whether somebody tells where an object is without naming the place ("told him where it was").
    is_flashback, is_lost
        Whether the deed was moved to an earlier time, and whether the reader does not know what is perceived.
    is_label
        Whether only the name of a container says what it contains: everybody expects that.
    """

    kind: DeedKind
    people: tuple[Person, ...]
    sentence: int
    thing: str = ""
    place: str = ""
    how: str = "in"
    room: str = ""
    hearers: tuple[Person, ...] = ()
    target: Deed | None = None
    covert: bool = False
    false: bool = False
    doubtful: str = ""
    perfect: bool = False
    left: str = ""
    inside: bool = False
    back: bool = False
    other: str = ""
    scope: Scope = "before"
    about_place: bool = False
    is_flashback: bool = False
    is_lost: bool = False
    is_label: bool = False
