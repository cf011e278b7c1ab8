"""Find remarks about the presence of other people: "Shh, Tim is coming", "don't tell Cy", "she has dozed off"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from social_world_model.symbolic.conversation.lexicon import (
    AGREES,
    ASKS_A_FAVOUR,
    ASLEEP,
    AWAY,
    BEDTIME,
    CONFIRMS,
    DEAF,
    DEAFENS,
    ERRAND,
    EXPECTED,
    FAREWELL,
    KEPT_FROM,
    LEAVING,
    ORDER,
    REQUEST,
)
from social_world_model.symbolic.conversation.names import fold, parts_of, spelled_parts
from social_world_model.symbolic.conversation.patterns import SOMEONE
from social_world_model.symbolic.conversation.stage_lexicon import HEARS_AGAIN
from social_world_model.symbolic.conversation.transcript import Transcript, TranscriptLine

Kind = Literal["kept from", "expected", "away", "deaf", "sent", "asked", "hears again"]

_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("kept from", KEPT_FROM),
    ("expected", EXPECTED),
    ("away", AWAY),
    ("deaf", DEAF),
)
_PRONOUNS = frozenset({"he", "she", "they", "him", "her", "them"})
_NEAR = 20
"""Number of characters to check before and after a name, to find out whether the person is addressed."""
_BEFORE_A_CALL = re.compile(r"(?:^|[.!?…]\W+|,\s*|\b(?:hi|hello|hey|thanks|thank you|and|or)\s+)$", re.IGNORECASE)
_AFTER_A_CALL = re.compile(r"\s*(?:[,.!?…]|$)")
_BEFORE_A_TOPIC = re.compile(
    r"\b(?:to|for|with|about|from|of|on|than|like|tell|told|behind|without|give|gave)\s+$", re.IGNORECASE
)
_AFTER_A_TOPIC = re.compile(
    r"['’]s\b|\s+(?:is|was|has|had|will|would|does|doesn|didn|can|must|should|knows|thinks|needs)\b"
)
_LONG_AGO = 30
"""Number of preceding lines in which people can have taken leave."""
_SHORT = 6
"""Maximum length of an answer that only agrees, in words."""
_RECENT = 2
"""Number of preceding lines in which a pronoun can find its person."""


@dataclass(frozen=True)
class Remark:
    """A remark about the presence of a person.

    Parameters
    ----------
    line
        Number of the line, from 0.
    kind
        ``kept from``, ``expected``, ``away``, ``deaf`` (asleep or with headphones), ``sent`` (asked to go away),
        ``asked`` (for something else), or ``hears again``.
    is_sure
        Whether the remark certainly is about this person.
    """

    line: int
    kind: Kind
    is_sure: bool = True

    @property
    def is_past(self) -> bool:
        """Whether the person was absent already before the remark."""
        return self.kind in ("kept from", "expected", "away")


def calls_in(text: str, named: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Yield the places where a person is addressed: at the start or end of a sentence, or after a comma.

    Parameters
    ----------
    text
        Text of an utterance.
    named
        Pattern for mentions of the person.
    """
    for found in named.finditer(text):
        before, after = text[max(0, found.start() - _NEAR) : found.start()], text[found.end() : found.end() + _NEAR]
        if _BEFORE_A_CALL.search(before) and _AFTER_A_CALL.match(after):
            yield found


def remarks(transcript: Transcript, called: Mapping[str, re.Pattern[str]]) -> Mapping[str, Sequence[Remark]]:
    """Return the remarks about each person, in the order of the lines.

    Parameters
    ----------
    transcript
        A transcript.
    called
        For each person: pattern for mentions of the person.
    """
    reading = _RemarkReading(transcript, called)
    for number, line in enumerate(transcript.lines):
        reading.take(number, line)
    return reading.found


@dataclass
class _RemarkReading:
    """The state while the lines of a transcript are searched for remarks."""

    transcript: Transcript
    called: Mapping[str, re.Pattern[str]]
    found: dict[str, list[Remark]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._by_part: dict[str, set[str]] = defaultdict(set)
        for name in self.transcript.cast:
            for part in parts_of(name):
                self._by_part[part].add(name)
        parts = {form for name in self.transcript.cast for part in spelled_parts(name) for form in (part, part.title())}
        names = "|".join(map(re.escape, sorted(parts, key=len, reverse=True)))
        self._someone = re.compile(rf"(?<!\w)(?:(?i:{'|'.join(sorted(_PRONOUNS))})|{names})(?!\w)")

    def take(self, number: int, line: TranscriptLine) -> None:
        """Search one line."""
        if line.kind in ("utterance", "note"):
            text, words = self._marked(line.text)
            for kind, pattern in _PATTERNS if words else ():
                for match in pattern.finditer(text):
                    place = text.count(SOMEONE, 0, match.start(match.lastgroup or 0))
                    self._add(number, kind, match, words, place)
        if line.kind == "note" and HEARS_AGAIN.found_in(line.text):
            for name in self._mentioned(line.text):
                self.found[name].append(Remark(number, "hears again"))
        if line.kind == "utterance" and (sends_away(line.text) or ASKS_A_FAVOUR.search(line.text)):
            self._add_request(number, line)

    def _marked(self, text: str) -> tuple[str, list[str]]:
        """Replace the words of the text that may mean a person by `SOMEONE`, and return these words in order."""
        words = [fold(word) for word in self._someone.findall(text)]
        return (self._someone.sub(SOMEONE, text).lower() if words else text), words

    def _add(self, number: int, kind: Kind, match: re.Match[str], words: Sequence[str], place: int) -> None:
        """Add a remark about the person that a word means."""
        if words[place] in _PRONOUNS:
            name, is_sure = self._antecedent(number, kind)
        else:
            name, is_sure = self._of_that_name(words, place), True
        if name and name not in self.transcript.lines[number].people:
            self.found[name].append(Remark(number, kind, is_sure and not self._is_open_question(number, match, name)))

    def _is_open_question(self, number: int, match: re.Match[str], name: str) -> bool:
        """Tell whether a remark is a question that others do not clearly answer, as in "Is Bo asleep?" – "Maybe"."""
        if match.string[match.end() :].lstrip()[:1] != "?":
            return False
        answer = next(iter(self.transcript.lines[number + 1 : number + 2]), None)
        if answer is None or answer.kind != "utterance" or name in answer.people:
            return True
        asks_where = match[0].casefold().startswith("where")
        return not (asks_where or CONFIRMS.match(answer.text))

    def _of_that_name(self, words: Sequence[str], place: int) -> str | None:
        """Return the person that a word means. If several names contain the word, the words before and after decide."""
        found = self._by_part[words[place]]
        if len(found) > 1:
            near = {*words[max(0, place - 1) : place], *words[place + 1 : place + 2]}
            found = {name for name in found if near & set(parts_of(name))}
        return next(iter(found)) if len(found) == 1 else None

    def _antecedent(self, number: int, kind: Kind) -> tuple[str | None, bool]:
        """Return the person that a pronoun means, and whether this is certain."""
        rows = self.transcript.lines
        line = rows[number]
        hearers = set(line.people) | self._addressed(line.text)
        following = rows[number + 1] if number + 1 < len(rows) else None
        if kind != "expected" and following and following.kind == "utterance" and not ASLEEP.match(following.text):
            hearers |= set(following.people)
        candidates = [name for name in self.transcript.cast if name not in hearers]
        if len(named := [name for name in self._mentioned(line.text) if name in candidates]) == 1:
            return named[0], True
        if gone := [name for name in self._gone(number) if name in candidates]:
            return gone[-1], True
        before = rows[number - 1] if number else line
        is_asleep = ASLEEP.match(before.text) is not None or DEAFENS.found_in(before.text)
        if len(before.people) == 1 and before.people[0] in candidates and (is_asleep or kind == "away"):
            return before.people[0], is_asleep or len(candidates) == 1
        candidates = [name for name in candidates if name not in before.people]
        for row in reversed(rows[max(0, number - _RECENT) : number]):
            if len(named := [name for name in self._mentioned(row.text) if name in candidates]) == 1:
                return named[0], False
        return (candidates[0], False) if len(candidates) == 1 else (None, False)

    def _mentioned(self, text: str) -> list[str]:
        return [name for name, pattern in self.called.items() if pattern.search(text)]

    def _addressed(self, text: str) -> set[str]:
        return {name for name, pattern in self.called.items() if next(calls_in(text, pattern), None)}

    def _add_request(self, number: int, line: TranscriptLine) -> None:
        """Add a request to go away. Without a name, the person who agrees in the next line is meant."""
        names = self._addressed(line.text) - set(line.people)
        following = self.transcript.lines[number + 1 : number + 2]
        if not names and following and following[0].kind == "utterance" and agrees(following[0].text):
            names = set(following[0].people)
        for name in sorted(names):
            self.found[name].append(Remark(number, "sent" if sends_away(line.text) else "asked"))

    def _gone(self, number: int) -> list[str]:
        """Return people who took leave or were sent away shortly before a line and have not spoken since, in order."""
        rows = self.transcript.lines[max(0, number - _LONG_AGO) : number]
        gone: list[str] = []
        for row in rows:
            if row.kind == "leave" or (row.kind == "utterance" and takes_leave(row.text)):
                gone += row.people
            elif row.kind == "join" or (row.kind == "utterance" and not agrees(row.text)):
                gone = [name for name in gone if name not in row.people]
            if row.kind == "utterance" and sends_away(row.text):
                gone += sorted(self._addressed(row.text) - set(row.people))
        return gone


def is_spoken_of(text: str, named: re.Pattern[str]) -> bool:
    """Tell whether a text is about a person and does not address the person, as in "the card for Ann", "Ann's card".

    Parameters
    ----------
    text
        Text of an utterance.
    named
        Pattern for mentions of the person.
    """
    mentions = list(named.finditer(text))
    return bool(mentions) and all(
        _BEFORE_A_TOPIC.search(text[max(0, found.start() - _NEAR) : found.start()])
        or _AFTER_A_TOPIC.match(text[found.end() : found.end() + _NEAR])
        for found in mentions
    )


def takes_leave(text: str) -> bool:
    """Tell whether an utterance contains a phrase of a person who goes away."""
    return any(phrases.found_in(text) for phrases in (ERRAND, LEAVING, BEDTIME, FAREWELL))


def sends_away(text: str) -> bool:
    """Tell whether an utterance asks somebody to go away."""
    return REQUEST.found_in(text) or ORDER.search(text) is not None


def agrees(text: str) -> bool:
    """Tell whether an utterance only says that the speaker will do what others ask."""
    return AGREES.match(text) is not None and len(text.split()) <= _SHORT
