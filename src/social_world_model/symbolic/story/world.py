"""Simulate a story: the places of people and objects, and the perceivers of each sentence.

Everybody in a room perceives all events in that room. People who enter or leave the room also perceive these events.
People who enter also perceive the objects that lie there. The same rule applies to objects in containers and to
containers in rooms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from social_world_model.errors import NarrativeError
from social_world_model.s3ap.prose import joined
from social_world_model.symbolic.story.clauses import (
    Attitude,
    Contained,
    Enter,
    Exit,
    Informed,
    Move,
    Private,
    Remark,
    Report,
    Stay,
    StorySentence,
    Whereabouts,
    key,
)


@dataclass(frozen=True)
class Happening:
    """A sentence of the narrative with its perceivers and its visible consequences.

    Parameters
    ----------
    sentence
        The sentence of the narrative.
    perceivers
        Agents who perceive the sentence, in order of first mention.
    actors
        Agents who act. If the sentence states a fact, nobody acts.
    consequences
        Sentences about the facts that are visible right afterwards: the people and objects now in the room.
    witnesses
        Agents who see the consequences.
    unplaced
        Agents who move objects, and of whom no sentence says where they are. It is a guess that these agents do not
        perceive the sentence.
    """

    sentence: StorySentence
    perceivers: tuple[str, ...]
    actors: tuple[str, ...] = ()
    consequences: tuple[str, ...] = ()
    witnesses: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()


def run(narrative: Sequence[StorySentence]) -> tuple[list[str], list[Happening]]:
    """Simulate a narrative.

    Parameters
    ----------
    narrative
        Parsed sentences in order.

    Returns
    -------
    tuple
        Names of all agents in order of first mention, and one happening per sentence.
    """
    world = _World(narrative)
    happenings = [world.take(number) for number in range(len(narrative))]
    return world.cast, happenings


@dataclass
class _World:
    """The state of the world while the sentences of a narrative are simulated."""

    narrative: Sequence[StorySentence]
    cast: list[str] = field(init=False)
    rooms: dict[str, str] = field(init=False)
    rooms_meant: dict[str, str] = field(default_factory=dict)  # room name, possibly shortened -> key of the room
    rank: dict[str, int] = field(init=False)
    unplaced: set[str] = field(init=False)  # people who move objects, and of whom no sentence says where they are
    room_of: dict[str, str] = field(default_factory=dict)  # by agent; absent where unknown
    occupants: dict[str, dict[str, None]] = field(default_factory=dict)  # by room, in order of arrival
    things: dict[str, dict[str, tuple[str, str, str]]] = field(default_factory=dict)  # by room: name, container, how
    room_of_thing: dict[str, str] = field(default_factory=dict)
    room_of_container: dict[str, str] = field(default_factory=dict)
    left_last: dict[str, str] = field(default_factory=dict)  # by agent: the room that the agent left last
    scene: str | None = None  # the room of the latest event
    named_last: str | None = None  # the container named in the preceding sentence

    def __post_init__(self) -> None:
        self.cast = list(dict.fromkeys(name for sentence in self.narrative for name in _people(sentence)))
        self.rank = {name: number for number, name in enumerate(self.cast)}
        self.rooms = _rooms(self.narrative)
        placed = (one for one in self.narrative if isinstance(one.clause, Enter | Exit | Stay | Whereabouts))
        movers = {name for one in self.narrative if isinstance(one.clause, Move) for name in one.clause.people}
        self.unplaced = movers - {name for sentence in placed for name in _people(sentence)}

    def take(self, position: int) -> Happening:
        """Simulate one sentence."""
        happening = self._happening(position)
        if not isinstance(happening.sentence.clause, Move | Exit):
            return happening
        unplaced = tuple(name for name in self.cast if name in self.unplaced and name not in happening.perceivers)
        return replace(happening, unplaced=unplaced)

    def _happening(self, position: int) -> Happening:
        sentence = self.narrative[position]
        clause = sentence.clause
        container, self.named_last = self.named_last, None
        match clause:
            case Enter():
                return self._enter(sentence, clause)
            case Exit():
                return self._exit(sentence, clause)
            case Stay() | Whereabouts():
                return self._be_there(sentence, clause)
            case Move():
                return self._move(sentence, clause)
            case Contained():
                return self._contained(sentence, clause, container, position)
            case Report():
                heard = self.cast if clause.hearer is None else [clause.speaker, clause.hearer]
                return Happening(sentence, self._in_order(heard), actors=(clause.speaker,))
            case Informed():
                return Happening(sentence, self._in_order([clause.speaker, *clause.hearers]), actors=(clause.speaker,))
            case Attitude() | Private() | Remark():
                return Happening(sentence, clause.people)

    def _enter(self, sentence: StorySentence, clause: Enter) -> Happening:
        room = self._place(clause.people, self._meant(sentence, clause.room, self.left_last))
        present = self._present(room)
        seen = (_are_in(present, self.rooms[room]), *self._lying(room))
        return Happening(sentence, present, clause.people, seen, present)

    def _be_there(self, sentence: StorySentence, clause: Stay | Whereabouts) -> Happening:
        """Place people in a room. People who were not already there see the objects in the room."""
        known = set(self.occupants.get(self._room(clause.room), ()))
        room = self._place(clause.people, clause.room)
        present = self._present(room)
        seen = () if known.issuperset(clause.people) else self._lying(room)
        return Happening(sentence, present, clause.people if isinstance(clause, Stay) else (), seen, present)

    def _lying(self, room: str) -> tuple[str, ...]:
        return tuple(_is_in(*placed) for placed in self.things.get(room, {}).values())

    def _meant(self, sentence: StorySentence, room: str | None, known: Mapping[str, str]) -> str:
        """Return the name of a room. If the sentence does not name the room, use the people's last room."""
        if room is not None and key(room) != "room":
            return room
        places = {known.get(name) for name in _people(sentence)}
        place = places.pop() if len(places) == 1 else None
        if place is None and room is None:
            raise NarrativeError(
                "expected to know which room is meant, got a sentence without a room; add the name of the room",
                sentence=sentence.text,
                number=sentence.number,
            )
        return room or "" if place is None else self.rooms.get(place, place)

    def _exit(self, sentence: StorySentence, clause: Exit) -> Happening:
        room = self._place(clause.people, self._meant(sentence, clause.room, self.room_of))
        present = self._present(room)
        for name in clause.people:
            self.occupants[room].pop(name, None)
            self.room_of.pop(name, None)
            self.left_last[name] = room
        left = self._present(room)
        return Happening(sentence, present, clause.people, (_are_in(left, self.rooms[room]),) if left else (), left)

    def _move(self, sentence: StorySentence, clause: Move) -> Happening:
        here = (self.room_of[name] for name in clause.people if name in self.room_of)
        room = next(here, None) or self.room_of_thing.get(key(clause.thing))
        if room is not None:
            self._place(clause.people, room)
            self.room_of_container[key(clause.place)] = room
            self._put(clause.thing, clause.place, clause.how, room)
        self.named_last = key(clause.place)
        present = self._present(room) if room is not None else clause.people
        placed = _is_in(clause.thing, clause.place, clause.how)
        return Happening(sentence, present, clause.people, (placed,), present)

    def _contained(self, sentence: StorySentence, clause: Contained, container: str | None, position: int) -> Happening:
        inner, outer = key(clause.inner), key(clause.outer)
        if inner == container:  # this sentence gives the room of the container just named
            room = self._room(clause.outer)
            self.room_of_container[inner] = room
        else:
            room = self._room_of_placement(outer, position)
            self._put(clause.inner, clause.outer, clause.how, room)
            self.named_last = outer
        self.scene = room
        return Happening(sentence, self._present(room))

    def _room_of_placement(self, outer: str, position: int) -> str:
        """Return the room of an object in `outer`, which is a container or a room."""
        following = self.narrative[position + 1].clause if position + 1 < len(self.narrative) else None
        if isinstance(following, Contained) and key(following.inner) == outer:
            return self._room(following.outer)
        known = self.room_of_container.get(outer) or self.room_of_thing.get(outer)
        if known is not None and (known == self.scene or self.occupants.get(known)):
            return known
        if outer in self.rooms:
            return outer
        # If the known container's room is empty, the name means another container, in this scene (Hi-ToM's chapters).
        return self.scene or known or self._room(outer)

    def _put(self, thing: str, container: str, how: str, room: str) -> None:
        name = key(thing)
        before = self.room_of_thing.get(name)
        if before is not None:
            self.things[before].pop(name, None)
        self.room_of_thing[name] = room
        self.things.setdefault(room, {})[name] = (thing, container, how)

    def _place(self, people: Iterable[str], room: str) -> str:
        """Move people to a room and return the key of the room."""
        room = self._room(room)
        for name in people:
            before = self.room_of.get(name)
            if before is not None and before != room:
                self.occupants[before].pop(name, None)
            self.room_of[name] = room
            self.occupants.setdefault(room, {})[name] = None
        self.scene = room
        return room

    def _room(self, name: str) -> str:
        """Return the key of a room of this narrative."""
        if name not in self.rooms_meant:
            self.rooms_meant[name] = _full_name(name, self.rooms)
        return self.rooms_meant[name]

    def _present(self, room: str) -> tuple[str, ...]:
        return self._in_order(self.occupants.get(room, ()))

    def _in_order(self, people: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(people, key=self.rank.__getitem__))


def _people(sentence: StorySentence) -> tuple[str, ...]:
    match sentence.clause:
        case Contained():
            return ()
        case Report(speaker=speaker, hearer=hearer):
            return (speaker,) if hearer is None else (speaker, hearer)
        case Informed(speaker=speaker, hearers=hearers):
            return (speaker, *hearers)
        case clause:
            return clause.people


def _rooms(narrative: Iterable[StorySentence]) -> dict[str, str]:
    """Return all rooms that people enter or leave or are in, by the key of the room.

    A shortened name is not a separate room.
    """
    clauses = [sentence.clause for sentence in narrative]
    named = [clause.room for clause in clauses if isinstance(clause, Enter | Exit | Stay)]
    rooms = {key(room): room for room in named if room is not None}
    for clause in clauses:
        if isinstance(clause, Whereabouts) and _full_name(clause.room, rooms) == key(clause.room):
            rooms.setdefault(key(clause.room), clause.room)
    return rooms


def _full_name(name: str, rooms: Mapping[str, str]) -> str:
    """Return the key of a room.

    A shortened name ("the master") stands for the only room whose name begins with these words.
    """
    short = key(name)
    longer = [room for room in rooms if room.startswith(f"{short} ")]
    return longer[0] if short not in rooms and len(longer) == 1 else short


def _is_in(thing: str, container: str, how: str) -> str:
    return f"The {thing} is {how} the {container}."


def _are_in(people: Sequence[str], room: str) -> str:
    return f"{joined(people)} {'is' if len(people) == 1 else 'are'} in the {room}."
