"""Find JSON objects in a text, and read them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

_STRING_OR_COMMA = re.compile(r'"(?:\\.|[^"\\])*"|,(?=\s*[}\]])', re.DOTALL)
_STRING_OR_BRACE = re.compile(r'"(?:\\.|[^"\\])*"|["{}\[\]]', re.DOTALL)
_BEGIN = re.compile(r'\{(?=\s*(?:["}]|\Z))')  # other braces are plain text


def _refuse(constant: str) -> float:
    raise ValueError(f"expected a number, got {constant}")


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _refuse(digits)


_DECODER = json.JSONDecoder(strict=False, parse_constant=_refuse, parse_float=_finite)
"""Allows raw newlines and tabs inside strings, and no ``NaN`` or ``Infinity``."""


def objects(text: str) -> list[Any]:
    """Return every outermost JSON object; none if the text ends inside an object.

    An incomplete object may contain complete objects, or follow them. These objects are not the model's final reply.
    """
    found = []
    for start, end in spans(text):
        if end is None:
            return []
        data = read(text[start:end])
        if data is not None:
            found.append(data)
    return found


def spans(text: str) -> Iterator[tuple[int, int | None]]:
    """Yield the start and the end of each outermost object; the end is None if the object is incomplete."""
    end: int | None = 0
    while end is not None and (begin := _BEGIN.search(text, end)):
        end = _end(text, begin.start())
        yield begin.start(), end


def _end(text: str, start: int) -> int | None:
    """Return the end of the object that starts here; None if the object is incomplete."""
    depth = 0
    for part in _STRING_OR_BRACE.finditer(text, start):
        if part[0] in "{[":
            depth += 1
        elif part[0] in "}]":
            depth -= 1
        elif len(part[0]) == 1:  # the string is never closed
            return None
        if not depth:
            return part.end()
    return None


def read(text: str) -> Any:
    """Return a JSON value; None if the text is malformed. A trailing comma is accepted."""
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        pass
    try:
        return _DECODER.decode(_STRING_OR_COMMA.sub(lambda part: part[0] if part[0][0] == '"' else "", text))
    except (ValueError, RecursionError):  # Python refuses to read very long numbers
        return None
