"""Commands whose options come from settings classes (`social_world_model.settings`)."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

import typer

from social_world_model.errors import ConfigurationError, SocialWorldModelError, did_you_mean
from social_world_model.settings import Setting, declared

T = TypeVar("T")

FLAGS = {"formats": "--format", "vllm_args": "--vllm-arg"}
"""Options whose names differ from the names of the parameters. The keys are names of parameters."""


def options_of(
    *settings: type, without: Sequence[str] = (), only: Sequence[str] = (), renamed: Mapping[str, str] | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command one option per declared setting.

    The first parameter of the command receives the values of these options by name. The other parameters of the
    command become further options. If the command raises an error about a parameter, the message names the option
    instead.

    Parameters
    ----------
    settings
        Settings classes. If two classes declare a setting with the same name, the first class is used.
    without
        Names of settings that are not options of this command.
    only
        Names of the settings that are options of this command. An empty list means that all settings are options.
    renamed
        Options that the command declares itself, by name of the parameter that the option sets.
    """
    shown: dict[str, Setting] = {}
    for setting in (setting for one in settings for setting in declared(one)):
        wanted = setting.name in only if only else setting.name not in without
        if setting.option.typed != "nothing" and wanted:
            shown.setdefault(setting.name, setting)
    flags = {name: _flag(setting) for name, setting in shown.items()} | dict(renamed or {})

    def give(command: Callable[..., None]) -> Callable[..., None]:
        own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
        ordered = sorted(map(_parameter, shown.values()), key=lambda one: one.default is not inspect.Parameter.empty)
        parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in (*ordered, *own)]

        @wraps(command)
        def called(**given: Any) -> None:
            def call() -> None:
                values = {name: _read(shown[name], given.pop(name)) for name in shown}
                command(values, **given)

            with_flags(flags, call)

        called.__dict__["__signature__"] = inspect.Signature(parameters)
        called.__annotations__ = {one.name: one.annotation for one in parameters}
        return called

    return give


def made(settings: type[T], given: Mapping[str, Any], **others: Any) -> T:
    """Construct settings from the values that a command received.

    Parameters
    ----------
    settings
        Class of the settings to construct.
    given
        Values by name of the setting. Names that are not fields of the class are ignored.
    others
        Further values by name, which override the values in `given`.
    """
    known: Any = settings
    own = {field.name for field in fields(known)}
    return settings(**{**{name: value for name, value in given.items() if name in own}, **others})


def in_flags(text: str, parameters: Sequence[str], flags: Mapping[str, str] | None = None) -> str:
    """Return a text with names of parameters replaced by options.

    Parameters
    ----------
    text
        Message that may name parameters.
    parameters
        Names of parameters to replace.
    flags
        Options whose names differ from the names of the parameters. The keys are names of parameters.

    Examples
    --------
    >>> in_flags("expected n_gpus to be above 0, got 'n_gpus': raise n_gpus", ["n_gpus"])
    "expected --n-gpus to be above 0, got 'n_gpus': raise --n-gpus"
    """
    for name in parameters:
        flag = {**FLAGS, **(flags or {})}.get(name, f"--{name.replace('_', '-')}")
        text = re.sub(rf"(?<![\w'\-/.]){re.escape(name)}(?![\w'\-/])", flag, text)
    return text


def with_flags(flags: Mapping[str, str], call: Callable[[], None]) -> None:
    """Call a function. If the function raises an error about parameters, the message names the options instead."""
    with naming_flags(*flags, **flags):
        call()


@contextmanager
def naming_flags(*parameters: str, **flags: str) -> Iterator[None]:
    """Name options in the messages of errors about parameters.

    Parameters
    ----------
    parameters
        Names of the parameters that are options of the command.
    flags
        Options whose names differ from the names of the parameters.
    """
    try:
        yield
    except SocialWorldModelError as error:
        if known := [name for name in error.parameters if name in parameters]:
            error.args = (in_flags(str(error), known, flags),)  # the type and the attributes of the error stay
        raise


def _flag(setting: Setting) -> str:
    return setting.name if setting.option.typed == "positional" else setting.flag.partition("/")[0]


def _parameter(setting: Setting) -> inspect.Parameter:
    """Return the parameter of a command that receives the value of a setting."""
    option, typed = setting.option, setting.option.typed
    default: Any = inspect.Parameter.empty if setting.required else setting.default
    kind: Any = setting.type
    if typed in ("pairs", "arguments"):
        kind, default = list[str] | None, None
    elif typed == "list":
        part = get_args(setting.type)[0]
        kind, default = list[part] | None, None  # type: ignore[valid-type]
    elif typed == "object":
        kind = str | None
    elif typed == "commas":
        kind, default = str, ",".join(setting.default)
    elif typed == "file":
        kind = Path | None
    if typed == "positional":
        info: Any = typer.Argument(help=option.help, show_default=False)
    else:
        info = typer.Option(*(option.flags or (setting.flag,)), help=option.help, show_default=not setting.required)
    return inspect.Parameter(
        setting.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, info]
    )


def _read(setting: Setting, given: Any) -> Any:
    """Convert the value of an option to the value of the setting."""
    match setting.option.typed:
        case "list":
            return tuple(given or ())
        case "pairs":
            return _pairs(setting, given or ())
        case "arguments":
            from social_world_model.generation_utils.vllm_args import vllm_args

            return vllm_args(given or ())
        case "object":
            return _object(setting, given)
        case "commas":
            return _named(setting, given)
        case "file":
            return _text(setting, given)
    return given


def _named(setting: Setting, given: str) -> tuple[str, ...]:
    """Split a comma-separated list. Return the values in the order of the setting's default."""
    named = [name.strip() for name in given.split(",") if name.strip()]
    known = setting.default
    if unknown := [name for name in named if name not in known] or ([] if named else ["none"]):
        near = did_you_mean(unknown[0], known)
        raise ConfigurationError(
            f"expected {setting.flag} to be one or more of {','.join(known)}; got {', '.join(unknown)}{near}"
        )
    return tuple(name for name in known if name in named)


def _pairs(setting: Setting, given: Sequence[str]) -> dict[str, str]:
    """Return NAME=VALUE pairs as a mapping."""
    pairs = [one.partition("=") for one in given]
    if wrong := ["".join(pair) for pair in pairs if not pair[0] or not pair[1]]:
        raise ConfigurationError(f"expected {setting.flag} to be NAME=VALUE, got {wrong[0]!r}")
    names = [name.strip() for name, _, _ in pairs]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ConfigurationError(
            f"expected {setting.flag} with each name only once, got {twice[0]} {names.count(twice[0])} times"
        )
    return {name.strip(): value.strip() for name, _, value in pairs}


def _object(setting: Setting, given: str | None) -> Any:
    """Return the JSON object that a text contains; None without a text."""
    try:
        value = None if given is None else json.loads(given)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"expected {setting.flag} to be a JSON object, got {given!r}: {error}") from None
    if given is not None and not isinstance(value, dict):
        raise ConfigurationError(f"expected {setting.flag} to be a JSON object, got {given!r}")
    return value


def _text(setting: Setting, path: Path | None) -> str | None:
    """Return the text of a file, or None if there is no file."""
    try:
        return None if path is None else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"expected {setting.flag} to be a text file, got {path}: {error}") from None
