"""The layers of docs/architecture.md: imports run downward only, and in no circle."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

import social_world_model

ROOT = Path(social_world_model.__file__).parent
NAME = ROOT.name

LAYERS = {
    "usage": 0,
    "choices": 0,
    "lazy_names": 0,
    "printable": 0,
    "errors": 1,
    "files": 2,
    "frames": 2,
    "settings": 2,
    "plugins": 2,
    "registry": 3,
    "s3ap": 2,
    "contracts": 3,
    "interaction": 4,
    "data": 4,
    "symbolic": 4,
    "generation_utils": 4,
    "runs": 4,
    "benchmarks": 5,
    "scenarios": 5,
    "variants": 5,
    "world_model": 5,
    "modes": 6,
    "agents": 6,
    "evaluation": 6,
    "experiments": 7,
    "training": 7,
    "adapters": 8,
    "reports": 8,
    "viewer": 9,
    "cli": 10,
    "__init__": 11,
    "__main__": 11,
}
"""The layer of each package, and of each module that is in none."""

LONGEST_FILE = 450
LONGEST_CLASS = 200
LONGEST_FUNCTION = 60


def _module_name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(ROOT.rglob("*.py"))}
MODULES = {_module_name(path): path for path in TREES}


def package_of(module: str) -> str:
    """Return the package right below the top one; a module that is in none counts as one.

    >>> package_of("social_world_model.s3ap.tags"), package_of("social_world_model")
    ('s3ap', '__init__')
    """
    return (module.split(".") + ["__init__"])[1]


def imports_of(path: Path) -> set[str]:
    """Return the modules of this project that a module imports, wherever in its text, and be it for types only."""
    own = _module_name(path)
    imported = {name for node in ast.walk(TREES[path]) for name in _named(node)}
    return {name for name in imported if name in MODULES and name != own}


def _named(node: ast.AST) -> list[str]:
    """Return what an import names: of ``from a import b`` the module ``a.b`` if there is one, otherwise ``a``."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        whole = [f"{node.module}.{alias.name}" for alias in node.names]
        return [name if name in MODULES else node.module for name in whole]
    return []


def circles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Return the groups of two or more nodes that reach each other.

    >>> circles({"a": {"b"}, "b": {"c"}, "c": {"b"}})
    [['b', 'c']]
    """
    reached = {node: _reached(graph, node) for node in graph}
    groups = {frozenset(other for other in reached[node] if node in reached[other]) for node in graph}
    return sorted(sorted(group) for group in groups if len(group) > 1)


def _reached(graph: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    left = [start]
    while left:
        for node in graph.get(left.pop(), set()) - found:
            found.add(node)
            left.append(node)
    return found


def test_every_package_has_a_layer() -> None:
    assert {package_of(module) for module in MODULES} == set(LAYERS)


def test_imports_run_downward_and_never_within_a_layer_not_even_for_types() -> None:
    wrong = [
        f"{module} (layer {LAYERS[package_of(module)]}) imports {imported} (layer {LAYERS[package_of(imported)]})"
        for module, path in MODULES.items()
        for imported in sorted(imports_of(path))
        if package_of(imported) != package_of(module) and LAYERS[package_of(imported)] >= LAYERS[package_of(module)]
    ]
    assert wrong == []


def test_no_module_imports_itself_by_way_of_others_not_even_for_types() -> None:
    assert circles({module: imports_of(path) for module, path in MODULES.items()}) == []


def test_circles_are_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": {"d"}}) == [["a", "b", "c"], ["d", "e"]]


def test_a_file_has_at_most_450_lines() -> None:
    lengths = {module: len(path.read_text(encoding="utf-8").splitlines()) for module, path in MODULES.items()}
    assert {module: lines for module, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_classes_have_at_most_200_lines_and_functions_60() -> None:
    long = [
        f"{module}:{node.lineno} {node.name} ({lines} lines)"
        for module, path in MODULES.items()
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1)
        > (LONGEST_CLASS if isinstance(node, ast.ClassDef) else LONGEST_FUNCTION)
    ]
    assert long == []


def test_nothing_is_evaluated_as_code() -> None:
    wrong = [
        f"{module}:{node.lineno}"
        for module, path in MODULES.items()
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec")
    ]
    assert wrong == []


TEXT_MODES = ("r", "w", "a", "x", "rt", "wt", "at", "xt", "r+", "w+", "a+")


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


def test_text_files_are_opened_as_utf_8_on_every_system() -> None:
    project = ROOT.parents[1]
    scripts = [
        path for folder in ("scripts", "training", "benchmarks_perf") for path in (project / folder).rglob("*.py")
    ]
    trees = TREES | {path: ast.parse(path.read_text(encoding="utf-8")) for path in [*scripts, *project.glob("*.py")]}
    wrong = [
        f"{path}:{node.lineno}"
        for path, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _opens_text_without_encoding(node)
    ]
    assert wrong == []
