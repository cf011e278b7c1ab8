"""Read exports of Telegram: one chat, or all chats of an account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from social_world_model.symbolic.conversation.exports.chat import (
    JOINS,
    LEAVES,
    NOBODY_NAMED,
    NOTE,
    SAYS,
    Chat,
    ChatMessage,
    MessageFields,
    fields_of,
    messages_of,
    rows_of,
    text_of,
)
from social_world_model.symbolic.conversation.exports.source import Format, Source, named_once

_LEAVING = "remove_members"
_COMING = ("invite", "join", "create_group", "create_supergroup")


def _chats(source: Source) -> list[dict[str, object]]:
    """Return the chats of a full export; an empty list for another file."""
    data = fields_of(source.data)
    found = [rows_of(fields_of(data.get(key)).get("list")) for key in ("chats", "left_chats")]
    return [chat for chats in found for chat in chats if rows_of(chat.get("messages"))]


def _is_telegram(source: Source) -> bool:
    return bool(_chats(source)) or any(
        (row.get("type") == "service" and "action" in row) or ("from" in row and "text" in row)
        for row in messages_of(source.data)
    )


def _read(source: Source) -> Chat:
    if chats := _chats(source):
        named = named_once([(text_of(chat.get("name")) or "Saved messages", chat) for chat in chats])
        return _of_rows(rows_of(source.choose(named).get("messages")))
    return _of_rows(messages_of(source.data))


def _of_rows(rows: list[dict[str, object]]) -> Chat:
    ids = _ids_by_name(rows)
    return Chat([message for row in rows for message in _of_row(row, ids)], is_channel=True)


def _ids_by_name(rows: list[dict[str, object]]) -> dict[str, str]:
    """Return the user ids of names that belong to one user id only. Members of service messages have names only."""
    found: dict[str, set[str]] = {}
    for row in rows:
        for name, number in (("from", "from_id"), ("actor", "actor_id")):
            if text_of(row.get(name)) and text_of(row.get(number)):
                found.setdefault(text_of(row.get(name)), set()).add(text_of(row.get(number)))
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def _of_row(row: MessageFields, ids: Mapping[str, str]) -> Iterator[ChatMessage]:
    action, actor = text_of(row.get("action")), text_of(row.get("actor"))
    if action == _LEAVING or action.startswith(_COMING):
        members = row.get("members")
        names = [*filter(None, map(text_of, members))] if isinstance(members, list) else [actor]
        if action.startswith("create"):
            names = [actor, *(name for name in names if name != actor)]
        for name in filter(None, names):
            yield ChatMessage("", LEAVES if action == _LEAVING else JOINS, name, ids.get(name, ""))
    elif row.get("type") == "service" or action:
        title = text_of(row.get("title"))
        yield ChatMessage(" ".join(filter(None, (actor, action.replace("_", " "), title))) or "service", NOTE)
    elif "text" in row or "from" in row:
        number = text_of(row.get("from_id"))
        yield ChatMessage(_said(row.get("text")), SAYS, text_of(row.get("from")) or number or NOBODY_NAMED, number)
    else:
        yield ChatMessage(f"{text_of(row.get('type')) or 'a message'} without text", NOTE)


def _said(text: object) -> str:
    parts = text if isinstance(text, list) else [text]
    return "".join(text_of(part.get("text")) if isinstance(part, dict) else text_of(part) for part in parts)


TELEGRAM = Format("Telegram (JSON of one chat or of all chats)", _is_telegram, _read)
