"""The timeline of a context: one row per agent, and one sign per step."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

ACTS, PERCEIVES, ABSENT = "●", "─", " "
"""Signs of the timeline: the agent acts in the step, only perceives an event of the step, or does neither."""


@dataclass(frozen=True)
class Timeline:
    """Which agents act and which agents perceive in each step.

    Parameters
    ----------
    timesteps
        Names of the steps that have an event, in order.
    rows
        For each agent name, a text with one sign per step: `ACTS`, `PERCEIVES` or `ABSENT`.
    """

    timesteps: tuple[str, ...]
    rows: Mapping[str, str]

    def lines(self, width: int = 80) -> Iterator[str]:
        """Yield the timeline as lines of text.

        Parameters
        ----------
        width
            Largest width of a line in columns. Steps that do not fit are shown in another block below.
        """
        names = max(map(_width, self.rows), default=0)
        room = max(10, width - names - 2)
        for start in range(0, len(self.timesteps), room):
            if start:
                yield ""
            yield f"{'':{names}}  {self._ruler(start, room)}".rstrip()
            for name, signs in self.rows.items():
                yield f"{name}{'':{names - _width(name)}}  {signs[start : start + room]}".rstrip()

    def _repr_html_(self) -> str:
        style = "font-family:monospace;line-height:1.2"
        return f'<pre style="{style}">{escape(chr(10).join(self.lines(width=120)))}</pre>'

    def _ruler(self, start: int, room: int) -> str:
        """Return a ruler with the names of the first and of every tenth step; a name ends above its column."""
        ruler = ""
        for place, name in enumerate(self.timesteps[start : start + room]):
            begins = max(0, place + 1 - len(name))
            if place == 0 or ((start + place + 1) % 10 == 0 and begins > len(ruler)):
                ruler = f"{ruler:{begins}}{name}"
        return ruler


def _width(name: str) -> int:
    """Return the width of a name in terminal columns; letters of some scripts are two columns wide."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF") for letter in name
    )
