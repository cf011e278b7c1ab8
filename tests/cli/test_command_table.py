"""The table of commands says what the commands themselves say."""

from __future__ import annotations

import inspect

import pytest
import typer

from social_world_model import cli
from tests.commands import swm


def test_the_listed_help_of_a_command_is_the_first_paragraph_of_its_own() -> None:
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


@pytest.mark.parametrize("group", [(), *((name,) for name in cli.GROUPS)], ids=lambda words: " ".join(words) or "swm")
def test_no_listed_help_is_cut_in_a_terminal_of_80_columns(group: tuple[str, ...]) -> None:
    listed = swm(*group, "--help", columns=80).stdout.partition("\nCommands:\n")[2]
    assert listed
    assert "..." not in listed and "…" not in listed
    assert all(len(line) <= 80 and line.endswith(".") for line in listed.splitlines())
