"""The floors of docs/architecture.md: imports run downward only."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import social_world_model

ROOT = Path(social_world_model.__file__).parent

FLOORS = {
    "usage": 0,
    "choices": 0,
    "errors": 1,
    "files": 2,
    "settings": 2,
    "plugins": 2,
    "registry": 3,
    "s3ap": 2,
    "contracts": 3,
    "data": 4,
    "symbolic": 4,
    "generation_utils": 4,
    "runs": 4,
    "benchmarks": 5,
    "variants": 5,
    "world_model": 5,
    "modes": 6,
    "evaluation": 6,
    "experiments": 7,
    "training": 7,
    "reports": 8,
    "cli": 9,
    "__init__": 10,
    "__main__": 10,
}
MODULES = sorted(ROOT.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    """Rooms that a module imports when it runs; what only type checkers see does not count."""
    rooms: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guarded = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in guarded:
            continue
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
            if node.module == "social_world_model":
                names = [f"social_world_model.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        rooms |= {name.split(".")[1] for name in names if name.startswith("social_world_model.")}
    return rooms


def test_every_room_has_a_floor() -> None:
    assert {room_of(path) for path in MODULES} == set(FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_downward_and_never_to_the_same_floor(path: Path) -> None:
    own = room_of(path)
    wrong = {room for room in imported_rooms(path) - {own} if FLOORS[room] >= FLOORS[own]}
    assert not wrong, f"{path} imports {wrong}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_one_concept_and_at_most_450_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450


def test_nothing_is_evaluated_as_code() -> None:
    for path in MODULES:
        called = {
            node.func.id
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not called & {"eval", "exec"}, path


def _opens_text_without_encoding(node: ast.AST) -> bool:
    """Tell a call of `read_text`, `write_text` or `open` in a text mode that leaves the encoding to the system."""
    if not isinstance(node, ast.Call) or any(keyword.arg == "encoding" for keyword in node.keywords):
        return False
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("read_text", "write_text"):
        return True
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    modes = [
        arg.value
        for arg in [*node.args, *(keyword.value for keyword in node.keywords)]
        if isinstance(arg, ast.Constant)
    ]
    return name in ("open", "fdopen", "NamedTemporaryFile") and any(mode in TEXT_MODES for mode in modes)


TEXT_MODES = ("r", "w", "a", "x", "rt", "wt", "at", "xt", "r+", "w+", "a+")


def test_text_files_are_opened_as_utf_8_on_every_system() -> None:
    project = Path(__file__).parents[1]
    scripts = [
        path for folder in ("scripts", "training", "benchmarks_perf") for path in (project / folder).rglob("*.py")
    ]
    wrong = [
        f"{path}:{node.lineno}"
        for path in [*MODULES, *scripts, *project.glob("*.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _opens_text_without_encoding(node)
    ]
    assert not wrong
