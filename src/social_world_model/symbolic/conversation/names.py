"""Match names of people, in full or by whole words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

_PART = re.compile(r"[^\W_][\w'’.-]*")
_UNSEEN = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
del _UNSEEN[0x200D]  # the zero-width joiner is a part of emojis
"""Invisible characters, such as marks of text direction and byte order."""


def plain(text: str) -> str:
    """Return a line in Unicode form NFC, with single spaces and without invisible characters."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(unicodedata.normalize("NFC", text).translate(_UNSEEN).split())


@lru_cache(maxsize=16384)
def fold(name: str) -> str:
    """Return the form of a name for comparison. Case, spacing and the kind of apostrophe are ignored.

    >>> fold("O’Brien") == fold("O'BRIEN")
    True
    """
    return plain(name).casefold().replace("’", "'")


def parts_of(name: str) -> list[str]:
    """Return the words of a name, in the form for comparison.

    >>> parts_of("Aunt Jo")
    ['aunt', 'jo']
    """
    return spelled_parts(fold(name))


def spelled_parts(name: str) -> list[str]:
    """Return the words of a name as they are spelled."""
    return _PART.findall(name)


def meant(name: str, people: Iterable[str]) -> list[str]:
    """Return the people that a name may refer to.

    Exact matches come first, then longer names that contain the name, then names that the name contains.

    Parameters
    ----------
    name
        Name to look up.
    people
        Names of all people.

    Examples
    --------
    >>> meant("Ann", ["Ann Lee", "Anna", "Bo"]), meant("Lee", ["Ann Lee", "Bo Lee"]), meant("Ann", ["Ann", "Ann Lee"])
    (['Ann Lee'], ['Ann Lee', 'Bo Lee'], ['Ann'])
    >>> meant("ANN LEE", ["Ann", "Bo"])
    ['Ann']
    """
    people = list(people)
    wanted = fold(name)
    if same := [other for other in people if fold(other) == wanted]:
        return same[:1]
    parts = set(_PART.findall(wanted))
    longer = [other for other in people if parts and parts <= set(_PART.findall(fold(other)))]
    return longer or [other for other in people if (own := set(_PART.findall(fold(other)))) and own <= parts]


def calls(name: str, people: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds mentions of a person in a text.

    Parameters
    ----------
    name
        Full name of the person. A part of the name matches too, if no other name contains this part.
    people
        Names of all people.
    """
    counts = _counts(tuple(people))
    parts = [part for part in _PART.findall(name) if len(part) > 1 and part[0].isupper()]
    own = [part for part in parts if counts[part] == 1]
    forms = sorted({name, *own}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, forms))})(?!\w)")


@lru_cache(maxsize=64)
def _counts(people: tuple[str, ...]) -> Counter[str]:
    """Return the number of names that contain each part."""
    return Counter(part for name in people for part in set(_PART.findall(name)))
