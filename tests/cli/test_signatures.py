"""Commands made from declared settings: an option for each, errors that show options, nothing declared twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import typer
from typer.testing import CliRunner

from social_world_model.cli.signatures import made, options_of
from social_world_model.errors import ConfigurationError
from social_world_model.settings import Checked, Option


@dataclass(frozen=True, kw_only=True)
class Paint(Checked):
    """Settings for tests."""

    target: Annotated[Path, Option(help="Where it goes.")]
    colour: Annotated[Literal["red", "green"], Option(help="Which.")] = "red"
    coats: Annotated[int, Option(help="How many.", least=1)] = 1
    is_glossy: Annotated[bool, Option(help="Whether it shines.")] = False
    dries: Annotated[bool, Option(flags=("--dries/--stays-wet",))] = True
    rooms: Annotated[tuple[Path, ...], Option(flags=("--room",), typed="list")] = ()
    mix: Annotated[Mapping[str, Any] | None, Option(typed="object")] = None
    recipe: Annotated[str, Option(typed="nothing")] = "ours"


@dataclass(frozen=True, kw_only=True)
class Brush(Checked):
    """More settings for tests."""

    coats: Annotated[int, Option(help="Another help.", least=1)] = 9
    width: Annotated[float | None, Option(above=0)] = None


def run(*words: str) -> tuple[int, list[Any], str, BaseException | None]:
    app = typer.Typer(rich_markup_mode=None)
    seen: list[Any] = []

    @app.command()
    @options_of(Paint, Brush, renamed={"recipe": "--own"})
    def paint(given: Mapping[str, Any], own: Annotated[str, typer.Option(help="Its own.")] = "x") -> None:
        """Paint."""
        seen.extend([made(Paint, given, recipe=own), made(Brush, given)])

    done = CliRunner().invoke(app, words)
    return done.exit_code, seen, done.output, done.exception


def test_each_declared_setting_is_an_option_and_defaults_are_those_of_the_class() -> None:
    status, seen, _, _ = run("--target", "wall")
    assert status == 0
    assert seen == [Paint(target=Path("wall"), recipe="x"), Brush(coats=1)]


def test_values_reach_the_settings_that_declare_them() -> None:
    words = "--target wall --colour green --coats 2 --is-glossy --stays-wet --room a --room b --width 1.5 --own y"
    status, seen, _, _ = run(*words.split())
    assert status == 0
    rooms = (Path("a"), Path("b"))
    paint = Paint(target=Path("wall"), colour="green", coats=2, is_glossy=True, dries=False, rooms=rooms, recipe="y")
    assert seen == [paint, Brush(coats=2, width=1.5)]


def test_help_shows_each_option_once_and_what_is_off_by_default_has_no_negative() -> None:
    status, _, shown, _ = run("--help")
    assert status == 0
    for flag in ("--target", "--colour", "--coats", "--is-glossy", "--stays-wet", "--room", "--width", "--own"):
        assert shown.count(f"{flag} ") == 1, flag
    for absent in ("--no-is-glossy", "--recipe", "Another help"):
        assert absent not in shown


@pytest.mark.parametrize("words", [("--target", "x", "--colour", "blue"), ("--coats", "2"), ("--coats", "many")])
def test_what_cannot_be_read_is_a_usage_error(words: tuple[str, ...]) -> None:
    assert run(*words)[0] == 2


def test_an_error_about_a_parameter_shows_its_option() -> None:
    _, _, _, error = run("--target", "x", "--coats", "0")
    assert isinstance(error, ConfigurationError)
    assert str(error) == "expected --coats to be a whole number of at least 1, got 0"
    assert error.parameters == ("coats",)


def test_an_option_that_is_an_object_is_read_as_json() -> None:
    _, seen, _, _ = run("--target", "wall", "--mix", '{"white": [1, 2], "oil": null}')
    assert seen[0].mix == {"white": [1, 2], "oil": None}


@pytest.mark.parametrize("given", ["{", "[1]", "white", "null", '"x"'])
def test_a_value_that_is_no_json_object_names_the_option(given: str) -> None:
    _, seen, _, error = run("--target", "wall", "--mix", given)
    assert not seen
    assert isinstance(error, ConfigurationError)
    assert f"expected --mix to be a JSON object, got {given!r}" in str(error)
