"""Find out since when a person is present in a scene.

Arrivals in stage lines, phrases of arrival ("Sorry I'm late") and greetings after the opening are certain. These rules
are guesses:

* A person whose first utterance or mention follows several turns of others has just arrived.
* A person whose first words ask something new, or who was talked about before, is present from the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from social_world_model.symbolic.conversation.lexicon import (
    ARRIVAL,
    CONTINUES,
    GREETING,
    GREETS_ALL,
    LATE,
    MAYBE_ARRIVAL,
    MEETS,
    OVERHEARD,
)
from social_world_model.symbolic.conversation.person import ANSWERED_WITHIN, PersonInScene
from social_world_model.symbolic.conversation.remarks import calls_in
from social_world_model.symbolic.conversation.transcript import TranscriptLine
from social_world_model.symbolic.conversation.words import words

SETTLED = 5
"""Number of turns by others after which a new person counts as just arrived."""
JUST_BEGUN = 2
"""Number of turns by others after which a person who is addressed certainly was present before."""


class Beginning(NamedTuple):
    """The beginning of the presence of a person.

    Parameters
    ----------
    line
        First line at which the person is present; the end of the scene if the person does not come.
    evident
        First line that shows that the person is present.
    is_sure
        Whether it is certain if the person is present at the lines before `evident`.
    """

    line: int
    evident: int
    is_sure: bool


def beginning(person: PersonInScene, opening: int, was_there: bool | None) -> Beginning:
    """Return since when a person is present in a scene.

    Parameters
    ----------
    person
        The person and the scene.
    opening
        Number of the first utterance of the transcript that is not a greeting.
    was_there
        Whether the person was present at the end of the preceding scene; None for the first scene.
    """
    start = person.scene.start
    staged = next((person.rows[number].kind for number in person.moves), None)
    others: list[str] = []  # the speakers of the turns so far; several lines of one speaker in a row are one turn
    before: tuple[str, ...] | None = None
    is_mentioned = is_staged = False
    for number in person.scene:
        line = person.rows[number]
        if line.kind != "utterance":
            if person.name in line.people:
                return Beginning(number if line.kind == "join" else start, number, line.kind != "note")
            is_staged = is_staged or (line.kind == "join" and number == start)
            continue
        if number in person.speaks:
            begin = _first_words(person, number, others, opening)
            is_doubtful = was_there is False or is_staged or (is_mentioned and len(set(others)) > 1)
            return begin._replace(is_sure=False) if begin.line < number and is_doubtful else begin
        if person.name in (line.hearers or ()):
            return Beginning(start if len(others) < SETTLED else number, number, len(others) <= JUST_BEGUN)
        if staged != "join" and number not in person.remarked and _is_called(person, line.text):
            return Beginning(start if len(others) < SETTLED else number, number, len(others) <= JUST_BEGUN)
        is_mentioned = is_mentioned or person.named.search(line.text) is not None
        if line.people != before:
            others += line.people[:1] or [""]
            before = line.people
    return Beginning(person.scene.stop, person.scene.stop, True)


def _first_words(person: PersonInScene, number: int, others: Sequence[str], opening: int) -> Beginning:
    """Return the beginning for a person whose first words follow the turns of others."""
    text = person.rows[number].text
    present = Beginning(person.scene.start, number, True)
    arrives = Beginning(number, number, True)
    if not others:
        return present
    if len(set(others)) == 1:  # somebody was spoken to
        if LATE.found_in(text):
            return arrives
        return present._replace(is_sure=not ARRIVAL.found_in(text)) if len(others) < SETTLED else arrives
    if ARRIVAL.found_in(text) or (GREETING.match(text) and person.is_welcomed(number)) or person.is_let_in(number):
        return arrives
    if number > opening and GREETING.match(text):
        return arrives._replace(is_sure=GREETS_ALL.match(text) is not None)
    if len(others) >= SETTLED or MAYBE_ARRIVAL.found_in(text):
        return arrives._replace(is_sure=False)
    return present._replace(is_sure=not _asks_anew(person, number))


def _asks_anew(person: PersonInScene, number: int) -> bool:
    """Tell whether the first words are a question that does not continue what the others say."""
    text = person.rows[number].text
    if "?" not in text or CONTINUES.match(text) or OVERHEARD.found_in(text):
        return False
    near = person.rows[max(person.scene.start, number - ANSWERED_WITHIN) : number]
    return {word for row in near for word in words(row.text)}.isdisjoint(words(text))


def _is_called(person: PersonInScene, text: str) -> bool:
    return next(calls_in(text, person.named), None) is not None


def greetings_end(rows: Sequence[TranscriptLine]) -> int:
    """Return the number of the first utterance of a transcript that is not a greeting."""
    others = (number for number, row in enumerate(rows) if row.kind == "utterance" and not _is_greeting(row.text))
    return next(others, len(rows))


def _is_greeting(text: str) -> bool:
    return GREETING.match(text) is not None or MEETS.found_in(text)
