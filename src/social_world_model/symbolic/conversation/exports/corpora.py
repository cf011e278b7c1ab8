"""Read transcripts of corpora: CHILDES (``.cha``), Switchboard (``.utt``), and tables with a speaker and a text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from io import StringIO

from social_world_model.symbolic.conversation.exports.chat import NOTE, SAYS, Chat, ChatMessage, Member
from social_world_model.symbolic.conversation.exports.source import Format, Source
from social_world_model.symbolic.conversation.names import fold, plain

_PARTICIPANTS = re.compile(r"^@Participants:\s*(?P<people>.+)$")
_TIER = re.compile(r"^\*(?P<code>\w{1,8}):\s*(?P<text>.*)$")
_TOLD = re.compile(r"^@(?:Situation|Activities|Comment|Location|Bg|G):\s*(?P<text>.+)$")
_CHILDES_CODES = re.compile(
    r"\x15[^\x15]*\x15|\[[^\[\]]*\]|&[=+~-]?[\w:]+|[<>‹›]|\+[/\"^<,+.]*(?=[.!?]|$| )|\b0\w+|\(\.+\)"
)
_LEFT_OUT = re.compile(r"\((\w+)\)")


def _is_childes(source: Source) -> bool:
    lines = source.lines[:20]
    return any(line.startswith("@Begin") for line in lines) or any(map(_PARTICIPANTS.match, lines))


def _read_childes(source: Source) -> Chat:
    lines = _whole_tiers(source)
    named = _participants(lines)
    messages = []
    for line in lines:
        if tier := _TIER.match(line):
            said = _spoken(tier["text"])
            name = named.get(tier["code"], tier["code"])
            messages.append(ChatMessage("" if said.strip("0 .?!") == "" else said, SAYS, name))
        elif told := _TOLD.match(line):
            messages.append(ChatMessage(plain(told["text"]), NOTE))
    speakers = {message.name for message in messages}
    silent = (Member(name) for name in named.values() if name not in speakers)
    return Chat(messages, members=tuple(silent))


def _whole_tiers(source: Source) -> list[str]:
    """Return the tiers. A line that begins with a tab continues the tier above."""
    tiers: list[str] = []
    for line in source.lines:
        if line.startswith(("\t", " ")) and tiers:
            tiers[-1] += f" {line.strip()}"
        elif line.strip():
            tiers.append(line)
    return tiers


def _participants(lines: list[str]) -> dict[str, str]:
    """Return the names by code. A participant without a name has the role as the name."""
    named: dict[str, str] = {}
    for line in lines:
        if found := _PARTICIPANTS.match(line):
            for part in found["people"].split(","):
                code, *words = part.split()
                role = words[-1].replace("_", " ") if words else code
                own = " ".join(words[:-1]).replace("_", " ") or role
                named[code] = own if own not in named.values() else f"{own} {code}"
    return named


def _spoken(text: str) -> str:
    """Return the words of an utterance without codes.

    >>> _spoken("(be)cause <the the> [/] dog &=laughs ran +...")
    'because the the dog ran'
    """
    words = plain(_LEFT_OUT.sub(r"\1", _CHILDES_CODES.sub("", text)))
    return re.sub(r" (?=[.!?,])", "", re.sub(r"\.{2,}", ".", words))


_UTT = re.compile(r"^(?:\S+ +)?(?P<name>[A-Z])\.(?P<turn>\d+) utt(?P<part>\d+): ?(?P<text>.*)$")
_UTT_MARKS = re.compile(r"\{[A-Z] |[{}\[\]]|<[^<>]*>|\(\(|\)\)|(?<!\w)\+(?!\w)|-?/+|#|\*\[\[.*?\]\]")


def _is_switchboard(source: Source) -> bool:
    return not source.is_json and sum(_UTT.match(line) is not None for line in source.head) > 1


def _read_switchboard(source: Source) -> Chat:
    messages: list[ChatMessage] = []
    for line in source.cleaned:
        if found := _UTT.match(line):
            messages.append(ChatMessage(found["text"], SAYS, found["name"]))
        elif messages:  # lines before the first utterance are the header
            messages[-1] = ChatMessage(f"{messages[-1].text} {line}", SAYS, messages[-1].name)
    cleaned = ((one.name, plain(_UTT_MARKS.sub("", one.text))) for one in messages)
    return Chat([ChatMessage(text, SAYS, name) for name, text in cleaned])


_NAMES = ("speaker", "speaker_name", "caller", "name", "author", "sender", "participant", "user")
_TEXTS = ("text", "utterance", "message", "content", "transcript", "line", "sentence")


def _columns(source: Source) -> tuple[str, str, str] | None:
    """Return the delimiter, and the columns of the speaker and of the text; None if the text is no such table."""
    head = source.lines[0] if source.lines and not source.is_json else ""
    for delimiter in (",", "\t", ";"):
        names = {fold(name.strip("\"' ")): name.strip("\"' ") for name in head.split(delimiter)}
        speaker = next((names[key] for key in _NAMES if key in names), None)
        text = next((names[key] for key in _TEXTS if key in names), None)
        if speaker and text and len(source.lines) > 1:
            return delimiter, speaker, text
    return None


def _read_table(source: Source) -> Chat:
    delimiter, speaker, text = _columns(source) or (",", "", "")
    return Chat(list(_of_rows(csv.DictReader(StringIO(source.text), delimiter=delimiter), speaker, text)))


def _of_rows(rows: csv.DictReader[str], speaker: str, text: str) -> Iterator[ChatMessage]:
    for row in rows:
        fields: Mapping[str, str | None] = {plain(key or "").strip("\"'"): value for key, value in row.items() if key}
        yield ChatMessage(plain(fields.get(text) or ""), SAYS, plain(fields.get(speaker) or "") or "Unknown")


CHILDES = Format("CHILDES (CHAT, .cha)", _is_childes, _read_childes)
SWITCHBOARD = Format("Switchboard (.utt)", _is_switchboard, _read_switchboard)
TABLE = Format("a table (CSV) with the columns speaker and text", lambda source: bool(_columns(source)), _read_table)
