"""Values by name: built-in ones that are imported when they are first asked for, and ones that users register."""

from __future__ import annotations

import pkgutil
import threading
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Generic, TypeVar, cast

from social_world_model.errors import ConfigurationError, did_you_mean, shortened
from social_world_model.plugins import failures, load_installed, note_registered

T = TypeVar("T")

before_lookup: list[Callable[[], None]] = [load_installed]
"""Called before a name is declared unknown and before names are listed, so that plug-ins can register theirs."""

_lock = threading.RLock()
_calling = False


class Registry(Generic[T]):
    """Values of one kind, by name.

    A built-in value is imported by the first call that asks for it. A built-in value does not register itself.

    Parameters
    ----------
    kind
        What a value is, for messages, e.g. ``"benchmark"``.
    values
        Built-in values that are imported already, by name.
    builtins
        Built-in values: name to ``"module:attribute"``.
    package
        A package whose public modules are built-in values too: a module's name is the value's name.
    attribute
        What a module of `package` calls its value.
    parameter
        The parameter by which users choose a value; `kind` by default.

    Examples
    --------
    >>> colours: Registry[int] = Registry("colour", builtins={"e": "math:e"})
    >>> colours.register("red", 1)
    >>> colours.names()
    ['e', 'red']
    >>> colours.get("rad")
    Traceback (most recent call last):
    social_world_model.errors.ConfigurationError: expected colour to be one of e, red; got 'rad'; did you mean red?
    """

    def __init__(
        self,
        kind: str,
        *,
        values: Mapping[str, T] | None = None,
        builtins: Mapping[str, str] | None = None,
        package: str | None = None,
        attribute: str = "",
        parameter: str = "",
    ) -> None:
        self.kind = kind
        self.parameter = parameter or kind
        self._builtins = dict(builtins or {})
        self._package = package
        self._attribute = attribute
        self._values: dict[str, T] = dict(values or {})
        self._origins: dict[str, str] = {}

    def register(self, name: str, value: T) -> None:
        """Make a value known by a name. Registering the same value again changes nothing.

        Raises
        ------
        ConfigurationError
            If the name is empty, or another value has it.
        """
        if not isinstance(name, str) or not name.strip():
            raise ConfigurationError(f"expected a name for a {self.kind}, got {name!r}")
        known = self._known(name)
        if known is not None and known is not value and known != value:
            by = f" by {self._origins[name]}" if name in self._origins else ""
            raise ConfigurationError(
                f"expected a new name for a {self.kind}, got {name!r}, which is taken{by}: choose another name"
            )
        if known is None:
            self._values[name] = value
            plug_in = note_registered(self.kind, name, lambda: self._forget(name))
            if plug_in is not None:
                self._origins[name] = str(plug_in)

    def get(self, name: str) -> T:
        """Return the value of a name.

        Raises
        ------
        ConfigurationError
            If the name is unknown; the message lists the known names and suggests near ones.
        """
        known = self.find(name) if isinstance(name, str) else None
        if known is None:
            raise self.unknown(name)
        return known

    def find(self, name: str) -> T | None:
        """Return the value of a name; None if it is unknown."""
        known = self._known(name)
        if known is None:
            _call_hooks()
            known = self._known(name)
        return known

    def names(self) -> list[str]:
        """Return all names: built-in ones, then registered ones. Imports no built-in value."""
        _call_hooks()
        return list(dict.fromkeys([*self._lazy(), *self._values]))

    def built_in_names(self) -> list[str]:
        """Return the names of built-in values alone, without loading plug-ins."""
        return list(self._lazy())

    def unknown(self, name: object) -> ConfigurationError:
        """Return the error that says that no value has a name."""
        names = self.names()
        broken = "".join(f"; not loaded: {failure}" for failure in failures())
        return ConfigurationError(
            f"expected {self.parameter} to be one of {', '.join(names) or '(none is known)'}; "
            f"got {shortened(repr(name))}{did_you_mean(name, names)}{broken}",
            parameters=(self.parameter,),
        )

    def _forget(self, name: str) -> None:
        self._values.pop(name, None)
        self._origins.pop(name, None)

    def _known(self, name: str) -> T | None:
        """Return a registered or built-in value; None if there is none of that name."""
        if name in self._values:
            return self._values[name]
        place = self._lazy().get(name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        value = cast(T, getattr(import_module(module), attribute))
        return self._values.setdefault(name, value)

    def _lazy(self) -> dict[str, str]:
        """Return where each built-in value is."""
        if self._package is None:
            return self._builtins
        spec = find_spec(self._package)
        folders = spec.submodule_search_locations if spec is not None else None
        modules = sorted(found.name for found in pkgutil.iter_modules(folders or []))
        in_package = {name: f"{self._package}.{name}:{self._attribute}" for name in modules if not name.startswith("_")}
        return {**self._builtins, **in_package}


def check_members(value: object, what: str, members: Sequence[str], parameter: str = "") -> None:
    """Refuse an object that lacks what its protocol wants.

    Parameters
    ----------
    value
        What a user gave.
    what
        What it should be, with its article, such as ``"a mode"``.
    members
        Names of the attributes and methods of the protocol.
    parameter
        The parameter that it was given as, if there is one.

    Raises
    ------
    ConfigurationError
        If it is a class, or some of these are missing; the message names them.
    """
    expected = f"expected {parameter} to be {what}" if parameter else f"expected {what}"
    named = (parameter,) if parameter else ()
    if isinstance(value, type):
        raise ConfigurationError(
            f"{expected}, got the class {value.__name__}: give an object of it, {value.__name__}()", parameters=named
        )
    if missing := [name for name in members if not hasattr(value, name)]:
        raise ConfigurationError(
            f"{expected}, which has {', '.join(members)}; got {type(value).__name__} without {', '.join(missing)}",
            parameters=named,
        )


def _call_hooks() -> None:
    """Call what is in `before_lookup`, but not from within one of its calls."""
    global _calling
    with _lock:
        if _calling:
            return
        _calling = True
        try:
            for hook in list(before_lookup):
                hook()
        finally:
            _calling = False
