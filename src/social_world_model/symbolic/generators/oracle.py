"""Who believes what, written down while a story is acted out.

This is meant to be simple and slow, and shares nothing with the symbolic model that answers from text
(`social_world_model.symbolic.story.beliefs`): each checks the other. A belief is kept for every ordered chain of
different people, and an event changes the beliefs of all chains among those who are there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations


class Oracle:
    """Keeps where things are and where everybody thinks that somebody thinks … they are.

    Parameters
    ----------
    depth
        Length of the longest chain of people to keep beliefs for.
    """

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._clock = 0
        self._people: list[str] = []
        self._room_of: dict[str, str] = {}
        self._left_at: dict[str, int] = {}
        self._things: dict[str, tuple[str, str]] = {}  # thing -> (room, container)
        self._first: dict[str, str] = {}  # thing -> container
        self._beliefs: dict[tuple[str, ...], dict[str, str]] = {}  # chain -> thing -> container

    def enter(self, people: Sequence[str], room: str) -> None:
        """Let people come into a room, where they and those there see what lies in it."""
        self._clock += 1
        for name in people:
            if name not in self._people:
                self._people.append(name)
            if name in self._room_of:
                self._left_at[name] = self._clock
            self._room_of[name] = room
        for thing, (where, container) in self._things.items():
            if where == room:
                self._all_see(room, thing, container)

    def leave(self, name: str) -> None:
        """Let somebody go out of the room they are in."""
        self._clock += 1
        del self._room_of[name]
        self._left_at[name] = self._clock

    def put(self, thing: str, container: str, room: str) -> None:
        """Let a thing be in a container of a room from now on, for everybody there to see."""
        self._clock += 1
        self._things[thing] = (room, container)
        self._first.setdefault(thing, container)
        self._all_see(room, thing, container)

    def move(self, agent: str, thing: str, container: str) -> None:
        """Let somebody put a thing into another container of the room they are in."""
        self.put(thing, container, self._room_of[agent])

    def report(self, speaker: str, hearer: str | None, thing: str, container: str) -> None:
        """Let somebody say to one person, or to everybody, where a thing is.

        A hearer believes a speaker who left a room later than the hearer did, and then thinks that the speaker
        believes it too; the speaker thinks that every hearer does. Longer chains stay as they were. Exit order
        is known to all (Wu et al. 2023, Hi-ToM, arXiv 2310.16755).
        """
        self._clock += 1
        hearers = [name for name in self._people if name != speaker] if hearer is None else [hearer]
        for name in hearers:
            self._believe((speaker, name), thing, container)
            if self._left_at.get(name, 0) < self._left_at.get(speaker, 0):
                self._believe((name,), thing, container)
                self._believe((name, speaker), thing, container)

    def place(self, thing: str) -> str:
        """Return the container that a thing is in."""
        return self._things[thing][1]

    def first_place(self, thing: str) -> str:
        """Return the container that a thing was in at the beginning."""
        return self._first[thing]

    def belief(self, chain: Iterable[str], thing: str) -> str:
        """Return where the first of a chain thinks that … the last thinks a thing is.

        Raises
        ------
        KeyError
            If they never saw it together: such a question must not be asked.
        """
        return self._beliefs[tuple(chain)][thing]

    def _all_see(self, room: str, thing: str, container: str) -> None:
        present = [name for name, where in self._room_of.items() if where == room]
        for length in range(1, self._depth + 1):
            for chain in permutations(present, length):
                self._believe(chain, thing, container)

    def _believe(self, chain: tuple[str, ...], thing: str, container: str) -> None:
        if len(chain) <= self._depth:
            self._beliefs.setdefault(chain, {})[thing] = container
