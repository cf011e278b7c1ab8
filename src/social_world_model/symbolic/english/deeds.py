"""Deeds: what the sentences of a text say about people, objects and places."""

from __future__ import annotations

from dataclasses import dataclass, field
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
        People who act, or who are in the state.
    sentence
        0-based number of the sentence.
    thing, place, how
        Object, its place, and the preposition of the place. ``take``: the place is where the object was.
    room
        Room of a ``go``, ``come`` or ``at``; empty if the text does not name it.
    hearers
        People who are told or given something.
    target
        Deed that is seen, not noticed, or during which a state holds; None for the deeds before.
    covert
        Whether the people perceive something without being noticed.
    everyone
        Whether the state concerns everybody except the actor of the target ("without anyone noticing").
    false
        Whether the text says that a statement is not true.
    doubtful
        Why the reading is a guess; empty if it is not.
    text
        Words of the deed, for the context.
    perfect
        Whether the deed happened before the deeds of the sentences before.
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
    everyone: bool = False
    false: bool = False
    doubtful: str = ""
    text: str = ""
    perfect: bool = False
    remote: bool = False
    extra: dict[str, str] = field(default_factory=dict)
