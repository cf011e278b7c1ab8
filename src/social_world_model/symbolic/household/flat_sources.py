"""Note which sentences of a narrative tell what about a flat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from social_world_model.symbolic.household.flat import Flat, Place
from social_world_model.symbolic.steps import Source

Part = Place | str | None
"""A part of a flat that one sentence of a context describes: the contents of a place, the furniture of a room (the name
of the room), or the list of rooms (None)."""


class FlatSources:
    """The sentences that each part of a flat comes from.

    Parameters
    ----------
    flat
        The flat, which the readers change.
    """

    def __init__(self, flat: Flat) -> None:
        self._flat = flat
        self._rooms = 0  # number of rooms after the last sentence
        self._furniture: list[Place] = []  # after the last sentence
        self._sources: dict[Part, tuple[Source, ...]] = {}

    def note(self, source: Source, places: Iterable[Place] = ()) -> None:
        """Add a sentence to the sources of the places it describes, and of the rooms and furniture that it adds.

        Parameters
        ----------
        source
            The sentence that a reader has just read.
        places
            Places whose contents the sentence states.
        """
        for part in (*self._added(), *dict.fromkeys(places)):
            self._sources[part] = (*self._sources.get(part, ()), source)

    def of(self, part: Part) -> tuple[Source, ...]:
        """Return the sentences that a part comes from."""
        return self._sources.get(part, ())

    def _added(self) -> Iterator[Part]:
        """Yield the parts with rooms and furniture that have changed since the last call."""
        rooms, furniture, before = len(self._flat.rooms), list(self._flat.places), self._furniture
        if rooms > self._rooms:
            yield None
        if furniture != before:
            yield from dict.fromkeys(place.room for place in {*furniture}.symmetric_difference(before))
        self._rooms, self._furniture = rooms, furniture
