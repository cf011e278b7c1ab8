"""Convert chat exports to transcripts.

Supported formats:

- JSON of Slack (list of messages of a channel), Discord (DiscordChatExporter), Telegram, and chat models (``role`` and
  ``content``);
- text exports of WhatsApp;
- WebVTT and SubRip subtitles with speakers.

A user id identifies a person even if the name changes. Different user ids distinguish two people with the same name.
Names that the transcript parser would not recognise get the prefix ``@``. A message without text becomes a line in
brackets.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from social_world_model.errors import DatasetError
from social_world_model.symbolic.conversation.labels import LONGEST_NAME, shape_of
from social_world_model.symbolic.conversation.lexicon import GROUPS
from social_world_model.symbolic.conversation.messages import (
    JOINS,
    LEAVES,
    NOBODY_NAMED,
    NOTE,
    SAYS,
    ChatMessage,
    of_row,
)
from social_world_model.symbolic.conversation.names import fold, plain
from social_world_model.symbolic.conversation.subtitles import are_subtitles, of_subtitles

NO_TEXT = "something without text"

_WHATSAPP = re.compile(
    r"^\[?\d{1,4}[-./]\d{1,2}[-./]\d{1,4},? (?:(?:à|klo|um) )?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?"
    r"(?: ?[AaPp]\.? ?[Mm]\.?)?\]? ?(?:[-–] )?(?P<rest>.*)$"
)
_AND = re.compile(r", | and ")
_SLACK_MARKUP = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


def read_chat(text: str) -> str:
    r"""Convert a chat export to a transcript with lines ``Name: utterance`` and ``(Name joins)``.

    Parameters
    ----------
    text
        Content of a chat export. If the text already is a transcript, it is returned unchanged.

    Raises
    ------
    DatasetError
        If the text is JSON in an unknown format, or if the text consists of subtitles that are malformed or empty.

    Examples
    --------
    >>> read_chat('[{"role": "user", "content": "Hi!"}, {"role": "assistant", "content": "Hello.\nHow are you?"}]')
    'User: Hi!\nAssistant: Hello. How are you?'
    >>> read_chat("[12/01/26, 10:02:11] Ann: Hi!\n[12/01/26, 10:03:40] Ann added Bo")
    'Ann: Hi!\n(Bo joins)'
    """
    bare = text.lstrip("\ufeff \t\r\n")
    if re.match(r"\{\s*[\"}]|\[\s*[{\]]", bare):
        return _transcript(_of_json(bare))
    if are_subtitles(bare.splitlines()):
        return _transcript(of_subtitles(bare.splitlines()))
    lines = [plain(line) for line in bare.splitlines()]
    if any(_WHATSAPP.match(line) for line in lines[:3]):
        return _transcript(_of_whatsapp(lines))
    return text


def _transcript(entries: Iterable[ChatMessage]) -> str:
    """Return messages as transcript lines. Each user id has one name, the earliest name in the export."""
    entries = list(entries)
    named = _names_by_number(entries)
    sharing: dict[str, set[str]] = {}
    for number, name in named.items():
        sharing.setdefault(fold(name), set()).add(number)
    lines = []
    for entry in entries:
        name = named.get(entry.number, entry.name)
        if entry.number and len(sharing.get(fold(name), ())) > 1:
            name = f"{name} ({entry.number})"
        said = plain(entry.text)
        if entry.does == NOTE:
            lines.append(f"({said})")
        elif entry.does != SAYS:
            lines.append(f"({_written(name)} {entry.does})")
        else:
            lines.append(f"{_written(name)}: {said}" if said else f"({_written(name)} sends {NO_TEXT})")
    return "\n".join(lines)


def _names_by_number(entries: Sequence[ChatMessage]) -> dict[str, str]:
    """Return the earliest name for each user id."""
    return {entry.number: entry.name for entry in reversed(entries) if entry.number and entry.name != entry.number}


def _written(name: str) -> str:
    """Return a name in a form that the transcript parser certainly recognises."""
    name = plain(name).replace(":", " –")
    if name == NOBODY_NAMED:
        return name
    shape = shape_of(f"{name}: x")
    sure = shape.label == name and shape.is_certain and fold(name) not in GROUPS
    return name if sure else f"@{' '.join(name.split()[:LONGEST_NAME])}"


def _of_json(text: str) -> Iterable[ChatMessage]:
    try:
        data = json.loads(text, strict=False)  # strings in a chat may contain line breaks
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"expected a chat as JSON, got invalid JSON: {error}") from None
    messages = data.get("messages") if isinstance(data, dict) else data
    rows = [row for row in messages if isinstance(row, dict)] if isinstance(messages, list) else []
    entries = [entry for row in rows for entry in of_row(row)]
    if not any(entry.does == SAYS for entry in entries):
        raise DatasetError(
            "expected a list of messages in the format of Slack, Discord, Telegram or chat models "
            f"(with text and one of user, author, from or role), got {text[:60]!r}"
        )
    names = _names_by_number(entries)
    return [
        ChatMessage(_without_slack_markup(entry.text, names), entry.does, entry.name, entry.number) for entry in entries
    ]


def _without_slack_markup(text: str, names: Mapping[str, str]) -> str:
    """Replace mentioned user ids by names, and remove the brackets around links."""

    def shown(found: re.Match[str]) -> str:
        sign, address, label = found.groups()
        if sign == "@":
            return f"@{label or names.get(address, address)}"
        return str(label or address) if sign or "/" in address else found[0]

    return html.unescape(_SLACK_MARKUP.sub(shown, text))


def _of_whatsapp(lines: Sequence[str]) -> Iterator[ChatMessage]:
    """Read a text export of WhatsApp. A message ends at the next timestamp."""
    messages: list[str] = []
    for line in lines:
        match = _WHATSAPP.match(line)
        if match:
            messages.append(match["rest"])
        elif messages:
            messages[-1] += f" {line}"
    for message in messages:
        name, colon, said = message.partition(": ")
        if " created group " in name or not (colon or message.endswith(":")):
            yield from _told_by_whatsapp(message)
        else:
            yield ChatMessage(said, SAYS, name.removesuffix(":"))


def _told_by_whatsapp(message: str) -> Iterator[ChatMessage]:
    """Read a system message: people who were added or removed, or who joined or left."""
    for verb, does in ((" added ", JOINS), (" removed ", LEAVES)):
        _, found, people = message.partition(verb)
        if found:
            for who in _AND.split(people.rstrip(".")):
                yield ChatMessage("", does, who)
            return
    for verb, does in ((" joined", JOINS), (" left", LEAVES)):
        who, found, _ = message.partition(verb)
        if found:
            yield ChatMessage("", does, who)
            return
    yield ChatMessage(message, NOTE)
