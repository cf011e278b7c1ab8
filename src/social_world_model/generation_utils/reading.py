"""Read JSON from a model's reply. Text around the JSON is ignored, but the JSON must fit the schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Shape = TypeVar("Shape", bound=BaseModel)

_STRING_OR_COMMA = re.compile(r'"(?:\\.|[^"\\])*"|,(?=\s*[}\]])', re.DOTALL)
_STRING_OR_BRACE = re.compile(r'"(?:\\.|[^"\\])*"|["{}\[\]]', re.DOTALL)
_BEGIN = re.compile(r'\{(?=\s*(?:["}]|\Z))')  # other braces are plain text
_DECODER = json.JSONDecoder(strict=False)  # allows raw newlines and tabs inside strings
_THOUGHTS, _THOUGHTS_END = "<think>", "</think>"
PROBLEMS_SHOWN = 5


class UnfitReply(ValueError):  # noqa: N818 - not an error yet: the model is asked again
    """A reply does not fit the requested schema. The error message is sent to the model."""


class NoObject(UnfitReply):
    """The reply contains no complete JSON object."""


def fit(text: str, shape: type[Shape]) -> Shape:
    r"""Return the last object in a reply that fits a schema.

    Text, thoughts and code fences around the object are ignored. Trailing commas, raw control characters, and numbers
    instead of strings are accepted. Missing values are not filled in: an incomplete object or an object without a
    required key does not fit.

    Parameters
    ----------
    text
        Reply of the model.
    shape
        Pydantic model of the schema.

    Raises
    ------
    UnfitReply
        If no object in the reply fits the schema.

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
    """Return the text after a model's thoughts; empty if the thoughts are incomplete.

    Many chat templates write the opening tag, so a reply may contain only the closing tag.
    """
    if text.lstrip().startswith(_THOUGHTS):
        return text.partition(_THOUGHTS_END)[2]
    tag = text.find(_THOUGHTS_END)
    for start, end in _spans(text):
        if end is not None and start < tag < end and _read(text[start:end]) is not None:
            return text  # the tag is part of a string
    return text if tag < 0 else text[tag + len(_THOUGHTS_END) :]


def _objects(text: str) -> list[Any]:
    """Return every outermost JSON object. Return no objects if the text ends inside an object.

    An incomplete object may contain complete objects or follow complete objects. Such complete objects are not the
    model's final reply.
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


def _read(text: str) -> Any:
    """Return a JSON value; None if the text is malformed."""
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        pass
    try:
        return _DECODER.decode(_STRING_OR_COMMA.sub(lambda part: part[0] if part[0][0] == '"' else "", text))
    except (ValueError, RecursionError):  # Python refuses to read very long numbers
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
    """Replace a number with its text.

    In unions, the path also contains names of alternatives. Such names are skipped.
    """
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
