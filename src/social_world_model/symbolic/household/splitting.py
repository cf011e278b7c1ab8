"""Split the text of a household into sentences, each with its position in the narrative."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from social_world_model.s3ap.prose import is_closed, line_spans, sentence_spans

_LIST_MARK = re.compile(r"^\s*[-*•–]\s+")


class Located(NamedTuple):
    """A sentence of a narrative.

    Parameters
    ----------
    text
        The sentence, with spaces in place of line breaks.
    start, end
        Position of the sentence in the narrative, in characters.
    """

    text: str
    start: int
    end: int


@dataclass
class _Wrapped:
    """One or more lines of a text that are read as one line.

    Parameters
    ----------
    text
        The lines without list markers, joined by spaces.
    places
        For each line: its position in this text, and in the narrative.
    """

    text: str = ""
    places: list[tuple[int, int]] = field(default_factory=list)

    def add(self, line: str, start: int) -> None:
        """Add a line that stands at a position of the narrative."""
        self.text += f" {line}" if self.places else line
        self.places.append((len(self.text) - len(line), start))

    def original(self, position: int) -> int:
        """Return the position in the narrative of the character at a position in the text."""
        line = bisect_right(self.places, position, key=lambda place: place[0]) if len(self.places) > 1 else 1
        at, start = self.places[line - 1]
        return start + position - at


def located_sentences(narrative: str, start: int, end: int) -> Iterator[Located]:
    """Yield the sentences of a part of a narrative.

    A line break ends a sentence, unless the line is wrapped. List markers are removed.

    Parameters
    ----------
    narrative
        The whole narrative.
    start, end
        Position of the part, in characters.
    """
    for wrapped in _lines(narrative[start:end]):
        for first, last in sentence_spans(wrapped.text):
            place = wrapped.original(first), wrapped.original(last - 1) + 1
            yield Located(wrapped.text[first:last], start + place[0], start + place[1])


def _lines(text: str) -> list[_Wrapped]:
    lines: list[_Wrapped] = []
    for start, line in line_spans(text):
        mark = _LIST_MARK.match(line)
        rest = line[mark.end() :] if mark else line
        bare = rest.strip()
        if not bare:
            continue
        if not (lines and bare[:1].islower() and not is_closed(lines[-1].text)):
            lines.append(_Wrapped())
        lines[-1].add(bare, start + len(line) - len(rest.lstrip()))
    return lines
