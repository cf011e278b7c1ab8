"""Find out which lines a person misses after leave-taking.

* A person who announces a departure ("I have to go") departs if the next utterance sounds like a return, or if there is
  no next utterance. If the person talks on, it is a guess that the person is still present.
* A person on an errand ("I'll get the door") is away until the next utterance.
* A phrase that only a returning person says ("What did I miss?") implies a departure after the preceding utterance.
* A departing person still hears answers that contain the person's name ("Bye, Ann!").
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from social_world_model.symbolic.conversation.lexicon import (
    ARRIVAL,
    ASLEEP,
    BEDTIME,
    DEAFENS,
    ERRAND,
    FAREWELL,
    LEAVING,
    RETURN,
)
from social_world_model.symbolic.conversation.person import ANSWERED_WITHIN, PersonInScene
from social_world_model.symbolic.conversation.remarks import Kind, agrees, is_spoken_of, takes_leave
from social_world_model.symbolic.conversation.transcript import TranscriptLine

LEAVE_LASTS = 12
"""After an announced departure, others may still answer the person in this number of lines."""
SHORT_REPLY = 5
"""Maximum length of a reply with which a person who leaves certainly ends the conversation, in words."""


class Absence(NamedTuple):
    """Lines that a person may miss.

    Parameters
    ----------
    lines
        Numbers of the lines.
    is_there
        Whether the person is present at these lines nevertheless.
    is_sure
        Whether this is certain.
    """

    lines: range
    is_there: bool
    is_sure: bool


def absences_after(person: PersonInScene, number: int) -> Sequence[Absence]:
    """Return the lines after an utterance that the person misses, because the person goes away or falls asleep.

    A later absence in the list replaces an earlier one.

    Parameters
    ----------
    person
        The person and the scene.
    number
        Number of an utterance of the person.
    """
    text = person.rows[number].text
    if (deaf := _deaf_after(person, number)) is not None:
        return [deaf]
    errand = ERRAND.found_in(text) or agrees_to(person, number, "sent")
    goes = LEAVING.found_in(text) or BEDTIME.found_in(text)
    says_bye = FAREWELL.found_in(text)
    if says_bye and not goes and _answers_a_leave(person, number):
        return []
    if not (errand or goes or says_bye or _comes_back_after(person, number)):
        return []
    heard = hears_until(person, number)
    if says_bye and not (errand or goes) and _answers_a_farewell(person, number):
        is_last = person.back_after(number) == person.scene.stop
        return [Absence(range(heard + 1, person.scene.stop), is_there=True, is_sure=False)] if is_last else []
    back = person.back_after(heard)
    if any(person.rows[n].kind == "leave" and number < n < back for n in person.moves):
        return []
    missed = range(heard + 1, back)
    returns = back == person.scene.stop or person.rows[back].kind == "join" or person.returns(back)
    if not errand and not returns:
        return [Absence(missed, is_there=True, is_sure=False)]
    if errand and len(missed) == 1 and person.rows[missed[0]].text.endswith("?"):
        return [Absence(missed, is_there=True, is_sure=False)]
    is_sure = errand or goes or (says_bye and not _others_leave(person, number))
    is_sure = is_sure and _ends_a_leave(person, number, person.last_until(heard + 1) or number)
    answers = missed[: _is_answer(person, heard + 1)] if missed else missed
    gone = Absence(missed, is_there=False, is_sure=is_sure)
    return [gone, Absence(answers, is_there=False, is_sure=False)] if answers else [gone]


def _deaf_after(person: PersonInScene, number: int) -> Absence | None:
    """Return the lines that a person does not hear after falling asleep or putting on headphones."""
    text = person.rows[number].text
    if ASLEEP.match(text):
        later = (n for n in person.said if n > number and not ASLEEP.match(person.rows[n].text))
        return Absence(range(number + 1, next(later, person.scene.stop)), is_there=False, is_sure=True)
    if DEAFENS.found_in(text):
        return Absence(range(number + 1, person.back_after(number)), is_there=False, is_sure=False)
    return None


def _ends_a_leave(person: PersonInScene, number: int, last: int) -> bool:
    """Tell whether the last words of a person who leaves are the first words, a short reply, or also a farewell."""
    text = person.rows[last].text
    return last == number or len(text.split()) <= SHORT_REPLY or takes_leave(text)


def _others_leave(person: PersonInScene, number: int) -> bool:
    """Tell whether a stage line says that somebody else leaves soon after a farewell of the person."""
    after = person.rows[number + 1 : min(number + 2 + ANSWERED_WITHIN, person.scene.stop)]
    return any(row.kind == "leave" and person.name not in row.people for row in after)


def _is_answer(person: PersonInScene, number: int) -> bool:
    """Tell whether a line may answer a person who has just gone, without naming the person."""
    text = person.rows[number].text
    return person.rows[number].kind == "utterance" and (
        agrees(text) or (FAREWELL.found_in(text) and not person.named.search(text))
    )


def agrees_to(person: PersonInScene, number: int, kind: Kind) -> bool:
    """Tell whether an utterance agrees to a request.

    Parameters
    ----------
    person
        The person and the scene.
    number
        Number of an utterance of the person.
    kind
        Kind of the request.
    """
    near = range(number - ANSWERED_WITHIN, number)
    asked = any(remark.kind == kind and remark.line in near for remark in person.remarks)
    return asked and agrees(person.rows[number].text)


def _comes_back_after(person: PersonInScene, number: int) -> bool:
    """Tell whether the next utterance of the person is a return, and the current utterance is not an arrival."""
    place = bisect_right(person.said, number)
    back = person.said[place] if place < len(person.said) else number
    comes = RETURN.found_in(person.rows[back].text)
    return back - number > 1 and comes and not ARRIVAL.found_in(person.rows[number].text)


def _answers_a_leave(person: PersonInScene, number: int) -> bool:
    """Tell whether a farewell answers another person who says that they are leaving."""
    return any(LEAVING.found_in(row.text) or BEDTIME.found_in(row.text) for row in _before(person, number))


def _answers_a_farewell(person: PersonInScene, number: int) -> bool:
    """Tell whether a farewell answers a farewell of another person. Either of them may be leaving."""
    leaving = {name for row in _before(person, number) if FAREWELL.found_in(row.text) for name in row.people}
    after = {name for row in person.rows[number + 1 : number + 1 + ANSWERED_WITHIN] for name in row.people}
    is_named = any(person.called[name].search(person.rows[number].text) for name in leaving)
    return is_named or (bool(leaving) and leaving.isdisjoint(after))


def _before(person: PersonInScene, number: int) -> Sequence[TranscriptLine]:
    """Return the lines of others shortly before a line."""
    before = person.rows[max(person.scene.start, number - ANSWERED_WITHIN - 1) : number]
    return [row for row in before if person.name not in row.people]


def hears_until(person: PersonInScene, number: int) -> int:
    """Return the last line that a departing person hears: answers by name, and the person's own replies.

    If a farewell follows, one unrelated line may come before the farewell.

    Parameters
    ----------
    person
        The person and the scene.
    number
        Number of the utterance with which the person leaves.
    """
    last = number
    for later in range(number + 1, min(number + 1 + LEAVE_LASTS, person.scene.stop)):
        if _belongs_to_leave(person, later, later - last > 1):
            last = later
        elif later - last > 1:
            break
    return last


def _belongs_to_leave(person: PersonInScene, number: int, after_a_gap: bool) -> bool:
    """Tell whether a line answers the departing person, or is the person's reply to such an answer."""
    text = person.rows[number].text
    if after_a_gap and not FAREWELL.found_in(text):
        return False
    if number in person.speaks:
        return not person.returns(number)
    return (
        number not in person.remarked and person.named.search(text) is not None and not is_spoken_of(text, person.named)
    )
