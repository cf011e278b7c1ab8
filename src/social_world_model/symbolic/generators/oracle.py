"""Track the beliefs of all agents while a story is generated.

The oracle is simple and slow on purpose. The oracle shares no code with the belief rules of the symbolic model
(`social_world_model.symbolic.story.beliefs`), so a comparison of their answers tests both. The oracle stores a belief
for every ordered chain of distinct people. An event updates the belief of every chain of people who are all present.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import permutations


class Oracle:
    """The places of objects, and the beliefs of people about these places.

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
        self._things: dict[str, tuple[str, str]] = {}  # object -> (room, container)
        self._first: dict[str, str] = {}  # object -> container
        self._beliefs: dict[tuple[str, ...], dict[str, str]] = {}  # chain -> object -> container

    def enter(self, people: Sequence[str], room: str) -> None:
        """Let one or more people enter a room. Everybody in the room then sees all objects in the room.

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
        """Place an object in a container. Everybody in the room sees the object there.

        Parameters
        ----------
        thing, container, room
            Name of the object, name of its new container, and name of the room that contains this container.
        """
        self._clock += 1
        self._things[thing] = (room, container)
        self._first.setdefault(thing, container)
        self._all_see(room, thing, container)

    def move(self, agent: str, thing: str, container: str) -> None:
        """Let a person put an object into another container in the person's room.

        Parameters
        ----------
        agent, thing, container
            Name of the person, name of the object, and name of its new container.
        """
        self.put(thing, container, self._room_of[agent])

    def report(self, speaker: str, hearer: str | None, thing: str, container: str) -> None:
        """Let a person say where an object is.

        A hearer believes the report if the speaker left a room later than the hearer. This hearer also thinks that the
        speaker believes the report. The speaker thinks that every hearer believes the report. Beliefs about longer
        chains of people do not change. All agents know who left before whom (Wu et al. 2023, Hi-ToM, arXiv 2310.16755).

        Parameters
        ----------
        speaker
            Name of the person who reports.
        hearer
            Name of the person who hears the report. None means that all other people hear the report.
        thing, container
            Name of the object, and name of the reported container. The report may be false.
        """
        self._clock += 1
        hearers = [name for name in self._people if name != speaker] if hearer is None else [hearer]
        for name in hearers:
            self._believe((speaker, name), thing, container)
            if self._left_at.get(name, 0) < self._left_at.get(speaker, 0):
                self._believe((name,), thing, container)
                self._believe((name, speaker), thing, container)

    def place(self, thing: str) -> str:
        """Return the current container of an object."""
        return self._things[thing][1]

    def first_place(self, thing: str) -> str:
        """Return the first container of an object."""
        return self._first[thing]

    def belief(self, chain: Iterable[str], thing: str) -> str:
        """Return the container in which an object is according to a nested belief.

        Parameters
        ----------
        chain
            ``["Anne", "Sally"]`` asks where Anne thinks that Sally thinks the object is.
        thing
            Name of the object.

        Raises
        ------
        KeyError
            If these people never saw the object together. Generators do not ask such questions.
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
