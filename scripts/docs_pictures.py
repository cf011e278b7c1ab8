"""Draw the pictures of the documentation: `uv run python scripts/docs_pictures.py`.

The events and their observers come from the symbolic model, so the pictures show what the toolkit really does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

from social_world_model import Event, events, memory, parse_narrative, perspective

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "concepts"
STORY = "Sally and Anne are in the den. The ball is in the basket. Sally left the den. Anne moved the ball to the box."
INK, SOFT, LINE = "#1f2937", "#6b7280", "#d1d5db"
CARD, BLUE, GREEN, AMBER = "#ffffff", "#dbeafe", "#dcfce7", "#fef3c7"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif"


def svg(width: int, height: int, title: str, shapes: Iterator[str]) -> str:
    """Return a picture on a white card. The picture is legible on light and on dark pages."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-family="{FONT}">\n'
        f"<title>{escape(title)}</title>\n"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" fill="{SOFT}"/></marker></defs>\n'
        f'<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="10" fill="{CARD}" stroke="{LINE}"/>\n'
        + "\n".join(shapes)
        + "\n</svg>\n"
    )


def text(
    x: float, y: float, words: str, size: int = 14, fill: str = INK, anchor: str = "start", weight: int = 400
) -> str:
    """Return a line of text; `y` is the position of the baseline."""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{fill}" text-anchor="{anchor}" '
        f'font-weight="{weight}">{escape(words)}</text>'
    )


def box(x: float, y: float, width: float, height: float, fill: str) -> str:
    """Return a box with round corners."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="8" fill="{fill}" stroke="{LINE}"/>'


def arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    """Return a straight arrow."""
    ends = f'x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"'
    return f'<line {ends} stroke="{SOFT}" stroke-width="1.5" marker-end="url(#tip)"/>'


def labelled(x: float, y: float, width: float, fill: str, title: str, below: str) -> Iterator[str]:
    """Return a box of height 62 with a title and a line below it."""
    yield box(x, y, width, 62, fill)
    yield text(x + width / 2, y + 27, title, 15, anchor="middle", weight=600)
    yield text(x + width / 2, y + 47, below, 12, SOFT, "middle")


def step_picture() -> str:
    """Draw the order of time inside two steps."""

    def shapes() -> Iterator[str]:
        for number, left in ((1, 20), (2, 440)):
            yield box(left, 20, 400, 212, "#f9fafb")
            yield text(left + 16, 46, f"step {number}", 14, SOFT, weight=600)
            for row, (title, below, fill) in enumerate(PARTS):
                yield from labelled(left + 120, 34 + row * 66, 260, fill, title, below)
        yield text(36, 78, "first", 12, SOFT)
        yield text(36, 206, "last", 12, SOFT)
        yield arrow(48, 90, 48, 190)
        yield arrow(400, 197, 554, 131)
        yield text(430, 254, "Others perceive an action in their observation of the next step.", 13, SOFT, "middle")

    return svg(860, 270, "A step has a state, then observations, then actions", shapes())


PARTS = [
    ("state", "what is true before anybody acts", BLUE),
    ("observations", "what each agent perceives", GREEN),
    ("actions", "what each agent does", AMBER),
]


def event_picture() -> str:
    """Draw the events of a story with their observers."""
    context, _ = parse_narrative(STORY)
    found = events(context)
    agents = list(context.agents_names)

    def shapes() -> Iterator[str]:
        yield text(24, 40, "event", 13, SOFT, weight=600)
        for column, agent in enumerate(agents):
            yield text(500 + column * 90, 40, agent, 13, SOFT, "middle", 600)
        for row, event in enumerate(found):
            y = 70 + row * 32
            yield f'<line x1="20" y1="{y - 20}" x2="640" y2="{y - 20}" stroke="{LINE}"/>'
            yield text(24, y, f"{event.kind}", 12, SOFT)
            yield text(80, y, event.text)
            for column, agent in enumerate(agents):
                fill = "#2563eb" if agent in event.observers else CARD
                yield f'<circle cx="{500 + column * 90}" cy="{y - 5}" r="7" fill="{fill}" stroke="#2563eb"/>'
        yield text(24, 70 + len(found) * 32 + 4, "● observer   ○ did not perceive the event", 12, SOFT)

    return svg(660, 90 + len(found) * 32, "Events of a story and their observers", shapes())


def perspective_picture() -> str:
    """Draw three nested sets: all events, the memory of Anne, and the perspective of Anne on Sally."""
    context, _ = parse_narrative(STORY + " Sally entered the kitchen.")
    every, own = events(context), memory(context, "Anne")
    in_nested = {_words(event) for event in events(perspective(context, ["Anne", "Sally"]))}
    levels = [
        ("all events", [event for event in every if "Anne" not in event.observers], len(every), "#f9fafb"),
        ("memory of Anne", [event for event in own if _words(event) not in in_nested], len(own), GREEN),
        ("perspective of Anne on Sally", [event for event in own if _words(event) in in_nested], len(in_nested), BLUE),
    ]
    height = sum(44 + 22 * len(shown) for _, shown, _, _ in levels) + 12 * len(levels)

    def shapes() -> Iterator[str]:
        top = 20.0
        for depth, (title, shown, number, fill) in enumerate(levels):
            inset = 20 + 20 * depth
            yield box(inset, top, 660 - 2 * inset, height + 20 - 12 * depth - top, fill)
            yield text(inset + 16, top + 26, f"{title}: {number}", 14, weight=600)
            for row, event in enumerate(shown):
                yield text(inset + 32, top + 50 + row * 22, event.text, 13)
            top += 44 + 22 * len(shown)

    return svg(660, height + 40, "The perspective of Anne on Sally is a part of the memory of Anne", shapes())


def _words(event: Event) -> str:
    return event.text.rstrip(".")


def result_picture() -> str:
    """Draw the data flow from a row to a report."""
    stages = [
        ("row", "benchmark file", BLUE),
        ("item", "question + story", BLUE),
        ("query", "made by a mode", GREEN),
        ("reply", "from a model", GREEN),
        ("result", "answer + score", AMBER),
        ("report", "tables", AMBER),
    ]

    def shapes() -> Iterator[str]:
        for column, (title, below, fill) in enumerate(stages):
            x = 20 + column * 148
            yield from labelled(x, 24, 124, fill, title, below)
            if column:
                yield arrow(x - 24, 55, x - 3, 55)
        yield from labelled(316, 116, 124, "#f9fafb", "context", "made by a parser")
        yield arrow(206, 86, 312, 140)
        yield arrow(378, 116, 378, 90)
        yield from labelled(599, 116, 150, "#f9fafb", "folder of the run", "resume from here")
        yield arrow(674, 86, 674, 112)

    return svg(908, 198, "From a row of a benchmark to a report", shapes())


PICTURES = {
    "s3ap.svg": step_picture,
    "events.svg": event_picture,
    "perspectives.svg": perspective_picture,
    "results.svg": result_picture,
}


def main() -> int:
    """Write every picture; return the exit status."""
    for name, draw in PICTURES.items():
        (FOLDER / name).write_text(draw(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
