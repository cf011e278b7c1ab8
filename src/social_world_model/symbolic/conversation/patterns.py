"""A compact notation for tables of phrases."""

from __future__ import annotations

import re
from itertools import count


def any_of(*phrases: str) -> re.Pattern[str]:
    """Return a pattern that finds any of the phrases, as whole words, in upper or lower case.

    A phrase is a regular expression. In a phrase, ``'`` matches both kinds of apostrophe, and a space matches all white
    space.

    >>> any_of("isn't (?:it|he)").findall("Isn’t  it? isn't item")
    ['Isn’t  it']
    """
    patterns = (phrase.replace("'", "['’]").replace(" ", r"\s+") for phrase in phrases)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(patterns)})(?![^\W_])", re.IGNORECASE)


_SLOT = r"(?:(?:my|your|our|the|poor|little|old|dear) )?(?P<who{}>[^\W\d_][^\W_]*(?:[.-][^\W_]+)*)"


def about_someone(*phrases: str) -> re.Pattern[str]:
    """Return a pattern like `any_of` for phrases about a person. ``{who}`` in a phrase matches the word for the person.

    The name of the last group of a match is the group with this word.

    >>> match = about_someone("don't tell {who}", "here comes {who}").search("Psst, here comes my Bo!")
    >>> match[match.lastgroup]
    'Bo'
    """
    number = count()
    return any_of(*(re.sub(r"\{who\}", lambda _: _SLOT.format(next(number)), phrase) for phrase in phrases))


def listed(words: str) -> frozenset[str]:
    """Split a text at white space, and return the words."""
    return frozenset(words.split())
