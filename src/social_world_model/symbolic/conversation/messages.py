"""Read one message of a chat in JSON: an utterance, an arrival or a departure. Values of a wrong type are ignored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

JOINS: Final = "joins"
LEAVES: Final = "leaves"
SAYS: Final = "says"
NOTE: Final = "note"
NOBODY_NAMED = "Unknown"

MessageFields = Mapping[str, Any]


@dataclass(frozen=True)
class ChatMessage:
    """A message of a person, an arrival, a departure, or a note by the messenger app.

    Parameters
    ----------
    text
        Text of the message.
    does
        Kind of message: `SAYS`, `JOINS`, `LEAVES` or `NOTE`.
    name
        Name of the person.
    number
        User id of the person in the export; empty if unknown.
    """

    text: str
    does: str
    name: str = ""
    number: str = ""


def of_row(row: MessageFields) -> Iterator[ChatMessage]:
    """Read a message. The names of the fields determine the format. A message in an unknown format becomes a note."""
    if isinstance(row.get("author"), dict):
        return _of_discord(row)
    if row.get("type") == "service" or ("from" in row and "text" in row):
        return _of_telegram(row)
    if "role" in row:
        return _of_chat_model(row)
    if {"user", "username", "bot_id"} & row.keys():
        return _of_slack(row)
    return iter([ChatMessage(f"{_text(row.get('type')) or 'a message'} without text", NOTE)])


def _text(value: Any) -> str:
    """Return a text with every lone surrogate (half a character) replaced, or ``""`` for a value that is not text."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _of_slack(row: MessageFields) -> Iterator[ChatMessage]:
    profile = row.get("user_profile")
    profile = profile if isinstance(profile, dict) else {}
    number = _text(row.get("user")) or _text(row.get("bot_id"))
    given = (_text(profile.get(key)) for key in ("display_name", "real_name"))
    name = next(filter(None, given), "") or _text(row.get("username")) or number or NOBODY_NAMED
    does = {"join": JOINS, "leave": LEAVES}.get(_text(row.get("subtype")).rpartition("_")[2], SAYS)
    yield ChatMessage(_text(row.get("text")), does, name, number)


def _of_discord(row: MessageFields) -> Iterator[ChatMessage]:
    kinds = {"GuildMemberJoin": JOINS, "RecipientAdd": JOINS, "RecipientRemove": LEAVES}
    does = kinds.get(_text(row.get("type")), SAYS)
    mentioned = row.get("mentions") if does != SAYS else None
    people = [one for one in mentioned if isinstance(one, dict)] if isinstance(mentioned, list) else []
    for person in people or [row["author"]]:
        name = _text(person.get("nickname")) or _text(person.get("name")) or NOBODY_NAMED
        yield ChatMessage(_text(row.get("content")), does, name, _text(person.get("id")))


def _of_telegram(row: MessageFields) -> Iterator[ChatMessage]:
    action, actor = _text(row.get("action")), _text(row.get("actor"))
    if action.startswith(("invite", "join", "remove")):
        members = row.get("members")
        for member in filter(None, map(_text, members if isinstance(members, list) else [actor])):
            yield ChatMessage("", LEAVES if action == "remove_members" else JOINS, member)
    elif row.get("type") == "service":
        yield ChatMessage(f"{actor} {action.replace('_', ' ')}".strip(), NOTE)
    else:
        parts = row.get("text")
        parts = parts if isinstance(parts, list) else [parts]
        said = "".join(_text(part.get("text")) if isinstance(part, dict) else _text(part) for part in parts)
        yield ChatMessage(said, SAYS, _text(row.get("from")) or NOBODY_NAMED, _text(row.get("from_id")))


def _of_chat_model(row: MessageFields) -> Iterator[ChatMessage]:
    content = row.get("content")
    parts = content if isinstance(content, list) else [content]
    said = " ".join(filter(None, (_text(one.get("text") if isinstance(one, dict) else one) for one in parts)))
    yield ChatMessage(said, SAYS, _text(row.get("name")) or _text(row["role"]).capitalize() or NOBODY_NAMED)
