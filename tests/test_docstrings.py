"""Public functions describe their parameters and the errors that they raise, in numpy style."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

import social_world_model

PACKAGE = Path(social_world_model.__file__).parent
NO_MODULES = ("__main__", "cli")
"""The command line documents its options in their help."""


def modules() -> Iterator[ModuleType]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts[0] in NO_MODULES or any(part.startswith("_") and part != "__init__" for part in parts):
            continue
        yield importlib.import_module(".".join(("social_world_model", *parts)).removesuffix(".__init__"))


def public_functions(module: ModuleType) -> Iterator[tuple[str, Callable[..., object], type | None]]:
    """Return every public function and method that is written in the module, with its class."""
    for name, value in vars(module).items():
        if name.startswith("_") or getattr(value, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(value):
            yield name, value, None
        elif inspect.isclass(value):
            for attribute, member in vars(value).items():
                function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
                if not attribute.startswith("_") and inspect.isfunction(function) and _is_written(function, module):
                    yield f"{name}.{attribute}", function, value


def _is_written(function: Callable[..., object], module: ModuleType) -> bool:
    return bool(inspect.unwrap(function).__module__ == module.__name__)


def arguments(function: Callable[..., object]) -> list[str]:
    names = inspect.signature(function).parameters
    return [name for name in names if name not in ("self", "cls")]


def raises(function: Callable[..., object]) -> bool:
    """Return whether the body of the function raises an error itself; an abstract method does not."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    return any(_name(node) not in (None, "NotImplementedError") for node in _own(tree.body[0]))


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Return the nodes of a body without those of functions inside it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield child
            yield from _own(child)


def _name(node: ast.AST) -> str | None:
    if not isinstance(node, ast.Raise) or node.exc is None:
        return None
    called = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return ast.unparse(called)


def has(section: str, function: Callable[..., object], owner: type | None) -> bool:
    """Return whether the docstring, or the one of the method that this one overrides, has the section."""
    heading = re.compile(rf"^\s*{section}\n\s*-{{{len(section)}}}$", re.MULTILINE)
    docs = [function.__doc__]
    if owner is not None:
        docs += [getattr(vars(base).get(function.__name__), "__doc__", None) for base in owner.__mro__[1:]]
    return any(heading.search(doc) for doc in docs if doc)


FOUND = [(module.__name__, *found) for module in modules() for found in public_functions(module)]


def test_public_functions_of_two_arguments_describe_their_parameters() -> None:
    concerned = [found for found in FOUND if len(arguments(found[2])) >= 2]
    assert len(concerned) > 250
    missing = [
        f"{module}.{name}" for module, name, function, owner in concerned if not has("Parameters", function, owner)
    ]
    assert not missing, f"{len(missing)} of {len(concerned)}:\n" + "\n".join(missing)


def test_public_functions_that_raise_say_what() -> None:
    concerned = [found for found in FOUND if raises(found[2])]
    assert len(concerned) > 80
    missing = [f"{module}.{name}" for module, name, function, owner in concerned if not has("Raises", function, owner)]
    assert not missing, f"{len(missing)} of {len(concerned)}:\n" + "\n".join(missing)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f(a):\n    raise ValueError(a)", True),
        ("def f(a):\n    try:\n        a()\n    except ValueError:\n        raise", False),
        ("def f(a):\n    def g():\n        raise ValueError(a)\n    return g", False),
        ("def f(a):\n    raise NotImplementedError", False),
    ],
)
def test_own_raise_statements_are_found(source: str, found: bool) -> None:
    assert any(_name(node) not in (None, "NotImplementedError") for node in _own(ast.parse(source).body[0])) is found
