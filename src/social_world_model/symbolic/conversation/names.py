"""Who is meant by a name: whole words only, and nobody where two might be."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PART = re.compile(r"[^\W_][\w'’.-]*")


def meant(name: str, people: Iterable[str]) -> list[str]:
    """Return whom a name may mean: who is called so, else everybody of whose name it is a part.

    >>> meant("Ann", ["Ann Lee", "Anna", "Bo"]), meant("Lee", ["Ann Lee", "Bo Lee"]), meant("Ann", ["Ann", "Ann Lee"])
    (['Ann Lee'], ['Ann Lee', 'Bo Lee'], ['Ann'])
    """
    people = list(people)
    return [name] if name in people else [other for other in people if name in _PART.findall(other)]


def calls(name: str, people: Iterable[str]) -> re.Pattern[str]:
    """Return what finds somebody named in a text: by the whole name, or by a part of it that is nobody else's."""
    people = list(people)
    parts = [
        part for part in _PART.findall(name) if len(part) > 1 and part[0].isupper() and meant(part, people) == [name]
    ]
    forms = sorted({name, *parts}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, forms))})(?!\w)")
