"""A compact notation for tables of phrases."""

from __future__ import annotations

import re


def any_of(*phrases: str) -> re.Pattern[str]:
    """Return a pattern that finds any of the phrases, as whole words, in upper or lower case.

    A phrase is a regular expression. In a phrase, ``'`` matches both kinds of apostrophe, and a space matches all white
    space.

    >>> any_of("isn't (?:it|he)").findall("Isn’t  it? isn't item")
    ['Isn’t  it']
    """
    patterns = (phrase.replace("'", "['’]").replace(" ", r"\s+") for phrase in phrases)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(patterns)})(?![^\W_])", re.IGNORECASE)


def listed(words: str) -> frozenset[str]:
    """Split a text at white space, and return the words."""
    return frozenset(words.split())
