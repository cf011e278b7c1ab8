"""Plug-ins that are broken, clash, or are no plug-ins: one clear line, and nothing else stops."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from social_world_model import ConfigurationError
from social_world_model.benchmarks import Benchmark, register
from social_world_model.generation_utils import model_by_name, register_model
from social_world_model.generation_utils.names import MODELS
from social_world_model.modes import MODES, DirectMode, register_mode
from social_world_model.plugins import load_file
from social_world_model.runs.names import run_folder
from social_world_model.training import register_trainer
from tests.plugins.packages import HIDINGS, REGISTERED, data_and_settings, installed, swm

MODE = "from social_world_model.modes import DirectMode, register_mode\nregister_mode(DirectMode(name={name!r}))\n"


@pytest.fixture(autouse=True)
def registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what a test registers from other tests."""
    for registry in (MODES, MODELS):
        monkeypatch.setattr(registry, "_values", dict(registry._values))
        monkeypatch.setattr(registry, "_origins", dict(registry._origins))


def plug_in(folder: Path, text: str, name: str = "plug.py") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x = 1\n1 / 0\n", r"ZeroDivisionError: division by zero \(line 2\)$"),
        ("def f(:\n", "SyntaxError: invalid syntax"),
        ("import sys\nsys.exit(3)\n", "SystemExit: 3"),
        ("import no_such_package_of_anybody\n", "ModuleNotFoundError: No module named 'no_such_package_of_anybody'"),
        (MODE.format(name="vanilla"), "expected a new name for a mode, got 'vanilla', which is taken"),
        (MODE.format(name=""), "expected a name for a mode, got ''"),
    ],
)
def test_what_a_file_raises_at_import_becomes_one_error_that_names_the_file(
    text: str, why: str, tmp_path: Path
) -> None:
    path = plug_in(tmp_path, text)
    with pytest.raises(ConfigurationError, match=why) as raised:
        load_file(path)
    assert f"the plug-in {path}" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["nowhere.py", "text.txt", "folder.py"])
def test_what_is_no_python_file_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("register()", encoding="utf-8")
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(ConfigurationError, match="expected plugin to be a Python file, got") as raised:
        load_file(tmp_path / name)
    assert raised.value.parameters == ("plugin",)


def test_half_a_plug_in_is_not_left_and_the_mended_file_loads(tmp_path: Path) -> None:
    path = plug_in(tmp_path, MODE.format(name="test_half") + "1 / 0\n")
    with pytest.raises(ConfigurationError, match="ZeroDivisionError"):
        load_file(path)
    assert MODES.find("test_half") is None
    path.write_text(MODE.format(name="test_half"), encoding="utf-8")
    load_file(path)
    assert MODES.find("test_half") is not None


def test_a_file_that_is_given_twice_by_any_path_is_loaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = 'it\'s a "plug-in" é 名'
    path = plug_in(
        tmp_path,
        MODE.format(name="test_once") + "with open('times', 'a') as times:\n    times.write('x')\n",
        f"{odd}/plüg in.py",
    )
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.py").symlink_to(path)
    for one in (path, path, Path(odd, "..", odd, "plüg in.py"), Path("link.py")):
        load_file(one)
    assert (tmp_path / "times").read_text(encoding="utf-8") == "x"


def test_two_files_with_one_name_are_two_plug_ins(tmp_path: Path) -> None:
    for name in ("test_first", "test_second"):
        load_file(plug_in(tmp_path, MODE.format(name=name), f"{name}/plug.py"))
        assert MODES.find(name) is not None


def test_a_name_that_another_plug_in_has_taken_is_refused_with_the_name_of_that_plug_in(tmp_path: Path) -> None:
    first = plug_in(tmp_path, MODE.format(name="test_taken"), "first.py")
    second = plug_in(tmp_path, MODE.format(name="test_taken").replace("))", ", narrative=True))"), "second.py")
    load_file(first)
    with pytest.raises(ConfigurationError, match=r"taken by the plug-in .*first\.py: choose another name") as raised:
        load_file(second)
    assert str(raised.value).startswith(f"the plug-in {second}: ")


class Bare(Benchmark):
    """A benchmark without items."""

    name = "bare"

    def items(self, index: str, row: dict[str, object]) -> list[object]:  # type: ignore[override]
        return []


def test_what_is_registered_must_be_of_its_kind() -> None:
    with pytest.raises(ConfigurationError, match=r"expected a benchmark, got the class Bare: pass an instance, Bare"):
        register(Bare)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=r"expected a benchmark with .*; got str without name, items"):
        register("bare")  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=r"expected a mode, got the class DirectMode"):
        register_mode(DirectMode)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=r"expected a mode with .* got Bare without uses_context, .*run"):
        register_mode(Bare())  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=r"expected a trainer with .* got Bare without capabilities"):
        register_trainer(Bare())  # type: ignore[arg-type]
    with pytest.raises(
        ConfigurationError,
        match=r"expected the factory of the model prefix 'mine' to be a function that takes a name, got str",
    ):
        register_model("mine", "gpt-4o")  # type: ignore[arg-type]


@pytest.mark.parametrize("prefix", ["", "a b", "a/b", "a:b", "a@b", 3, None])
def test_a_prefix_that_no_name_can_have_is_refused(prefix: str) -> None:
    with pytest.raises(ConfigurationError, match="expected a model prefix without spaces"):
        register_model(prefix, lambda name: None)


def test_a_prefix_that_is_built_in_is_refused() -> None:
    with pytest.raises(
        ConfigurationError, match="expected a new name for a model prefix, got 'vllm', which is built in"
    ):
        register_model("vllm", lambda name: None)


def raising(name: str) -> None:
    raise KeyError(name)


@pytest.mark.parametrize(
    ("factory", "why"),
    [
        (lambda name: None, "for 'test_odd/x', got NoneType"),
        (lambda name: "gpt-4o", "for 'test_odd/x', got str"),
        (lambda name: Bare, "for 'test_odd/x', got the class Bare"),
        (raising, "expected a model from the factory of test_odd/ for 'test_odd/x', got KeyError: 'x'"),
    ],
)
def test_a_factory_that_makes_no_model_is_named(factory: object, why: str) -> None:
    register_model("test_odd", factory)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=why):
        model_by_name("test_odd/x")
    with pytest.raises(ConfigurationError, match="expected a name after test_odd/, got 'test_odd/'"):
        model_by_name("test_odd/")


def test_a_broken_installed_plug_in_stops_only_what_needs_it(tmp_path: Path) -> None:
    """Of two packages one is broken; the other one, and everything built in, works."""
    packages = installed(tmp_path / "site", "broken-bench", "1 / 0\n", {"benchmarks": "broken_bench:Hidings"})
    installed(packages, "whole-bench", MODE.format(name="whole"), {"anything": "whole_bench"})
    ran, listed, unknown, modes, near = swm(
        tmp_path,
        "run tomi --limit 2 --no-save",
        "list benchmarks",
        "run hidings",
        "list modes",
        "run tomi --model-name vlm/x",
        packages=packages,
    )
    reason = "expected the plug-in 'benchmarks' of the package broken-bench to load, got ZeroDivisionError"
    assert (ran.status, ran.err) == (0, "")
    assert (listed.status, "tomi" in listed.out.split()) == (0, True)
    assert listed.err.startswith(f"not loaded: {reason}")
    assert "whole" in modes.out.split()
    assert (unknown.status, unknown.err.count("\n")) == (2, 1)
    assert f"got 'hidings'; not loaded: {reason}" in unknown.err
    assert "did you mean vllm/x?; not loaded: " in near.err


def test_an_entry_point_that_names_nothing_that_can_be_registered_is_named(tmp_path: Path) -> None:
    packages = tmp_path / "site"
    for number, (name, place) in enumerate(
        {"things": ":X", "models": ":X", "benchmarks": ":X", "a": "_nowhere", "b": ":Y", "modes": ":f"}.items()
    ):
        text = "X = 3\ndef f(needs_this): ...\n"
        installed(packages, f"odd-{number}", text, {name: f"odd_{number}{place}"})
    (listed,) = swm(tmp_path, "list benchmarks", packages=packages)
    reasons = listed.err.splitlines()
    assert (listed.status, len(reasons), "Traceback" in listed.err) == (0, 6, False)
    for part in (
        "'things' of the package odd-0: expected the entry point to name a module or a function, got int",
        "expected the entry point models to name a mapping of prefixes to factories, got int",
        "'benchmarks' of the package odd-2: expected a benchmark with name, items; got int without name, items",
        "ModuleNotFoundError: No module named 'odd_3_nowhere'",
        "AttributeError: module 'odd_4' has no attribute 'Y'",
        "missing 1 required positional argument: 'needs_this'",
    ):
        assert part in listed.err


def test_a_report_says_which_plug_in_to_pass_and_plugin_belongs_after_the_command(tmp_path: Path) -> None:
    data_and_settings(tmp_path)
    plug_in(tmp_path, HIDINGS + REGISTERED, "hidings.py")
    folder = "data/hidings_results/vanilla_own/object_hidings.jsonl"
    run, report, compare, rescore, before, grouped, missing = swm(
        tmp_path,
        "run hidings --dataset-path hidings.jsonl --model-name own/object --plugin hidings.py",
        "report data",
        f"compare {folder} {folder}",
        f"rescore {folder} --scorer strict",
        "--plugin hidings.py run hidings",
        "data --plugin=hidings.py fetch hidings",
        "run hidings --plugin hiding.py",
    )
    assert run.status == 0, run.err
    for one in (report, compare, rescore):
        assert (one.status, one.err.count("\n")) == (2, 1)
        assert "got 'hidings'; pass the plug-in hidings.py, which registers hidings" in one.err
    assert "expected --plugin after the command: swm COMMAND … --plugin FILE.py" in before.err
    assert "expected --plugin after the command: swm data COMMAND … --plugin FILE.py" in grouped.err
    assert missing.err == "error: expected --plugin to be a Python file, got hiding.py\n"
    assert [before.status, grouped.status, missing.status] == [2, 2, 2]
    manifest = tmp_path / folder / "run.json"
    data = json.loads(manifest.read_text(encoding="utf-8"))
    package = {"package": "hidings-bench", "version": "0.3", "registered": ["benchmark hidings"]}
    manifest.write_text(json.dumps(data | {"plug_ins": [3, {}, package]}), encoding="utf-8")
    (report,) = swm(tmp_path, "report data")
    assert "install the package hidings-bench (the run had version 0.3), which registers hidings" in report.err


FAILING = """
from types import SimpleNamespace

from social_world_model.agents.making import AgentKind, register_agent
from social_world_model.scenarios import register_scenario
from social_world_model.scenarios.stash import Stash


class Lost(Stash):
    def step(self, state, acts):
        return [][0]


class Wrong(Stash):
    def step(self, state, acts):
        state, happenings = super().step(state, acts)
        return state, (*happenings, *happenings)


def load(data):
    raise KeyError("nothing")


register_scenario(SimpleNamespace(name="unloadable", load=load))
register_scenario(SimpleNamespace(name="lost", load=lambda data: [Lost()]))
register_scenario(SimpleNamespace(name="wrong", load=lambda data: [Wrong()]))
register_agent(AgentKind(name="five", make=lambda seat: 5, calls=lambda options: {}))
register_agent(AgentKind(name="zero", make=lambda seat: 1 / 0, calls=lambda options: {}))
"""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("play unloadable", "expected the plug-in plug.py to work, got KeyError: 'nothing' (line 21)"),
        (
            "play lost --agent habit",
            "expected the plug-in plug.py to work, got IndexError: list index out of range (line 11)",
        ),
        ("play wrong --agent habit", "the scenario stash, turn 1: expected at most one act per person"),
        ("play stash --agent five", "expected an agent from the kind of agent five with name, config, decide; got int"),
        ("play stash --agent zero", "expected the plug-in plug.py to work, got ZeroDivisionError: division by zero"),
    ],
)
def test_a_plug_in_that_fails_in_a_command_is_named_in_one_line(words: str, message: str, tmp_path: Path) -> None:
    plug_in(tmp_path, FAILING)
    (ended,) = swm(tmp_path, f"{words} --plugin plug.py")
    assert (ended.status, ended.err.count("\n")) == (2, 1), ended.err
    assert message in ended.err


def test_a_mode_of_any_name_has_one_folder_inside_its_benchmarks() -> None:
    folder = run_folder(Path("data"), "hidings", "../my mode/ü:*", "symbolic", "x.jsonl", None)
    assert folder.as_posix() == "data/hidings_results/%2E.%2Fmy mode%2Fü%3A%2A_symbolic_x.jsonl"
