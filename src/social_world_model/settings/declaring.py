"""Declare an option in the annotation of a field of a settings class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from functools import lru_cache
from inspect import get_annotations
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

Typed = Literal["value", "pairs", "arguments", "object", "list", "commas", "file", "positional", "nothing"]
"""How the command line reads an option.

- ``"value"``: one value.
- ``"pairs"``: NAME=VALUE, repeatable; each value is a text.
- ``"arguments"``: NAME=VALUE, repeatable; each value is a Python value.
- ``"object"``: a JSON object.
- ``"list"``: one value, repeatable.
- ``"commas"``: values separated by commas.
- ``"file"``: path of a text file that contains the value.
- ``"positional"``: an argument without a flag.
- ``"nothing"``: not an option of the command line.
"""


@dataclass(frozen=True, kw_only=True)
class Option:
    """Properties of an option, apart from type and default.

    Parameters
    ----------
    help
        Help text: one or two sentences for users.
    least, above
        Inclusive lower bound, and exclusive lower bound, of a number.
    most, below
        Inclusive upper bound, and exclusive upper bound, of a number.
    flags
        Flags on the command line. By default, the flag is the name of the field with hyphens.
    typed
        How the command line reads the option.
    in_manifest
        Whether `run.json` lists the option in its settings. Options that do not change results are not listed.
        Options with a separate entry in `run.json` are not listed either.
    in_sweep
        Whether a sweep file may set the option for all its runs.
    """

    help: str = ""
    least: float | None = None
    above: float | None = None
    most: float | None = None
    below: float | None = None
    flags: tuple[str, ...] = ()
    typed: Typed = "value"
    in_manifest: bool = True
    in_sweep: bool = True


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A declared setting: one field of a settings class.

    Parameters
    ----------
    name, type
        Name of the field, and type of the field without the `Option`.
    option
        The `Option` in the annotation of the field.
    default
        Default of the field. None if the field has no default, or if a factory makes the default.
    required
        Whether the field has no default.
    """

    name: str
    type: Any
    option: Option
    default: Any
    required: bool

    @property
    def flag(self) -> str:
        """The long flag of the option on the command line."""
        return next((flag for flag in self.option.flags if flag.startswith("--")), f"--{self.name.replace('_', '-')}")


@lru_cache(maxsize=64)
def declared(settings: type) -> tuple[Setting, ...]:
    """Return the settings that a class declares. Inherited settings are last.

    Parameters
    ----------
    settings
        Settings class, which is a dataclass. A field without an `Option` gets an empty `Option`.
    """
    hints = get_type_hints(settings, include_extras=True)

    def declaring_class(field: Field[Any]) -> int:
        return next(n for n, one in enumerate(settings.__mro__) if field.name in get_annotations(one))

    return tuple(_setting(field, hints[field.name]) for field in sorted(fields(settings), key=declaring_class))


def manifest_settings(settings: object) -> dict[str, Any]:
    """Return the settings that a manifest lists, as data for JSON.

    Parameters
    ----------
    settings
        Object of a settings class.
    """
    kind: type = type(settings)
    listed = [one.name for one in declared(kind) if one.option.in_manifest]
    return {name: _plain(getattr(settings, name)) for name in listed}


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    return dict(value) if isinstance(value, Mapping) else value


def _setting(field: Field[Any], hint: Any) -> Setting:
    option = Option()
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        option = next((extra for extra in extras if isinstance(extra, Option)), option)
    plain = None if field.default is MISSING else field.default
    required = field.default is MISSING and field.default_factory is MISSING
    return Setting(name=field.name, type=hint, option=option, default=plain, required=required)
