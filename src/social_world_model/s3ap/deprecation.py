"""Deprecated names that are still accepted, with a warning."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def warn_renamed(old: str, new: str) -> None:
    """Warn that a function, property or parameter has a new name.

    Parameters
    ----------
    old, new
        Deprecated name, and new name. The warning shows the line of code that uses the deprecated name.
    """
    warnings.warn(f"{old} is deprecated: use {new}", DeprecationWarning, stacklevel=3)


def renamed_parameters(**names: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that accepts deprecated parameter names, with a warning.

    Parameters
    ----------
    names
        New name of each deprecated parameter.

    Examples
    --------
    >>> @renamed_parameters(size="width")
    ... def bar(width: int) -> str:
    ...     return "-" * width
    >>> with warnings.catch_warnings(record=True) as seen:
    ...     warnings.simplefilter("always")
    ...     bar(size=3), str(seen[0].message)
    ('---', 'size= of bar() is deprecated: use width=')
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            for old, new in names.items():
                if old in kwargs:
                    if new in kwargs:
                        raise TypeError(f"{function.__name__}() got both {new}= and its deprecated name {old}=")
                    warn_renamed(f"{old}= of {function.__name__}()", f"{new}=")
                    kwargs[new] = kwargs.pop(old)
            return function(*args, **kwargs)

        return call

    return decorate
