"""Transcripts: who says what, line by line, and who comes and goes where a line says so.

A line is ``Name: utterance``, with or without a time in front of the name or behind it; a line without a name goes on
with the utterance above it. What stands in brackets, or says that somebody joined or left, is a stage line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from social_world_model.errors import NarrativeError
from social_world_model.symbolic.conversation.lexicon import (
    GROUPS,
    HEADINGS,
    STAGE_JOINS,
    STAGE_LEAVES,
    UNKNOWN_SPEAKERS,
)
from social_world_model.symbolic.conversation.names import meant
from social_world_model.symbolic.conversation.patterns import listed

Kind = Literal["utterance", "join", "leave", "note"]

_CLOCK = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?"
_DATE = r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}"
_TIME = rf"(?:{_DATE},?[ T]+{_CLOCK}|{_CLOCK}|{_DATE})(?:\s*(?:Z|UTC))?"
_LEADING_TIME = re.compile(rf"^\s*(?:\[{_TIME}\]|\({_TIME}\)|{_TIME}(?=\s|[-–—]))\s*(?:[-–—]\s+)?")
_TIME_AFTER_NAME = re.compile(rf"^([^:\n]{{1,60}}?)\s*(?:\[{_TIME}\]|\({_TIME}\))\s*(?=:)")
_LABELLED = re.compile(r"^\s*(?P<name>[^:\n]{0,60}?)\s*:(?!//)(?:\s+(?P<text>.*))?$")
_BRACKETED = re.compile(r"^\s*(?:\((?P<a>[^()]*)\)|\[(?P<b>[^\[\]]*)\]|\*+(?P<c>[^*]*)\*+|<(?P<d>[^<>]*)>)\s*$")
_WORD = re.compile(r"[^\W\d_][\w'’.-]*")
_SMALL_WORDS = listed("and de del der di da la le van von bin al el of the y e &")
_TOGETHER = re.compile(r"\s*(?:&|,|\band\b)\s*")
LONGEST_NAME = 5
"""Words."""


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
class Transcript:
    """A conversation, read.

    Parameters
    ----------
    lines
        In order; utterances without words are left out.
    cast
        Who speaks, joins or leaves, in order of appearance.
    problems
        What could not be read, with the number of its line.
    """

    lines: tuple[Line, ...]
    cast: tuple[str, ...]
    problems: tuple[str, ...] = ()


def is_transcript(text: str) -> bool:
    r"""Tell whether a text has the shape of a transcript: it begins with a labelled or stage line, and has two of them.

    >>> is_transcript("Ann: Hi!\nBo: Hello."), is_transcript("Ann entered the hall. Bo said: hello.")
    (True, False)
    """
    lines = [line for line in text.splitlines() if line.strip()]
    labels = [name for line in lines if (name := _label(line)) is not None]
    if len(labels) < 2:
        return False
    opens = _label(lines[0]) is not None or _BRACKETED.match(_without_time(lines[0])) is not None
    return opens or 2 * len(labels) >= len(lines)


def read_transcript(text: str) -> Transcript:
    """Read a transcript.

    Raises
    ------
    NarrativeError
        If nobody says anything in it.
    """
    reading = _Reading(text)
    for number, line in enumerate(text.splitlines(), start=1):
        reading.take(number, line)
    return reading.finished()


def _label(line: str) -> str | None:
    """Return what stands before the colon of a labelled line, without a time; None for a line without a label."""
    match = _LABELLED.match(_without_time(line))
    if match is None:
        return None
    name = match["name"].strip(" *_")
    if not name or _is_unknown(name):
        return ""
    words = name.replace("(", " ").replace(")", " ").split()
    return name if len(words) <= LONGEST_NAME and _looks_like_a_name(name, words) else None


def _without_time(line: str) -> str:
    return _TIME_AFTER_NAME.sub(r"\1", _LEADING_TIME.sub("", line))


def _looks_like_a_name(name: str, words: Sequence[str]) -> bool:
    """Tell whether a label is somebody's name: capitalised words, a handle, a telephone number; and no heading."""
    if words[0].strip(",").casefold() in HEADINGS:
        return False
    if len(words) == 1 or name.startswith(("@", "+", "~")):
        return True
    capital = [word for word in words if word.casefold().strip(",") not in _SMALL_WORDS]
    return bool(capital) and all(not word[0].islower() for word in capital)


def _is_unknown(name: str) -> bool:
    plain = name.casefold().strip("?. ")
    return not plain or plain in UNKNOWN_SPEAKERS


@dataclass
class _Draft:
    """A line while it may still go on."""

    number: int
    label: str
    parts: list[str]
    stage: str | None = None


@dataclass
class _Reading:
    """A transcript while it is read."""

    text: str
    drafts: list[_Draft] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def take(self, number: int, line: str) -> None:
        """Take one line of the text."""
        if not line.strip():
            return
        bare = _without_time(line)
        stage = (
            next((part for part in match.groups() if part is not None), "")
            if (match := _BRACKETED.match(bare))
            else None
        )
        if stage is None and _label(line) is None and _is_stage(bare):
            stage = bare.strip(" -–—*.")
        if stage is not None:
            self.drafts.append(_Draft(number, "", [], " ".join(stage.split())))
        elif (label := _label(line)) is not None:
            match = _LABELLED.match(bare)
            assert match is not None, "it has a label"
            self.drafts.append(_Draft(number, label, [match["text"] or ""]))
        elif self.drafts and self.drafts[-1].stage is None:
            self.drafts[-1].parts.append(line)
        else:
            self.problems.append(f"line {number}: nobody is named who says {_shown(line)}")

    def finished(self) -> Transcript:
        """Return the transcript."""
        if not any(draft.stage is None for draft in self.drafts):
            raise NarrativeError(
                "expected a transcript with lines such as 'Ann: Hello', got none", sentence=self.text[:80], number=1
            )
        alone = Counter(draft.label for draft in self.drafts if draft.label)
        names = [name for draft in self.drafts for name in _names(draft.label, alone)]
        known = list(dict.fromkeys(name for name in names if name.casefold() not in GROUPS))
        lines = [line for draft in self.drafts if (line := self._line(draft, alone, known)) is not None]
        cast = dict.fromkeys(name for line in lines for name in line.people)
        return Transcript(tuple(lines), tuple(cast), tuple(self.problems))

    def _line(self, draft: _Draft, alone: Counter[str], known: list[str]) -> Line | None:
        if draft.stage is not None:
            return self._stage_line(draft.number, draft.stage, known)
        text = " ".join(" ".join(draft.parts).split())
        people = _names(draft.label, alone)
        if any(name.casefold() in GROUPS for name in people):
            return Line(draft.number, "utterance", (), text, to_all=True) if text else None
        if not people:
            self.problems.append(f"line {draft.number}: expected the name of who says {_shown(text)}, got none")
        if not text:
            self.problems.append(f"line {draft.number}: {' and '.join(people) or 'nobody known'} says nothing")
        return Line(draft.number, "utterance", people, text) if text or people else None

    def _stage_line(self, number: int, stage: str, known: list[str]) -> Line:
        kind: Kind = "join" if STAGE_JOINS.search(stage) else "leave" if STAGE_LEAVES.search(stage) else "note"
        if kind == "note":
            return Line(number, kind, (), stage)
        verb = STAGE_JOINS.search(stage) if kind == "join" else STAGE_LEAVES.search(stage)
        assert verb is not None, "that is what makes it so"
        people = []
        for name in _named_in(stage[: verb.start()]):
            found = meant(name, known) or [name]
            if len(found) > 1:
                self.problems.append(f"line {number}: ({stage}): {name} may be {' or '.join(found)}")
            elif found[0] not in people:
                people += found
                known += [one for one in found if one not in known]
        if not people and not any(problem.startswith(f"line {number}:") for problem in self.problems):
            self.problems.append(f"line {number}: ({stage}): expected who it is about by name")
        return Line(number, kind, tuple(people), stage)


def _names(label: str, alone: Counter[str]) -> tuple[str, ...]:
    """Return who speaks under a label: several people, if one of them speaks alone elsewhere."""
    if not label:
        return ()
    parts = [part.strip() for part in _TOGETHER.split(label) if part.strip()]
    if len(parts) > 1 and any(part in alone for part in parts):
        return tuple(dict.fromkeys(parts))
    return (label,)


def _named_in(words: str) -> list[str]:
    """Return the names before the verb of a stage line: "Dan and Kate Lee" are two."""
    words = re.sub(r"\b(?:has|have|had|is|are|just|then|now|the|user|re)\b\s*", " ", words.split(":")[-1])
    parts = [part.strip(" -–—.") for part in _TOGETHER.split(words)]
    return [part for part in parts if part and not part[0].islower() and _WORD.match(part.lstrip("@+~"))]


def _is_stage(line: str) -> bool:
    """Tell whether a line without brackets says that somebody joined or left, and nothing else."""
    line = line.strip(" -–—*")
    return (
        len(line.split()) <= 12
        and line[:1].isupper()
        and bool(
            re.fullmatch(rf"(?:{STAGE_JOINS.pattern}|{STAGE_LEAVES.pattern}).*", _after_names(line), re.IGNORECASE)
        )
    )


def _after_names(line: str) -> str:
    """Return what follows the capitalised words at the beginning of a line."""
    words = line.split()
    while words and (not words[0][0].islower() or words[0] in ("and", "has", "have", "just")):
        words.pop(0)
    return " ".join(words)


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
