"""Find the original characters of a text that was cleaned by `names.plain`."""

from __future__ import annotations

import re
from bisect import bisect_right

from social_world_model.symbolic.conversation.names import plain

_WORD = re.compile(r"\S+")


def span_of(text: str, line: str) -> tuple[int, int]:
    r"""Return the start and the end of the original of a text in its line.

    Parameters
    ----------
    text
        The last words of the line in plain form, possibly without marks at the end. If something inside the words was
        removed, such as a time after a name, the whole line is the original. An empty text is at the end of the line.
    line
        The line of the narrative.

    Examples
    --------
    >>> span_of("Café!", "[10:02]  Ann:   Cafe\u0301! "), span_of("Ann waves", "(Ann waves)")
    ((16, 22), (1, 10))
    """
    if not text:
        return len(line), len(line)
    whole = plain(line)
    start = whole.rfind(text)
    start, end = (start, start + len(text)) if start >= 0 else (0, len(whole))
    return (start, end) if whole == line else (_original(line, start), _original(line, end - 1, after=True))


def _original(line: str, position: int, *, after: bool = False) -> int:
    """Return the place in a line of the character at a position of the plain line, or the place after this character.

    `plain` keeps the words and changes only the characters in a word.
    """
    for found in _WORD.finditer(line):
        word = found.group()
        length = len(plain(word))
        if position < length:
            return found.start() + _inside(word, position + after, length)
        position -= length + 1 if length else 0
    raise ValueError(f"expected a position in {line!r}, got a position that is {position} too large")


def _inside(word: str, kept: int, length: int) -> int:
    """Return the length of the longest beginning of a word that has this length in plain form."""
    if length == len(word):
        return kept
    return bisect_right(range(len(word) + 1), kept, key=lambda end: len(plain(word[:end]))) - 1
