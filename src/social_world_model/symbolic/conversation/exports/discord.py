"""Read exports of Discord, made by DiscordChatExporter."""

from __future__ import annotations

from collections.abc import Iterator

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
from social_world_model.symbolic.conversation.exports.source import Format, Source

_MOVES = {
    **dict.fromkeys(("GuildMemberJoin", "RecipientAdd", "ThreadMemberJoin"), JOINS),
    "RecipientRemove": LEAVES,
}
_SPEECH = frozenset({"", "Default", "Reply", "0", "19"})


def _is_discord(source: Source) -> bool:
    return any(
        isinstance(author := row.get("author"), dict) and "role" not in author for row in messages_of(source.data)
    )


def _read(source: Source) -> Chat:
    return Chat([message for row in messages_of(source.data) for message in _of_row(row)], is_channel=True)


def _of_row(row: MessageFields) -> Iterator[ChatMessage]:
    author, kind, said = fields_of(row.get("author")), text_of(row.get("type")), text_of(row.get("content"))
    name, number = _name_of(author), text_of(author.get("id"))
    if does := _MOVES.get(kind):
        people: list[MessageFields] = [*rows_of(row.get("mentions"))] if kind != "GuildMemberJoin" else []
        for person in people or [author]:
            yield ChatMessage(said, does, _name_of(person), text_of(person.get("id")))
    elif author.get("isBot") is True or author.get("bot") is True:
        yield ChatMessage(f"{name} posts: {said}", NOTE)
    elif kind not in _SPEECH:
        yield ChatMessage(f"{name}: {said}" if said else f"{name}: {kind}", NOTE)
    else:
        yield ChatMessage(said, SAYS, name, number)


def _name_of(person: MessageFields) -> str:
    found = (text_of(person.get(key)) for key in ("nickname", "global_name", "name", "username"))
    return next(filter(None, found), NOBODY_NAMED)


DISCORD = Format("Discord (JSON of DiscordChatExporter)", _is_discord, _read)
