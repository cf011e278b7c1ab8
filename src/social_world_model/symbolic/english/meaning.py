"""Turn verb phrases into deeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from social_world_model.symbolic.english import movements, objects, perception, speech
from social_world_model.symbolic.english.deeds import Deed
from social_world_model.symbolic.english.lexicon import (
    COME,
    GIVE,
    GO,
    LEARN,
    LIE,
    PUT,
    SEE,
    SLEEP,
    SPEAK,
    STAY,
    TAKE,
    TELL,
    WAKE,
)
from social_world_model.symbolic.english.people import Cast, Person
from social_world_model.symbolic.english.phrases import VerbPhrase
from social_world_model.symbolic.english.references import References
from social_world_model.symbolic.english.things import Things

Read = Mapping[VerbPhrase, Sequence[Deed]]
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
        """Start a sentence."""
        self.refs.sentence = sentence
        self.refs.speaker = self.refs.hearers = ()
        saying = next((one for one in part if not one.quoted and one.lemma in TELL | SPEAK and one.subjects), None)
        if any(one.quoted for one in part) and saying is not None:
            self.refs.speaker = self.refs.people(saying.subjects, subject=True)
            spoken_to = [*saying.receivers, *saying.objects, *(noun for how, noun in saying.places if how in ("to", "at"))]
            told = [token for token in spoken_to if self.refs.is_person(token)]
            self.refs.hearers = self.refs.people(told, subject=False, but=self.refs.speaker)

    def of(self, phrase: VerbPhrase, read: Read) -> list[Deed]:
        """Return the deeds of a phrase."""
        self.refs.begin(phrase)
        subjects = self.refs.people(phrase.subjects, subject=True)
        lost = self.refs.missing
        deeds = self._deeds(phrase, subjects, read)
        real = [deed for deed in deeds if deed.kind != "other"]
        if real and (lost or (self.refs.missing and not real[0].thing)):
            self.unread.setdefault(self.refs.sentence, UNCLEAR)
            return []
        for deed in real:
            deed.perfect = phrase.perfect
            deed.doubtful = deed.doubtful or self.refs.doubt
            if phrase.doubtful:
                deed.doubtful = deed.doubtful or "the text only says that somebody decides to do it"
        return deeds

    def needs_a_name(self, phrase: VerbPhrase) -> bool:
        """Tell whether the subject is a pronoun that no name before the sentence explains."""
        return any(
            token.pos_ == "PRON" and not self.cast.meant_by(token.lower_, 0, self.refs.sentence)[0]
            for token in phrase.subjects
        )

    def has_a_name(self, phrase: VerbPhrase) -> bool:
        """Tell whether the subject of a phrase is a name or a noun."""
        return any(token.pos_ in ("PROPN", "NOUN") for token in phrase.subjects)

    def _deeds(self, phrase: VerbPhrase, subjects: tuple[Person, ...], read: Read) -> list[Deed]:
        refs, lemma = self.refs, phrase.lemma
        if phrase.quoted:
            return speech.quoted(refs, phrase, subjects)
        if phrase.unreal and not phrase.doubtful:
            return []
        if lemma in SEE or (lemma in LEARN and (phrase.negated or perception.complement(phrase, read))):
            return perception.seen(refs, phrase, subjects, read)
        if lemma in LIE | TELL | SPEAK and (told := speech.told(refs, phrase, subjects, read)):
            return told
        if phrase.negated:
            return movements.stayed(refs, phrase, subjects)
        for known, reader in _READERS:
            if lemma in known and (deeds := reader(refs, phrase, subjects)):
                return deeds
        return perception.attention(refs, phrase, subjects, read)


_READERS = (
    (frozenset({"be", "seem", "lie", "sit", "stand", "rest", "remain", "sleep", "live", "wait"}), movements.is_somewhere),
    (PUT | TAKE, objects.put),
    (TAKE, objects.taken),
    (GIVE | PUT, objects.given),
    (COME | GO | frozenset({"get"}), movements.moved),
    (STAY, movements.remained),
    (SLEEP | WAKE | frozenset({"fall", "go"}), movements.slept),
    (frozenset({"send", "call", "take", "drag", "lead"}), movements.sent),
    (frozenset({"contain", "hold", "have", "find", "hide", "keep", "store"}), objects.contained),
)
