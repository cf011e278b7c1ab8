"""Chats as messengers export them, as transcripts.

Read are JSON of Slack (a channel's list of messages), Discord (DiscordChatExporter), Telegram, and of chat models
(``role`` and ``content``); WhatsApp's text; WebVTT and SubRip subtitles with speakers. Two people of one name are told
apart by their numbers. What a message holds beside text is named in brackets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from social_world_model.errors import DatasetError
from social_world_model.symbolic.conversation.transcript import LONGEST_NAME

JOINS, LEAVES, SAYS, NOTE = "joins", "leaves", "says", "note"
NOBODY_NAMED = "Unknown"
NO_TEXT = "something without text"

_Row = Mapping[str, Any]

_CUE_TIME = re.compile(r"^\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}\s*-->")
_VOICE = re.compile(r"<v(?:\.[^ >]*)? ([^>]+)>")
_MARKUP = re.compile(r"</?(?:[a-z]+|\d)[^>]*>")
_MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\ufeff"))
"""Signs of the direction of writing, which some messengers put everywhere."""
_WHATSAPP = re.compile(
    r"^\[?\d{1,4}[-./]\d{1,2}[-./]\d{1,4},? \d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[AaPp]\.? ?[Mm]\.?)?"
    r"\]? ?(?:[-–] )?(?P<rest>.*)$"
)
_AND = re.compile(r", | and ")
_SLACK_NAME = re.compile(r"<@(\w+)(?:\|[^>]*)?>")


@dataclass(frozen=True)
class _Entry:
    """A message, somebody who comes or goes, or a note by the messenger itself."""

    number: str  # of the person, where the export has one; else the name
    name: str
    does: str
    text: str = ""


def read_chat(text: str) -> str:
    r"""Return a chat as a transcript of ``Name: utterance`` and ``(Name joins)``; one that is a transcript as it is.

    Parameters
    ----------
    text
        What a messenger exported, or a transcript.

    Raises
    ------
    DatasetError
        If it is JSON, and of no messenger known here.

    Examples
    --------
    >>> read_chat('[{"role": "user", "content": "Hi!"}, {"role": "assistant", "content": "Hello.\nHow are you?"}]')
    'user: Hi!\nassistant: Hello. How are you?'
    >>> read_chat("[12/01/26, 10:02:11] Ann: Hi!\n[12/01/26, 10:03:40] Ann added Bo")
    'Ann: Hi!\n(Bo joins)'
    """
    bare = text.lstrip("\ufeff \t\r\n")
    if bare.startswith("{") or re.match(r"\[\s*[{\]]", bare):
        return _transcript(_of_json(bare))
    lines = [" ".join(line.translate(_MARKS).split()) for line in bare.splitlines()]
    if bare.startswith("WEBVTT") or any(_CUE_TIME.match(line) for line in lines[:5]):
        return _transcript(_of_subtitles(lines))
    if lines and _WHATSAPP.match(lines[0]):
        return _transcript(_of_whatsapp(lines))
    return text


def _transcript(entries: Iterable[_Entry]) -> str:
    """Write entries as lines; people of one name, with different numbers, have these behind it."""
    entries = list(entries)
    numbers: dict[str, set[str]] = {}
    for entry in entries:
        numbers.setdefault(entry.name, set()).update({entry.number} - {entry.name})
    lines = []
    for entry in entries:
        shared = len(numbers[entry.name]) > 1 and entry.number != entry.name
        name = f"{entry.name} ({entry.number})" if shared else entry.name
        said = " ".join(entry.text.split())
        if entry.does == NOTE:
            lines.append(f"({said})")
        elif entry.does != SAYS:
            lines.append(f"({name} {entry.does})")
        else:
            lines.append(f"{name}: {said}" if said else f"({name}: {NO_TEXT})")
    return "\n".join(lines)


def _of_json(text: str) -> Iterable[_Entry]:
    try:
        data = json.loads(text, strict=False)  # a chat may hold line breaks inside its strings
    except ValueError as error:
        raise DatasetError(f"expected a chat as JSON, got text that is none: {error}") from None
    messages = data.get("messages") if isinstance(data, dict) else data
    rows = [row for row in messages if isinstance(row, dict)] if isinstance(messages, list) else []
    entries = [entry for row in rows for entry in _of_row(row)]
    if not any(entry.does == SAYS for entry in entries):
        raise DatasetError(
            "expected a list of messages as Slack, Discord, Telegram or chat models have them "
            f"(with user, author, from or role, and a text); got {text[:60]!r}"
        )
    return entries


def _of_row(row: _Row) -> Iterator[_Entry]:
    """Read a message by the names of its fields; one that has none of them is named as such."""
    if isinstance(row.get("author"), dict):
        return _of_discord(row)
    if row.get("type") == "service" or ("from" in row and ("text" in row or "text_entities" in row)):
        return _of_telegram(row)
    if "role" in row:
        return _of_chat_model(row)
    if {"user", "username", "bot_id"} & row.keys():
        return _of_slack(row)
    return iter([_Entry("", "", NOTE, f"{row.get('type') or 'a message'}: {NO_TEXT}")])


def _of_slack(row: _Row) -> Iterator[_Entry]:
    profile = row.get("user_profile") or {}
    number = str(row.get("user") or row.get("bot_id") or row.get("username") or "")
    name = str(profile.get("display_name") or profile.get("real_name") or row.get("username") or number or NOBODY_NAMED)
    kind = str(row.get("subtype") or "")
    if kind in ("channel_join", "group_join"):
        yield _Entry(number, name, JOINS)
    elif kind in ("channel_leave", "group_leave"):
        yield _Entry(number, name, LEAVES)
    else:
        yield _Entry(number, name, SAYS, _SLACK_NAME.sub(r"@\1", str(row.get("text") or "")))


def _of_discord(row: _Row) -> Iterator[_Entry]:
    does = {"GuildMemberJoin": JOINS, "RecipientAdd": JOINS, "RecipientRemove": LEAVES}.get(str(row.get("type")), SAYS)
    people = row.get("mentions") if does != SAYS else None
    for person in people or [row["author"]]:
        name = str(person.get("nickname") or person.get("name") or NOBODY_NAMED)
        yield _Entry(str(person.get("id") or name), name, does, str(row.get("content") or ""))


def _of_telegram(row: _Row) -> Iterator[_Entry]:
    action = str(row.get("action") or "")
    if action.startswith(("invite", "join", "remove")):
        does = LEAVES if action == "remove_members" else JOINS
        for member in row.get("members") or [row.get("actor")]:
            if member:
                yield _Entry(str(member), str(member), does)
    elif row.get("type") == "service":
        yield _Entry("", "", NOTE, " ".join(filter(None, [str(row.get("actor") or ""), action.replace("_", " ")])))
    else:
        parts = row.get("text") or ""
        parts = [parts] if isinstance(parts, str) else parts
        said = "".join(part if isinstance(part, str) else str(part.get("text", "")) for part in parts)
        name = str(row.get("from") or NOBODY_NAMED)
        yield _Entry(str(row.get("from_id") or name), name, SAYS, said)


def _of_chat_model(row: _Row) -> Iterator[_Entry]:
    said = row.get("content") or ""
    if isinstance(said, list):
        said = " ".join(str(part.get("text", "")) for part in said if isinstance(part, dict))
    name = str(row.get("name") or row["role"])
    yield _Entry(name, name, SAYS, str(said))


def _of_whatsapp(lines: Sequence[str]) -> Iterator[_Entry]:
    """Read WhatsApp's text; a message goes on until the next time stamp."""
    messages: list[str] = []
    for line in lines:
        match = _WHATSAPP.match(line)
        if match:
            messages.append(match["rest"])
        elif messages:
            messages[-1] += f" {line}"
    for message in messages:
        name, colon, said = message.partition(": ")
        if colon or message.endswith(":"):
            yield _Entry(name.removesuffix(":"), name.removesuffix(":"), SAYS, said)
        else:
            yield from _told_by_whatsapp(message)


def _told_by_whatsapp(message: str) -> Iterator[_Entry]:
    """Read what the messenger itself says: who was added or removed, joined or left."""
    for verb, does in ((" added ", JOINS), (" removed ", LEAVES)):
        _, found, people = message.partition(verb)
        if found:
            for who in _AND.split(people.rstrip(".")):
                yield _Entry(who, who, does)
            return
    for verb, does in ((" joined", JOINS), (" left", LEAVES)):
        who, found, _ = message.partition(verb)
        if found:
            yield _Entry(who, who, does)
            return
    yield _Entry("", "", NOTE, message)


def _of_subtitles(lines: Sequence[str]) -> Iterator[_Entry]:
    """Read subtitles: a speaker in a voice tag, or before a colon, speaks until another does."""
    name = NOBODY_NAMED
    cue: list[str] | None = None
    for line in [*lines, ""]:
        if _CUE_TIME.match(line):
            cue = []
        elif line and cue is not None:
            cue.append(line)
        elif cue:
            text = " ".join(cue)
            said = _MARKUP.sub("", _VOICE.sub("", text)).strip()
            label, colon, rest = said.partition(": ")
            if voice := _VOICE.search(text):
                name = voice[1].strip()
            elif colon and len(label.split()) <= LONGEST_NAME:
                name, said = label, rest
            yield _Entry(name, name, SAYS, said)
            cue = None
