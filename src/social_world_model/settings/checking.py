"""Check the values of settings with pydantic. An invalid value raises a `ConfigurationError` that names the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import ConfigDict, Field, InstanceOf, TypeAdapter, ValidationError

from social_world_model.errors import ConfigurationError, did_you_mean, shortened
from social_world_model.settings.declaring import Option, Setting, declared


def check(settings: Any) -> None:
    """Check and convert every field of settings. If a field is a path, a text is converted to a path.

    Raises
    ------
    ConfigurationError
        If a field is invalid. The message names the first invalid field.
    """
    kind: Any = type(settings)
    for setting in declared(kind):
        given = getattr(settings, setting.name)
        value = _read(setting, given)
        if value is not given:
            object.__setattr__(settings, setting.name, value)


def _read(setting: Setting, given: Any) -> Any:
    kinds = _alternatives(setting.type)
    if isinstance(given, str) and Path in kinds:
        given = Path(given)
    if isinstance(given, list) and any(get_origin(kind) is tuple for kind in kinds):
        given = tuple(given)
    if isinstance(given, tuple) and tuple[Path, ...] in kinds and any(isinstance(part, str) for part in given):
        given = tuple(Path(part) if isinstance(part, str) else part for part in given)
    try:
        return _adapter(setting).validate_python(given)
    except (ValidationError, RecursionError):
        got = f"{shortened(repr(given), 80)}{_near(kinds, given)}"
        raise ConfigurationError(
            f"expected {setting.name} to be {_expected(setting)}, got {got}", parameters=(setting.name,)
        ) from None


@lru_cache(maxsize=256)
def _adapter(setting: Setting) -> TypeAdapter[Any]:
    kinds = _alternatives(setting.type)
    bounded = [_bounded(kind, setting) if kind in (int, float) else _itself(kind) for kind in kinds]
    union: Any = Union[tuple(bounded)]  # noqa: UP007
    # Pydantic refuses a configuration for a dataclass, and an instance needs none.
    return TypeAdapter(union, config=None if any(map(is_dataclass, kinds)) else ConfigDict(strict=True))


def _itself(kind: Any) -> Any:
    """Return the type that pydantic checks. The fields of nested settings are already checked."""
    instance_of: Any = InstanceOf
    return instance_of[kind] if is_dataclass(kind) else kind


def _bounded(kind: type, setting: Setting) -> Any:
    option = setting.option
    all_bounds = {"ge": option.least, "gt": option.above, "le": option.most, "lt": option.below}
    bounds = {name: value for name, value in all_bounds.items() if value is not None}
    finite = {"allow_inf_nan": False} if kind is float else {}
    return Annotated[kind, Field(**bounds, **finite)]  # type: ignore[call-overload]


def _alternatives(hint: Any) -> tuple[Any, ...]:
    """Return the members of a union, or the type itself."""
    import types

    return get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)


def _expected(setting: Setting) -> str:
    kinds = [_in_words(kind, setting) for kind in _alternatives(setting.type)]
    return " or ".join(kinds)


def _in_words(kind: Any, setting: Setting) -> str:
    origin = get_origin(kind)
    if origin is Literal:
        return f"one of {', '.join(map(repr, get_args(kind)))}"
    if origin is tuple:
        return f"a tuple, each part {_in_words(get_args(kind)[0], setting)}"
    if origin in (dict, Mapping):
        return "a mapping of names to values"
    words = {int: "a whole number", float: "a number", str: "a text", bool: "True or False", Path: "a path"}
    bound = _bounds_in_words(setting.option) if kind in (int, float) else ""
    return "None" if kind is type(None) else words.get(kind, getattr(kind, "__name__", str(kind))) + bound


def _bounds_in_words(option: Option) -> str:
    """Return the bounds of a number in words.

    >>> _bounds_in_words(Option(least=0, below=1))
    ' of at least 0 and below 1'
    """
    bounds = {"of at least": option.least, "above": option.above, "at most": option.most, "below": option.below}
    said = [f"{words} {value:g}" for words, value in bounds.items() if value is not None]
    return f" {' and '.join(said)}" if said else ""


def _near(kinds: tuple[Any, ...], given: Any) -> str:
    known = [str(value) for kind in kinds if get_origin(kind) is Literal for value in get_args(kind)]
    return did_you_mean(given, known) if isinstance(given, str) else ""
