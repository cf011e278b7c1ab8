"""Who is there at each line of a transcript.

Stage lines say so. Elsewhere people say it themselves, in three ways, and nothing else is taken for a sign:

* Whoever speaks is there, and so is whoever is called by name.
* Whoever begins by arriving ("Hello again!", "Mind if I join?"), is welcomed, or is heard of for the first time when
  others have talked for a while, has come just then. Whoever else speaks, or is called, was there from the start.
* Whoever takes leave ("I have to go") goes, if what that person says next, if anything, is said on coming back; and so
  does, after the last words before, whoever says what only somebody says who was away ("What did I miss?"). Whoever
  goes still hears what is answered by name ("Bye, Ann!"), and no more.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from social_world_model.symbolic.conversation.lexicon import (
    ARRIVAL,
    FAREWELL,
    GONE,
    GONE_JUST_NOW,
    GREETING,
    LEAVING,
    RETURN,
    WELCOME,
)
from social_world_model.symbolic.conversation.names import calls
from social_world_model.symbolic.conversation.transcript import Transcript, TranscriptLine

SETTLED = 5
"""Turns of others after which somebody never heard of has come only now."""
LEAVE_LASTS = 12
"""Lines, at most, for which somebody who has taken leave is still answered."""
ANSWERED_WITHIN = 2
"""Lines within which somebody who has come is welcomed, or somebody who goes is answered."""

_NEAR = 20
"""Characters around a name that show whether it is called."""
_BEFORE_A_CALL = re.compile(r"(?:^|[.!?]\s+|,\s*|\b(?:hi|hello|hey|thanks|thank you)\s+)$", re.IGNORECASE)
_AFTER_A_CALL = re.compile(r"\s*(?:[,.!?]|$)")


def presence(transcript: Transcript) -> list[frozenset[str]]:
    """Return who is there at each line of a transcript: who comes and who goes on it included."""
    there = [set[str]() for _ in transcript.lines]
    called = {name: calls(name, transcript.cast) for name in transcript.cast}
    for name in transcript.cast:
        for number in _Stay(name, transcript, called).lines():
            there[number].add(name)
    return [frozenset(names) for names in there]


def present_throughout(transcript: Transcript) -> frozenset[str]:
    """Return who is there from the first to the last line of a transcript."""
    return frozenset(transcript.cast).intersection(*presence(transcript))


@dataclass
class _Stay:
    """When one person is there."""

    name: str
    transcript: Transcript
    called: Mapping[str, re.Pattern[str]]  # what finds each of the cast named
    said: list[int] = field(init=False)
    named: re.Pattern[str] = field(init=False)
    speaks: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.said = [n for n, line in enumerate(self.rows) if line.kind == "utterance" and self.name in line.people]
        self.speaks = frozenset(self.said)
        self.named = self.called[self.name]

    @property
    def rows(self) -> Sequence[TranscriptLine]:
        """All lines."""
        return self.transcript.lines

    def lines(self) -> list[int]:
        """Return the numbers of the lines at which the person is there, from 0."""
        there: list[int] = []
        begins = self._begins()
        present = False
        until: int | None = None  # the last line that somebody who goes still hears
        for number, line in enumerate(self.rows):
            if number == begins or self._comes(number, line, present):
                present, until = True, None
            if present:
                there.append(number)
            if line.kind == "leave" and self.name in line.people:
                present = False
            elif present and until is None and number in self.speaks and self._goes(number):
                until = self._hears_until(number)
            if until is not None and number >= until:
                present, until = False, None
        return there

    def _comes(self, number: int, line: TranscriptLine, present: bool) -> bool:
        if line.kind == "join" and self.name in line.people:
            return True
        return not present and number in self.speaks

    def _begins(self) -> int:
        """Return the line from which on somebody is there; one after the last where that is only by coming."""
        staged = next((line.kind for line in self.rows if line.kind != "utterance" and self.name in line.people), None)
        before: tuple[str, ...] | None = None
        spoken = 0  # turns: who goes on speaking does not begin another
        for number, line in enumerate(self.rows):
            if line.kind != "utterance" and self.name in line.people:
                return 0 if line.kind == "leave" else len(self.rows)
            if number in self.speaks:
                return len(self.rows) if number and self._arrives(number, spoken) else 0
            if staged != "join" and line.kind == "utterance" and self._is_spoken_to(line.text):
                return 0 if spoken < SETTLED else number
            turn = line.kind == "utterance" and line.people != before
            spoken, before = spoken + turn, line.people if turn else before
        return len(self.rows)

    def _arrives(self, number: int, spoken: int) -> bool:
        """Tell whether what somebody says first, after so much was said by others, is said on coming."""
        text = self.rows[number].text
        if ARRIVAL.search(text) or spoken >= SETTLED:
            return True
        others = {name for row in self.rows[:number] if row.kind == "utterance" for name in row.people}
        return len(others) > 1 and bool(GREETING.match(text)) and self._is_welcomed(number)

    def _is_welcomed(self, number: int) -> bool:
        after = self.rows[number + 1 : number + 1 + ANSWERED_WITHIN]
        return any(self.named.search(row.text) and WELCOME.search(row.text) for row in after)

    def _is_spoken_to(self, text: str) -> bool:
        """Tell whether somebody is called by name: at an end of a sentence, set off by a comma."""
        called = any(
            _BEFORE_A_CALL.search(text[max(0, found.start() - _NEAR) : found.start()])
            and _AFTER_A_CALL.match(text[found.end() : found.end() + _NEAR])
            for found in self.named.finditer(text)
        )
        return called and not self._is_away(text)

    def _is_away(self, text: str) -> bool:
        return any(self.named.fullmatch(found["name"]) for found in GONE.finditer(text))

    def _goes(self, number: int) -> bool:
        """Tell whether somebody goes after these words, for good or until coming back."""
        text = self.rows[number].text
        takes_leave = (
            LEAVING.search(text)
            or (FAREWELL.search(text) and not self._answers_a_leave(number))
            or self._is_said_to_be_gone(number)
        )
        if not takes_leave and not self._comes_back_after(number):
            return False
        later = bisect_right(self.said, self._hears_until(number))
        back = self.said[later] if later < len(self.said) else None
        if self._leaves_between(number, len(self.rows) if back is None else back):
            return False
        return not takes_leave or back is None or self._returns(back)

    def _is_said_to_be_gone(self, number: int) -> bool:
        """Tell whether the next line speaks of whoever spoke last as being away: "while she's at the door"."""
        following = self.rows[number + 1] if number + 1 < len(self.rows) else None
        return (
            following is not None and self.name not in following.people and bool(GONE_JUST_NOW.search(following.text))
        )

    def _comes_back_after(self, number: int) -> bool:
        """Tell whether the next words of somebody, who has not just come back, are those of somebody who was away."""
        following = bisect_right(self.said, number)
        back = self.said[following] if following < len(self.said) else number
        comes = RETURN.search(self.rows[back].text) is not None
        return back - number > 1 and comes and not ARRIVAL.search(self.rows[number].text)

    def _leaves_between(self, number: int, end: int) -> bool:
        """Tell whether a stage line says when somebody goes who has taken leave."""
        return any(row.kind == "leave" and self.name in row.people for row in self.rows[number:end])

    def _returns(self, number: int) -> bool:
        text = self.rows[number].text
        return bool(ARRIVAL.search(text) or GREETING.match(text)) or self._is_welcomed(number)

    def _answers_a_leave(self, number: int) -> bool:
        """Tell whether a farewell is said to somebody else who goes."""
        before = self.rows[max(0, number - ANSWERED_WITHIN - 1) : number]
        others = [row for row in before if self.name not in row.people]
        if any(LEAVING.search(row.text) for row in others):
            return True
        leaving = {name for row in others if FAREWELL.search(row.text) for name in row.people}
        return any(self.called[name].search(self.rows[number].text) for name in leaving)

    def _hears_until(self, number: int) -> int:
        """Return the last line that somebody who goes still hears: answers by name, and own words after them.

        One line that is no answer may stand between, if a farewell follows it.
        """
        last = number
        for later in range(number + 1, min(number + 1 + LEAVE_LASTS, len(self.rows))):
            if self._belongs_to_leave(later, later - last > 1):
                last = later
            elif later - last > 1:
                break
        return last

    def _belongs_to_leave(self, number: int, after_a_gap: bool) -> bool:
        """Tell whether a line answers somebody who goes, or is that person's own reply to such an answer."""
        text = self.rows[number].text
        if after_a_gap and not FAREWELL.search(text):
            return False
        if number in self.speaks:
            return not self._returns(number)
        return bool(self.named.search(text)) and not self._is_away(text)
