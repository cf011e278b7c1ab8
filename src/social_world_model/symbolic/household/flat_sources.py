"""Note which sentences of a narrative tell what about a flat."""

from __future__ import annotations

from collections.abc import Iterator

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
        self._rooms = 0
        self._furniture: list[Place] = []
        self._contents: dict[Place, tuple[tuple[str, int], ...]] = {}
        self._sources: dict[Part, tuple[Source, ...]] = {}

    def note(self, source: Source) -> None:
        """Add a sentence to the sources of each part that has changed since the last call.

        Parameters
        ----------
        source
            The sentence that a reader has read since the last call.
        """
        for part in self._changed():
            self._sources[part] = (*self._sources.get(part, ()), source)

    def of(self, part: Part) -> tuple[Source, ...]:
        """Return the sentences that a part comes from."""
        return self._sources.get(part, ())

    def _changed(self) -> Iterator[Part]:
        flat = self._flat
        if len(flat.rooms) > self._rooms:
            self._rooms = len(flat.rooms)
            yield None
        furniture, before = list(flat.places), self._furniture
        if furniture != before:
            self._furniture = furniture
            yield from {place.room: None for place in {*furniture}.symmetric_difference(before)}
        contents, known = {place: tuple(things.items()) for place, things in flat.contents.items()}, self._contents
        if contents != known:
            self._contents = contents
            yield from [place for place, things in contents.items() if known.get(place) != things]
