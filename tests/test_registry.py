"""Values by name: built-in ones on demand, registered ones, plug-ins; unknown names are errors that help."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from social_world_model import registry
from social_world_model.errors import ConfigurationError
from social_world_model.registry import Registry


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    fresh: list[Callable[[], None]] = []
    monkeypatch.setattr(registry, "before_lookup", fresh)
    return fresh


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / "some_colours"
    folder.mkdir()
    for name, text in {"__init__": "", "red": "COLOUR = 1", "green": "COLOUR = 2", "_shade": "COLOUR = 3"}.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("some_colours", "some_colours.red", "some_colours.green"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return "some_colours"


def test_a_registered_value_is_found_by_its_name() -> None:
    colours: Registry[int] = Registry("colour")
    colours.register("red", 1)
    assert colours.get("red") == 1
    assert colours.names() == ["red"]


def test_the_same_value_may_be_registered_twice_but_not_another_one() -> None:
    colours: Registry[object] = Registry("colour")
    red = object()
    colours.register("red", red)
    colours.register("red", red)
    with pytest.raises(ConfigurationError, match="expected a new name for a colour, got 'red', which is taken"):
        colours.register("red", object())
    assert colours.get("red") is red


@pytest.mark.parametrize("name", ["", "  ", None, 3])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="expected a name for a colour"):
        Registry[int]("colour").register(name, 1)


def test_an_unknown_name_lists_the_known_ones_and_suggests_near_ones() -> None:
    colours: Registry[int] = Registry("colour", parameter="paint")
    for number, name in enumerate(("red", "green", "Blue")):
        colours.register(name, number)
    with pytest.raises(ConfigurationError, match=r"did you mean Blue\?$"):
        colours.get("blu")
    with pytest.raises(ConfigurationError) as raised:
        colours.get("Gren")
    assert str(raised.value) == "expected paint to be one of red, green, Blue; got 'Gren'; did you mean green?"
    assert raised.value.parameters == ("paint",)
    with pytest.raises(ConfigurationError, match=r"got 'x{50,}…$"):
        colours.get("x" * 10_000)


@pytest.mark.parametrize("name", [None, 3, ["red"], {}])
def test_a_name_of_another_type_is_an_unknown_name(name: str) -> None:
    colours: Registry[int] = Registry("colour", builtins={"e": "math:e"})
    with pytest.raises(ConfigurationError, match="expected colour to be one of e; got"):
        colours.get(name)


def test_built_in_values_are_imported_when_they_are_asked_for(package: str) -> None:
    colours: Registry[int] = Registry("colour", package=package, attribute="COLOUR")
    assert colours.names() == ["green", "red"]
    assert f"{package}.red" not in sys.modules
    assert colours.get("red") == 1
    assert f"{package}.red" in sys.modules
    assert f"{package}.green" not in sys.modules


def test_private_modules_of_a_package_are_no_values(package: str) -> None:
    with pytest.raises(ConfigurationError, match="one of green, red; got '_shade'"):
        Registry[int]("colour", package=package, attribute="COLOUR").get("_shade")


def test_a_built_in_name_is_taken_unless_its_own_value_is_registered(package: str) -> None:
    colours: Registry[int] = Registry("colour", package=package, attribute="COLOUR")
    colours.register("red", 1)
    with pytest.raises(ConfigurationError, match="'green', which is taken"):
        colours.register("green", 7)


def test_places_and_packages_can_be_used_together(package: str) -> None:
    numbers: Registry[float] = Registry("number", builtins={"pi": "math:pi"}, package=package, attribute="COLOUR")
    assert numbers.names() == ["pi", "green", "red"]
    assert 3.14 < numbers.get("pi") < 3.15


def test_plug_ins_are_loaded_before_names_are_listed_or_declared_unknown(hooks: list[Callable[[], None]]) -> None:
    colours: Registry[int] = Registry("colour", builtins={"e": "math:e"})
    called: list[None] = []

    def plug_in() -> None:
        called.append(None)
        colours.register("red", 1)

    hooks.append(plug_in)
    assert colours.get("e")
    assert called == []
    assert colours.get("red") == 1
    assert called == [None]
    assert colours.names() == ["e", "red"]


def test_a_plug_in_may_look_names_up_while_it_is_loaded(hooks: list[Callable[[], None]]) -> None:
    colours: Registry[int] = Registry("colour")
    seen: list[list[str]] = []
    hooks.append(lambda: seen.append(colours.names()))
    assert colours.names() == []
    assert seen == [[]]


def test_an_error_of_a_plug_in_is_not_hidden_and_the_next_lookup_tries_again(hooks: list[Callable[[], None]]) -> None:
    colours: Registry[int] = Registry("colour")

    def broken() -> None:
        raise ConfigurationError("broken plug-in")

    hooks.append(broken)
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="broken plug-in"):
            colours.get("red")


def test_a_lookup_in_another_thread_waits_for_plug_ins_that_are_being_loaded(hooks: list[Callable[[], None]]) -> None:
    colours: Registry[int] = Registry("colour")
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        assert go_on.wait(30)
        colours.register("red", 1)

    hooks.append(slow)
    found: list[int] = []
    first = threading.Thread(target=lambda: found.append(colours.get("red")))
    second = threading.Thread(target=lambda: found.append(colours.get("red")))
    first.start()
    assert begun.wait(30)
    second.start()
    go_on.set()
    first.join(30)
    second.join(30)
    assert found == [1, 1]
