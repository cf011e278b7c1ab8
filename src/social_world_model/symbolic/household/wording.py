"""The sentences for flats and walks in a context. The household parser can parse these sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from social_world_model.s3ap.prose import joined
from social_world_model.symbolic.household.acts import Act, Verb
from social_world_model.symbolic.household.flat import Flat, Place, counted

_ACTS: Final[Mapping[Verb, str]] = {
    "go": "walks to",
    "approach": "walks towards",
    "open": "opens",
    "close": "closes",
    "intend": "is about to open",
    "pass": "passes",
}
ACT_OPENINGS: Final = tuple(f"{words} the " for words in _ACTS.values())
"""The first words of every text about an action."""

MANUAL: Final = (
    "Written by the symbolic model from the narrative. The first state holds the whole flat as it is described; an "
    "observation holds what the person can see: the furniture of its room, what lies open there, and what is inside a "
    "place only once that place is open."
)
"""The first sentences in the manual of every household context."""
_IN_ROOM: Final = re.compile(r"(?:^|[.] )(?P<person>[^.]{1,200}) is in the (?P<room>[^.]{1,100})[.]")
_FURNISHED: Final = re.compile(r"(?:^|[.] )The (?P<room>[^.]{1,100}?) has (?:an?|[0-9]{1,3}) [^.]{1,100}")


def tells_of_furniture(state: str, person: str) -> bool:
    """Tell whether a state lists the furniture of the flat or of the person's room, in the wording of `room_told`.

    Parameters
    ----------
    state
        State of a step.
    person
        Name of the person.
    """
    rooms = {found["room"] for found in _FURNISHED.finditer(state)}
    here = _IN_ROOM.match(state)
    return ("flat" in rooms and len(rooms) > 1) or (
        here is not None and here["person"] == person and here["room"] in rooms
    )


def rooms_told(flat: Flat) -> str:
    """Return the sentence that lists the rooms of a flat."""
    return f"The flat has {joined(counted(room) for room in flat.rooms)}."


def room_told(flat: Flat, room: str) -> list[str]:
    """Return the sentence that lists the furniture of a room, or an empty list if the room has no furniture.

    Parameters
    ----------
    flat
        The flat with its furniture.
    room
        Name of the room.
    """
    kinds: dict[str, int] = {}
    for place in flat.in_room(room):
        kinds[place.kind] = kinds.get(place.kind, 0) + 1
    if not kinds:
        return []
    return [f"The {room} has {joined(counted(kind, count) for kind, count in kinds.items())}."]


def contents_told(flat: Flat, places: Iterable[Place]) -> list[str]:
    """Return one sentence for each place with known contents.

    Parameters
    ----------
    flat
        The flat with its contents.
    places
        Places to describe. Places with unknown contents are left out.
    """
    told = []
    for place in places:
        things = flat.contents.get(place)
        if things:
            listed = joined(counted(thing, count) for thing, count in things.items())
            be = "is" if list(things.values()) == [1] else "are"
            how = "on" if flat.is_open(place) else "in"
            told.append(f"{listed[0].upper()}{listed[1:]} {be} {how} the {flat.title(place)}.")
        elif things is not None:
            told.append(f"The {flat.title(place)} is empty.")
    return told


def whereabouts(person: str, room: str) -> str:
    """Return the sentence that names the room of a person.

    Parameters
    ----------
    person, room
        Name of the person, and name of the room.
    """
    return f"{person} is in the {room}."


def act_told(flat: Flat, act: Act) -> str:
    """Return the text of an action, without the name of the person.

    Parameters
    ----------
    flat
        The flat, which determines the shortest unique name of the place.
    act
        The action.
    """
    target = flat.title(act.place) if act.place else act.thing or act.room
    return f"{_ACTS[act.verb]} the {target}"


def outcome_told(flat: Flat, act: Act, person: str) -> str:
    """Return the sentence about the result of an action.

    Parameters
    ----------
    flat
        The flat, which determines the shortest unique name of the place.
    act
        The action.
    person
        Name of the person who acts.
    """
    target = flat.title(act.place) if act.place else act.thing
    match act.verb:
        case "go":
            return whereabouts(person, act.room)
        case "approach":
            return f"{person} is by the {target}."
        case "open":
            return f"The {target} is open."
        case "close":
            return f"The {target} is closed."
        case "intend":
            return f"The {target} is still closed."
        case "pass":
            return f"{person} is past the {target}."
