"""Read text exports of WhatsApp, from Android and iOS.

A message ends at the next time stamp. On Android, notices of WhatsApp have no label. On iOS, they have the label of a
person or of the group, and the invisible mark U+200E after the colon.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from social_world_model.symbolic.conversation.exports.chat import (
    JOINS,
    LEAVES,
    NOTE,
    SAYS,
    UNREAD,
    Chat,
    ChatMessage,
    Member,
)
from social_world_model.symbolic.conversation.exports.source import Format, Source
from social_world_model.symbolic.conversation.exports.whatsapp_notices import (
    CHANGES,
    CREATES,
    OWNER,
    Notice,
    bare_name,
    is_about,
    is_about_encryption,
    is_sent,
    may_be_a_move,
    notice_of,
    words_of,
)
from social_world_model.symbolic.conversation.names import fold, plain

FIRST_WITHIN = 5
"""An export has a time stamp in one of this number of lines at the start."""

_HALF = (
    r"(?:[AaPp]\.? ?[Mm]\.?|上午|下午|中午|凌晨|早上|晚上|清晨|傍晚|오전|오후|午前|午後|ص|م|ق\.ظ\.?|ب\.ظ\.?"
    r"|قبل ?از ?ظهر|بعد ?از ?ظهر|पूर्वाह्न|अपराह्न|पू|ÖÖ|ÖS|π\.μ\.|μ\.μ\.|de\.|du\.|dop\.|odp\.|пр\. ?об\.|сл\. ?об\.|SA|CH)"
)
_DATE = r"\d{1,4}(?:[-./] ?|年)\d{1,2}(?:[-./] ?|月)\d{1,4}(?:日|\.)?(?: ?г\.)?"
_CLOCK = rf"(?:{_HALF} ?)?\d{{1,2}}[:.]\d{{2}}(?P<seconds>[:.]\d{{2}})?(?: ?{_HALF})?(?: ?(?:ч\.|h|Uhr))?"
_STAMP = rf"{_DATE},? ?(?:(?:à|klo|um|at|kl\.|às|alle|в|u) )?{_CLOCK}"
_HEAD = re.compile(rf"^(?:\[{_STAMP}\] ?|{_STAMP.replace('seconds', 'later')}(?: [-–] |: |, ))(?P<rest>.*)$")
_MARK = "\u200e"
_LABEL = re.compile(r"^(?P<name>[^:\"“„«]{1,80}?): ?(?P<text>.*)$")
_GLUED = re.compile(r"^(?:[A-Z]{3,}|[^\W\d_]{3,20}): .*(?:https?://|\()", re.DOTALL)
"""A poll or a location, which has a mark but comes from a person."""


@dataclass
class _Message:
    """A message of the export. The rest is everything after the time, in plain form."""

    rest: str
    is_marked: bool
    in_brackets: bool
    label: str = ""
    text: str = ""

    def settle(self) -> None:
        """Split the rest into the label and the text. A message without a label is a notice."""
        found = _LABEL.match(self.rest)
        self.label = bare_name(found["name"].strip()) if found else ""
        self.text = found["text"].strip() if found else self.rest


def _is_whatsapp(source: Source) -> bool:
    return not source.is_json and any(_head(line) for line in source.head[:FIRST_WITHIN])


def _head(line: str) -> re.Match[str] | None:
    """Find the time stamp at the start of a line. In brackets, exports always state the seconds."""
    found = _HEAD.match(_ascii_digits(line))
    if found is None or (line.startswith("[") and not found["seconds"]):
        return None
    return found


def _ascii_digits(line: str) -> str:
    """Return a line with Latin digits and commas in its first characters, where the time stamp is."""
    start, rest = line[:50].replace("،", ",").replace("\u200c", " "), line[50:]
    return line if start.isascii() else "".join(map(_ascii_digit, start)) + rest


def _ascii_digit(sign: str) -> str:
    digit = unicodedata.decimal(sign, None)
    return sign if digit is None else str(digit)


def _messages(lines: Sequence[str]) -> list[_Message]:
    messages: list[_Message] = []
    for line in lines:
        cleaned = plain(line)
        if head := _head(cleaned):
            messages.append(_Message(head["rest"], _is_marked(line, head["rest"]), cleaned.startswith("[")))
        elif messages and cleaned:
            messages[-1].rest += f" {cleaned}"
    for message in messages:
        message.settle()
    return messages


def _is_marked(line: str, rest: str) -> bool:
    """Tell whether the mark of WhatsApp is directly before the text of a message."""
    if _MARK not in line:
        return False
    found = _LABEL.match(rest)
    words = (found["text"] if found else rest).split()
    return bool(words) and re.search(rf"(?:: ?|\] ?|- ){_MARK}+ ?{re.escape(words[0])}", line) is not None


def _read(source: Source) -> Chat:
    messages = _messages(source.lines)
    speakers = {fold(message.label) for message in messages if message.label and not message.is_marked}
    labels = frozenset(message.label for message in messages if message.label)
    titles = _titles(messages, labels)
    read: list[ChatMessage] = []
    members: list[str] = []
    renamed: dict[str, str] = {}
    for message in messages:
        notice = _notice(message, labels, titles)
        if notice is None:
            read.append(_said(message))
            continue
        if notice.does == CHANGES:
            renamed[fold(notice.who[0])] = notice.who[1]
        owner = message.label if fold(message.label) in speakers and message.label not in titles else ""
        members += [name for name in notice.who if notice.does == CREATES and name != OWNER]
        read += _told(message, notice, owner)
    return Chat(_with_new_names(read, renamed), is_channel=True, members=tuple(map(Member, dict.fromkeys(members))))


def _titles(messages: Sequence[_Message], labels: frozenset[str]) -> frozenset[str]:
    """Return the labels whose messages are all notices: the name of the group. Only iOS labels notices."""
    people: set[str] = set()
    certain: set[str] = set()
    for message in messages:
        if message.label in people:
            continue
        if message.is_marked:
            is_notice = not is_sent(message.text)
            certain |= {message.label} if is_notice else set()
        elif message.in_brackets and notice_of(message.text, labels):
            is_notice = True
            certain.add(message.label)
        else:
            is_notice = is_about(message.text, (*(labels - {message.label}), OWNER, "You're"))
        if not is_notice:
            people.add(message.label)
    return (labels & frozenset(certain)) - people


def _notice(message: _Message, labels: frozenset[str], titles: frozenset[str]) -> Notice | None:
    """Return the notice in a message; None for the message of a person. An empty notice was not understood."""
    if not message.label or message.label in titles:
        return notice_of(message.text, labels) or Notice("")
    if message.is_marked and not is_sent(message.text) and not _GLUED.match(message.text):
        return notice_of(message.text, labels) or Notice("")
    if not is_about_encryption(message.text) and fold(message.label) not in fold(message.text):
        return None
    notice = notice_of(message.text, labels)
    is_own = notice is not None and (not notice.does or fold(notice.subject) == fold(message.label))
    return notice if is_own else None


def _said(message: _Message) -> ChatMessage:
    words = words_of(message.text)
    stands_for_a_file = message.is_marked and words == message.text and is_sent(message.text)
    return ChatMessage("" if stands_for_a_file else words, SAYS, message.label)


def _told(message: _Message, notice: Notice, owner: str) -> Iterator[ChatMessage]:
    """Yield the arrivals and departures of a notice, or the notice itself."""
    text = message.text if message.label else message.rest
    if notice.does not in (JOINS, LEAVES):
        is_unclear = not notice.does and may_be_a_move(text)
        yield ChatMessage(text, UNREAD if is_unclear else NOTE)
        return
    for who in notice.who:
        if who != OWNER:
            yield ChatMessage("", notice.does, who)
        elif owner and not notice.by:
            yield ChatMessage("", notice.does, owner)
        else:
            yield ChatMessage(text, notice.does, OWNER)


def _with_new_names(messages: Sequence[ChatMessage], renamed: dict[str, str]) -> list[ChatMessage]:
    """Give a person who changed the telephone number the new number in all messages."""
    if not renamed:
        return list(messages)
    return [
        ChatMessage(one.text, one.does, renamed.get(fold(one.name), one.name), one.number, one.to) for one in messages
    ]


WHATSAPP = Format("WhatsApp (text)", _is_whatsapp, _read)
