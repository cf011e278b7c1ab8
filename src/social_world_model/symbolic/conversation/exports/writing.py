"""Write a chat as a transcript with lines such as ``Name: utterance`` and ``(Name joins)``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from social_world_model.symbolic.conversation.exports.chat import (
    JOINS,
    LEAVES,
    NOBODY_NAMED,
    NOTE,
    SAYS,
    STAGE,
    UNREAD,
    Chat,
    ChatMessage,
    Member,
)
from social_world_model.symbolic.conversation.exports.people import People
from social_world_model.symbolic.conversation.labels import LONGEST_NAME, shape_of
from social_world_model.symbolic.conversation.lexicon import GROUPS
from social_world_model.symbolic.conversation.names import fold, plain
from social_world_model.symbolic.conversation.stage import NOT_UNDERSTOOD, OWNER, VERBATIM, read_stage

NO_TEXT = "something without text"
_SIGNS = str.maketrans({**dict.fromkeys("()[]{}<>,;*", " "), ":": " –"})
"""Signs in names that have a meaning in transcripts."""
_SURNAME_FIRST = re.compile(r"^([^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*)?), ([^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*)?)$")
_IN_BRACKETS = str.maketrans("()", "‘’")


def transcript_of(chat: Chat, people: People) -> str:
    """Return a chat as a transcript.

    Each user id has one name, the earliest name in the export. Two people with the same name and different user ids
    get their user ids as a part of their names. Names that the transcript parser would not recognise get the prefix
    ``@``. A message without text becomes a line in brackets.

    Parameters
    ----------
    chat
        Messages of the chat.
    people
        People whom the user named.
    """
    writing = _Writing(people, _names_by_number(chat.messages))
    writing.note_speakers(chat.messages)
    lines = [writing.line(message) for message in chat.messages]
    start = writing.present_from_start(chat)
    if start and chat.is_channel:
        lines.insert(0, f"(Members: {', '.join(start)})")
    elif start:
        lines[:0] = [f"({name} joins)" for name in start]
    return "\n".join(lines)


@lru_cache(maxsize=4096)
def written_name(name: str) -> str:
    """Return a name in a form that the transcript parser certainly recognises.

    Parameters
    ----------
    name
        Name in an export.

    Examples
    --------
    >>> written_name("Lee, Ann"), written_name("mum"), written_name("+1 (555) 123-4567"), written_name("Everyone")
    ('Ann Lee', '@mum', '+1 555 123-4567', '@Everyone')
    """
    name = _SURNAME_FIRST.sub(r"\2 \1", plain(name))
    name = " ".join(name.translate(_SIGNS).split()).strip("_`\"'“” ") or NOBODY_NAMED
    if name == NOBODY_NAMED:
        return name
    shape = shape_of(f"{name}: x")
    sure = shape.label == name and shape.is_certain and fold(name) not in GROUPS
    return name if sure else f"@{' '.join(name.split()[:LONGEST_NAME])}"


def _names_by_number(messages: Sequence[ChatMessage]) -> dict[str, str]:
    """Return the earliest name for each user id."""
    return {one.number: one.name for one in reversed(messages) if one.number and one.name not in ("", one.number)}


@dataclass
class _Writing:
    """The names of a chat while its lines are written."""

    people: People
    named: Mapping[str, str]
    sharing: dict[str, set[str]] = field(default_factory=dict)  # folded name -> user ids
    speakers: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for number, name in self.named.items():
            self.sharing.setdefault(fold(name), set()).add(number)

    def note_speakers(self, messages: Sequence[ChatMessage]) -> None:
        """Note who sends messages."""
        self.speakers = {fold(self.name(one)) for one in messages if one.does == SAYS}

    def name(self, message: ChatMessage) -> str:
        """Return the name of the person of a message, as it is written in the transcript."""
        name = self.named.get(message.number, message.name)
        given = next(
            (self.people.named(one) for one in (name, message.number, message.name) if self._is_alias(one)), ""
        )
        if given:
            return written_name(given)
        if message.number and len(self.sharing.get(fold(name), ())) > 1:
            name = f"{name} {message.number}"
        return written_name(name)

    def _is_alias(self, name: str) -> bool:
        return bool(name) and fold(name) in self.people.aliases

    def line(self, message: ChatMessage) -> str:
        """Return a message as a line of the transcript."""
        said = plain(message.text)
        if message.does in (NOTE, UNREAD, STAGE):
            return _in_brackets(said, message.does)
        name = self.name(message)
        if message.does in (JOINS, LEAVES):
            if self._is_owner(name):
                return _in_brackets(said, UNREAD if message.does == LEAVES else NOTE)
            return f"({name} {message.does})"
        if not said:
            return f"({name} sends {NO_TEXT})"
        to = ", ".join(written_name(self.people.named(one)) for one in message.to)
        manner = f" (to {to})" if to else f" ({message.manner})" if message.manner else ""
        time = f"[{message.when}] " if message.when and shape_of(f"[{message.when}] Ann: x").label == "Ann" else ""
        return f"{time}{name}{manner}: {said}"

    def present_from_start(self, chat: Chat) -> list[str]:
        """Return the people who are present from the start and are not known to be so from the lines themselves."""
        first: dict[str, str] = {}
        for message in chat.messages:
            if message.does in (SAYS, JOINS, LEAVES) and not self._is_owner(name := self.name(message)):
                first.setdefault(name, message.does)
        members = [self._written(member) for member in chat.members]
        silent = [name for person in self.people.names if (name := self._written(Member(person))) not in first]
        names = [*(first if chat.is_channel else ()), *members, *silent]
        known = (name for name in dict.fromkeys(names) if first.get(name) != JOINS)
        return [name for name in known if name != NOBODY_NAMED]

    def _written(self, member: Member) -> str:
        return self.name(ChatMessage("", JOINS, *member))

    def _is_owner(self, name: str) -> bool:
        """Tell whether a name stands for the owner of the phone, who is not known."""
        return fold(name) == OWNER and OWNER not in self.speakers


def _in_brackets(text: str, does: str) -> str:
    """Return a note in brackets. A line of the messenger app is not read as an arrival or a departure."""
    text = " ".join(text.translate(_IN_BRACKETS).split())
    if does == UNREAD:
        return f"({NOT_UNDERSTOOD}{text})"
    staged, shape = read_stage(text, ()), shape_of(f"({text})")
    is_plain = does == STAGE or not (staged.moves or staged.is_doubtful or staged.unclear)
    return f"({text})" if is_plain and shape.is_bracketed and shape.text == text else f"({VERBATIM}{text})"
