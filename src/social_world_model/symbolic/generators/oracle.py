"""Track the beliefs of all agents while a story is generated.

The oracle is simple and slow on purpose. It shares no code with the symbolic model, which answers from text
(`social_world_model.symbolic.story.beliefs`), so each can test the other. The oracle stores a belief for every
ordered chain of distinct people. An event updates the beliefs of all chains of people who are present.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations


class Oracle:
    """The places of things and the beliefs about these places.

    Parameters
    ----------
    depth
        Highest order of belief, that is, the length of the longest chain of people.
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
        """Let people enter a room. Everybody in the room then sees all things in it.

        Parameters
        ----------
        people
            Names of the people who enter.
        room
            Name of the room.
        """
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
        """Let a person leave their current room."""
        self._clock += 1
        del self._room_of[name]
        self._left_at[name] = self._clock

    def put(self, thing: str, container: str, room: str) -> None:
        """Place a thing in a container. Everybody in the room sees the thing there.

        Parameters
        ----------
        thing, container, room
            Names of the thing, its new container, and the room of the container.
        """
        self._clock += 1
        self._things[thing] = (room, container)
        self._first.setdefault(thing, container)
        self._all_see(room, thing, container)

    def move(self, agent: str, thing: str, container: str) -> None:
        """Let a person put a thing into another container in the person's room.

        Parameters
        ----------
        agent, thing, container
            Names of the person, the thing and its new container.
        """
        self.put(thing, container, self._room_of[agent])

    def report(self, speaker: str, hearer: str | None, thing: str, container: str) -> None:
        """Let a person say where a thing is.

        A hearer believes a speaker who left a room later than the hearer did, and then also thinks that the speaker
        believes the report. The speaker thinks that every hearer believes the report. Longer chains do not change.
        All agents know the order of exits (Wu et al. 2023, Hi-ToM, arXiv 2310.16755).

        Parameters
        ----------
        speaker
            Name of the person who reports.
        hearer
            Name of the person who hears the report; None for everybody else.
        thing, container
            Names of the thing and of the reported container. The report may be false.
        """
        self._clock += 1
        hearers = [name for name in self._people if name != speaker] if hearer is None else [hearer]
        for name in hearers:
            self._believe((speaker, name), thing, container)
            if self._left_at.get(name, 0) < self._left_at.get(speaker, 0):
                self._believe((name,), thing, container)
                self._believe((name, speaker), thing, container)

    def place(self, thing: str) -> str:
        """Return the current container of a thing."""
        return self._things[thing][1]

    def first_place(self, thing: str) -> str:
        """Return the first container of a thing."""
        return self._first[thing]

    def belief(self, chain: Iterable[str], thing: str) -> str:
        """Return the container where a chain of people believes that a thing is.

        Parameters
        ----------
        chain
            ``["Anne", "Sally"]`` asks where Anne thinks that Sally thinks the thing is.
        thing
            Name of the thing.

        Raises
        ------
        KeyError
            If the people of the chain never saw the thing together. Generators do not ask such questions.
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
