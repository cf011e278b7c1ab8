"""The lines of a scene that concern one person."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from social_world_model.symbolic.conversation.lexicon import ARRIVAL, COME_IN, GREETING, WELCOME
from social_world_model.symbolic.conversation.remarks import Remark
from social_world_model.symbolic.conversation.transcript import TranscriptLine

ANSWERED_WITHIN = 2
"""Maximum number of lines in which others welcome a person who arrives, or answer a person who leaves."""


@dataclass
class PersonInScene:
    """A person in a scene of a transcript.

    Parameters
    ----------
    name
        Name of the person.
    rows
        All lines of the transcript.
    scene
        Numbers of the lines of the scene.
    called
        For each person of the transcript: pattern for mentions of the person.
    remarks
        Remarks of others about this person, in order.

    Attributes
    ----------
    said
        Numbers of the lines that the person says.
    speaks
        The same numbers as a set.
    moves
        Numbers of the stage lines with an arrival or a departure of the person.
    evident
        Numbers of the lines at which the person certainly is present.
    remarked
        Numbers of the lines with remarks about the person.
    named
        Pattern for mentions of the person.
    """

    name: str
    rows: Sequence[TranscriptLine]
    scene: range
    called: Mapping[str, re.Pattern[str]]
    remarks: Sequence[Remark] = ()

    def __post_init__(self) -> None:
        own = [number for number in self.scene if self.name in self.rows[number].people]
        self.said = [number for number in own if self.rows[number].kind == "utterance"]
        self.speaks = frozenset(self.said)
        self.moves = [number for number in own if self.rows[number].kind in ("join", "leave")]
        self.evident = [number for number in own if self.rows[number].kind != "leave"]
        self.remarked = frozenset(remark.line for remark in self.remarks if remark.kind != "asked")
        self.named = self.called[self.name]

    @property
    def is_concerned(self) -> bool:
        """Whether the person speaks, arrives, leaves, or is talked about in the scene."""
        return bool(self.said or self.moves or any(line in self.scene for line in self.remarked))

    def back_after(self, number: int) -> int:
        """Return the next line after a line at which the person speaks or joins, or the end of the scene."""
        place = bisect_right(self.evident, number)
        return self.evident[place] if place < len(self.evident) else self.scene.stop

    def last_until(self, number: int) -> int | None:
        """Return the last line before a line at which the person speaks or joins."""
        place = bisect_left(self.evident, number)
        return self.evident[place - 1] if place else None

    def is_welcomed(self, number: int) -> bool:
        """Tell whether others welcome the person after an utterance."""
        after = self.rows[number + 1 : min(number + 1 + ANSWERED_WITHIN, self.scene.stop)]
        return any(self.named.search(row.text) and WELCOME.found_in(row.text) for row in after)

    def is_let_in(self, number: int) -> bool:
        """Tell whether others ask the person to come in after an utterance."""
        after = self.rows[number + 1 : min(number + 1 + ANSWERED_WITHIN, self.scene.stop)]
        return any(self.named.search(row.text) and COME_IN.found_in(row.text) for row in after)

    def returns(self, number: int) -> bool:
        """Tell whether an utterance of the person shows a return."""
        text = self.rows[number].text
        return bool(ARRIVAL.found_in(text) or GREETING.match(text)) or self.is_welcomed(number)
