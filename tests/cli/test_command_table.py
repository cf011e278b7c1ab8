"""The table of commands says what the commands themselves say."""

from __future__ import annotations

import inspect

import typer

from social_world_model import cli
from tests.commands import swm


def test_the_listed_help_of_a_command_is_the_first_sentence_of_its_own() -> None:
    for name, (place, text) in cli.COMMANDS.items():
        own = (inspect.getdoc(cli._found(place)) or "").split("\n\n")[0].replace("\n", " ")
        assert text == own, name


def test_the_listed_help_of_a_group_is_its_own() -> None:
    for place, text in cli.GROUPS.values():
        group = cli._found(place)
        assert isinstance(group, typer.Typer)
        assert group.info.help == text


def test_every_command_and_group_is_listed_and_starts() -> None:
    listed = swm("--help").stdout
    for name in (*cli.COMMANDS, *cli.GROUPS):
        assert f"  {name} " in listed
        assert swm(name, "--help").stdout.startswith(f"Usage: swm {name} ")


def test_older_names_of_commands_still_start_and_are_not_listed() -> None:
    listed = swm("--help").stdout
    for name in cli.DEPRECATED:
        assert f"  {name} " not in listed
        assert swm(name, "--help").stdout.startswith(f"Usage: swm {name} ")
