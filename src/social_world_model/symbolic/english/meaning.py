"""Turn verb phrases into deeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from social_world_model.symbolic.english import movements, objects, perception, speech
from social_world_model.symbolic.english.circumstances import circumstances
from social_world_model.symbolic.english.deeds import Deed
from social_world_model.symbolic.english.lexicon import (
    ASLEEP,
    AWAY,
    COME,
    GIVE,
    GO,
    HARMLESS,
    HOW,
    LEARN,
    LIE,
    PUT,
    REMOTE,
    SEE,
    SLEEP,
    SPEAK,
    STAY,
    TAKE,
    TELL,
    THINK,
    WAKE,
)
from social_world_model.symbolic.english.people import Cast, Person
from social_world_model.symbolic.english.phrases import SURE, VerbPhrase
from social_world_model.symbolic.english.references import References, is_room
from social_world_model.symbolic.english.things import Things

if TYPE_CHECKING:
    from spacy.tokens import Token

ASK = frozenset({"ask", "wonder", "think", "call out"})
_WHILE = frozenset({"while", "when", "once", "after", "as", "whilst", "before", "until", "because"})
UNCLEAR = "it is not clear who or what is meant"


@dataclass
class Meaning:
    """The meaning of verb phrases, in the order of the text."""

    cast: Cast
    things: Things
    unread: dict[int, str]
    refs: References = field(init=False)

    def __post_init__(self) -> None:
        self.refs = References(self.cast, self.things)

    def begin(self, sentence: int, part: Sequence[VerbPhrase]) -> None:
        """Start a sentence.

        Parameters
        ----------
        sentence, part
            0-based number of the sentence, and its verb phrases.
        """
        self.refs.sentence = sentence
        self.refs.quoted = frozenset(token for one in part if one.quoted for token in one.verb.subtree)
        self.refs.speaker = self.refs.hearers = ()
        saying = next((one for one in part if not one.quoted and _says(one) and one.subjects), None)
        if any(one.quoted for one in part) and saying is not None:
            self.refs.speaker = self.refs.people(saying.subjects, subject=True)
            if saying.lemma == "read":  # "read the note: …": the reader is told
                others = [one.person for one in reversed(self.cast.mentions) if one.person not in self.refs.speaker]
                self.refs.speaker, self.refs.hearers = tuple(others[:1]), self.refs.speaker
                return
            spoken_to = [
                *saying.receivers,
                *saying.objects,
                *(noun for how, noun in saying.places if how in ("to", "at")),
            ]
            spoken_to += [token for one in part if one.lemma in REMOTE for token in one.objects]
            told = [token for token in spoken_to if self.refs.is_person(token)]
            self.refs.hearers = self.refs.people(told, subject=False, but=self.refs.speaker)

    def of(self, phrase: VerbPhrase) -> list[Deed]:
        """Return the deeds of a phrase.

        Parameters
        ----------
        phrase
            The verb phrase.
        """
        self.refs.begin()
        subjects = self.refs.people(self._subjects(phrase), subject=True)
        lost = self.refs.missing
        self._mention(phrase, subjects)
        deeds = self._deeds(phrase, subjects)
        real = [deed for deed in deeds if deed.kind != "other"]
        if real and (lost or (self.refs.missing and not real[0].thing)):
            self.unread.setdefault(self.refs.sentence, UNCLEAR)
            return []
        for deed in real:
            deed.perfect = phrase.perfect
            deed.doubtful = deed.doubtful or self.refs.doubt
            if phrase.doubtful:
                deed.doubtful = deed.doubtful or "the text only says that somebody decides to do it"
        before, after = circumstances(self.refs, phrase, real)
        if not real and not before and (self._is_risky(phrase, subjects) or (phrase.mark in _WHILE and subjects)):
            self.unread.setdefault(self.refs.sentence, f"the verb {phrase.verb.text!r} is not understood here")
        return [*before, *deeds, *after]

    def _mention(self, phrase: VerbPhrase, subjects: tuple[Person, ...]) -> None:
        """Note the people, objects and containers that a phrase mentions, so that later pronouns can stand for them."""
        doubt, missing = self.refs.doubt, self.refs.missing
        nouns = (*phrase.objects, *phrase.subjects)
        owners = [
            child for token in nouns for child in token.children if child.dep_ == "poss" and child.pos_ == "PROPN"
        ]
        seen = [one for one in phrase.objects if one.pos_ == "PRON" and one.lower_ not in ("it", "them")]
        self.refs.people([*seen, *owners], subject=False, but=subjects)
        for token in (*nouns, *(noun for _, noun in phrase.places)):
            if token.pos_ == "NOUN":
                self.things.note(token)
        for token in nouns:
            if token.pos_ == "NOUN" and not self.refs.is_person(token):
                self.refs.mentioned = self.things.name(token)
        self.refs.doubt, self.refs.missing = doubt, missing

    def _subjects(self, phrase: VerbPhrase) -> list[Token]:
        """Return the subjects that can be people: "they were in the tin" is about objects."""
        if phrase.lemma != "be" or not self.things.last or not any(how in HOW for how, _ in phrase.places):
            return list(phrase.subjects)
        in_a_room = any(is_room(noun) or self.refs.is_person(noun) for _, noun in phrase.places)
        return [token for token in phrase.subjects if in_a_room or token.lower_ not in ("they", "it")]

    def _is_risky(self, phrase: VerbPhrase, people: tuple[Person, ...]) -> bool:
        """Tell whether a phrase that says nothing known may still change where an object or a person is."""
        if phrase.unreal or phrase.negated or phrase.lemma in HARMLESS | SEE | SPEAK:
            return False
        if phrase.lemma in GO | COME and people and not phrase.objects:
            return True
        nouns = [
            token for part in (*phrase.objects, *phrase.subjects) for token in part.subtree if token.pos_ == "NOUN"
        ]
        named = {self.things.find(word) for token in nouns for word in (token.lower_, token.lemma_.lower())}
        pronouns = [*phrase.objects, *(phrase.subjects if not people else ())]
        is_known = bool(named & {*self.refs.handled, *self.things.places})
        return bool(self.refs.handled) and (is_known or any(token.lower_ in ("it", "them") for token in pronouns))

    def needs_a_name(self, phrase: VerbPhrase) -> bool:
        """Tell whether the subject is a pronoun that no name before the sentence explains."""
        return any(
            token.pos_ == "PRON" and not self.cast.meant_by(token.lower_, self.refs.sentence)[0]
            for token in phrase.subjects
        )

    def has_a_name(self, phrase: VerbPhrase) -> bool:
        """Tell whether the subject of a phrase is a name or a noun."""
        return any(token.pos_ in ("PROPN", "NOUN") for token in phrase.subjects)

    def _check_thought(self, phrase: VerbPhrase, people: tuple[Person, ...]) -> None:
        """Note that a text says what somebody thinks that others perceive: "believed that he was asleep"."""
        governor = phrase.governor
        is_thought = governor is not None and (governor.lemma in THINK or bool(governor.particles & SURE))
        if people and is_thought and (phrase.lemma in SEE or phrase.particles & (ASLEEP | AWAY)):
            self.unread.setdefault(self.refs.sentence, "it says what somebody thinks that others perceive")

    def _deeds(self, phrase: VerbPhrase, subjects: tuple[Person, ...]) -> list[Deed]:
        refs, lemma = self.refs, phrase.lemma
        if phrase.quoted:
            return speech.quoted(refs, phrase, subjects)
        could_not = lemma in SEE and phrase.negated and phrase.is_main  # "could not see a thing"
        if phrase.unreal and not phrase.doubtful and not could_not:
            self._check_thought(phrase, subjects)
            return []
        if phrase.mark in ("while", "when", "as") and phrase.progressive and lemma not in SEE | GO | COME:
            return perception.attention(refs, phrase, subjects)
        if lemma in SEE or (lemma in LEARN and (phrase.negated or perception.has_complement(phrase))):
            return perception.seen(refs, phrase, subjects)
        if lemma in (LIE | TELL | SPEAK) - ASK and (told := speech.told(refs, phrase, subjects)):
            return told
        if phrase.negated:
            return movements.stayed(refs, phrase, subjects)
        read_by = (reader(refs, phrase, subjects) for known, reader in _READERS if lemma in known)
        return next(filter(None, read_by), None) or perception.attention(refs, phrase, subjects)


def _says(phrase: VerbPhrase) -> bool:
    if phrase.lemma == "send":
        return any(
            token.lemma_ in ("text", "message", "email", "letter", "note", "postcard") for token in phrase.objects
        )
    return phrase.lemma in TELL | SPEAK | frozenset({"read"})


_READERS = (
    (frozenset({"swap", "switch", "exchange"}), objects.swapped),
    (
        frozenset({"be", "seem", "lie", "sit", "stand", "rest", "remain", "sleep", "live", "wait"}),
        movements.is_somewhere,
    ),
    (PUT | TAKE, objects.put),
    (TAKE, objects.taken),
    (GIVE | PUT, objects.given),
    (COME | GO | frozenset({"get"}), movements.moved),
    (STAY, movements.remained),
    (SLEEP | WAKE | frozenset({"fall", "go"}), movements.slept),
    (frozenset({"send", "call", "take", "drag", "lead"}), movements.sent),
    (frozenset({"contain", "hold", "have", "find", "hide", "keep", "store"}), objects.contained),
    (frozenset({"fill"}), objects.filled),
)
