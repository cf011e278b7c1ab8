"""Read exports of Slack: the messages of one channel."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping

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
    fields_of,
    messages_of,
    seconds_of,
    text_of,
)
from social_world_model.symbolic.conversation.exports.source import Format, Source
from social_world_model.symbolic.conversation.exports.writing import written_name

_MARKUP = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_MOVES = {"join": JOINS, "leave": LEAVES}
_SPEECH = frozenset({"me_message", "thread_broadcast", "reply_broadcast", "file_share", "file_comment"})
"""Subtypes of messages of people. Messages with other subtypes come from Slack itself."""
_SLACKBOT = "USLACKBOT"


def _is_slack(source: Source) -> bool:
    rows = messages_of(source.data)
    is_row = [
        bool({"user", "username", "bot_id"} & row.keys()) and not {"role", "speaker"} & row.keys() for row in rows
    ]
    return any(is_row) and all(_may_be_slack(row) for row in rows[:20])


def _may_be_slack(row: MessageFields) -> bool:
    return not isinstance(row.get("author"), dict) and not {"role", "from", "sender_name", "utterance"} & row.keys()


def _read(source: Source) -> Chat:
    rows = sorted(messages_of(source.data), key=lambda row: seconds_of(row.get("ts")))  # stable, if there are no times
    names = dict(source.users)
    for row in rows:
        if (number := text_of(row.get("user"))) and (name := _name_in(fields_of(row.get("user_profile")))):
            names.setdefault(number, name)
    messages = [message for row in rows for message in _of_row(row, names, source.bots)]
    members = tuple(Member(names[one], one) for one in source.members if one in names and one not in source.bots)
    return Chat(messages, is_channel=True, members=members)


def names_of_users(users: list[dict[str, object]]) -> dict[str, str]:
    """Return the names by user id.

    Parameters
    ----------
    users
        Content of ``users.json``.
    """
    found = {}
    for user in users:
        name = _name_in(fields_of(user.get("profile"))) or _name_in(user)
        if name and (number := text_of(user.get("id"))):
            found[number] = name
    return found


def bots_of_users(users: list[dict[str, object]]) -> frozenset[str]:
    """Return the user ids of bots.

    Parameters
    ----------
    users
        Content of ``users.json``.
    """
    return frozenset(text_of(user.get("id")) for user in users if user.get("is_bot") is True) | {_SLACKBOT}


def _name_in(profile: MessageFields) -> str:
    """Return the first name that is written like a name: not "ann.w" if the real name is "Ann Weber"."""
    names = [name for key in ("display_name", "real_name", "name") if (name := text_of(profile.get(key)))]
    return next((name for name in names if not written_name(name).startswith("@")), "".join(names[:1]))


def _of_row(row: MessageFields, names: Mapping[str, str], bots: frozenset[str]) -> Iterator[ChatMessage]:
    number = text_of(row.get("user")) or text_of(row.get("bot_id"))
    name = names.get(number) or text_of(row.get("username")) or number or NOBODY_NAMED
    subtype = text_of(row.get("subtype"))
    said = _plain(text_of(row.get("text")), names)
    if number in bots or subtype == "bot_message" or ("bot_id" in row and number not in names):
        yield ChatMessage(f"{text_of(row.get('username')) or name} posts: {said}", NOTE)
    elif does := _MOVES.get(subtype.rpartition("_")[2]):
        yield ChatMessage(said, does, name, number)
    elif subtype and subtype not in _SPEECH:
        yield ChatMessage(said or subtype.replace("_", " "), NOTE)
    elif not number and name == NOBODY_NAMED and not said:
        yield ChatMessage(f"{text_of(row.get('type')) or 'a message'} without text", NOTE)
    else:
        yield ChatMessage(said, SAYS, name, number)


def _plain(text: str, names: Mapping[str, str]) -> str:
    """Replace mentioned user ids by names, and remove the brackets around links."""

    def shown(found: re.Match[str]) -> str:
        sign, address, label = found.groups()
        if sign == "@":
            return f"@{names.get(address) or label or address}"
        return str(label or address) if sign or "/" in address else found[0]

    return html.unescape(_MARKUP.sub(shown, text))


SLACK = Format("Slack (JSON, folder or zip)", _is_slack, _read)
