"""Plug-ins: installed packages with an entry point, and files that the user names.

An entry point of the group ``social_world_model`` names a module whose import registers benchmarks, modes, models or
trainers, or a function without parameters that does so. One whose own name is ``benchmarks``, ``modes``, ``models`` or
``trainers`` may name what is to be registered instead: one object, or a list of them; for models, a mapping of prefixes
to factories.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from social_world_model.errors import ConfigurationError

GROUP = "social_world_model"
KINDS: Mapping[str, str] = {
    "benchmarks": "social_world_model.benchmarks:register",
    "modes": "social_world_model.modes:register_mode",
    "models": "social_world_model.generation_utils:register_model",
    "trainers": "social_world_model.training:register_trainer",
}
"""What can be plugged in, and the function that registers it; it is imported when a plug-in needs it."""


@cache
def load_installed() -> None:
    """Load the plug-ins of all installed packages, once.

    Raises
    ------
    ConfigurationError
        If one cannot be loaded.
    """
    from importlib.metadata import entry_points

    for point in entry_points(group=GROUP):
        source = f"the plug-in {point.name!r} ({point.value})"
        _take(point.name, _guarded(point.load, source), source)


def load_file(path: Path) -> None:
    """Load a plug-in from a Python file, once. What it defines at import is registered by its own calls.

    Raises
    ------
    ConfigurationError
        If there is no such file, or it cannot be imported.
    """
    if path.suffix != ".py" or not path.is_file():
        raise ConfigurationError(f"expected plugin to be a Python file, got {path}", parameters=("plugin",))
    name = f"social_world_model_plugin_{path.resolve().as_posix().encode().hex()}"
    if name in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None, "a .py file has a loader"
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader = spec.loader
    try:
        _guarded(lambda: loader.exec_module(module), f"the plug-in {path}")
    except ConfigurationError:
        del sys.modules[name]
        raise


def _take(kind: str, loaded: Any, source: str) -> None:
    """Register what an entry point names, unless its import has done that."""
    if isinstance(loaded, ModuleType):
        return
    if isinstance(loaded, FunctionType):
        _guarded(loaded, source)
        return
    if kind not in KINDS:
        raise ConfigurationError(f"expected a module or a function for {source}, got {type(loaded).__name__}")
    module, _, function = KINDS[kind].partition(":")
    register = getattr(import_module(module), function)
    if isinstance(loaded, Mapping):
        for name, value in loaded.items():
            register(name, value)
        return
    for one in loaded if isinstance(loaded, list | tuple) else [loaded]:
        register(one() if isinstance(one, type) else one)


def _guarded(work: Callable[[], Any], source: str) -> Any:
    """Do what may run anybody's code; turn whatever it raises into one error that names the plug-in."""
    try:
        return work()
    except ConfigurationError as error:
        raise ConfigurationError(f"{source}: {error}") from error
    except Exception as error:
        raise ConfigurationError(f"expected {source} to load, got {type(error).__name__}: {error}") from error
