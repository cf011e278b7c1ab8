"""Who was there when: a context as one line for each agent, a place for each step."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

ACTS, PERCEIVES, ABSENT = "●", "─", " "
"""Acts in a step; perceives something that happens in it; neither."""


@dataclass(frozen=True)
class Timeline:
    """Who acts and who perceives in each step.

    Parameters
    ----------
    timesteps
        Of the steps in which something happens, in order.
    rows
        By agent: a sign for each of these steps, `ACTS`, `PERCEIVES` or `ABSENT`.
    """

    timesteps: tuple[str, ...]
    rows: Mapping[str, str]

    def lines(self, width: int = 80) -> Iterator[str]:
        """Yield it as text.

        Parameters
        ----------
        width
            In columns; what does not fit beside each other stands below.
        """
        names = max(map(_width, self.rows), default=0)
        room = max(10, width - names - 2)
        for start in range(0, len(self.timesteps), room):
            if start:
                yield ""
            yield f"{'':{names}}  {self._ruler(start, room)}".rstrip()
            for name, signs in self.rows.items():
                yield f"{name}{'':{names - _width(name)}}  {signs[start : start + room]}".rstrip()

    def _ruler(self, start: int, room: int) -> str:
        """Return the first step's name, and every tenth one's, which ends above its place."""
        ruler = ""
        for place, name in enumerate(self.timesteps[start : start + room]):
            begins = max(0, place + 1 - len(name))
            if place == 0 or ((start + place + 1) % 10 == 0 and begins > len(ruler)):
                ruler = f"{ruler:{begins}}{name}"
        return ruler


def _width(name: str) -> int:
    """Return how many columns a name takes in a terminal: some scripts take two for a letter."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF") for letter in name
    )
