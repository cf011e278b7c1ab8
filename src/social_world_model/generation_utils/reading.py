"""Read JSON from a model's reply. Text around the JSON is ignored, but the JSON must fit the schema."""

from __future__ import annotations

import json
import re
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from social_world_model.generation_utils.json_text import objects
from social_world_model.generation_utils.near_miss import marked, single_quoted, unwrapped
from social_world_model.generation_utils.thoughts import split_thoughts

Shape = TypeVar("Shape", bound=BaseModel)

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_OBJECT = re.compile(r'\{\s*"')
PROBLEMS_SHOWN = 5


class UnfitReply(ValueError):  # noqa: N818 - not an error yet: the model is asked again
    """A reply does not fit the requested schema. The error message is sent to the model."""


class NoObject(UnfitReply):
    """The reply contains no complete JSON object."""


def fit(text: str, shape: type[Shape]) -> Shape:
    r"""Return the last object in a reply that fits a schema.

    Text, thoughts and code fences around the object are ignored. Accepted are trailing commas, raw line breaks, numbers
    instead of strings, a wrapper around the object, keys in another case, single quotes, and a marked answer without
    JSON. Missing values are not filled in: an incomplete object or an object without a required key does not fit.

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
    for data in reversed(_values(split_thoughts(text)[1] or "", shape)):
        try:
            return _fitting(data, shape)
        except UnfitReply as error:
            problem = error
    raise problem


def _values(text: str, shape: type[BaseModel]) -> list[Any]:
    """Return the objects in a reply. A reply without JSON may contain its values in another form."""
    if found := objects(text):
        return found
    if _OBJECT.search(text):
        return []  # the object is incomplete or malformed
    other = single_quoted(text) or marked(text, shape)
    return [] if other is None else [other]


def _fitting(data: Any, shape: type[Shape]) -> Shape:
    """Return the value of an object, or of the object that it wraps.

    Raises
    ------
    UnfitReply
        If the object does not fit. The message describes the outermost problem.
    """
    first: ValidationError | None = None
    for inner in unwrapped(data, frozenset(shape.model_fields)):
        try:
            value = _validated(inner, shape)
        except ValidationError as error:
            first = first or error
            continue
        _check_characters(inner)
        return value
    assert first is not None, "an object is tried at least once"
    raise UnfitReply(_told(first)) from None


def _check_characters(data: Any) -> None:
    """Refuse texts that cannot be stored, and control characters outside the reasoning.

    Raises
    ------
    UnfitReply
        If a text has such a character.
    """
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise UnfitReply("half a character, which can be neither stored nor sent: a surrogate alone") from None
    if _CONTROL.search(_texts(data)):
        raise UnfitReply("expected text, got a control character")


def _texts(data: Any) -> str:
    """Return all texts of a JSON value except its reasoning."""
    if isinstance(data, str):
        return data
    if isinstance(data, dict):
        return "".join(_texts(key) + _texts(part) for key, part in data.items() if key != "reasoning")
    return "".join(map(_texts, data)) if isinstance(data, list) else ""


def _validated(data: Any, shape: type[Shape]) -> Shape:
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        scalars = [
            problem
            for problem in error.errors(include_url=False)
            if problem["type"] == "string_type" and _text_of(problem["input"]) is not None
        ]
        if not scalars:
            raise
    for problem in scalars:
        _as_text(data, problem["loc"])
    return shape.model_validate(data)


def _text_of(value: Any) -> str | None:
    """Return the text of a number, or the one text in a list; None for other values."""
    if isinstance(value, int | float):
        return json.dumps(value)
    return value[0] if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str) else None


def _as_text(data: Any, path: tuple[int | str, ...]) -> None:
    """Replace a value by its text. For unions, the path also contains names of alternatives, which are skipped."""
    place: Any = None
    for step in path:
        inside = step in data if isinstance(data, dict) else isinstance(data, list) and isinstance(step, int)
        if inside:
            place, key, data = data, step, data[step]
    if place is not None and (text := _text_of(data)) is not None:
        place[key] = text


def _told(error: ValidationError) -> str:
    problems = error.errors(include_url=False)
    lines = [f"{'.'.join(map(str, one['loc'])) or 'the object'}: {one['msg']}" for one in problems[:PROBLEMS_SHOWN]]
    more = len(problems) - len(lines)
    return "; ".join([*lines, *([f"and {more} more"] if more > 0 else [])])
