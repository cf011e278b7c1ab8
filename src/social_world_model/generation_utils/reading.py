"""Reading JSON out of a model's reply: lenient about what surrounds it, strict about what it holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Shape = TypeVar("Shape", bound=BaseModel)

_STRING_OR_COMMA = re.compile(r'"(?:\\.|[^"\\])*"|,(?=\s*[}\]])', re.DOTALL)
_STRING_OR_BRACE = re.compile(r'"(?:\\.|[^"\\])*"|["{}\[\]]', re.DOTALL)
_BEGIN = re.compile(r'\{(?=\s*(?:["}]|\Z))')  # a brace with anything but a key after it is just a brace
_DECODER = json.JSONDecoder(strict=False)  # a raw newline or tab inside a string is meant as one
_THOUGHTS, _THOUGHTS_END = "<think>", "</think>"
PROBLEMS_SHOWN = 5


class UnfitReply(ValueError):  # noqa: N818 - it is no failure yet: the model is asked again
    """A reply does not have the form that was asked for; the message says so to the model."""


class NoObject(UnfitReply):
    """There is no whole JSON object in the reply."""


def fit(text: str, shape: type[Shape]) -> Shape:
    r"""Return the last object in a reply that has the asked-for form.

    Fences, prose around the object, thoughts before it, trailing commas, raw control characters and numbers
    for strings are read over. Nothing is filled in: a missing key, or an object that breaks off, is unfit.

    Parameters
    ----------
    text
        The reply.
    shape
        The form.

    Raises
    ------
    UnfitReply
        If no object has that form.

    Examples
    --------
    >>> class Answer(BaseModel):
    ...     answer: str
    >>> fit('Sure: ```json\n{"answer": 3,}\n```', Answer).answer
    '3'
    """
    problem: UnfitReply = NoObject("expected a JSON object, got none that is whole")
    for data in reversed(_objects(_without_thoughts(text))):
        try:
            value = _validated(data, shape)
            json.dumps(data, ensure_ascii=False).encode()
            return value
        except UnicodeEncodeError:
            problem = UnfitReply("half a character, which can be neither stored nor sent: a surrogate alone")
        except ValidationError as error:
            problem = UnfitReply(_told(error))
    raise problem


def _without_thoughts(text: str) -> str:
    """Return what follows a model's thoughts; nothing where they break off. Many templates write the opening tag."""
    if text.lstrip().startswith(_THOUGHTS):
        return text.partition(_THOUGHTS_END)[2]
    tag = text.find(_THOUGHTS_END)
    for start, end in _spans(text):
        if end is not None and start < tag < end and _read(text[start:end]) is not None:
            return text  # it stands in a string
    return text if tag < 0 else text[tag + len(_THOUGHTS_END) :]


def _objects(text: str) -> list[Any]:
    """Return every outermost JSON object; none if the text breaks off inside one.

    What breaks off holds smaller objects that are whole, and comes after others, and neither is what the model
    meant to say in the end.
    """
    found = []
    for start, end in _spans(text):
        if end is None:
            return []
        data = _read(text[start:end])
        if data is not None:
            found.append(data)
    return found


def _spans(text: str) -> Iterator[tuple[int, int | None]]:
    """Yield where outermost objects begin and end; None for the end of one that breaks off."""
    end: int | None = 0
    while end is not None and (begin := _BEGIN.search(text, end)):
        end = _end(text, begin.start())
        yield begin.start(), end


def _end(text: str, start: int) -> int | None:
    """Return where the braces and brackets are closed that are opened from here on; None if the text ends before."""
    depth = 0
    for part in _STRING_OR_BRACE.finditer(text, start):
        if part[0] in "{[":
            depth += 1
        elif part[0] in "}]":
            depth -= 1
        elif len(part[0]) == 1:  # a string that is never closed
            return None
        if not depth:
            return part.end()
    return None


def _read(text: str) -> Any:
    """Return a JSON value; None if it is malformed."""
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        pass
    try:
        return _DECODER.decode(_STRING_OR_COMMA.sub(lambda part: part[0] if part[0][0] == '"' else "", text))
    except (ValueError, RecursionError):  # a number may be too long even for Python
        return None


def _validated(data: Any, shape: type[Shape]) -> Shape:
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        scalars = [
            problem
            for problem in error.errors(include_url=False)
            if problem["type"] == "string_type" and isinstance(problem["input"], int | float)
        ]
        if not scalars:
            raise
    for problem in scalars:
        _as_text(data, problem["loc"])
    return shape.model_validate(data)


def _as_text(data: Any, path: tuple[int | str, ...]) -> None:
    """Put text where a number stands. Where a form has alternatives, the path names them between the keys."""
    place: Any = None
    for step in path:
        inside = step in data if isinstance(data, dict) else isinstance(data, list) and isinstance(step, int)
        if inside:
            place, key, data = data, step, data[step]
    if place is not None and isinstance(data, int | float):
        place[key] = json.dumps(data)


def _told(error: ValidationError) -> str:
    problems = error.errors(include_url=False)
    lines = [f"{'.'.join(map(str, one['loc'])) or 'the object'}: {one['msg']}" for one in problems[:PROBLEMS_SHOWN]]
    more = len(problems) - len(lines)
    return "; ".join([*lines, *([f"and {more} more"] if more > 0 else [])])
