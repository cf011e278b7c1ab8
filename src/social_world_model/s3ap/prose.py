"""Helpers for sentences: split a text into lines or sentences, add a full stop, and join lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

SENTENCE_ENDS = (".", "!", "?", "…")
_CLOSERS = "\"'”’)"
_GAP = re.compile(rf"(?<=[.!?…])[{_CLOSERS}]*\s+(?=\S)")
_ABBREVIATION = re.compile(r"(?:^|\s)(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|e\.g|i\.e|[A-Z])\.$")
_LONGEST_ABBREVIATION = len(" Prof.") + 1


def sentences(text: str) -> list[str]:
    """Split a text into sentences; quotations and common abbreviations stay whole.

    >>> sentences('Dr. Lee is here. She says "Hi. Come in." Bob nods.')
    ['Dr. Lee is here.', 'She says "Hi. Come in."', 'Bob nods.']
    """
    return [text[start:end] for start, end in sentence_spans(text)]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return the start and the end of each sentence in a text; see `sentences`.

    >>> sentence_spans(" It rains.  Bob nods.")
    [(1, 10), (12, 21)]
    """
    found: list[tuple[int, int]] = []
    stop = len(text.rstrip())
    start = len(text) - len(text.lstrip())
    counted = straight = curly = 0  # start of the sentence, end of the counted quotation marks
    for gap in _GAP.finditer(text):
        end = gap.start() + len(gap.group().rstrip())
        straight += text.count('"', counted, end)
        curly += text.count("“", counted, end) - text.count("”", counted, end)
        counted = end
        if straight % 2 or curly > 0 or _ABBREVIATION.search(text[max(start, end - _LONGEST_ABBREVIATION) : end]):
            continue
        found.append((start, end))
        start = counted = gap.end()
        straight = curly = 0
    if start < stop:
        found.append((start, stop))
    return found


def line_spans(text: str) -> Iterator[tuple[int, str]]:
    r"""Yield the start of each line in a text, and the line without its line break.

    >>> list(line_spans("It rains.\r\n\nBob nods."))
    [(0, 'It rains.'), (11, ''), (12, 'Bob nods.')]
    """
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, line.splitlines()[0]
        start += len(line)


def is_closed(text: str) -> bool:
    """Return whether a text ends like a sentence; a closing quotation mark or parenthesis can follow.

    >>> is_closed('He says "Hi."'), is_closed("the 'box'")
    (True, False)
    """
    return text.rstrip(_CLOSERS).endswith(SENTENCE_ENDS)


def closed(text: str) -> str:
    """Return a text with a final full stop, unless it already ends like a sentence."""
    return text if is_closed(text) else f"{text}."


def joined(parts: Iterable[str]) -> str:
    """Join one or more parts with commas and "and".

    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
