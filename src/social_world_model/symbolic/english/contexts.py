"""Convert a text in ordinary English to S3AP, in the wording of the story parser."""

from __future__ import annotations

from collections.abc import Sequence

from social_world_model.errors import NarrativeError
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.prose import closed, joined
from social_world_model.s3ap.tags import without_tags
from social_world_model.symbolic.doubts import EVERYONE, written
from social_world_model.symbolic.english.people import Person, names
from social_world_model.symbolic.english.reading import Reading, read
from social_world_model.symbolic.english.scene import simulate
from social_world_model.symbolic.english.whereabouts import Outcome
from social_world_model.symbolic.parser import NOT_READ, TraceEntry
from social_world_model.symbolic.provenance import Provenance
from social_world_model.symbolic.steps import Fact, Source, Step, Words, check_size, context_of
from social_world_model.symbolic.story.beliefs import ENGLISH
from social_world_model.symbolic.story.language import read_clause

MANUAL = (
    f"{ENGLISH} Actions are in the words of the model, in the order of time. An observation holds what that agent "
    "perceives."
)


def parse_english(narrative: str, guidance: str = "") -> tuple[SocializedContext, list[TraceEntry]]:
    """Convert a text in ordinary English to S3AP.

    Parameters
    ----------
    narrative
        A story about people who put objects in places.
    guidance
        Domain instructions, which are stored in the manual of the context.

    Returns
    -------
    tuple
        A valid context, and a trace with one entry per sentence.

    Raises
    ------
    NarrativeError
        If the text does not say where any object is, or names no people.
    ConfigurationError
        If spaCy or its English model is missing.
    """
    reading = read(narrative)
    outcomes = simulate(reading.deeds, reading.people)
    if not reading.people or not any(outcome.place for outcome in outcomes):
        raise NarrativeError(
            "expected a story about people who put objects in places, got a text in which the English reader finds no "
            "people, no objects or no places",
            sentence=narrative.strip()[:80],
            number=1,
        )
    return _Writing(reading, outcomes).finished(narrative, guidance)


class _Writing:
    """The steps of a context while the outcomes are written down."""

    def __init__(self, reading: Reading, outcomes: Sequence[Outcome]) -> None:
        self.reading, self.outcomes = reading, outcomes
        self.cast = list(names(reading.people))
        self.steps = [Step()]
        self.doubts: dict[str, set[int]] = {}
        self.step_of: dict[int, int] = {}
        self.seen_by: dict[int, dict[str, None]] = {}

    def finished(self, narrative: str, guidance: str) -> tuple[SocializedContext, list[TraceEntry]]:
        check_size(narrative, len(self.cast), len(self.outcomes))
        remarks = self._remarks()
        for outcome in self.outcomes:
            for number in [number for number in remarks if number < outcome.deed.sentence]:
                self._remark(number, remarks.pop(number))
            self._write(outcome)
        for number, people in remarks.items():
            self._remark(number, people)
        told = "; ".join(f"sentence {number + 1}, {why}" for number, why in sorted(self.reading.unread.items()))
        parts = (MANUAL, guidance, written(self.doubts), f"{NOT_READ} {told}." if told else "")
        manual = " ".join(part for part in parts if part)
        return context_of(self.steps, self.cast, manual), self._trace()

    def _remarks(self) -> dict[int, list[Person]]:
        """Return the sentences without deeds. Everybody who is known perceives such a sentence."""
        told = {outcome.deed.sentence for outcome in self.outcomes if _words(outcome)}
        seen: dict[int, list[Person]] = {}
        for outcome in self.outcomes:
            seen.setdefault(outcome.deed.sentence, []).extend(
                outcome.deed.people if outcome.deed.covert else outcome.perceivers
            )
        numbers = (n for n in range(len(self.reading.sentences)) if n not in told)
        return {n: list(dict.fromkeys(seen.get(n, self.reading.people))) for n in numbers}

    def _remark(self, number: int, people: Sequence[Person]) -> None:
        text = closed(without_tags(self.reading.sentences[number].text))
        self._note(number, names(people))
        if read_clause(text) is not None:  # words of the grammar would change a belief
            text = f"The text says: {text}"
        self.steps[-1].facts.append(Fact(text, frozenset(names(people)), (Source(number),)))

    def _write(self, outcome: Outcome) -> None:
        deed, words = outcome.deed, _words(outcome)
        if not words:
            return
        must_be_read = deed.people and deed.kind in ("put", "give", "go", "come", "tell")
        if must_be_read and read_clause(f"{joined(names(deed.people))} {words}") is None:
            self.reading.unread.setdefault(deed.sentence, "a name or a noun is not understood")
            return
        perceivers = [name for name in self.cast if name in names(outcome.perceivers)]
        self._note(deed.sentence, [*perceivers, *names(outcome.secret)])
        source = Source(deed.sentence)
        actors = names(deed.people) if deed.kind not in ("lies", "at") else ()
        number = len(self.steps)
        if actors:
            self.steps[-1].acts = dict.fromkeys(actors, words)
            self.steps[-1].acts_source = source
            self.steps.append(self.steps[-1].next(perceivers))
        else:
            self.steps[-1].facts.append(Fact(words, frozenset(perceivers), (source,)))
            if deed.is_label:  # a guess needs a step of its own
                self.steps.append(Step())
        for person in outcome.secret:
            text = f"The {outcome.place} holds the {deed.thing}."
            if outcome.place:
                self.steps[-1].told.setdefault(person.name, []).append(Words(text, (source,)))
        for who in (*((EVERYONE,) if deed.doubtful else ()), *names(outcome.doubts)):
            self.doubts.setdefault(who, set()).add(number)

    def _note(self, sentence: int, perceivers: Sequence[str]) -> None:
        self.step_of.setdefault(sentence, len(self.steps))
        self.seen_by.setdefault(sentence, {}).update(dict.fromkeys(perceivers))

    def _trace(self) -> list[TraceEntry]:
        provenance = Provenance(self.steps, self.cast)
        return [
            TraceEntry(
                number + 1,
                sentence.text,
                tuple(name for name in self.cast if name in self.seen_by.get(number, {})),
                str(self.step_of.get(number, len(self.steps))),
                sentence.start,
                sentence.end,
                provenance,
                number,
            )
            for number, sentence in enumerate(self.reading.sentences)
        ]


def _words(outcome: Outcome) -> str:
    """Return an outcome in the wording of the story parser, without its actors; ``""`` if there are no words for it."""
    deed = outcome.deed
    match deed.kind:
        case "put" if deed.people:
            return f"put the {deed.thing} {deed.how} the {outcome.place}"
        case "put" | "lies":
            return f"The {deed.thing} is {deed.how} the {outcome.place}."
        case "give":
            return f"gave the {deed.thing} to {outcome.place}"
        case "take":
            return f"took the {deed.thing}" if deed.people else ""
        case "go":
            return "left" if not outcome.room else f"left the {outcome.room}"
        case "at" if outcome.room and outcome.deed.room:
            return f"{joined(names(deed.people))} {'is' if len(deed.people) == 1 else 'are'} in the {outcome.room}."
        case "come":
            return f"entered the {outcome.room}" if outcome.room else "returned"
        case "tell":
            return f"informed {joined(names(deed.hearers))} that the {deed.thing} is {deed.how} the {outcome.place}"
        case _:
            return ""
