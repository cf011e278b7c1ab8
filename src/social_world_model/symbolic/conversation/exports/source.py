"""The input of a reader of exports: text, JSON values, and what the files beside an export state."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from social_world_model.errors import DatasetError, did_you_mean, shortened
from social_world_model.symbolic.conversation.exports.chat import Chat
from social_world_model.symbolic.conversation.names import fold, plain

LOOKED_AT = 300
"""Number of lines at the start of a text from which a format is recognised."""
NAMED_AT_MOST = 20
"""Maximum number of chats in an error message."""
_JSON = re.compile(r"\{\s*[\"}]|\[\s*[{\]]")


@dataclass(frozen=True)
class Source:
    """An export.

    Parameters
    ----------
    text
        Content of the file.
    users
        Names by user id, from a list of users beside the export.
    bots
        User ids of programs, from the same list.
    members
        User ids or names of the members, from a list of channels beside the export.
    chosen
        Name of the chat to read, for an export with several chats.
    place
        Path of the export, for error messages; empty if the export is no file.
    """

    text: str
    users: Mapping[str, str] = field(default_factory=dict)
    bots: frozenset[str] = frozenset()
    members: Sequence[str] = ()
    chosen: str = ""
    place: str = ""

    @cached_property
    def lines(self) -> list[str]:
        """Unchanged lines of the text."""
        return self.text.splitlines()

    @cached_property
    def head(self) -> list[str]:
        """The first of the `cleaned` lines, from which formats are recognised."""
        return [line for line in map(plain, self.lines[:LOOKED_AT]) if line]

    @cached_property
    def cleaned(self) -> list[str]:
        """Lines without invisible characters and with single spaces. Empty lines are left out."""
        return [line for line in map(plain, self.lines) if line]

    @cached_property
    def is_json(self) -> bool:
        """Whether the text begins like a JSON object or a list of JSON objects."""
        return _JSON.match(self.text) is not None

    @cached_property
    def data(self) -> Any:
        """The value of JSON, or the list of the values of JSON lines; None for other text.

        Raises
        ------
        DatasetError
            If the text begins like JSON, but is not valid JSON.
        """
        if not self.is_json:
            return None
        try:
            return json.loads(self.text, strict=False)  # strings in a chat may contain line breaks
        except (ValueError, RecursionError) as error:
            if isinstance(rows := _json_lines(self.text), list):
                return rows
            raise DatasetError(f"expected a chat as JSON, got invalid JSON: {error}") from None

    def choose(self, chats: Mapping[str, Any]) -> Any:
        """Return the chosen chat of an export with several chats.

        Parameters
        ----------
        chats
            Chats by name.

        Raises
        ------
        DatasetError
            If there is no chat with the chosen name, or if there are several chats and none is chosen.
        """
        wanted = fold(self.chosen)
        for name, chat in chats.items():
            if fold(name) == wanted:
                return chat
        if len(chats) == 1 and not self.chosen:
            return next(iter(chats.values()))
        names = ", ".join(shortened(name, 60) for name in list(chats)[:NAMED_AT_MOST])
        more = f" and {len(chats) - NAMED_AT_MOST} more" if len(chats) > NAMED_AT_MOST else ""
        if self.chosen:
            raise DatasetError(
                f"expected the name of a chat ({names}{more}), got {shortened(self.chosen, 60)}"
                f"{did_you_mean(self.chosen, chats)}"
            )
        example = shortened(next(iter(chats), "NAME"), 60)
        how = (
            f"add the name of a chat to the path, such as '{self.place}/{example}'"
            if self.place
            else f"set chat to the name of a chat, such as {example!r}, or read a file and add the name to its path"
        )
        raise DatasetError(f"expected one chat, got an export with {len(chats)} chats: {names}{more}; {how}")


@dataclass(frozen=True)
class Format:
    """A format of exports.

    Parameters
    ----------
    name
        Name of the format in error messages.
    recognises
        Tells whether an export has the format.
    read
        Reads an export that has the format.
    """

    name: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source], Chat]


def named_once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Return values by name. A name that is empty or taken gets a number.

    Parameters
    ----------
    pairs
        Names with their values.

    Examples
    --------
    >>> named_once([("a", 1), ("a", 2), ("", 3)])
    {'a': 1, 'a 2': 2, '3': 3}
    """
    found: dict[str, Any] = {}
    for number, (name, value) in enumerate(pairs, start=1):
        name = plain(name).replace("/", "-") or str(number)
        found[f"{name} {number}" if name in found else name] = value
    return found


def is_json_lines(text: str) -> bool:
    """Tell whether a text begins with a line that is a JSON object, and goes on after this line.

    Parameters
    ----------
    text
        Text without white space at the start.
    """
    first, _, rest = text.partition("\n")
    return bool(rest.strip()) and first.rstrip().endswith("}") and _json_lines(first) is not None


def _json_lines(text: str) -> list[Any] | None:
    """Return the values of JSON lines; None if a line is not a JSON object."""
    rows: list[Any] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if not isinstance(row, dict):
            return None
        rows.append(row)
    return rows
