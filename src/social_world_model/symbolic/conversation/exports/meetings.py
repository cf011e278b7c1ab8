"""Read transcripts of meetings and the chat of Zoom.

Teams, Otter and others write the name and the time of a speaker above the text. Google Meet lists the attendees first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from social_world_model.symbolic.conversation.exports.chat import NOTE, SAYS, STAGE, Chat, ChatMessage, Member
from social_world_model.symbolic.conversation.exports.source import Format, Source
from social_world_model.symbolic.conversation.labels import shape_of
from social_world_model.symbolic.conversation.names import fold, plain
from social_world_model.symbolic.conversation.patterns import listed
from social_world_model.symbolic.conversation.stage import tells_plainly

_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,6})?(?: ?[AaPp]\.?[Mm]\.?)?"
_DATE = r"(?:\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\d{1,2}[- ][A-Z][a-z]{2}[- ]\d{2,4}),? "
_TIME = rf"(?:{_DATE}|(?:Today|Yesterday) at )?{_CLOCK}(?: ?[-–] ?{_CLOCK})?"
_NAME_AND_TIME = re.compile(rf"^(?P<name>[^:]{{1,60}}?),? ?[|—–•·(\[-]? ?(?P<time>{_TIME})[)\]]?$")
_TIME_AND_NAME = re.compile(rf"^[(\[]?(?P<time>{_TIME})[)\]]?(?: ?[|—–-])? (?P<name>[^:\d][^:]{{0,60}})$")
_DATE_AND_HANDLE = re.compile(rf"^\[(?P<time>{_DATE}{_CLOCK})\] (?P<name>[\w.#-]{{2,40}}(?: [\w.#-]{{1,40}}){{0,2}})$")
"""A date in brackets and a name or a user name in lower case, as in text exports of Discord."""
_SPAN = re.compile(r"^\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)? ?--> ?\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?$")
_ONLY_TIME = re.compile(rf"^(?:[(\[]?{_CLOCK}[)\]]?|(?:\d+ hours? )?\d+ minutes?(?: \d+ seconds?)?|\d+ seconds?)$")
_SERVICE = re.compile(
    r"^(?:.{1,60} (?:started|stopped) (?:the )?(?:transcription|recording|meeting)|transcribed by .*"
    r"|transcription ended after .*|this (?:editable )?transcript was .*|meeting ended .*|(?:meeting )?transcript"
    r"|=+|(?:guild|channel|topic): .*|exported \d+ message\(s\)|\{(?:attachments|embed|stickers|reactions)\}"
    r"|recording (?:started|stopped)|unknown speaker)\.?$",
    re.IGNORECASE,
)
_LISTS_PEOPLE = re.compile(r"^(?:attendees|participants|invited|people)(?P<more>:.*)?$", re.IGNORECASE)
_HEAD = re.compile(r"^(?:.{1,100} - )?transcript$", re.IGNORECASE)
_HEADER_WITHIN = 15
"""A list of attendees begins in this number of lines at the start."""
_NO_NAMES = listed(
    """am pm a.m. p.m. today yesterday monday tuesday wednesday thursday friday saturday sunday january february march
    april may june july august september october november december chapter part section time duration recorded date
    page room"""
)


class _Head(NamedTuple):
    """The speaker above a text: the name, the time as written, and the number of the first line of the text."""

    name: str
    time: str
    first: int


def _speaker_in(line: str) -> tuple[str, str]:
    """Return the name and the time in a line with only a name and a time; two empty texts for another line."""
    for form in (_NAME_AND_TIME, _TIME_AND_NAME):
        if found := form.match(line):
            name = found["name"].strip()
            if _is_name(name):
                return name, found["time"]
    found = _DATE_AND_HANDLE.match(line)
    return (found["name"], found["time"]) if found else ("", "")


def _is_name(name: str) -> bool:
    """Tell whether a text is written like a name: capitalised words without punctuation at the end."""
    shape = shape_of(f"{name}: x")
    if shape.label != name or not shape.is_certain or name[-1] in ".!?":
        return False
    is_date = fold(name.split()[0]) in _NO_NAMES and (" " not in name or any(sign.isdigit() for sign in name))
    return not is_date and any(sign.isalpha() for sign in name)


def _heads(lines: Sequence[str]) -> dict[int, _Head]:
    """Return the speakers by the number of the line that names them."""
    found: dict[int, _Head] = {}
    for number, line in enumerate(lines):
        name, time = _speaker_in(line)
        if name:
            found[number] = _Head(name, time, number + 1)
        elif _SPAN.match(line) and number + 1 < len(lines) and _is_name(lines[number + 1]):
            found[number] = _Head(lines[number + 1], "", number + 2)
        elif number and _ONLY_TIME.match(line) and number - 1 not in found and _is_name(lines[number - 1]):
            found[number - 1] = _Head(lines[number - 1], line, _after_times(lines, number))
    return found


def _after_times(lines: Sequence[str], number: int) -> int:
    """Return the number of the first line, from a line on, that is no time."""
    while number < len(lines) and _ONLY_TIME.match(lines[number]):
        number += 1
    return number


def _is_name_above(source: Source) -> bool:
    if source.is_json:
        return False
    heads = _heads(source.head)
    return sum(head.first < len(source.head) and head.first not in heads for head in heads.values()) > 1


def _read_name_above(source: Source) -> Chat:
    lines = source.cleaned
    heads = _heads(lines)
    messages: list[ChatMessage] = []
    head = _Head("", "", 0)
    for number, line in enumerate(lines):
        if number in heads:
            head = heads[number]
        elif number < head.first:
            continue
        elif _SERVICE.match(line) or not head.name:
            messages.append(ChatMessage(line, STAGE if _is_move(line) else NOTE))
        elif _is_move(line):
            messages.append(ChatMessage(line, STAGE))
        elif messages and messages[-1].does == SAYS and head.first < number:
            messages[-1] = replace(messages[-1], text=f"{messages[-1].text} {line}")
        else:
            messages.append(ChatMessage(line, SAYS, head.name, when=head.time))
    return Chat(messages)


def _is_move(line: str) -> bool:
    """Tell whether a line only states that a person comes or goes, such as "Ann left the meeting"."""
    return shape_of(line).label is None and tells_plainly(line)


def _attendees(lines: Sequence[str]) -> tuple[list[str], int]:
    """Return the listed people and the number of the line after the list; an empty list if there is none."""
    for number, line in enumerate(lines[:_HEADER_WITHIN]):
        if found := _LISTS_PEOPLE.match(line):
            told = (found["more"] or "").strip(": ") or " ".join(lines[number + 1 : number + 2])
            end = number + (1 if (found["more"] or "").strip(": ") else 2)
            return [name for part in told.split(",") if (name := part.strip(" ."))], end
    return [], 0


def _is_meet(source: Source) -> bool:
    if source.is_json:
        return False
    names, end = _attendees(source.head)
    has_head = any(_HEAD.match(line) for line in source.head[:_HEADER_WITHIN])
    if not (has_head or names) or not all(map(_is_name, names)):
        return False
    return sum(bool(shape_of(line).label) for line in source.head[end:]) > 1


def _read_meet(source: Source) -> Chat:
    names, end = _attendees(source.cleaned)
    messages: list[ChatMessage] = []
    for line in source.cleaned[end:]:
        shape = shape_of(line)
        if _SERVICE.match(line) or _ONLY_TIME.match(line) or (not messages and _HEAD.match(line)):
            continue
        if shape.label:
            messages.append(ChatMessage(shape.text, SAYS, shape.label))
        elif shape.is_stage or not messages:
            messages.append(ChatMessage(shape.text, STAGE if shape.is_stage else NOTE))
        else:
            last = messages[-1]
            messages[-1] = replace(last, text=f"{last.text} {line}")
    speakers = {fold(message.name) for message in messages}
    return Chat(messages, members=tuple(Member(name) for name in names if fold(name) not in speakers))


_ZOOM = re.compile(
    r"^(?P<time>(?:\d{4}-\d{2}-\d{2} )?\d{1,2}:\d{2}:\d{2}(?: ?[AP]M)?) From (?P<name>.{1,80}?)"
    r"(?: to (?P<to>.{1,120}?))?(?P<direct> ?\((?:direct message|privately)\))? ?: ?(?P<text>.*)$",
    re.IGNORECASE,
)
_EVERYONE = re.compile(r"^(?:everyone|all|hosts? and panelists|all panelists.*|meeting group.*)(?: ?\(.*\))?$", re.I)
_REACTION = re.compile(r"^(?:reacted to \".*\" with .*|removed an? .* from \".*\")$", re.IGNORECASE)
_REPLY = re.compile(r"^replying to \"[^\"]*\"? ?(?:\.\.\.|…)?\"? ?", re.IGNORECASE)


def _is_zoom(source: Source) -> bool:
    return not source.is_json and any(_ZOOM.match(line) for line in source.head[:3])


def _read_zoom(source: Source) -> Chat:
    messages: list[ChatMessage] = []
    for line in source.cleaned:
        if found := _ZOOM.match(line):
            receivers = found["to"] or ""
            is_direct = bool(receivers) and (bool(found["direct"]) or not _EVERYONE.match(receivers))
            to = tuple(part.strip() for part in receivers.split(",")) if is_direct else ()
            messages.append(ChatMessage(found["text"], SAYS, found["name"].strip(), to=to, when=found["time"]))
        elif messages:
            last = messages[-1]
            messages[-1] = replace(last, text=f"{last.text} {line}".strip())
    receivers = [name for message in messages for name in message.to]
    reading = [one.name for one in messages if _REACTION.match(one.text) or _REPLY.match(one.text)]
    members = tuple(map(Member, dict.fromkeys((*receivers, *reading))))
    return Chat(list(_without_reactions(messages)), members=members)


def _without_reactions(messages: Sequence[ChatMessage]) -> Iterator[ChatMessage]:
    for message in messages:
        if _REACTION.match(message.text):
            yield ChatMessage(f"{message.name} {plain(message.text)}", NOTE)
        else:
            yield replace(message, text=_REPLY.sub("", message.text))


ZOOM_CHAT = Format("the chat of a Zoom meeting (text)", _is_zoom, _read_zoom)
NAME_ABOVE = Format("transcripts with name and time above the text (Teams, Otter)", _is_name_above, _read_name_above)
MEET = Format("Google Meet (text with a list of attendees)", _is_meet, _read_meet)
