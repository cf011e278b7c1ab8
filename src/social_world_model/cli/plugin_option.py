"""The option ``--plugin FILE.py``, which every command has."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from social_world_model.cli.usage_errors import HelpfulCommand, HelpfulGroup

Plugin = Annotated[
    list[Path] | None,
    typer.Option(
        "--plugin",
        help="Python file that registers benchmarks, modes, models, agents, scenarios or trainers. Repeatable.",
    ),
]


def add_plugin_option(app: typer.Typer) -> None:
    """Add ``--plugin`` and helpful usage errors to all commands of an application, including commands in groups."""
    app.info.cls = HelpfulGroup
    for command in app.registered_commands:
        command.cls = HelpfulCommand
        if command.callback is not None:
            command.callback = _taking_plugins(command.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            add_plugin_option(group.typer_instance)


def _taking_plugins(command: Callable[..., Any]) -> Callable[..., Any]:
    if getattr(command, "takes_plugins", False):  # a process may build an application twice
        return command

    @wraps(command)
    def taking(*, plugin: list[Path] | None, **given: Any) -> Any:
        from social_world_model.plugins import load_file

        for path in plugin or ():
            load_file(path)
        return command(**given)

    signature = inspect.signature(command)
    hints = get_type_hints(command, include_extras=True)
    own = [
        one.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints.get(one.name, one.annotation))
        for one in signature.parameters.values()
    ]
    option = inspect.Parameter("plugin", inspect.Parameter.KEYWORD_ONLY, annotation=Plugin, default=None)
    taking.__signature__ = signature.replace(parameters=[*own, option])  # type: ignore[attr-defined]
    taking.__annotations__ = {**{one.name: one.annotation for one in own}, "plugin": Plugin}
    taking.takes_plugins = True  # type: ignore[attr-defined]
    return taking
