"""How an option is declared: in the annotation of a field of a settings class."""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, fields
from functools import lru_cache
from inspect import get_annotations
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

Typed = Literal["value", "pairs", "arguments", "list", "commas", "file", "positional", "nothing"]
"""How the command line takes an option: one value; NAME=VALUE, repeated, as text or as
Python values; a text, repeated; values between commas; a file with the value; without a flag; not at all."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """What is known of an option beside its type and default.

    Parameters
    ----------
    help
        One or two sentences for a user.
    least, above
        Lower bounds of a number: it may be `least`, and must be above `above`.
    most, below
        Upper bounds of a number: it may be `most`, and must be below `below`.
    flags
        How the command line calls it, where that is not the field's name with hyphens.
    typed
        How the command line takes it.
    in_manifest
        Whether `run.json` has it among its settings; what stands elsewhere in it, or changes no result, does not.
    in_sweep
        Whether a sweep file may set it for all of its runs.
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
    """A declared setting: a field of a settings class.

    Parameters
    ----------
    name, type
        Of the field; the type without its `Option`.
    option
        What its annotation says.
    default
        None where there is none, or none that is a plain value.
    required
        Whether it has no default.
    """

    name: str
    type: Any
    option: Option
    default: Any
    required: bool

    @property
    def flag(self) -> str:
        """The long name on the command line."""
        return next((flag for flag in self.option.flags if flag.startswith("--")), f"--{self.name.replace('_', '-')}")


@lru_cache(maxsize=64)
def declared(settings: type) -> tuple[Setting, ...]:
    """Return the settings that a class declares: its own fields first, then those of its bases.

    Parameters
    ----------
    settings
        A dataclass. A field without an `Option` has an empty one.
    """
    hints = get_type_hints(settings, include_extras=True)

    def declaring_class(field: Field[Any]) -> int:
        return next(n for n, one in enumerate(settings.__mro__) if field.name in get_annotations(one))

    return tuple(_setting(field, hints[field.name]) for field in sorted(fields(settings), key=declaring_class))


def _setting(field: Field[Any], hint: Any) -> Setting:
    option = Option()
    if get_origin(hint) is Annotated:
        hint, *extras = get_args(hint)
        option = next((extra for extra in extras if isinstance(extra, Option)), option)
    plain = None if field.default is MISSING else field.default
    required = field.default is MISSING and field.default_factory is MISSING
    return Setting(name=field.name, type=hint, option=option, default=plain, required=required)
