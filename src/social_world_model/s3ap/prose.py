"""Sentences: where they end, how they are closed, and lists in them."""

from __future__ import annotations

import re
from collections.abc import Iterable

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
    found: list[str] = []
    start = counted = straight = curly = 0  # where the sentence begins, how far its quotation marks are counted
    for gap in _GAP.finditer(text):
        end = gap.start() + len(gap.group().rstrip())
        straight += text.count('"', counted, end)
        curly += text.count("“", counted, end) - text.count("”", counted, end)
        counted = end
        if straight % 2 or curly > 0 or _ABBREVIATION.search(text[max(start, end - _LONGEST_ABBREVIATION) : end]):
            continue
        found.append(text[start:end].strip())
        start = counted = gap.end()
        straight = curly = 0
    found.append(text[start:].strip())
    return [part for part in found if part]


def is_closed(text: str) -> bool:
    """Tell whether a text ends as a sentence does, perhaps inside quotation marks.

    >>> is_closed('He says "Hi."'), is_closed("the 'box'")
    (True, False)
    """
    return text.rstrip(_CLOSERS).endswith(SENTENCE_ENDS)


def closed(text: str) -> str:
    """Return a text with a full stop if it has no end of its own."""
    return text if is_closed(text) else f"{text}."


def joined(parts: Iterable[str]) -> str:
    """Return parts, one at least, as a list in words.

    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last
