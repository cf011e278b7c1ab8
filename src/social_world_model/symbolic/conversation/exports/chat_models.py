"""Read conversations with language models, and lists of messages with a speaker and a text.

The formats are messages with ``role`` and ``content``, ShareGPT, exports of ChatGPT and Claude, chats of SillyTavern,
and any list with a name and a text in each row, such as ConvoKit, WhisperX or ``{"speaker", "text"}``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from social_world_model.symbolic.conversation.exports.chat import (
    NOBODY_NAMED,
    NOTE,
    SAYS,
    Chat,
    ChatMessage,
    MessageFields,
    fields_of,
    messages_of,
    rows_of,
    seconds_of,
    text_of,
)
from social_world_model.symbolic.conversation.exports.source import Format, Source, named_once

_NO_PEOPLE = frozenset({"system", "developer", "tool", "function", "observation", "function_call", "environment"})
"""Roles of messages that nobody says."""
_SPEAKERS = (
    *("speaker", "speaker_name", "speaker_id", "name", "sender", "author", "from", "user", "participant", "role"),
)
_TEXTS = ("text", "utterance", "content", "message", "value", "line", "transcript", "mes")
_LISTS = ("utterances", "segments", "dialogue", "dialog", "turns", "messages", "transcript", "conversation", "results")
_CONVERSATIONS = ("conversation_id", "root", "dialogue_id", "dialog_id")


def _role_rows(data: Any) -> list[dict[str, Any]]:
    """Return messages with a role, from a list or from an object with a list."""
    rows = messages_of(data)
    return rows if any("role" in row and "author" not in row for row in rows) else []


def _sharegpt_rows(data: Any) -> list[dict[str, Any]]:
    rows = rows_of(data.get("conversations") or data.get("conversation")) if isinstance(data, dict) else rows_of(data)
    return rows if any("from" in row and "value" in row for row in rows) else []


def _claude_rows(data: Any) -> list[dict[str, Any]]:
    return rows_of(data.get("chat_messages")) if isinstance(data, dict) else []


def _tree_rows(data: Any) -> list[dict[str, Any]]:
    """Return the messages of ChatGPT on the path from the root to the current node."""
    mapping = data.get("mapping") if isinstance(data, dict) else None
    if not isinstance(mapping, dict):
        return []
    nodes = {key: node for key, node in mapping.items() if isinstance(node, dict)}
    current = text_of(data.get("current_node")) or _last_leaf(nodes)
    path: list[dict[str, Any]] = []
    seen: set[str] = set()
    while current in nodes and current not in seen:
        seen.add(current)
        path.append(fields_of(nodes[current].get("message")))  # type: ignore[arg-type]
        current = text_of(nodes[current].get("parent"))
    return [message for message in reversed(path) if message]


def _last_leaf(nodes: Mapping[str, MessageFields]) -> str:
    """Return the node at the end of the path through the last child of each node."""
    current = next((key for key, node in nodes.items() if not node.get("parent")), "")
    seen: set[str] = set()
    while current not in seen:
        seen.add(current)
        children = nodes[current].get("children") if current in nodes else None
        following = [child for child in children if text_of(child) in nodes] if isinstance(children, list) else []
        current = following[-1] if following else current
    return current


_READERS = (_tree_rows, _claude_rows, _role_rows, _sharegpt_rows)


def _rows(data: Any) -> list[dict[str, Any]]:
    return next(filter(None, (reader(data) for reader in _READERS)), [])


def _conversations(source: Source) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the conversations of a file by title. A file with one conversation has no titles."""
    if rows := _rows(source.data):
        return [("", rows)]
    several = [(_title(one), _rows(one)) for one in rows_of(source.data)]
    return [(title, rows) for title, rows in several if rows]


def _title(conversation: MessageFields) -> str:
    return next(filter(None, (text_of(conversation.get(key)) for key in ("title", "name", "id"))), "")


def _is_of_model(source: Source) -> bool:
    return bool(_conversations(source))


def _read_model(source: Source) -> Chat:
    rows = source.choose(named_once(_conversations(source)))
    return Chat([message for row in rows for message in _of_row(row)])


def _of_row(row: MessageFields) -> Iterator[ChatMessage]:
    author = fields_of(row.get("author"))
    role = next(filter(None, (text_of(one) for one in (row.get("role"), author.get("role"), row.get("from")))), "")
    role = role or text_of(row.get("sender"))
    said = _content(next((row[key] for key in ("content", "value", "text") if row.get(key)), ""))
    if role in _NO_PEOPLE or (not role and not said):
        if said or not row.get("author"):
            shown = f"{role}: {said}" if said else f"{role or text_of(row.get('type')) or 'a message'} without text"
            yield ChatMessage(shown, NOTE)
    elif said or not author:  # ChatGPT stores steps without text between the messages
        name = text_of(row.get("name")) or text_of(author.get("name")) or role.capitalize() or NOBODY_NAMED
        yield ChatMessage(said, SAYS, name)


def _content(content: Any) -> str:
    """Return the text of a message: a string, a list of parts, or an object with parts."""
    if isinstance(content, dict):
        content = content.get("parts") or content.get("text")
    parts = content if isinstance(content, list) else [content]
    return " ".join(filter(None, (text_of(one.get("text") if isinstance(one, dict) else one) for one in parts)))


def _silly_rows(source: Source) -> list[dict[str, Any]]:
    return [row for row in rows_of(source.data) if "mes" in row and "name" in row]


def _is_silly(source: Source) -> bool:
    return bool(_silly_rows(source))


def _read_silly(source: Source) -> Chat:
    rows = _silly_rows(source)
    return Chat(
        [
            ChatMessage(text_of(row["mes"]), NOTE if row.get("is_system") is True else SAYS, text_of(row["name"]))
            for row in rows
        ]
    )


def _spoken_rows(data: Any) -> list[dict[str, Any]]:
    """Return the rows of a list of utterances, from a list or from an object with a list."""
    rows = rows_of(data)
    if isinstance(data, dict):
        inner = (data, *(fields_of(value) for value in data.values()))
        rows = next(filter(None, (rows_of(one.get(key)) for one in inner for key in _LISTS)), [])
    spoken = [bool(_speaker(row)) and _text_key(row) is not None for row in rows]
    return rows if 2 * sum(spoken) >= len(spoken) > 0 else []


def _speaker(row: MessageFields) -> str:
    for key in _SPEAKERS:
        value = row.get(key)
        value = value.get("id", value.get("name")) if isinstance(value, dict) else value
        if isinstance(value, int) and not isinstance(value, bool):
            return f"Speaker {value}"
        if text_of(value).strip():
            return text_of(value)
    return ""


def _text_key(row: MessageFields) -> str | None:
    return next((key for key in _TEXTS if isinstance(row.get(key), str)), None)


def _is_spoken(source: Source) -> bool:
    return bool(_spoken_rows(source.data))


def _read_spoken(source: Source) -> Chat:
    rows = _spoken_rows(source.data)
    if key := next((key for key in _CONVERSATIONS if all(key in row for row in rows)), None):
        several: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            several.setdefault(str(row[key]), []).append(row)
        rows = source.choose(several)
    return Chat(list(_spoken(_in_order(rows))))


def _in_order(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows by time, if each row has a time as a number."""
    times = [row.get("timestamp") for row in rows]
    if not all(isinstance(time, int | float) for time in times):
        return list(rows)
    return sorted(rows, key=lambda row: seconds_of(row["timestamp"]))


def _spoken(rows: Sequence[MessageFields]) -> Iterator[ChatMessage]:
    for row in rows:
        key = _text_key(row)
        said = text_of(row[key]).strip() if key else ""
        yield ChatMessage(said, SAYS, _speaker(row) or NOBODY_NAMED)


MODELS = Format("chats with language models (role and content, ShareGPT, ChatGPT, Claude)", _is_of_model, _read_model)
SILLY_TAVERN = Format("SillyTavern (JSON lines)", _is_silly, _read_silly)
UTTERANCES = Format(
    "a list of rows with a speaker and a text (JSON or JSON lines; also ConvoKit and WhisperX)",
    _is_spoken,
    _read_spoken,
)
