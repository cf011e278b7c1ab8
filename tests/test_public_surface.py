"""What `import social_world_model` offers, and what it costs."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import social_world_model

PROJECT = Path(__file__).parents[1]
HEAVY = ("pandas", "lark", "rich", "pydantic", "pyarrow", "torch", "openai", "pydantic_ai", "vllm")


def modules_after(code: str) -> set[str]:
    report = f"{code}\nimport sys; print('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, cwd=PROJECT, check=True)
    return set(done.stderr.split())


def test_all_is_sorted_and_every_name_is_there() -> None:
    assert social_world_model.__all__ == sorted(social_world_model.__all__)
    for name in social_world_model.__all__:
        assert getattr(social_world_model, name) is not None


def test_all_names_what_the_lazy_imports_offer() -> None:
    assert set(social_world_model.__all__) == set(social_world_model._MODULE_OF)
    assert set(social_world_model.__all__) <= set(dir(social_world_model))


PACKAGES = sorted(
    module.name
    for module in pkgutil.iter_modules(social_world_model.__path__)
    if module.ispkg and hasattr(import_module(f"social_world_model.{module.name}"), "__all__")
)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_of_a_package_is_there(package: str) -> None:
    module = import_module(f"social_world_model.{package}")
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


@pytest.mark.parametrize(("old", "new"), social_world_model._RENAMED.items())
def test_a_name_of_before_is_the_new_one_with_a_warning(old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=rf"{old} is deprecated: use {new}$") as seen:
        value = getattr(social_world_model, old)
    assert value is getattr(social_world_model, new)
    assert seen[0].filename == __file__
    assert old not in social_world_model.__all__ and new in social_world_model.__all__


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(social_world_model, "no_such_name")


def test_the_version_is_the_one_of_the_distribution() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    assert project["version"] == social_world_model.__version__


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert not modules_after("import social_world_model") & set(HEAVY)


def test_the_scripts_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, runpy; sys.argv = ['run_benchmarks.py', '--help']\n"
        "try: runpy.run_path('run_benchmarks.py', run_name='__main__')\nexcept SystemExit: pass"
    )
    loaded = modules_after(code)
    assert "typer" in loaded
    assert not loaded & set(HEAVY)


def test_the_console_scripts_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['swm', '--help']\nfrom social_world_model.cli import main\n"
        "try: main()\nexcept SystemExit: pass"
    )
    assert not modules_after(code) & set(HEAVY)
