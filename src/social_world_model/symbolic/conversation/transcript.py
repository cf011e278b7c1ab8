"""Parse transcripts into utterances, arrivals and departures.

An utterance has the form ``Name: utterance``, with an optional time before or after the name. A line without a name
continues the preceding utterance. A stage line is a line in brackets, or a line that only states that a person joined
or left.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from social_world_model.errors import ConfigurationError, NarrativeError
from social_world_model.s3ap.prose import line_spans
from social_world_model.symbolic.conversation.directions import read_direction
from social_world_model.symbolic.conversation.labels import Shape, shape_of
from social_world_model.symbolic.conversation.lexicon import GROUPS
from social_world_model.symbolic.conversation.names import fold, meant
from social_world_model.symbolic.conversation.offsets import span_of
from social_world_model.symbolic.conversation.stage import NOT_UNDERSTOOD, VERBATIM, members_in, read_stage

Kind = Literal["utterance", "join", "leave", "note"]
Channel = Literal["members", "history"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)

_CHANNEL = re.compile(rf"channel: ?({'|'.join(CHANNELS)})", re.IGNORECASE)
_OPENING_WORD = re.compile(r"(?:(?:hey|psst|pst|look|listen|hi)\W+)?(?P<name>[^\W_][\w'’.-]*)[,!:]", re.IGNORECASE)
_TOGETHER = re.compile(r" ?(?:&|,|\band\b) ?")
_TAGS = str.maketrans("", "", "<>[]")
"""Characters that are removed from names, because these characters mark tags in a context."""


@dataclass(frozen=True)
class TranscriptLine:
    """A line of a transcript.

    Parameters
    ----------
    number
        Number of the line in the text, from 1. A stage line with an arrival and a departure becomes two lines.
    kind
        ``utterance``, ``join``, ``leave``, or ``note`` for other stage lines.
    people
        People who speak, join or leave. For a note: people who are present according to the note. The list is empty
        for an unknown speaker.
    text
        Text of the utterance, or text of the stage line without its brackets.
    to_all
        Whether everybody who is present speaks.
    hearers
        People who hear a whisper, an aside or a direct message, beside the people who speak. None means that everybody
        who is present hears the line.
    is_sure
        Whether `hearers` is certain.
    unread
        For a note: people in a part that is not understood. Perhaps these people do not hear the next lines.
    time
        Time of the line, as written.
    start, end
        Position of the original of the text in the transcript, in characters. An utterance can have several lines.
    """

    number: int
    kind: Kind
    people: tuple[str, ...]
    text: str
    to_all: bool = False
    hearers: tuple[str, ...] | None = None
    is_sure: bool = True
    unread: tuple[str, ...] = ()
    time: str = field(default="", compare=False)
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Problem:
    """A line that was not read, or was read only in part.

    Parameters
    ----------
    number
        Number of the line, from 1.
    why
        Reason why the line was not read, without any content of the line.
    shown
        Text of the line, or of a part of the line.
    """

    number: int
    why: str
    shown: str = ""

    def __str__(self) -> str:
        return f"line {self.number}: {self.why}{f': {self.shown}' if self.shown else ''}"


@dataclass(frozen=True)
class Transcript:
    """A parsed transcript.

    Parameters
    ----------
    lines
        Lines of the transcript, in order.
    cast
        People who speak, hear a whisper, join, leave or are present according to a stage line, in order of appearance.
    problems
        Lines that were not read, or were read only in part.
    channel
        Who reads a channel, if a line such as ``(Members: Ann, Bo)`` or ``(channel: history)`` says that the transcript
        is one. ``members``: people read what is written while they are members. ``history``: people also read what was
        written before they joined. None means that people hear what is said in their presence.
    """

    lines: tuple[TranscriptLine, ...]
    cast: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    channel: Channel | None = None


def is_transcript(text: str) -> bool:
    r"""Tell whether a text has the shape of a transcript.

    A transcript has a speaker and at least two lines with a label or brackets. The text also meets one of these
    conditions:

    - the first line has a label or brackets;
    - at least half of the lines have a label or brackets;
    - the text has at least two speakers, and one speaker speaks twice.

    >>> is_transcript("Ann: Hi!\nBo: Hello."), is_transcript("Ann entered the hall. Bo said: hello.")
    (True, False)
    """
    shapes = _settled([shape_of(line) for line in text.splitlines() if line.strip()])
    labels = [fold(shape.label) for shape in shapes if shape.label is not None]
    signs = len(labels) + sum(shape.is_bracketed for shape in shapes)
    if signs < 2 or not labels:
        return False
    opens = shapes[0].label is not None or shapes[0].is_bracketed
    return opens or 2 * signs >= len(shapes) or 1 < len(set(labels)) < len(labels)


def as_channel(text: str, channel: Channel | None) -> str:
    r"""Return a transcript as the transcript of a channel; see `Transcript`.

    Parameters
    ----------
    text
        A transcript.
    channel
        Who reads the channel. With None, the text is returned unchanged.

    Raises
    ------
    ConfigurationError
        If the text is not a transcript.

    Examples
    --------
    >>> as_channel("Ann: Hi!\nBo: Hello.", "history")
    'Ann: Hi!\nBo: Hello.\n(channel: history)'
    """
    if channel is None:
        return text
    if not is_transcript(text):
        raise ConfigurationError(
            "expected a chat if channel is set, got a text without lines such as 'Ann: Hello'", parameters=("channel",)
        )
    return f"{text.rstrip()}\n(channel: {channel})"


def read_transcript(text: str) -> Transcript:
    """Parse a transcript.

    Raises
    ------
    NarrativeError
        If the text has no line with a known speaker.
    """
    lines = [(number, *found) for number, found in enumerate(line_spans(text), start=1) if found[1].strip()]
    reading = _TranscriptReading(text)
    doubtful = [shape_of(line) for _, _, line in lines]
    for (number, offset, line), before, shape in zip(lines, doubtful, _settled(doubtful), strict=True):
        if before.label and shape.label is None:
            reading.problems.append(Problem(number, "what may be a speaker is taken for words", _shown(shape.text)))
        start, end = span_of(shape.text, line)
        reading.take(number, shape, (offset + start, offset + end))
    return reading.finished()


def _settled(shapes: Sequence[Shape]) -> list[Shape]:
    """Remove an uncertain label, unless it labels at least two lines or matches the name of a certain speaker.

    If no label is certain, one label that labels two lines is enough.
    """
    counts = Counter(fold(shape.label) for shape in shapes if shape.label)
    certain = {fold(shape.label) for shape in shapes if shape.label and shape.is_certain}
    least = 2 if certain or max(counts.values(), default=0) < 2 else 1  # if all names are in small letters: 1
    return [
        Shape(shape.whole)
        if shape.label and not shape.is_certain and counts[key := fold(shape.label)] < least and key not in certain
        else shape
        for shape in shapes
    ]


@dataclass
class _Draft:
    """A line that the next lines may continue."""

    number: int
    shape: Shape
    parts: list[str]
    span: tuple[int, int]

    def add(self, part: str, span: tuple[int, int]) -> None:
        """Add the text of a line that continues the draft."""
        if part:
            self.span = (self.span[0] if any(self.parts) else span[0], span[1])
            self.parts.append(part)


@dataclass
class _TranscriptReading:
    """The state while the lines of a transcript are parsed."""

    text: str
    drafts: list[_Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    spelled: dict[str, str] = field(default_factory=dict)  # folded name -> first spelling
    whispered: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)  # hearer -> who whispered last
    is_list: bool = False  # whether a line lists the members of a channel

    def take(self, number: int, shape: Shape, span: tuple[int, int]) -> None:
        """Add one line of the text. The span is the position of the text of the line in the transcript."""
        if shape.label is not None or shape.is_stage:
            self.drafts.append(_Draft(number, shape, [shape.text], span))
        elif self.drafts and not self.drafts[-1].shape.is_stage:
            self.drafts[-1].add(shape.text, span)
        else:
            self.problems.append(Problem(number, "nobody is named who says it", _shown(shape.text)))

    def finished(self) -> Transcript:
        """Return the transcript."""
        labels = [draft.shape.label for draft in self.drafts if draft.shape.label]
        alone = {fold(label) for label in labels}
        known = [name for label in labels for name in self._names(label, alone) if fold(name) not in GROUPS]
        known = list(dict.fromkeys(known))
        if not known:
            raise NarrativeError(
                "expected a transcript with lines such as 'Ann: Hello', got none", sentence=self.text[:80], number=1
            )
        channel = self._channel()
        lines = [line for draft in self.drafts for line in self._lines(draft, alone, known)]
        cast = dict.fromkeys(name for line in lines for name in (*line.people, *(line.hearers or ())))
        problems = sorted(self.problems, key=lambda one: one.number)
        return Transcript(tuple(lines), tuple(cast), tuple(problems), channel or ("members" if self.is_list else None))

    def _channel(self) -> Channel | None:
        """Remove lines such as "(channel: members)", and return who reads the channel."""
        found = [_CHANNEL.fullmatch(draft.shape.text) if draft.shape.is_bracketed else None for draft in self.drafts]
        self.drafts = [draft for draft, match in zip(self.drafts, found, strict=True) if match is None]
        kinds = [match[1].casefold() for match in found if match]
        return next((kind for kind in CHANNELS if kinds and kind == kinds[-1]), None)

    def _names(self, label: str, alone: set[str]) -> tuple[str, ...]:
        """Return the speakers of a label in their first spelling.

        The label "Ann and Bo" means two speakers if Ann or Bo also speaks alone.
        """
        parts = [part.strip() for part in _TOGETHER.split(label) if part.strip()]
        together = len(parts) > 1 and any(fold(part) in alone for part in parts)
        names = (name.translate(_TAGS).strip() for name in (parts if together else [label]))
        return tuple(dict.fromkeys(self.spelled.setdefault(fold(name), name) for name in names if name))

    def _lines(self, draft: _Draft, alone: set[str], known: list[str]) -> Iterator[TranscriptLine]:
        text = " ".join(filter(None, draft.parts))
        for line in self._lines_without_place(draft, text, alone, known):
            yield replace(line, start=draft.span[0], end=draft.span[1], time=draft.shape.time)

    def _lines_without_place(
        self, draft: _Draft, text: str, alone: set[str], known: list[str]
    ) -> Iterator[TranscriptLine]:
        if draft.shape.is_stage:
            yield from self._stage_lines(draft.number, text, known)
            return
        people = self._names(draft.shape.label or "", alone)
        if any(fold(name) in GROUPS for name in people):
            if text:
                yield TranscriptLine(draft.number, "utterance", (), text, to_all=True)
            return
        if not people:
            self.problems.append(Problem(draft.number, "the speaker is not known", _shown(text)))
        elif not text:
            self.problems.append(Problem(draft.number, "nothing is said", " and ".join(people)))
        if text or people:
            line = TranscriptLine(draft.number, "utterance", people, text)
            yield self._directed(line, draft.shape.direction, known) if draft.shape.direction else line

    def _directed(self, line: TranscriptLine, how: str, known: list[str]) -> TranscriptLine:
        """Add the hearers that a direction names, or that the first words of the utterance name."""
        direction = read_direction(how)
        if direction is None:
            return line
        given, is_sure = direction.names, direction.is_sure or (self.is_list and direction.names is not None)
        if given is None:
            opening = _OPENING_WORD.match(line.text)
            given = self.whispered.get(line.people) or (opening and tuple(meant(opening["name"], known))) or None
            is_sure = is_sure or given is not None
        hearers: list[str] = []
        for name in given or ():
            found = meant(name, known) or [name]
            if len(found) > 1:
                self.problems.append(
                    Problem(line.number, "it may mean one or another", f"{name}, {' or '.join(found)}")
                )
                is_sure = False
            hearers += [self.spelled.setdefault(fold(one), one.translate(_TAGS).strip()) for one in found]
        known += [name for name in hearers if name not in known]
        for name in hearers:
            self.whispered[name,] = line.people
        return replace(line, hearers=None if given is None else tuple(dict.fromkeys(hearers)), is_sure=is_sure)

    def _stage_lines(self, number: int, text: str, known: list[str]) -> Iterator[TranscriptLine]:
        if members := members_in(text):
            names = tuple(self.spelled.setdefault(fold(name), name.translate(_TAGS).strip()) for name in members)
            self.is_list = True
            yield TranscriptLine(number, "join", names, "")
            return
        if text.startswith((VERBATIM, NOT_UNDERSTOOD)):
            if text.startswith(NOT_UNDERSTOOD):
                why = "a line of the messenger app is not understood; it may say who comes or goes"
                self.problems.append(Problem(number, why, _shown(text.removeprefix(NOT_UNDERSTOOD))))
            yield TranscriptLine(number, "note", (), text)
            return
        staged = read_stage(text, known, exact=self.is_list)
        for name, found in staged.unclear:
            self.problems.append(Problem(number, "it may mean one or another", f"{name}, {' or '.join(found)}"))
        if staged.is_doubtful:
            self.problems.append(Problem(number, "it does not say plainly who comes or goes", _shown(text)))
        for move in staged.moves:
            names = tuple(self.spelled.setdefault(fold(name), name.translate(_TAGS).strip()) for name in move.names)
            known += [name for name in names if name not in known]
            yield TranscriptLine(number, move.kind, names, text)
        if not staged.moves:
            names = tuple(self.spelled.setdefault(fold(name), name.translate(_TAGS).strip()) for name in staged.present)
            known += [name for name in names if name not in known]
            yield TranscriptLine(number, "note", names, text, unread=tuple(dict.fromkeys(staged.unread)))


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
