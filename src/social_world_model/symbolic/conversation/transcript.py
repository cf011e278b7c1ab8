"""Transcripts: who says what, line by line, and who comes and goes where a line says so.

A line is ``Name: utterance``, with or without a time in front of the name or behind it; a line without a name goes on
with the utterance above it. What stands in brackets, or says that somebody joined or left and nothing else, is a stage
line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from social_world_model.errors import NarrativeError
from social_world_model.symbolic.conversation.lexicon import (
    GROUPS,
    HEADINGS,
    STAGE_JOINS,
    STAGE_LEAVES,
    STAGE_REST,
    UNKNOWN_SPEAKERS,
)
from social_world_model.symbolic.conversation.names import meant
from social_world_model.symbolic.conversation.patterns import listed

Kind = Literal["utterance", "join", "leave", "note"]
LONGEST_NAME = 5
"""Words."""

_CLOCK = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,6})?)?(?: ?[AaPp]\.?[Mm]\.?)?"
_DATE = r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}"
_TIME = rf"(?:{_DATE},?[ T]{_CLOCK}|{_CLOCK}|{_DATE})(?: ?(?:Z|UTC))?"
_LEADING_TIME = re.compile(rf"^(?:\[{_TIME}\]|\({_TIME}\)|{_TIME}(?= |[-–—])) ?(?:[-–—] )?")
_TIME_AFTER_NAME = re.compile(rf"^([^:]{{1,60}}?) ?(?:\[{_TIME}\]|\({_TIME}\)) ?(?=:)")
_LABELLED = re.compile(r"^(?P<name>[^:]{0,60}):(?!//)(?: (?P<text>.*))?$")
_BRACKETS = (("(", ")"), ("[", "]"), ("<", ">"), ("*", "*"))
_SMALL_WORDS = listed("and de del der di da la le van von bin al el of the y e &")
_TOGETHER = re.compile(r" ?(?:&|,|\band\b) ?")
_HAS = re.compile(r"\b(?:has|have|had|is|are|just|then|now|the|user) ?")
_STAGE_WORDS = 12
"""A longer line says something, rather than that somebody came or went."""


@dataclass(frozen=True)
class Line:
    """A line of a transcript.

    Parameters
    ----------
    number
        1-based, in the text.
    kind
        An utterance; a stage line on which people join or leave; or another stage line.
    people
        Who speaks, joins or leaves; empty for a speaker who is not known, and for other stage lines.
    text
        What is said, or the stage line without its brackets.
    to_all
        Whether all who are there speak.
    """

    number: int
    kind: Kind
    people: tuple[str, ...]
    text: str
    to_all: bool = False


@dataclass(frozen=True)
class Problem:
    """What could not be read.

    Parameters
    ----------
    number
        Of the line.
    why
        In words that tell nothing of what the line says.
    shown
        The line, or a part of it.
    """

    number: int
    why: str
    shown: str = ""

    def __str__(self) -> str:
        return f"line {self.number}: {self.why}{f': {self.shown}' if self.shown else ''}"


@dataclass(frozen=True)
class Transcript:
    """A conversation, read.

    Parameters
    ----------
    lines
        In order.
    cast
        Who speaks, joins or leaves, in order of appearance.
    problems
        What could not be read.
    """

    lines: tuple[Line, ...]
    cast: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def is_transcript(text: str) -> bool:
    r"""Tell whether a text has the shape of a transcript.

    Somebody speaks in it, and it begins with a labelled or bracketed line and has two of these, or consists of them for
    the most part.

    >>> is_transcript("Ann: Hi!\nBo: Hello."), is_transcript("Ann entered the hall. Bo said: hello.")
    (True, False)
    """
    shapes = [_shape(line) for line in text.splitlines() if line.strip()]
    signs = sum(shape.label is not None or shape.is_bracketed for shape in shapes)
    if signs < 2 or not any(shape.label is not None for shape in shapes):
        return False
    return shapes[0].label is not None or shapes[0].is_bracketed or 2 * signs >= len(shapes)


def read_transcript(text: str) -> Transcript:
    """Read a transcript.

    Raises
    ------
    NarrativeError
        If nobody says anything in it.
    """
    reading = _Reading(text)
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            reading.take(number, _shape(line))
    return reading.finished()


@dataclass(frozen=True)
class _Shape:
    """What a line is by itself: labelled (with an empty name, by nobody known), a stage line, or neither."""

    text: str
    label: str | None = None
    is_stage: bool = False
    is_bracketed: bool = False


def _shape(line: str) -> _Shape:
    bare = _TIME_AFTER_NAME.sub(r"\1", _LEADING_TIME.sub("", " ".join(line.split())))
    for opening, closing in _BRACKETS:
        inside = bare[1:-1].strip("* ")
        if len(bare) > 2 and bare[0] == opening and bare[-1] == closing and not {opening, closing} & set(inside):
            return _Shape(inside, is_stage=True, is_bracketed=True)
    if (match := _LABELLED.match(bare)) and (name := _name(match["name"].strip(" *_"))) is not None:
        return _Shape((match["text"] or "").removeprefix("** "), name)
    told = bare.strip(" -–—*")
    return _Shape(told.rstrip("."), is_stage=True) if _tells_who_comes_or_goes(told) else _Shape(bare)


def _name(label: str) -> str | None:
    """Return the name that a label is; empty for nobody known, None for a label that is no name."""
    plain = label.casefold().strip("?. ")
    if not plain or plain in UNKNOWN_SPEAKERS:
        return ""
    words = label.replace("(", " ").replace(")", " ").split()
    if not words or len(words) > LONGEST_NAME or words[0].strip(",").casefold() in HEADINGS:
        return None
    if label.startswith(("@", "+", "~")):
        return label
    if not any(letter.isalpha() for letter in label):
        return None
    capital = [word for word in words if word.casefold().strip(",") not in _SMALL_WORDS]
    named = len(words) == 1 or (capital and not any(word[0].islower() for word in capital))
    return label if named else None


def _tells_who_comes_or_goes(line: str) -> bool:
    """Tell whether a line without brackets says that somebody joined or left, and nothing else."""
    words = line.split()
    if len(words) > _STAGE_WORDS or not line[:1].isupper():
        return False
    while words and (not words[0][0].islower() or words[0] in ("and", "has", "have", "just")):
        words.pop(0)
    rest = " ".join(words)
    verb = STAGE_JOINS.match(rest) or STAGE_LEAVES.match(rest)
    return verb is not None and STAGE_REST.fullmatch(rest[verb.end() :]) is not None


@dataclass
class _Draft:
    """A line while it may still go on."""

    number: int
    shape: _Shape
    parts: list[str]


@dataclass
class _Reading:
    """A transcript while it is read."""

    text: str
    drafts: list[_Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def take(self, number: int, shape: _Shape) -> None:
        """Take one line of the text."""
        if shape.label is not None or shape.is_stage:
            self.drafts.append(_Draft(number, shape, [shape.text]))
        elif self.drafts and not self.drafts[-1].shape.is_stage:
            self.drafts[-1].parts.append(shape.text)
        else:
            self.problems.append(Problem(number, "nobody is named who says it", _shown(shape.text)))

    def finished(self) -> Transcript:
        """Return the transcript."""
        if all(draft.shape.is_stage for draft in self.drafts):
            raise NarrativeError(
                "expected a transcript with lines such as 'Ann: Hello', got none", sentence=self.text[:80], number=1
            )
        alone = {draft.shape.label for draft in self.drafts if draft.shape.label}
        names = [name for draft in self.drafts for name in _names(draft.shape.label or "", alone)]
        known = list(dict.fromkeys(name for name in names if name.casefold() not in GROUPS))
        lines = [line for draft in self.drafts if (line := self._line(draft, alone, known)) is not None]
        cast = dict.fromkeys(name for line in lines for name in line.people)
        return Transcript(tuple(lines), tuple(cast), tuple(sorted(self.problems, key=lambda one: one.number)))

    def _line(self, draft: _Draft, alone: set[str], known: list[str]) -> Line | None:
        text = " ".join(filter(None, draft.parts))
        if draft.shape.is_stage:
            return self._stage_line(draft.number, text, known)
        people = _names(draft.shape.label or "", alone)
        if any(name.casefold() in GROUPS for name in people):
            return Line(draft.number, "utterance", (), text, to_all=True) if text else None
        if not people:
            self.problems.append(Problem(draft.number, "the speaker is not known", _shown(text)))
        elif not text:
            self.problems.append(Problem(draft.number, "nothing is said", " and ".join(people)))
        return Line(draft.number, "utterance", people, text) if text or people else None

    def _stage_line(self, number: int, stage: str, known: list[str]) -> Line:
        joins = STAGE_JOINS.search(stage)
        verb = joins or STAGE_LEAVES.search(stage)
        if verb is None:
            return Line(number, "note", (), stage)
        people: list[str] = []
        doubtful = False
        for name in _named_in(stage[: verb.start()]):
            found = meant(name, known) or [name]
            if len(found) > 1:
                doubtful = True
                self.problems.append(Problem(number, "it may mean one or another", f"{name}, {' or '.join(found)}"))
            elif found[0] not in people:
                people += found
                known += [one for one in found if one not in known]
        if not people and not doubtful:
            self.problems.append(Problem(number, "nobody is named whom it is about", _shown(stage)))
        return Line(number, "join" if joins else "leave", tuple(people), stage)


def _names(label: str, alone: set[str]) -> tuple[str, ...]:
    """Return who speaks under a label: several people, if one of them speaks alone elsewhere."""
    if not label:
        return ()
    parts = [part.strip() for part in _TOGETHER.split(label) if part.strip()]
    if len(parts) > 1 and any(part in alone for part in parts):
        return tuple(dict.fromkeys(parts))
    return (label,)


def _named_in(words: str) -> Sequence[str]:
    """Return the names before the verb of a stage line: "Dan and Kate Lee" are two."""
    parts = [part.strip(" -–—.") for part in _TOGETHER.split(_HAS.sub(" ", words.split(":")[-1]))]
    return [" ".join(part.split()) for part in parts if part and (not part[0].islower() or part[0] in "@+~")]


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
