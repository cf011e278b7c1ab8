"""The participants of a conversation, as the symbolic model reads it."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from social_world_model.errors import NarrativeError
from social_world_model.symbolic.conversation import Transcript, present_throughout, read_transcript

NARRATIVES_KEPT = 256
"""Number of cached narratives. Questions about one conversation follow each other in most data sets."""


@lru_cache(maxsize=NARRATIVES_KEPT)
def transcript_of(narrative: str) -> Transcript | None:
    """Return the lines of a conversation; None if the text is not a conversation."""
    try:
        return read_transcript(narrative)
    except NarrativeError:
        return None


def cast_of(narrative: str) -> tuple[str, ...]:
    r"""Return the people who speak, join or leave, in order of appearance.

    >>> cast_of("Ann: Hi!\nBo: Hello, Ann."), cast_of("Ann sings.")
    (('Ann', 'Bo'), ())
    """
    transcript = transcript_of(narrative)
    return () if transcript is None else transcript.cast


@lru_cache(maxsize=NARRATIVES_KEPT)
def there_throughout(narrative: str) -> frozenset[str] | None:
    """Return the people who are present from the first to the last line; None if the text is not a conversation."""
    transcript = transcript_of(narrative)
    return None if transcript is None else present_throughout(transcript)


SHORTEST_MISSPELT = 5
"""Minimum number of letters of names that are compared with tolerance for one wrong letter."""


def spellings(name: str, people: Collection[str]) -> frozenset[str]:
    """Return the people that a name means, with tolerance for one spelling mistake.

    If a person has exactly this name, only this person is meant; case is ignored. Otherwise, two names are the same if
    they have the same first letter and differ in one letter, or in the order of two neighbouring letters.

    Parameters
    ----------
    name
        Name to look up.
    people
        Names of all people.

    >>> spellings("Michael", ["Micheal", "Ann"]), spellings("Ann", ["Anna", "Micheal"])
    (frozenset({'Micheal'}), frozenset())
    """
    wanted = name.casefold()
    same = frozenset(other for other in people if other.casefold() == wanted)
    return same or frozenset(other for other in people if _differ_in_one_letter(wanted, other.casefold()))


def _differ_in_one_letter(one: str, other: str) -> bool:
    """Return whether two texts differ in one missing, added or wrong letter, or in two exchanged neighbours."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < SHORTEST_MISSPELT or len(longer) - len(shorter) > 1 or one[0] != other[0]:
        return False
    start = next((n for n, pair in enumerate(zip(shorter, longer, strict=False)) if pair[0] != pair[1]), len(shorter))
    if len(shorter) < len(longer):
        return shorter[start:] == longer[start + 1 :]
    a, b = shorter[start:], longer[start:]
    return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
