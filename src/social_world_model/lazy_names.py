"""Import the public names of a package when they are first used, so that importing the package is fast."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_names(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the function ``__getattr__`` of a package.

    Parameters
    ----------
    package
        Name of the package.
    homes
        Name of the module that defines each public name.

    Examples
    --------
    >>> lazy_names("here", {"sqrt": "math"})("cbrt")
    Traceback (most recent call last):
    AttributeError: module 'here' has no attribute 'cbrt'
    """

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(homes[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    return get
