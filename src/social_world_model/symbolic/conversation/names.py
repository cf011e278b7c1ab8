"""Who is meant by a name: whole words only, and nobody where two might be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_PART = re.compile(r"[^\W_][\w'’.-]*")
_UNSEEN = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF])
del _UNSEEN[0x200D]  # it joins signs to one emoji
"""Signs of no width: directions of writing, marks of byte order."""


def plain(text: str) -> str:
    """Return a line with its blanks folded, in composed letters, and without signs that nobody sees."""
    return " ".join(unicodedata.normalize("NFC", text).translate(_UNSEEN).split())


def fold(name: str) -> str:
    """Return the form under which a name is known, however it is spelled.

    >>> fold("O’Brien") == fold("O'BRIEN")
    True
    """
    return plain(name).casefold().replace("’", "'")


def meant(name: str, people: Iterable[str]) -> list[str]:
    """Return whom a name may mean: who is called so, else everybody of whose name it is a part, or the other way round.

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
    """Return what finds somebody named in a text: by the whole name, or by a part of it that is nobody else's."""
    people = list(people)
    parts = [part for part in _PART.findall(name) if len(part) > 1 and part[0].isupper()]
    own = [part for part in parts if sum(part in _PART.findall(other) for other in people) == 1]
    forms = sorted({name, *own}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, forms))})(?!\w)")
