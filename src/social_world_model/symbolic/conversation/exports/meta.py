"""Read exports of Messenger and Instagram.

The newest message comes first. Letters outside ASCII are stored as the bytes of UTF-8, each byte as one letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from social_world_model.symbolic.conversation.exports.chat import (
    JOINS,
    LEAVES,
    NOBODY_NAMED,
    NOTE,
    SAYS,
    Chat,
    ChatMessage,
    Member,
    MessageFields,
    rows_of,
    seconds_of,
    text_of,
)
from social_world_model.symbolic.conversation.exports.source import Format, Source

_A = r"(?P<by>.{1,60}?)"
_W = r"(?P<who>.{1,300}?)"
_MOVES = (
    (JOINS, re.compile(rf"{_A} added {_W} to the (?:group|chat|conversation)\.?")),
    (LEAVES, re.compile(rf"{_A} removed {_W} from the (?:group|chat|conversation)\.?")),
    (LEAVES, re.compile(rf"{_W} left the (?:group|chat|conversation)\.?")),
    (JOINS, re.compile(rf"{_W} joined the (?:group|chat|conversation|call|video chat)\b.{{0,60}}")),
)
_NOTICES = re.compile(
    r"^.{0,60}\b(?:named the group|created the group|set (?:the|his|her|their|your) |changed the |removed the "
    r"|pinned a message|turned (?:on|off) |started a (?:call|video chat|poll)|missed (?:your|a|the) (?:call|video)"
    r"|reacted .{1,20} to your message|liked a message|you can now message|is now an admin|unsent a message"
    r"|call ended|video chat ended|ended the (?:call|video chat))",
    re.IGNORECASE,
)
_SHARED = re.compile(r"^.{1,60} (?:sent (?:an attachment|a photo|a video|a voice message)|shared a (?:link|story))\.?$")
_AND = re.compile(r", (?:and )?| and ")


def _is_meta(source: Source) -> bool:
    data = source.data
    rows = rows_of(data.get("messages")) if isinstance(data, dict) else []
    return any({"sender_name", "senderName"} & row.keys() for row in rows)


def _read(source: Source) -> Chat:
    rows = sorted(rows_of(source.data["messages"]), key=_when)
    members = source.data.get("participants")
    people = members if isinstance(members, list) else []
    names = [_repaired(text_of(one.get("name") if isinstance(one, dict) else one)) for one in people]
    messages = [message for row in rows for message in _of_row(row, frozenset(names))]
    gone = {one.name for one in messages if one.does == LEAVES}
    return Chat(messages, is_channel=True, members=tuple(Member(name) for name in names if name and name not in gone))


def _when(row: MessageFields) -> float:
    return seconds_of(row.get("timestamp_ms") or row.get("timestamp"))


def _repaired(text: str) -> str:
    r"""Return a text whose bytes of UTF-8 were stored as one letter each.

    >>> _repaired("Zo\u00c3\u00ab"), _repaired("Zo\u00eb")
    ('Zoë', 'Zoë')
    """
    try:
        return text.encode("latin-1").decode()
    except UnicodeError:
        return text


def _of_row(row: MessageFields, names: frozenset[str]) -> Iterator[ChatMessage]:
    name = _repaired(text_of(row.get("sender_name")) or text_of(row.get("senderName"))) or NOBODY_NAMED
    said = _repaired(text_of(row.get("content")) or text_of(row.get("text")))
    kind = text_of(row.get("type"))
    if kind in ("Subscribe", "Unsubscribe"):
        users = [_repaired(text_of(user.get("name"))) for user in rows_of(row.get("users"))]
        for who in users or [name]:
            yield ChatMessage("", JOINS if kind == "Subscribe" else LEAVES, who)
    elif moves := _moves(said, name, names):
        yield from moves
    elif said.startswith((name, "You ", "Reacted ", "Liked ")) and _NOTICES.match(said):
        yield ChatMessage(said, NOTE)
    elif row.get("is_unsent") is True or row.get("isUnsent") is True or _SHARED.match(said):
        yield ChatMessage("", SAYS, name)
    else:
        yield ChatMessage(said, SAYS, name)


def _moves(said: str, name: str, names: frozenset[str]) -> list[ChatMessage]:
    """Return the arrivals and departures in a line of the messenger app, which begins with the name of the sender."""
    for does, form in _MOVES:
        if (found := form.fullmatch(said)) and (found.groupdict().get("by") or found["who"]) in (name, "You"):
            return [ChatMessage(said, does, name if who == "You" else who) for who in _people(found["who"], names)]
    return []


def _people(listed: str, names: frozenset[str]) -> list[Any]:
    return [listed] if listed in names else [part for part in _AND.split(listed) if part]


META = Format("Messenger and Instagram (JSON)", _is_meta, _read)
