"""Offsets in a text as browsers count them: in units of UTF-16."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable


def browser_offsets(text: str) -> Callable[[int], int]:
    r"""Return a function that turns an offset in Python into an offset in a browser.

    A character outside the basic plane, such as an emoji, is one character in Python and two units in a browser.

    Parameters
    ----------
    text
        Text in which the offsets count characters.

    Examples
    --------
    >>> browser_offsets("\N{GRINNING FACE} Ann waves.")(2)
    3
    """
    wide = [place for place, character in enumerate(text) if character > "\uffff"]
    return lambda offset: offset + bisect_left(wide, offset)
