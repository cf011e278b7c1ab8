"""Find out who is present at each line of a transcript.

Stage lines show arrivals and departures. Without stage lines, only these rules apply:

* A person who speaks or is addressed by name is present.
* A person arrives late if the first utterance is a phrase of arrival ("Mind if I join?") or if the others welcome the
  person. A person whose first utterance or mention follows several turns of others also arrives late. All other people
  are present from the start.
* A person who announces a departure ("I have to go") departs if their next utterance sounds like a return, or if there
  is no next utterance. A phrase that only a returning person says ("What did I miss?") also implies a departure after
  the person's preceding utterance. A departing person still hears answers that contain the person's name ("Bye, Ann!").
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
"""Number of turns by others after which a new person counts as just arrived."""
LEAVE_LASTS = 12
"""After an announced departure, others may still answer the person in this number of lines."""
ANSWERED_WITHIN = 2
"""Maximum number of lines in which others welcome a person who arrives, or answer a person who leaves."""

_NEAR = 20
"""Number of characters to check before and after a name, to find out whether the person is addressed."""
_BEFORE_A_CALL = re.compile(r"(?:^|[.!?]\s+|,\s*|\b(?:hi|hello|hey|thanks|thank you)\s+)$", re.IGNORECASE)
_AFTER_A_CALL = re.compile(r"\s*(?:[,.!?]|$)")


def presence(transcript: Transcript) -> list[frozenset[str]]:
    """Return the people who are present at each line, including people who arrive or leave at that line."""
    there = [set[str]() for _ in transcript.lines]
    called = {name: calls(name, transcript.cast) for name in transcript.cast}
    for name in transcript.cast:
        for number in _Stay(name, transcript, called).lines():
            there[number].add(name)
    return [frozenset(names) for names in there]


def present_throughout(transcript: Transcript) -> frozenset[str]:
    """Return the people who are present from the first to the last line of a transcript."""
    called = {name: calls(name, transcript.cast) for name in transcript.cast}
    return frozenset(name for name in transcript.cast if _Stay(name, transcript, called).is_throughout())


@dataclass
class _Stay:
    """The lines of a transcript at which one person is present."""

    name: str
    transcript: Transcript
    called: Mapping[str, re.Pattern[str]]  # by name: pattern for mentions of the person
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

    def is_throughout(self) -> bool:
        """Return whether the person is present at every line."""
        return self._begins() == 0 and len(self.lines()) == len(self.rows)

    def lines(self) -> list[int]:
        """Return the numbers (from 0) of the lines at which the person is present."""
        there: list[int] = []
        begins = self._begins()
        present = False
        until: int | None = None  # the last line that the departing person hears
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
        """Return the first line at which the person is present.

        If the person joins later, return the number of lines.
        """
        staged = next((line.kind for line in self.rows if line.kind != "utterance" and self.name in line.people), None)
        before: tuple[str, ...] | None = None
        spoken = 0  # in turns: several lines of one speaker in a row are one turn
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
        """Tell whether the first utterance of the person, after ``spoken`` turns by others, shows an arrival."""
        text = self.rows[number].text
        if ARRIVAL.search(text) or spoken >= SETTLED:
            return True
        others = {name for row in self.rows[:number] if row.kind == "utterance" for name in row.people}
        return len(others) > 1 and bool(GREETING.match(text)) and self._is_welcomed(number)

    def _is_welcomed(self, number: int) -> bool:
        after = self.rows[number + 1 : number + 1 + ANSWERED_WITHIN]
        return any(self.named.search(row.text) and WELCOME.search(row.text) for row in after)

    def _is_spoken_to(self, text: str) -> bool:
        """Tell whether the person is addressed by name, at the start or end of a sentence or after a comma."""
        called = any(
            _BEFORE_A_CALL.search(text[max(0, found.start() - _NEAR) : found.start()])
            and _AFTER_A_CALL.match(text[found.end() : found.end() + _NEAR])
            for found in self.named.finditer(text)
        )
        return called and not self._is_away(text)

    def _is_away(self, text: str) -> bool:
        return any(self.named.fullmatch(found["name"]) for found in GONE.finditer(text))

    def _goes(self, number: int) -> bool:
        """Tell whether the person departs after an utterance, for ever or until a return."""
        if self.transcript.is_channel:
            return False
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
        """Tell whether the next line mentions the person as absent: "while she's at the door"."""
        following = self.rows[number + 1] if number + 1 < len(self.rows) else None
        return (
            following is not None and self.name not in following.people and bool(GONE_JUST_NOW.search(following.text))
        )

    def _comes_back_after(self, number: int) -> bool:
        """Tell whether the next utterance of the person is a return, and the current utterance is not an arrival."""
        following = bisect_right(self.said, number)
        back = self.said[following] if following < len(self.said) else number
        comes = RETURN.search(self.rows[back].text) is not None
        return back - number > 1 and comes and not ARRIVAL.search(self.rows[number].text)

    def _leaves_between(self, number: int, end: int) -> bool:
        """Tell whether a stage line between two lines shows the departure of the person."""
        return any(row.kind == "leave" and self.name in row.people for row in self.rows[number:end])

    def _returns(self, number: int) -> bool:
        text = self.rows[number].text
        return bool(ARRIVAL.search(text) or GREETING.match(text)) or self._is_welcomed(number)

    def _answers_a_leave(self, number: int) -> bool:
        """Tell whether a farewell answers another person who is leaving."""
        before = self.rows[max(0, number - ANSWERED_WITHIN - 1) : number]
        others = [row for row in before if self.name not in row.people]
        if any(LEAVING.search(row.text) for row in others):
            return True
        leaving = {name for row in others if FAREWELL.search(row.text) for name in row.people}
        return any(self.called[name].search(self.rows[number].text) for name in leaving)

    def _hears_until(self, number: int) -> int:
        """Return the last line that the departing person hears: answers by name, and the person's own replies.

        If a farewell follows, one unrelated line may come before the farewell.
        """
        last = number
        for later in range(number + 1, min(number + 1 + LEAVE_LASTS, len(self.rows))):
            if self._belongs_to_leave(later, later - last > 1):
                last = later
            elif later - last > 1:
                break
        return last

    def _belongs_to_leave(self, number: int, after_a_gap: bool) -> bool:
        """Tell whether a line answers the departing person, or is the person's reply to such an answer."""
        text = self.rows[number].text
        if after_a_gap and not FAREWELL.search(text):
            return False
        if number in self.speaks:
            return not self._returns(number)
        return bool(self.named.search(text)) and not self._is_away(text)
