"""Chats as messengers export them, as transcripts.

Read are JSON of Slack (a channel's list of messages), Discord (DiscordChatExporter), Telegram, and of chat models
(``role`` and ``content``); WhatsApp's text; WebVTT and SubRip subtitles with speakers. Two people of one name are told
apart by their numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from social_world_model.errors import DatasetError
from social_world_model.symbolic.conversation.transcript import LONGEST_NAME

_CUE_TIME = re.compile(r"^\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}\s*-->")
_VOICE = re.compile(r"<v(?:\.[^ >]*)?\s+([^>]+)>")
_MARKUP = re.compile(r"</?(?:[a-z]+|\d)[^>]*>")
_WHATSAPP = re.compile(
    r"^[\u200e\u202a]*\[?(?:\d{1,4}[-./]\d{1,2}[-./]\d{1,4}),?\s+\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[\s\u202f]?[AaPp]\.?[Mm]\.?)?\]?"
    r"\s*(?:[-–]\s)?\s*[\u200e\u202a]*(?P<rest>.*)$"
)
_ADDED = re.compile(r"^(?P<by>.+?)\s+(?P<verb>added|removed)\s+(?P<who>.+?)\.?$")
_CAME_OR_WENT = re.compile(r"^(?P<who>.+?)\s+(?P<verb>joined|left)\b.*$")
_SLACK_NAME = re.compile(r"<@(\w+)(?:\|[^>]*)?>")

JOINS, LEAVES, SAYS, NOTE = "joins", "leaves", "says", "note"
NOBODY_NAMED = "Unknown"


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
    if bare.startswith(("[{", "{")) or re.match(r"\[\s*\{", bare):
        return _transcript(_of_json(bare))
    lines = bare.splitlines()
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
        elif said:
            lines.append(f"{name}: {said}")
    return "\n".join(lines)


def _of_json(text: str) -> Iterator[_Entry]:
    try:
        # A chat may hold line breaks inside its strings.
        data = json.loads(text, strict=False)
    except ValueError as error:
        raise DatasetError(f"expected a chat as JSON, got text that is none: {error}") from None
    messages = data.get("messages") if isinstance(data, dict) else data
    rows = [row for row in messages if isinstance(row, dict)] if isinstance(messages, list) else []
    for has, read in _MESSENGERS:
        if any(has(row) for row in rows):
            return (entry for row in rows for entry in read(row))
    raise DatasetError(
        "expected a list of messages as Slack, Discord, Telegram or chat models have them "
        f"(with user, author, from or role); got {text[:60]!r}"
    )


def _of_slack(row: Mapping[str, Any]) -> Iterator[_Entry]:
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


def _of_discord(row: Mapping[str, Any]) -> Iterator[_Entry]:
    author = row["author"]
    does = {"GuildMemberJoin": JOINS, "RecipientAdd": JOINS, "RecipientRemove": LEAVES}.get(str(row.get("type")), SAYS)
    people = row.get("mentions") if does != SAYS else None
    for person in people or [author]:
        name = str(person.get("nickname") or person.get("name") or "")
        if name:
            yield _Entry(str(person.get("id") or name), name, does, str(row.get("content") or ""))


def _of_telegram(row: Mapping[str, Any]) -> Iterator[_Entry]:
    action = str(row.get("action") or "")
    if action:
        does = LEAVES if action == "remove_members" else JOINS
        members: Sequence[Any] = row.get("members") or []
        if action.startswith(("invite", "join", "remove")):
            for member in members or [row.get("actor")]:
                if member:
                    yield _Entry(str(member), str(member), does)
    elif row.get("from"):
        parts = row.get("text") or ""
        said = (
            parts if isinstance(parts, str) else "".join(p if isinstance(p, str) else p.get("text", "") for p in parts)
        )
        yield _Entry(str(row.get("from_id") or row["from"]), str(row["from"]), SAYS, said)


def _of_chat_model(row: Mapping[str, Any]) -> Iterator[_Entry]:
    said = row.get("content") or ""
    if isinstance(said, list):
        said = " ".join(str(part.get("text", "")) for part in said if isinstance(part, dict))
    name = str(row.get("name") or row["role"])
    yield _Entry(name, name, SAYS, str(said))


_MESSENGERS: Sequence[tuple[Callable[[Mapping[str, Any]], bool], Callable[[Mapping[str, Any]], Iterator[_Entry]]]] = (
    (lambda row: isinstance(row.get("author"), dict), _of_discord),
    (lambda row: "from" in row or "actor" in row, _of_telegram),
    (lambda row: "role" in row, _of_chat_model),
    (lambda row: "user" in row or "username" in row or "bot_id" in row, _of_slack),
)


def _of_whatsapp(lines: Iterable[str]) -> Iterator[_Entry]:
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
        if colon:
            yield _Entry(name, name, SAYS, said)
        elif added := _ADDED.match(message):
            does = JOINS if added["verb"] == "added" else LEAVES
            for who in re.split(r",\s*|\s+and\s+", added["who"]):
                yield _Entry(who, who, does)
        elif moved := _CAME_OR_WENT.match(message):
            yield _Entry(moved["who"], moved["who"], JOINS if moved["verb"] == "joined" else LEAVES)
        else:
            yield _Entry("", "", NOTE, message)


def _of_subtitles(lines: Iterable[str]) -> Iterator[_Entry]:
    """Read subtitles: a speaker in a voice tag, or before a colon, speaks until another does."""
    name = NOBODY_NAMED
    cue: list[str] | None = None
    for line in [*lines, ""]:
        if _CUE_TIME.match(line):
            cue = []
        elif line.strip() and cue is not None:
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
