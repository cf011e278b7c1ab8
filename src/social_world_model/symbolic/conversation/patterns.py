"""A compact notation for tables of phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from itertools import count


def any_of(*phrases: str) -> re.Pattern[str]:
    """Return a pattern that finds any of the phrases, as whole words, in upper or lower case.

    A phrase is a regular expression. In a phrase, ``'`` matches both kinds of apostrophe, and a space matches all white
    space.

    >>> any_of("isn't (?:it|he)").findall("Isn’t  it? isn't item")
    ['Isn’t  it']
    """
    return re.compile(_written(phrases), re.IGNORECASE)


def _written(phrases: Iterable[str]) -> str:
    patterns = (phrase.replace("'", "['’]").replace(" ?", r"\s*").replace(" ", r"\s+") for phrase in phrases)
    return rf"(?<![^\W_])(?:{'|'.join(patterns)})(?![^\W_])"


class Phrases:
    """Phrases, in the notation of `any_of`. A search is much faster than with `any_of`.

    Parameters
    ----------
    phrases
        The phrases, in lower case.

    Examples
    --------
    >>> Phrases("good ?bye", "see you").found_in("Goodbye, Ann!")
    True
    """

    def __init__(self, *phrases: str) -> None:
        self._phrases = phrases

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(_written(self._phrases))

    def found_in(self, text: str) -> bool:
        """Tell whether a text contains one of the phrases, in upper or lower case.

        Parameters
        ----------
        text
            Any text.
        """
        return self._pattern.search(text.lower()) is not None


SOMEONE = "\ue000"
"""A character for private use. In a text for a pattern of `about_someone`, it replaces words that mean a person."""
_SLOT = rf"(?:(?:my|your|our|the|poor|little|old|dear) )?(?P<who{{}}>{SOMEONE})"


def about_someone(*phrases: str) -> re.Pattern[str]:
    """Return a pattern like `any_of` for phrases about a person, for texts in lower case.

    ``{who}`` in a phrase matches `SOMEONE`.

    The name of the last group of a match is the group with this character.

    >>> match = about_someone("don't tell {who}", "here comes {who}").search(f"psst, here comes my {SOMEONE}!")
    >>> match.start(match.lastgroup)
    20
    """
    number = count()
    return re.compile(_written(re.sub(r"\{who\}", lambda _: _SLOT.format(next(number)), one) for one in phrases))


def listed(words: str) -> frozenset[str]:
    """Split a text at white space, and return the words."""
    return frozenset(words.split())
