"""Read replies that contain a value without doubt, in another form than the requested one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from social_world_model.generation_utils.json_text import objects

_CALL_NAMES = ("arguments", "parameters", "args", "input")
_CALL_KEYS = frozenset({*_CALL_NAMES, "name", "id", "type", "function", "tool", "tool_name"})
_DEEPEST = 3
"""Maximum number of wrappers around the values."""

_BOXED = re.compile(r"\\boxed\{(?:\\text\{(?P<text>[^{}]*)\}|(?P<plain>[^{}]*))\}")
_REASONING = "reasoning"


def unwrapped(data: Any, names: frozenset[str]) -> Iterator[Any]:
    """Yield an object, and the objects that it wraps, from the outside inwards.

    Wrappers are a key around the values, ``{"properties": {values}}``, a list with one object, and a tool call. An
    object that has every requested key is no wrapper.

    Parameters
    ----------
    data
        JSON value of a reply.
    names
        Names of the requested keys.

    Examples
    --------
    >>> list(unwrapped({"Response": {"Answer": "box"}}, frozenset({"answer"})))[-1]
    {'answer': 'box'}
    """
    for _ in range(_DEEPEST + 1):
        if isinstance(data, dict):
            data = _in_our_case(data, names)
        yield data
        if isinstance(data, dict) and names <= data.keys():
            return
        inner = _inside(data)
        if inner is None:
            return
        data = inner


def _inside(data: Any) -> Any:
    """Return the single value that a wrapper contains; None if this is no wrapper."""
    if isinstance(data, list):
        return data[0] if len(data) == 1 and isinstance(data[0], dict) else None
    if not isinstance(data, dict):
        return None
    called = [name for name in _CALL_NAMES if name in data]
    if len(called) == 1 and data.keys() <= _CALL_KEYS:
        inner = data[called[0]]
    elif isinstance(data.get("function"), dict) and data.keys() <= _CALL_KEYS:
        inner = data["function"]
    elif isinstance(data.get("properties"), dict):
        inner = data["properties"]
    else:
        inner = next(iter(data.values())) if len(data) == 1 else None
    if isinstance(inner, str):
        found = objects(inner) if inner.lstrip().startswith("{") else []
        return found[0] if len(found) == 1 else None
    return inner if isinstance(inner, dict | list) else None


def _in_our_case(data: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """Return an object whose keys are written like the requested keys, e.g. ``answer`` for ``Answer``."""
    ours = {_folded(name): name for name in names - data.keys()}
    others = [key for key in data if key not in names]
    meant = {key: ours[_folded(key)] for key in others if _folded(key) in ours}
    unique = {key: name for key, name in meant.items() if list(meant.values()).count(name) == 1}
    return {unique.get(key, key): value for key, value in data.items()}


def _folded(key: str) -> str:
    return re.sub(r"[\s_\-]+", "", key).casefold()


def single_quoted(text: str) -> Any:
    """Return the one object in a text that is written with single quotes, like in Python; None if there is none."""
    start, end = text.find("{"), text.rfind("}") + 1
    if start < 0 or end <= start or not text[start + 1 :].lstrip().startswith("'"):
        return None
    try:
        data = ast.literal_eval(text[start:end])
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return data if isinstance(data, dict) and all(isinstance(key, str) for key in data) else None


def marked(text: str, shape: type[BaseModel]) -> Any:
    r"""Return the values of a reply without JSON that marks its answer; None if there is no such mark.

    The schema must ask for one text, with or without reasoning. The answer is marked by an XML tag, by a bold label or
    by ``\boxed{}``. Two marks with different answers are no answer.

    Parameters
    ----------
    text
        Reply of the model.
    shape
        Pydantic model of the schema.
    """
    fields = shape.model_fields
    asked = [name for name in fields if name != _REASONING]
    if len(asked) != 1 or not _is_text(fields[asked[0]].annotation):
        return None
    for found in (_tagged(text, asked[0]), _bold(text, asked[0]), _boxed(text)):
        if found:
            answers = {answer.strip(" \t\r\n*") for _, answer in found}
            if len(answers) != 1 or not next(iter(answers)):
                return None
            reasoning = re.sub(r"</?reasoning>|\*\*reasoning:?\*\*:?", "", text[: found[0][0]], flags=re.IGNORECASE)
            return {_REASONING: reasoning.strip(), asked[0]: next(iter(answers))}
    return None


def _is_text(annotation: Any) -> bool:
    return annotation is str


def _tagged(text: str, name: str) -> list[tuple[int, str]]:
    pattern = re.compile(rf"<{name}>\s*([^<>]*?)\s*</{name}>", re.IGNORECASE)
    return [(found.start(), found[1]) for found in pattern.finditer(text)]


def _bold(text: str, name: str) -> list[tuple[int, str]]:
    pattern = re.compile(rf"^[ \t]*\*\*(?:final )?{name}(?::\*\*|\*\*:)[ \t]*(\S.*)$", re.IGNORECASE | re.MULTILINE)
    return [(found.start(), found[1]) for found in pattern.finditer(text)]


def _boxed(text: str) -> list[tuple[int, str]]:
    return [(found.start(), found["text"] or found["plain"] or "") for found in _BOXED.finditer(text)]
