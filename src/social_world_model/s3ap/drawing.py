"""The timeline of a context as a static drawing (SVG), for notebooks and documents."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from html import escape

from social_world_model.errors import shortened
from social_world_model.printable import printable
from social_world_model.s3ap.timeline import ABSENT, ACTS, Timeline

STEP, ROW, TOP, LETTER = 18, 22, 20, 7.5
"""Width of a step, height of a row, height of the ruler, and width of a letter, in pixels."""
LONGEST_NAME = 24
LABELLED = 5
"""Every step with a position that is a multiple of this number has its name above."""


def to_svg(timeline: Timeline) -> str:
    """Return a timeline as SVG: a band while an agent perceives events, and a circle for an act.

    The drawing has no script and no style sheet. Its colours are readable on white and on black.

    Parameters
    ----------
    timeline
        Timeline of a context.
    """
    names = [shortened(printable(name), LONGEST_NAME) for name in timeline.rows]
    left = round(LETTER * max(map(len, names), default=0)) + 12
    width, height = left + STEP * len(timeline.timesteps), TOP + ROW * len(names)
    marks = [*_ruler(timeline, left)]
    for row, (name, signs) in enumerate(zip(names, timeline.rows.values(), strict=True)):
        middle = TOP + ROW * row + ROW // 2
        marks.append(_text(name, left - 8, middle + 4, "end"))
        marks += _row(signs, left, middle)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="Timeline" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">{"".join(marks)}</svg>'
    )


def _ruler(timeline: Timeline, left: int) -> Iterator[str]:
    for place, name in enumerate(timeline.timesteps):
        if place % LABELLED == 0:
            yield _text(shortened(printable(name), LONGEST_NAME), left + STEP * place + STEP // 2, 13, "middle")


def _row(signs: str, left: int, middle: int) -> Iterator[str]:
    """Yield the bands and the circles of one agent."""
    place = 0
    for there, run in itertools.groupby(signs, lambda sign: sign != ABSENT):
        length = len(list(run))
        if there:
            yield (
                f'<rect x="{left + STEP * place}" y="{middle - 5}" width="{STEP * length}" height="10" rx="5" '
                'fill="#888888" fill-opacity="0.35"/>'
            )
        place += length
    for place, sign in enumerate(signs):
        if sign == ACTS:
            yield f'<circle cx="{left + STEP * place + STEP // 2}" cy="{middle}" r="5" fill="#3f83bf"/>'


def _text(text: str, x: int, y: int, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="currentColor">{escape(text)}</text>'
