"""Read the sentences of a text: from parsed sentences to deeds in the order of time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from social_world_model.symbolic.english.deeds import STATES, Deed
from social_world_model.symbolic.english.linking import link
from social_world_model.symbolic.english.meaning import Meaning
from social_world_model.symbolic.english.parsing import parsed
from social_world_model.symbolic.english.people import Cast, Person
from social_world_model.symbolic.english.phrases import VerbPhrase, phrases
from social_world_model.symbolic.english.sentences import sentence_places
from social_world_model.symbolic.english.things import Things

if TYPE_CHECKING:
    from spacy.tokens import Doc

_QUOTE = re.compile(r"[\"“][^\"“”]*[\"”]|‘[^‘’]*’(?!\w)")
_EARLIER = re.compile(
    r"\b(?:earlier|previously|beforehand|the day before|the night before|yesterday|before that)\b", re.I
)
_AT_THE_TIME = re.compile(
    r"\b(?:at the time|at that (?:time|moment)|still|all the while|the whole time|meanwhile)\b", re.IGNORECASE
)
_FIRST_LATER = frozenset({"before", "until", "till"})
_ALONG = frozenset({"while", "as", "whilst", "during", "whenever"})


@dataclass(frozen=True)
class Sentence:
    """A sentence of the text, with its position in characters."""

    text: str
    start: int
    end: int


@dataclass
class Reading:
    """The deeds of a text in the order of time, and what could not be read.

    Parameters
    ----------
    sentences
        Sentences of the text.
    deeds
        Deeds in the order of time.
    people
        People in the order of their first mention.
    unread
        For each sentence (0-based) that was not read, or not in full: the reason.
    """

    sentences: list[Sentence]
    deeds: list[Deed] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    unread: dict[int, str] = field(default_factory=dict)


@lru_cache(maxsize=32)
def read(narrative: str) -> Reading:
    """Read a text in ordinary English.

    Parameters
    ----------
    narrative
        Text with one or more sentences per line.

    Raises
    ------
    ConfigurationError
        If spaCy or its English model is missing.
    NarrativeError
        If a sentence is too long.
    """
    sentences = [Sentence(narrative[start:end], start, end) for start, end in sentence_places(narrative)]
    docs = parsed([sentence.text for sentence in sentences])
    return _Reader(Reading(sentences), docs).finished()


@dataclass
class _Reader:
    """The state while the sentences of a text are read."""

    reading: Reading
    docs: Sequence[Doc]
    cast: Cast = field(init=False)
    meaning: Meaning = field(init=False)

    def __post_init__(self) -> None:
        self.found = [self._phrases(doc) for doc in self.docs]
        animate = frozenset(
            token for part in self.found for phrase in part for token in phrase.subjects if phrase.shows_a_person
        )
        self.cast = Cast(animate)
        self.meaning = Meaning(self.cast, Things.of(self.docs), self.reading.unread)

    def finished(self) -> Reading:
        """Read all sentences."""
        for number, part in enumerate(self.found):
            self._take(number, part)
        self.reading.people = self.cast.people
        labels = self.meaning.things.labels
        places = {deed.place for deed in self.reading.deeds if deed.kind in ("put", "lies")}
        for container, content in labels.items():
            if container in places:
                label = Deed("lies", (), 0, content, container, is_label=True)
                label.doubtful = f"only the name of the {container} says so"
                self.reading.deeds.insert(0, label)
        return self.reading

    @staticmethod
    def _phrases(doc: Doc) -> list[VerbPhrase]:
        quoted = frozenset(
            token.i for match in _QUOTE.finditer(doc.text) for token in doc if match.start() <= token.idx < match.end()
        )
        return [phrase for sentence in doc.sents for phrase in phrases(sentence, quoted)]

    def _take(self, number: int, part: list[VerbPhrase]) -> None:
        read: dict[VerbPhrase, list[Deed]] = {}
        self.meaning.begin(number, part)
        for phrase in self._in_order_of_reference(part):
            read[phrase] = self.meaning.of(phrase)
        link(part, read)
        if any(deed.is_lost for deeds in read.values() for deed in deeds):
            self.reading.unread.setdefault(number, "it is not clear what is perceived")
        told = any(deed.kind == "say" and deed.hearers for deeds in read.values() for deed in deeds)
        if told and not any(deed.kind == "tell" for deeds in read.values() for deed in deeds):
            self.reading.unread.setdefault(number, "it is not clear what is told")
        ordered = [deed for root in part if root.governor is None for deed in _in_time(root, part, read)]
        if _AT_THE_TIME.search(self.reading.sentences[number].text) and all(deed.kind in STATES for deed in ordered):
            self._insert_before_last(ordered)
        else:
            self._insert(number, part, ordered, read)

    def _in_order_of_reference(self, part: list[VerbPhrase]) -> list[VerbPhrase]:
        """Return phrases in an order in which pronouns follow their names: "Before he left, Tim hid the ball"."""
        fronted = [
            one
            for one in part
            if one.governor is not None
            and one.verb.i < one.governor.verb.i
            and one.mark not in ("", "ccomp")
            and self.meaning.needs_a_name(one)
        ]
        if not fronted or not all(self.meaning.has_a_name(one.governor) for one in fronted if one.governor):
            return part
        return [*(one for one in part if one not in fronted), *fronted]

    def _insert_before_last(self, states: Sequence[Deed]) -> None:
        """Insert states that held while the last deed happened: "Ann was still at school"."""
        deeds = self.reading.deeds
        last = next((n for n in reversed(range(len(deeds))) if deeds[n].kind == "put"), len(deeds))
        deeds[last:last] = states

    def _place_before(self, deed: Deed, part: Sequence[VerbPhrase], read: dict[VerbPhrase, list[Deed]]) -> int | None:
        """Return where "who had put it there" belongs: before what others did with the object."""
        told_by = next((phrase for phrase in part if deed in read.get(phrase, ())), None)
        if told_by is None or not told_by.perfect or told_by.mark != "who" or deed.kind not in ("put", "lies"):
            return None
        return _first_about(self.reading.deeds, deed)

    def _insert(
        self, number: int, part: list[VerbPhrase], ordered: list[Deed], read: dict[VerbPhrase, list[Deed]]
    ) -> None:
        deeds = self.reading.deeds
        mains = [
            deed
            for phrase in part
            if phrase.is_main and not phrase.quoted
            for deed in read.get(phrase, ())
            if deed.kind != "other"
        ]
        earlier = bool(_EARLIER.search(self.reading.sentences[number].text))
        if not mains or not all(deed.perfect or earlier for deed in mains) or not deeds:
            for deed in ordered:
                at = self._place_before(deed, part, read)
                deeds.insert(len(deeds) if at is None else at, deed)
            return
        now = [deed for deed in deeds if not deed.is_flashback and deed.kind != "other"]
        at = next(
            (n for n, deed in enumerate(deeds) if now and deed.sentence == now[-1].sentence and deed in now), len(deeds)
        )
        for deed in ordered:
            deed.is_flashback = True
        deeds[at:at] = ordered


def _first_about(deeds: Sequence[Deed], deed: Deed) -> int | None:
    return next(
        (n for n, other in enumerate(deeds) if other.thing == deed.thing and other.sentence < deed.sentence), None
    )


def _in_time(phrase: VerbPhrase, part: Sequence[VerbPhrase], read: dict[VerbPhrase, list[Deed]]) -> Iterator[Deed]:
    """Yield the deeds of a phrase and of the phrases that depend on it, in the order of time."""
    below = [one for one in part if one.governor is phrase]
    own = read.get(phrase, [])
    first = [one for one in below if _comes_first(one, phrase, read)]
    joined = [one for one in below if one not in first and one.verb.dep_ in ("conj", "parataxis")]
    for one in first:
        yield from _in_time(one, part, read)
    yield from own
    for one in below:
        if one not in first and one not in joined:
            yield from _in_time(one, part, read)
    for one in joined:
        yield from _in_time(one, part, read)


def _comes_first(phrase: VerbPhrase, governor: VerbPhrase, read: dict[VerbPhrase, list[Deed]]) -> bool:
    mark = phrase.mark
    if not mark or mark in _FIRST_LATER or phrase.verb.dep_ in ("conj", "parataxis"):
        return False
    own = read.get(phrase, [])
    if any(deed.kind in ("see", "unaware") for deed in own):
        return False
    if mark == "when" and own and {deed.kind for deed in own} <= {"go", "come"} and read.get(governor):
        return not {person for deed in own for person in deed.people} <= {
            person for deed in read[governor] if deed.kind == "put" for person in deed.people
        }  # "left his keys on the desk when he went out"
    if any(deed.scope == "below" for deed in read.get(governor, ())):
        return True  # "watched as Anne moved it"
    if mark in _ALONG:
        return all(deed.kind in STATES for deed in own)
    if mark == "who":
        return phrase.perfect or phrase.verb.head in governor.subjects
    if mark == "advcl":
        return phrase.verb.i < governor.verb.i
    if mark in ("when", "by", "that", "time") and governor.perfect and not phrase.perfect:
        return any(deed.kind in STATES for deed in own)
    return True
