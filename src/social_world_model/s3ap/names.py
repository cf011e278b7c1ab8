"""Check names that a caller passes."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence

from social_world_model.errors import ContextError, shortened

SHOWN = 20
"""Largest number of known names in a message; a long transcript can contain hundreds of names."""


def as_names(names: str | Sequence[str]) -> list[str]:
    """Return names as a list; a single string is one name.

    >>> as_names("Sally"), as_names(("Anne", "Sally"))
    (['Sally'], ['Anne', 'Sally'])
    """
    return [names] if isinstance(names, str) else list(names)


def check_known(names: Collection[str], known: Collection[str], what: str) -> None:
    """Check that all names are known.

    Parameters
    ----------
    names
        Names to check.
    known
        All valid names.
    what
        Description of the names for the message, such as ``"agents of the context"``.

    Raises
    ------
    ContextError
        If a name is unknown. The message lists up to `SHOWN` known names and suggests similar names.

    Examples
    --------
    >>> check_known(["Sall"], ["Sally", "Anne"], "agents")
    Traceback (most recent call last):
        ...
    social_world_model.errors.ContextError: expected agents (Sally, Anne), got 'Sall'; did you mean Sally?
    """
    unknown = {repr(name): name for name in names if not (isinstance(name, str) and name in known)}
    if not unknown:
        return
    every = dict.fromkeys(known)
    near = dict.fromkeys(match for name in unknown.values() for match in _near(name, list(every)))
    shown = ", ".join([*list(every)[:SHOWN], *([f"and {len(every) - SHOWN} more"] if len(every) > SHOWN else [])])
    given = ", ".join(map(shortened, unknown))
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise ContextError(f"expected {what} ({shown or 'there are none'}), got {given}{hint}")


def _near(name: object, known: Sequence[str]) -> list[str]:
    if not isinstance(name, str):
        return []
    folded = {one.casefold(): one for one in known}
    return [folded[match] for match in difflib.get_close_matches(name.casefold(), folded, n=2)]
