"""How phrases are written down in this package, so that tables of them stay readable."""

from __future__ import annotations

import re


def any_of(*phrases: str) -> re.Pattern[str]:
    """Return what finds any of some phrases as whole words, case aside.

    Each is a regular expression, in which ``'`` stands for both apostrophes and a blank for any white space.

    >>> any_of("isn't (?:it|he)").findall("Isn’t  it? isn't item")
    ['Isn’t  it']
    """
    patterns = (phrase.replace("'", "['’]").replace(" ", r"\s+") for phrase in phrases)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(patterns)})(?![^\W_])", re.IGNORECASE)


def listed(words: str) -> frozenset[str]:
    """Return the words of a list."""
    return frozenset(words.split())
