"""A chat as all readers of exports return it: messages, arrivals, departures and notes of the messenger app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

JOINS: Final = "joins"
LEAVES: Final = "leaves"
SAYS: Final = "says"
NOTE: Final = "note"
STAGE: Final = "stage"
UNREAD: Final = "unread"
NOBODY_NAMED = "Unknown"

MessageFields = Mapping[str, Any]


@dataclass(frozen=True)
class ChatMessage:
    """A message of a person, an arrival, a departure, or a note.

    Parameters
    ----------
    text
        Text of the message.
    does
        Kind of message: `SAYS`, `JOINS` or `LEAVES`; `NOTE` for a line of the messenger app. `STAGE` is a stage line,
        which may state arrivals and departures. `UNREAD` is a line of the messenger app that was not understood. Such a
        line may state an arrival or a departure.
    name
        Name of the person.
    number
        User id of the person in the export; empty if unknown.
    to
        Names of the only people who receive the message; empty if everybody receives it.
    manner
        How the message is said, such as "aside", which nobody else hears.
    when
        Time of the message as written. Times are for meetings, where a long gap says that people may have left.
    """

    text: str
    does: str
    name: str = ""
    number: str = ""
    to: tuple[str, ...] = ()
    manner: str = ""
    when: str = ""


class Member(NamedTuple):
    """A person who is present from the start: the name, and the user id in the export (empty if unknown)."""

    name: str
    number: str = ""


@dataclass(frozen=True)
class Chat:
    """All messages of a chat.

    Parameters
    ----------
    messages
        Messages in the order in which they were sent.
    is_channel
        Whether the format states every arrival and departure, as the channel of a messenger app does. All other people
        are then present from the start.
    members
        People who are present from the start, even if they send nothing.
    """

    messages: Sequence[ChatMessage]
    is_channel: bool = False
    members: tuple[Member, ...] = ()


def text_of(value: Any) -> str:
    """Return a text with every lone surrogate (half a character) replaced, or ``""`` for a value that is not text."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def fields_of(value: Any) -> MessageFields:
    """Return a JSON object, or an empty object for any other value."""
    return value if isinstance(value, dict) else {}


def rows_of(value: Any) -> list[dict[str, Any]]:
    """Return the JSON objects of a list; an empty list for any other value."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def messages_of(value: Any) -> list[dict[str, Any]]:
    """Return the messages of an export in JSON: a list of messages, or an object with the list ``messages``."""
    return rows_of(value.get("messages") if isinstance(value, dict) else value)


def seconds_of(value: Any) -> float:
    """Return a time in seconds, from a number or its text; 0 for any other value."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return 0.0
