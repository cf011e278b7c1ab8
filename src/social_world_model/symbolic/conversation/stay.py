"""Find out at which lines of a scene one person is present, and which of these decisions are guesses."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from social_world_model.symbolic.conversation.arrival import Beginning, beginning
from social_world_model.symbolic.conversation.leaving import Absence, absences_after, agrees_to, hears_until
from social_world_model.symbolic.conversation.lexicon import MAY_GO, MISSED, OVERHEARD, THIRD_PERSON
from social_world_model.symbolic.conversation.person import ANSWERED_WITHIN, PersonInScene
from social_world_model.symbolic.conversation.remarks import Remark, calls_in, is_spoken_of


@dataclass
class Stay:
    """The lines of a scene at which one person is present.

    Parameters
    ----------
    person
        The person and the scene.
    opening
        Number of the first utterance of the transcript that is not a greeting.
    was_there
        Whether the person was present at the end of the preceding scene; None for the first scene.
    is_listed
        Whether a stage line says that the person is present from the start of the scene.
    there
        Numbers of the lines at which the person is present.
    guessed
        Numbers of the lines for which this is a guess.
    remains
        Whether the person is still present after the scene.
    """

    person: PersonInScene
    opening: int
    was_there: bool | None
    is_listed: bool
    there: set[int] = field(init=False)
    guessed: set[int] = field(init=False)
    remains: bool = field(init=False)

    def __post_init__(self) -> None:
        person = self.person
        start = person.scene.start
        begin = Beginning(start, start, True) if self.is_listed else beginning(person, self.opening, self.was_there)
        self.remains = begin.line < person.scene.stop
        self.there = set(range(begin.line, person.scene.stop))
        self.guessed = set() if begin.is_sure else set(range(person.scene.start, begin.evident))
        for number in person.moves:
            if person.rows[number].kind == "leave":
                self._apply(Absence(range(number + 1, person.back_after(number)), is_there=False, is_sure=True))
        self._find_leaves()
        for number in person.scene:
            if person.name in person.rows[number].unread:
                self.guessed.update(range(number + 1, person.back_after(number)))
        for remark in person.remarks:
            if (
                remark.kind != "asked"
                and remark.line in person.scene
                and person.name not in person.rows[remark.line].people
            ):
                self._take_remark(remark)
        self._doubt_silence()
        for number in person.said:
            if MISSED.found_in(person.rows[number].text):
                self._take_missed_turn(number)

    def _apply(self, absence: Absence) -> None:
        lines, is_there, is_sure = absence
        (self.there.update if is_there else self.there.difference_update)(lines)
        (self.guessed.difference_update if is_sure else self.guessed.update)(lines)
        if lines.stop == self.person.scene.stop and (lines or not is_there):
            self.remains = is_there

    def _find_leaves(self) -> None:
        said = self.person.said
        place = 0
        while place < len(said):
            absences = absences_after(self.person, said[place])
            for absence in absences:
                self._apply(absence)
            place = max(place + 1, bisect_left(said, absences[0].lines.stop) if absences else 0)

    def _take_remark(self, remark: Remark) -> None:
        number = remark.line
        last, back = self.person.last_until(number), self.person.back_after(number)
        if remark.kind == "hears again":
            self._apply(Absence(range(number, back), is_there=True, is_sure=True))
            return
        if remark.kind == "sent":
            if number in self.there and back > number + 1 + ANSWERED_WITHIN:
                self._apply(Absence(range(number + 1, back), is_there=False, is_sure=False))
            return
        was_there = number in self.there
        self._apply(Absence(range(number, back), is_there=False, is_sure=remark.is_sure))
        if remark.kind == "deaf" and was_there:
            self.guessed.update(range(self.person.scene.start if last is None else last + 1, number))
        if not remark.is_past or (last is not None and not was_there):
            return
        earlier = range(self.person.scene.start if last is None else last + 1, number)
        self._apply(Absence(earlier, is_there=False, is_sure=remark.is_sure and last is None))
        if back in self.person.speaks and OVERHEARD.found_in(self.person.rows[back].text):
            self._apply(Absence(range(number, back), is_there=True, is_sure=False))

    def _doubt_silence(self) -> None:
        """Make the presence of a silent person a guess if there are weak signs that the person is absent."""
        person = self.person
        for number in person.said:
            back = person.back_after(number)
            may_go = MAY_GO.found_in(person.rows[number].text) or agrees_to(person, number, "asked")
            gap = range((hears_until(person, number) if may_go else number) + 1, back)
            if not gap or not self.there.issuperset(gap):
                continue
            texts = [person.rows[line].text for line in gap if person.rows[line].kind == "utterance"]
            is_topic = any(is_spoken_of(text, person.named) for text in texts)
            if may_go and (is_topic or any(THIRD_PERSON.search(text) for text in texts)):
                is_called = any(next(calls_in(text, person.named), None) for text in texts)
                self._apply(Absence(gap, is_there=is_called, is_sure=False))
            elif may_go or is_topic:
                self._apply(Absence(gap, is_there=True, is_sure=False))

    def _take_missed_turn(self, number: int) -> None:
        """Apply an utterance such as "you cut out": the person missed the last turn, and perhaps more.

        If the utterance names somebody, the person certainly missed the last turn of this speaker.
        """
        person = self.person
        last = person.last_until(number)
        since = person.scene.start if last is None else last + 1
        turns = [line for line in range(since, number) if person.rows[line].kind == "utterance"]
        named = [line for line in turns if _is_named(person.rows[line].people, person, number)]
        end = (named or turns)[-1] if turns else number
        start = end
        while start > since and person.rows[start - 1].people == person.rows[end].people:
            start -= 1
        self.guessed.update(range(since, number))
        if turns:
            self._apply(Absence(range(start, end + 1), is_there=False, is_sure=bool(named)))


def _is_named(people: Sequence[str], person: PersonInScene, number: int) -> bool:
    return any(person.called[name].search(person.rows[number].text) for name in people)
