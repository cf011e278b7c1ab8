"""Commands whose options are the declared settings of classes (`social_world_model.settings`)."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import wraps
from typing import Annotated, Any, TypeVar, get_args

import typer

from social_world_model.errors import ConfigurationError
from social_world_model.settings import Setting, declared

T = TypeVar("T")


def options_of(
    *settings: type, without: Sequence[str] = (), renamed: Mapping[str, str] | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an option for each declared setting.

    The command's first parameter receives the values of these options, by setting. Its other parameters are options of
    its own. In an error that the command raises, parameters are shown as the options that set them.

    Parameters
    ----------
    settings
        The classes. Of settings with the same name, the first one counts.
    without
        Settings that are no options of this command.
    renamed
        Options of the command's own that set a parameter: the parameter's name to the option.
    """
    shown: dict[str, Setting] = {}
    for setting in (setting for one in settings for setting in declared(one)):
        if setting.option.typed != "nothing" and setting.name not in without:
            shown.setdefault(setting.name, setting)
    flags = {name: setting.flag.partition("/")[0] for name, setting in shown.items()} | dict(renamed or {})

    def give(command: Callable[..., None]) -> Callable[..., None]:
        own = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
        ordered = sorted(map(_parameter, shown.values()), key=lambda one: one.default is not inspect.Parameter.empty)
        parameters = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in (*ordered, *own)]

        @wraps(command)
        def called(**given: Any) -> None:
            values = {name: _read(shown[name], given.pop(name)) for name in shown}
            with_flags(flags, lambda: command(values, **given))

        called.__dict__["__signature__"] = inspect.Signature(parameters)
        called.__annotations__ = {one.name: one.annotation for one in parameters}
        return called

    return give


def made(settings: type[T], given: Mapping[str, Any], **others: Any) -> T:
    """Construct settings from what a command was given.

    Parameters
    ----------
    settings
        Their class.
    given
        Values by setting; those of other classes are ignored.
    others
        Values that go before these.
    """
    known: Any = settings
    own = {field.name for field in fields(known)}
    return settings(**{**{name: value for name, value in given.items() if name in own}, **others})


def in_flags(text: str, parameters: Sequence[str], flags: Mapping[str, str] | None = None) -> str:
    """Return a text with names of parameters replaced by options.

    Parameters
    ----------
    text
        A message.
    parameters
        The names that are parameters in it.
    flags
        The options of those whose option is not their name with hyphens.

    Examples
    --------
    >>> in_flags("expected n_gpus to be above 0, got 'n_gpus': raise n_gpus", ["n_gpus"])
    "expected --n-gpus to be above 0, got 'n_gpus': raise --n-gpus"
    """
    for name in parameters:
        flag = (flags or {}).get(name, f"--{name.replace('_', '-')}")
        text = re.sub(rf"(?<![\w'\-/.]){re.escape(name)}(?![\w'\-/])", flag, text)
    return text


def with_flags(flags: Mapping[str, str], call: Callable[[], None]) -> None:
    """Call something; an error about parameters is raised again with the options in their place."""
    try:
        call()
    except ConfigurationError as error:
        known = [name for name in error.parameters if name in flags]
        if not known:
            raise
        raise type(error)(in_flags(str(error), known, flags), parameters=error.parameters) from error


def _parameter(setting: Setting) -> inspect.Parameter:
    """Return the parameter of a command that sets a setting."""
    option: Any = typer.Option(*_flags(setting), help=setting.option.help, show_default=not setting.required)
    if setting.required:
        default: Any = inspect.Parameter.empty
    else:
        default = None if setting.option.typed == "list" else setting.default
    kind: Any = setting.type
    if setting.option.typed == "list":
        part = get_args(setting.type)[0]
        kind = list[part] | None  # type: ignore[valid-type]
    return inspect.Parameter(
        setting.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, option]
    )


def _flags(setting: Setting) -> tuple[str, ...]:
    """Return the spellings of an option; one that is off by default has no negative."""
    return setting.option.flags or (setting.flag,)


def _read(setting: Setting, given: Any) -> Any:
    return tuple(given or ()) if setting.option.typed == "list" else given
