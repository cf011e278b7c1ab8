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
from typing import Literal

from social_world_model.errors import NarrativeError
from social_world_model.s3ap.prose import line_spans
from social_world_model.symbolic.conversation.labels import Shape, shape_of
from social_world_model.symbolic.conversation.lexicon import GROUPS
from social_world_model.symbolic.conversation.names import fold
from social_world_model.symbolic.conversation.offsets import span_of
from social_world_model.symbolic.conversation.stage import members_in, read_stage

Kind = Literal["utterance", "join", "leave", "note"]

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
        People who speak, join or leave. The list is empty for an unknown speaker and for a note.
    text
        Text of the utterance, or text of the stage line without its brackets.
    to_all
        Whether everybody who is present speaks.
    start, end
        Position of the original of the text in the transcript, in characters. An utterance can have several lines.
    """

    number: int
    kind: Kind
    people: tuple[str, ...]
    text: str
    to_all: bool = False
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
        People who speak, join or leave, in order of appearance.
    problems
        Lines that were not read, or were read only in part.
    is_channel
        Whether a line lists the members of a channel, such as "(Members: Ann, Bo)". The members are present from this
        line. Only other stage lines change who is present.
    """

    lines: tuple[TranscriptLine, ...]
    cast: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    is_channel: bool = False


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
    """Remove an uncertain label, unless it labels at least two lines or matches the name of a certain speaker."""
    counts = Counter(fold(shape.label) for shape in shapes if shape.label)
    certain = {fold(shape.label) for shape in shapes if shape.label and shape.is_certain}
    return [
        Shape(shape.whole)
        if shape.label and not shape.is_certain and counts[key := fold(shape.label)] < 2 and key not in certain
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
    is_channel: bool = False

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
        lines = [line for draft in self.drafts for line in self._lines(draft, alone, known)]
        cast = dict.fromkeys(name for line in lines for name in line.people)
        problems = tuple(sorted(self.problems, key=lambda one: one.number))
        return Transcript(tuple(lines), tuple(cast), problems, self.is_channel)

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
        start, end = draft.span
        if draft.shape.is_stage:
            for line in self._stage_lines(draft.number, text, known):
                yield replace(line, start=start, end=end)
            return
        people = self._names(draft.shape.label or "", alone)
        if any(fold(name) in GROUPS for name in people):
            if text:
                yield TranscriptLine(draft.number, "utterance", (), text, to_all=True, start=start, end=end)
            return
        if not people:
            self.problems.append(Problem(draft.number, "the speaker is not known", _shown(text)))
        elif not text:
            self.problems.append(Problem(draft.number, "nothing is said", " and ".join(people)))
        if text or people:
            yield TranscriptLine(draft.number, "utterance", people, text, start=start, end=end)

    def _stage_lines(self, number: int, text: str, known: list[str]) -> Iterator[TranscriptLine]:
        if members := members_in(text):
            names = tuple(self.spelled.setdefault(fold(name), name.translate(_TAGS).strip()) for name in members)
            self.is_channel = True
            yield TranscriptLine(number, "join", names, "")
            return
        staged = read_stage(text, known, exact=self.is_channel)
        for name, found in staged.unclear:
            self.problems.append(Problem(number, "it may mean one or another", f"{name}, {' or '.join(found)}"))
        if staged.is_doubtful:
            self.problems.append(Problem(number, "it does not say plainly who comes or goes", _shown(text)))
        for move in staged.moves:
            names = tuple(self.spelled.setdefault(fold(name), name.translate(_TAGS).strip()) for name in move.names)
            known += [name for name in names if name not in known]
            yield TranscriptLine(number, move.kind, names, text)
        if not staged.moves:
            yield TranscriptLine(number, "note", (), text)


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
