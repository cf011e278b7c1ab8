"""Answer questions about a story from the events of its context, and say how certain an answer is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.prose import closed
from social_world_model.s3ap.views import in_view
from social_world_model.symbolic.doubts import EVERYONE, doubts_of
from social_world_model.symbolic.parser import UNKNOWN, not_read
from social_world_model.symbolic.story.beliefs import (
    BeliefChange,
    EventReading,
    TrustPolicy,
    beginning,
    belief_changes,
    things_told,
)
from social_world_model.symbolic.story.clauses import (
    Contained,
    Enter,
    Exit,
    Informed,
    Move,
    Report,
    Stay,
    Whereabouts,
    key,
)
from social_world_model.symbolic.story.questions import Asked


@dataclass(frozen=True)
class Found:
    """An answer.

    Parameters
    ----------
    text
        The answer in words.
    certain
        False if the answer depends on a guess of the parser, or if the context does not contain the answer.
    evidence
        Ids of the events that decide.
    why
        Reason in one or two sentences.
    """

    text: str
    certain: bool = True
    evidence: tuple[str, ...] = ()
    why: str = ""


class Answering:
    """Answers to questions about one context.

    Parameters
    ----------
    context
        The context, which is the only source of the answers.
    readings
        Parsed events of the context.
    trust
        Policy that decides whether a report changes a belief.
    """

    def __init__(self, context: SocializedContext, readings: Sequence[EventReading], trust: TrustPolicy) -> None:
        self.readings, self.trust = readings, trust
        self.doubts = doubts_of(context)
        self.unread = not_read(context)

    def answer(self, asked: Asked) -> Found:
        """Answer a question."""
        match asked.wanted:
            case "beginning":
                return self._beginning(asked)
            case "put":
                return self._put_by(asked)
            case "contents":
                return self._contents(asked)
            case "knows":
                return self._knows(asked)
            case "is there":
                return self._is_there(asked)
            case _:
                return self._place(asked.thing, asked.chain)

    def _place(self, thing: str, chain: Sequence[str]) -> Found:
        changes = belief_changes(self.readings, chain, thing, self.trust)
        if not changes:
            who = f"{chain[-1]} perceived nothing about" if chain else "No sentence says anything about"
            return Found(UNKNOWN, certain=False, why=f"{who} the place of the {thing}.")
        doubt = self._doubt(thing, chain, changes[-1])
        missed = self._missed(thing, chain, changes[-1])
        evidence = (changes[-1].event, *(reading.event.id for reading in missed[-1:]))
        return Found(changes[-1].place, not doubt, evidence, self._why(chain, changes[-1], missed, doubt))

    def _doubt(self, thing: str, chain: Sequence[str], last: BeliefChange) -> str:
        """Return why the last change of a belief is a guess; ``""`` if it is certain."""
        if self.unread:
            return "a part of the text was not read"
        since = False
        for reading in self.readings:
            since = since or reading.event.id == last.event
            is_about = since and key(_thing_of(reading)) == key(thing)
            moves = bool(chain) and isinstance(reading.clause, Enter | Exit | Stay | Whereabouts)
            step = reading.event.position + 1
            if (is_about or moves) and step in self.doubts.get(EVERYONE, ()):
                return f"the text can be read in another way: {reading.event.text}"
            for name in chain if is_about else ():
                if step in self.doubts.get(name, ()):
                    return f"the text does not say clearly whether {name} perceives that: {reading.event.text}"
        return ""

    def _about(self, thing: str) -> list[EventReading]:
        return [reading for reading in self.readings if key(_thing_of(reading)) == key(thing)]

    def _missed(self, thing: str, chain: Sequence[str], last: BeliefChange) -> list[EventReading]:
        """Return the later events about an object that a chain of people did not perceive: moves, if there are any."""
        about = self._about(thing)
        after = next((n for n, reading in enumerate(about) if reading.event.id == last.event), len(about)) + 1
        missed = [reading for reading in about[after:] if chain and not in_view(reading.event, chain)]
        return [reading for reading in missed if isinstance(reading.clause, Move)] or missed

    def _why(self, chain: Sequence[str], last: BeliefChange, missed: Sequence[EventReading], doubt: str) -> str:
        event = next(reading.event for reading in self.readings if reading.event.id == last.event)
        closed_text = closed(event.text)
        who = " about ".join(chain)
        why = f"The last event that {chain[0]} perceived: {closed_text}" if chain else f"The last event: {closed_text}"
        if len(chain) > 1:
            why = f"The last event in the perspective of {who}: {closed_text}"
        if missed:
            why += f" {chain[-1]} did not perceive: {closed(missed[-1].event.text)}"
        return f"{why} This is a guess: {doubt}." if doubt else why

    def _beginning(self, asked: Asked) -> Found:
        place = beginning(self.readings, asked.thing)
        event = next((one.event for one in self._about(asked.thing)), None)
        if place is None or event is None:
            return Found(UNKNOWN, certain=False, why=f"No sentence says anything about the place of the {asked.thing}.")
        guess = event.position + 1 in self.doubts.get(EVERYONE, ())
        return Found(place, not guess and not self.unread, (event.id,), f"The first event: {event.text}")

    def _put_by(self, asked: Asked) -> Found:
        for reading in reversed(self._about(asked.thing)):
            if isinstance(reading.clause, Move) and asked.chain[0] in reading.clause.people:
                guess = reading.event.position + 1 in self.doubts.get(EVERYONE, ())
                certain = not guess and not self.unread
                return Found(reading.clause.place, certain, (reading.event.id,), reading.event.text)
        return Found(UNKNOWN, certain=False, why=f"{asked.chain[0]} did not move the {asked.thing}.")

    def _contents(self, asked: Asked) -> Found:
        found = []
        for thing in things_told(self.readings).values():
            held = self._place(thing, asked.chain)
            if same_place(held.text, asked.place):
                found.append((thing, held))
        if not found:
            return Found(UNKNOWN, certain=False, why=f"No sentence says what is there: {asked.place}.")
        found = [one for one in found if not self._is_guess(one[1])] or found
        return Found(
            ", ".join(thing for thing, _ in found),
            all(held.certain for _, held in found) and self._is_one_place(asked.place),
            tuple(event for _, held in found for event in held.evidence),
            found[-1][1].why,
        )

    def _is_guess(self, held: Found) -> bool:
        guesses = self.doubts.get(EVERYONE, frozenset())
        return any(one.event.id in held.evidence and one.event.position + 1 in guesses for one in self.readings)

    def _knows(self, asked: Asked) -> Found:
        real, held = self._place(asked.thing, ()), self._place(asked.thing, asked.chain)
        evidence = tuple(dict.fromkeys((*held.evidence, *real.evidence)))
        if real.text == UNKNOWN:
            return Found(UNKNOWN, certain=False, why=real.why)
        certain = real.certain and (held.certain or held.text == UNKNOWN)
        return Found("yes" if real.text == held.text else "no", certain, evidence, held.why)

    def _is_there(self, asked: Asked) -> Found:
        held = self._place(asked.thing, asked.chain)
        if held.text == UNKNOWN:
            return held if not asked.chain else Found("no", certain=False, why=held.why)
        said = "yes" if same_place(held.text, asked.place) else "no"
        return Found(said, held.certain and self._is_one_place(asked.place), held.evidence, held.why)

    def _is_one_place(self, name: str) -> bool:
        """Tell whether a name stands for at most one place: "the box" does not if there are a red and a blue box."""
        places = {key(place) for reading in self.readings if (place := _place_of(reading))}
        return key(name) in places or sum(same_place(place, name) for place in places) < 2


def same_place(place: str, other: str) -> bool:
    """Tell whether two names mean the same place: the same words, or one is the end of the other.

    Parameters
    ----------
    place, other
        Names of places.
    """
    one, two = key(place).split(), key(other).split()
    short, long = sorted((one, two), key=len)
    return bool(short) and long[len(long) - len(short) :] == short


def _place_of(reading: EventReading) -> str:
    clause = reading.clause
    if isinstance(clause, Contained):
        return clause.outer
    return clause.place if isinstance(clause, Move | Informed | Report) else ""


def _thing_of(reading: EventReading) -> str:
    clause = reading.clause
    if isinstance(clause, Contained):
        return clause.inner
    return clause.thing if isinstance(clause, Move | Informed | Report) else ""
