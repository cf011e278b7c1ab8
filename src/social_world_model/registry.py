"""Registries of values by name: built-in values, which are imported when first used, and values that users register."""

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
"""Functions that are called before names are listed, and before a name counts as unknown. They load plug-ins."""

_lock = threading.RLock()
_calling = False


class Registry(Generic[T]):
    """Registry of values of one kind. Each value has a name.

    A built-in value is imported when it is first used. It does not register itself.

    Parameters
    ----------
    kind
        Kind of the values for messages, such as ``"benchmark"``.
    values
        Built-in values that are already imported, by name.
    builtins
        Built-in values as ``"module:attribute"``, by name.
    package
        Package whose public modules contain further built-in values. The name of a module is the name of its value.
    attribute
        Name of the attribute that contains the value in each module of `package`.
    parameter
        Name of the parameter with which users choose a value, for messages; by default the same as `kind`.

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
        """Register a value under a name. Registering the same value again changes nothing.

        Parameters
        ----------
        name
            Non-empty name of the value.
        value
            The value.

        Raises
        ------
        ConfigurationError
            If the name is empty, or if it belongs to another value.
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
        """Return the value with this name.

        Raises
        ------
        ConfigurationError
            If the name is unknown. The message lists the known names and suggests similar names.
        """
        known = self.find(name) if isinstance(name, str) else None
        if known is None:
            raise self.unknown(name)
        return known

    def find(self, name: str) -> T | None:
        """Return the value with this name; None if the name is unknown."""
        known = self._known(name)
        if known is None:
            _call_hooks()
            known = self._known(name)
        return known

    def names(self) -> list[str]:
        """Return all names: first the built-in values, then the registered values. No built-in value is imported."""
        _call_hooks()
        return list(dict.fromkeys([*self._lazy(), *self._values]))

    def built_in_names(self) -> list[str]:
        """Return only the names of built-in values, without loading plug-ins."""
        return list(self._lazy())

    def unknown(self, name: object) -> ConfigurationError:
        """Return the error for an unknown name."""
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
        """Return the registered or built-in value with this name; None if there is no such value."""
        if name in self._values:
            return self._values[name]
        place = self._lazy().get(name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        value = cast(T, getattr(import_module(module), attribute))
        return self._values.setdefault(name, value)

    def _lazy(self) -> dict[str, str]:
        """Return the import path of each built-in value."""
        if self._package is None:
            return self._builtins
        spec = find_spec(self._package)
        folders = spec.submodule_search_locations if spec is not None else None
        modules = sorted(found.name for found in pkgutil.iter_modules(folders or []))
        in_package = {name: f"{self._package}.{name}:{self._attribute}" for name in modules if not name.startswith("_")}
        return {**self._builtins, **in_package}


def check_members(value: object, what: str, members: Sequence[str], parameter: str = "") -> None:
    """Check that an object has all members of a protocol.

    Parameters
    ----------
    value
        Object that the user gave.
    what
        Expected kind of object with an article, for messages, such as ``"a mode"``.
    members
        Names of the attributes and methods of the protocol.
    parameter
        Name of the parameter that received the object; empty if there is no such parameter.

    Raises
    ------
    ConfigurationError
        If `value` is a class, or if members are missing. The message names the missing members.
    """
    expected = f"expected {parameter} to be {what}" if parameter else f"expected {what}"
    named = (parameter,) if parameter else ()
    if isinstance(value, type):
        raise ConfigurationError(
            f"{expected}, got the class {value.__name__}: pass an instance, {value.__name__}()", parameters=named
        )
    if missing := [name for name in members if not hasattr(value, name)]:
        raise ConfigurationError(
            f"{expected} with {', '.join(members)}; got {type(value).__name__} without {', '.join(missing)}",
            parameters=named,
        )


def _call_hooks() -> None:
    """Call the functions in `before_lookup`. Nested calls do nothing."""
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
