"""Plug-ins: installed packages with an entry point, and Python files that the user names.

Entry points belong to the group ``social_world_model``. An entry point names one of these:

- a module that registers benchmarks, modes, models, scenarios, agents or trainers when it is imported;
- a function without parameters that registers them;
- if the entry point is called ``benchmarks``, ``modes``, ``scenarios``, ``agents`` or ``trainers``: an object to
  register, or a list of objects;
- if the entry point is called ``models``: a mapping of prefixes to factories.

If an installed plug-in cannot be loaded, commands that do not need the plug-in still work. `failures` lists the
reasons.
"""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from social_world_model.errors import ConfigurationError, in_one_line

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "social_world_model"
KINDS: Mapping[str, str] = {
    "agents": "social_world_model.agents.making:register_agent",
    "benchmarks": "social_world_model.benchmarks:register",
    "modes": "social_world_model.modes:register_mode",
    "models": "social_world_model.generation_utils:register_model",
    "scenarios": "social_world_model.scenarios:register_scenario",
    "trainers": "social_world_model.training:register_trainer",
}
"""Functions that register plug-ins, by kind of plug-in. A function is imported when a plug-in needs it."""


@dataclass(frozen=True, kw_only=True)
class PlugIn:
    """A plug-in.

    Parameters
    ----------
    name
        Name of the entry point; for a file, the path that the user gave.
    package, version
        Name and version of the installed package; empty for a file.
    registered
        Everything that the plug-in has registered, such as ``"benchmark hidings"``.
    """

    name: str
    package: str = ""
    version: str = ""
    registered: list[str] = field(default_factory=list)
    _undo: list[Callable[[], object]] = field(default_factory=list, repr=False)

    def __str__(self) -> str:
        """Return the name of the plug-in for messages."""
        of = f"{self.name!r} of the package {self.package}" if self.package else self.name
        return f"the plug-in {of}"

    def data(self) -> dict[str, Any]:
        """Return the entry of the plug-in in a manifest."""
        source = {"package": self.package, "version": self.version} if self.package else {"file": self.name}
        return {**source, "registered": list(self.registered)}


_loaded: list[PlugIn] = []
_failures: list[str] = []
_installed_are_loaded = False
_loading: list[PlugIn] = []
"""Plug-ins that are being loaded. The current plug-in is the last. Usually, the list is empty."""


def loaded() -> tuple[PlugIn, ...]:
    """Return the loaded plug-ins."""
    return tuple(_loaded)


def failures() -> tuple[str, ...]:
    """Return one message per installed plug-in that could not be loaded."""
    return tuple(_failures)


def blame(error: BaseException) -> str:
    """Return a message that names the plug-in file whose code raised an error; empty if no plug-in file did.

    Parameters
    ----------
    error
        Error with a traceback.
    """
    for plug_in in _loaded:
        if place := _place(error, plug_in):
            why = in_one_line(error)
            return f"expected {plug_in} to work, got {why}{place}"
    return ""


def note_registered(kind: str, name: str, undo: Callable[[], object]) -> PlugIn | None:
    """Remember that a value was registered by the plug-in that is being loaded.

    Parameters
    ----------
    kind, name
        Kind and name of the registered value.
    undo
        Function that reverts the registration. It is called if the plug-in fails later.

    Returns
    -------
    PlugIn or None
        The plug-in that is being loaded; None if no plug-in is being loaded.
    """
    if not _loading:
        return None
    plug_in = _loading[-1]
    plug_in.registered.append(f"{kind} {name}")
    plug_in._undo.append(undo)
    return plug_in


def load_installed() -> None:
    """Load the plug-ins of all installed packages; later calls do nothing. `failures` lists plug-ins that failed."""
    global _installed_are_loaded
    if _installed_are_loaded:
        return
    _installed_are_loaded = True
    from importlib.metadata import entry_points

    for point in entry_points(group=GROUP):
        try:
            _load_entry_point(point)
        except ConfigurationError as error:
            _failures.append(str(error))


def load_file(path: str | Path) -> None:
    """Load a plug-in from a Python file; later calls do nothing. The file registers benchmarks, modes or models.

    Raises
    ------
    ConfigurationError
        If the file does not exist, or if it cannot be imported.
    """
    path = Path(path)
    if path.suffix != ".py" or not path.is_file():
        raise ConfigurationError(f"expected plugin to be a Python file, got {path}", parameters=("plugin",))
    name = f"social_world_model_plugin_{path.resolve().as_posix().encode('utf-8', 'surrogateescape').hex()}"
    if name in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None, "a .py file has a loader"
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        with _load(PlugIn(name=str(path))):
            spec.loader.exec_module(module)
    except ConfigurationError:
        del sys.modules[name]
        raise


def _load_entry_point(point: EntryPoint) -> None:
    package, version = (point.dist.name, point.dist.version) if point.dist is not None else ("?", "")
    with _load(PlugIn(name=point.name, package=package, version=version)):
        _take(point.name, point.load())


@contextmanager
def _load(plug_in: PlugIn) -> Iterator[None]:
    """Assign all registrations in the block to the plug-in. Any exception becomes an error that names the plug-in.

    Raises
    ------
    ConfigurationError
        If the block raises an exception. In this case, all registrations of the plug-in are reverted.
    """
    _loading.append(plug_in)
    try:
        yield
    except (Exception, SystemExit) as error:
        for undo in reversed(plug_in._undo):
            undo()
        if isinstance(error, ConfigurationError):
            raise ConfigurationError(f"{plug_in}: {error}") from error
        why = in_one_line(error)
        raise ConfigurationError(f"expected {plug_in} to load, got {why}{_place(error, plug_in)}") from error
    else:
        _loaded.append(plug_in)
    finally:
        _loading.pop()


def _place(error: BaseException, plug_in: PlugIn) -> str:
    """Return the number of the line in a plug-in's file that raised an error, as text; empty if unknown."""
    frames = traceback.extract_tb(error.__traceback__)
    file = None if plug_in.package else Path(plug_in.name).resolve()
    lines = [frame.lineno for frame in frames if Path(frame.filename).resolve() == file]
    return f" (line {lines[-1]})" if lines else ""


def _take(kind: str, found: Any) -> None:
    """Register the object of an entry point. A module has already registered everything during its import."""
    if isinstance(found, ModuleType):
        return
    if isinstance(found, FunctionType):
        found()
        return
    if kind not in KINDS:
        raise ConfigurationError(
            f"expected the entry point to name a module or a function, got {type(found).__name__}; only entry points "
            f"called {', '.join(KINDS)} may name objects"
        )
    module, _, function = KINDS[kind].partition(":")
    register = getattr(import_module(module), function)
    if kind == "models":
        if not isinstance(found, Mapping):
            raise ConfigurationError(
                "expected the entry point models to name a mapping of prefixes to factories, got "
                f"{type(found).__name__}"
            )
        for name, value in found.items():
            register(name, value)
        return
    for one in found if isinstance(found, list | tuple) else [found]:
        register(one() if isinstance(one, type) else one)
