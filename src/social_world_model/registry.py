"""Values by name: built-in ones that are imported when they are first asked for, and ones that users register."""

from __future__ import annotations

import pkgutil
import threading
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Generic, TypeVar, cast

from social_world_model.errors import ConfigurationError, shortened
from social_world_model.plugins import load_installed

T = TypeVar("T")

SUGGESTIONS = 3

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
    social_world_model.errors.ConfigurationError: expected colour to be one of e, red; got 'rad': did you mean red?
    """

    def __init__(
        self,
        kind: str,
        *,
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
        self._values: dict[str, T] = {}

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
            raise ConfigurationError(
                f"expected a new name for a {self.kind}, got {name!r}, which is taken: choose another name"
            )
        self._values.setdefault(name, value)

    def get(self, name: str) -> T:
        """Return the value of a name.

        Raises
        ------
        ConfigurationError
            If the name is unknown; the message lists the known names and suggests near ones.
        """
        if isinstance(name, str):
            known = self._known(name)
            if known is None:
                _call_hooks()
                known = self._known(name)
            if known is not None:
                return known
        raise self.unknown(name)

    def names(self) -> list[str]:
        """Return all names: built-in ones, then registered ones. Imports no built-in value."""
        _call_hooks()
        return list(dict.fromkeys([*self._lazy(), *self._values]))

    def built_in_names(self) -> list[str]:
        """Return the names of built-in values alone, without loading plug-ins."""
        return list(self._lazy())

    def unknown(self, name: object) -> ConfigurationError:
        """Return the error that says that no value has a name."""
        import difflib

        names = self.names()
        folded = {known.casefold(): known for known in names}
        near = difflib.get_close_matches(str(name).casefold(), folded, n=SUGGESTIONS)
        hint = f": did you mean {' or '.join(folded[match] for match in near)}?" if near else ""
        return ConfigurationError(
            f"expected {self.parameter} to be one of {', '.join(names) or '(none is known)'}; "
            f"got {shortened(repr(name))}{hint}",
            parameters=(self.parameter,),
        )

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
