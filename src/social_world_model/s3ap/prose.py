"""Sentences: where they end, and how they are closed."""

from __future__ import annotations

import re

SENTENCE_ENDS = (".", "!", "?", "…")
_CLOSERS = "\"'”’)"
_GAP = re.compile(rf"(?<=[.!?…])[{_CLOSERS}]*\s+(?=\S)")
_ABBREVIATION = re.compile(r"(?:^|\s)(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|e\.g|i\.e|[A-Z])\.$")


def sentences(text: str) -> list[str]:
    """Split a text into sentences; quotations and common abbreviations stay whole.

    >>> sentences('Dr. Lee is here. She says "Hi. Come in." Bob nods.')
    ['Dr. Lee is here.', 'She says "Hi. Come in."', 'Bob nods.']
    """
    found: list[str] = []
    start = 0
    for gap in _GAP.finditer(text):
        part = text[start : gap.start()] + gap.group().rstrip()
        open_quote = part.count('"') % 2 == 1 or part.count("“") > part.count("”")
        if open_quote or _ABBREVIATION.search(part):
            continue
        found.append(part.strip())
        start = gap.end()
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
