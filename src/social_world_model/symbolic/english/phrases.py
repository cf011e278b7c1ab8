"""Verb phrases of a parsed text: who does what to what, where, and how the phrase depends on other phrases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from social_world_model.symbolic.english.lexicon import AGENTIVE, PARTS, PUT, REAL, SEE, UNREAL

if TYPE_CHECKING:
    from spacy.tokens import Span, Token

_CLAUSES = frozenset(
    {"ROOT", "conj", "advcl", "relcl", "ccomp", "xcomp", "pcomp", "acl", "parataxis", "csubj", "dep", "appos"}
)
_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_NO_SUBJECT = frozenset({"advmod", "npadvmod", "dep", "intj", "nmod", "compound", "advcl"})
_MODALS = frozenset(
    {"will", "would", "could", "should", "might", "may", "must", "shall", "can", "'ll", "’ll", "'d", "wo"}
)
_NEGATIONS = frozenset({"neither", "not", "n't", "n’t", "never", "no", "hardly", "nobody"})
SURE = frozenset({"sure", "certain", "convinced", "confident"})
"""Adjectives of thoughts: "was sure that she was asleep"."""
_NOBODY = frozenset({"nobody", "noone", "none", "neither"})
_MARKS = frozenset(
    {"while", "when", "whenever", "before", "after", "once", "until", "till", "as", "because", "since", "if", "unless"}
    | {"although", "though", "whilst", "where", "so", "that", "whether", "without", "upon", "on", "by", "by the time"}
    | {"following", "during", "whereas", "for"}
)


_TWO_WORDS = {"next": "beside", "close": "beside", "prior": "before", "instead": "instead", "ahead": "before"}
"""First words of prepositions of two words: "next to", "prior to"."""


@dataclass(eq=False)
class VerbPhrase:
    """A verb with its participants.

    Parameters
    ----------
    verb
        The verb.
    lemma
        Base form of the verb, in lower case.
    subjects, objects
        Heads of the noun phrases, with the members of lists. The subject of a passive phrase is its object.
    receivers
        Indirect objects: "gave Vera the ticket".
    places
        Preposition and head of each prepositional phrase.
    particles
        Words such as "out", "back" or "away".
    negated, perfect, progressive, unreal, passive
        Whether the phrase is negated, in the past perfect, in a progressive form, not an event, or passive.
    doubtful
        Whether the phrase only probably is an event ("decided to move").
    mark
        Word that joins the phrase to its governor, such as "while"; empty for a main clause.
    governor
        Phrase that this phrase depends on.
    quoted
        Whether the phrase is part of direct speech.
    """

    verb: Token
    lemma: str
    subjects: tuple[Token, ...] = ()
    objects: tuple[Token, ...] = ()
    receivers: tuple[Token, ...] = ()
    places: tuple[tuple[str, Token], ...] = ()
    particles: frozenset[str] = frozenset()
    negated: bool = False
    perfect: bool = False
    progressive: bool = False
    unreal: bool = False
    doubtful: bool = False
    passive: bool = False
    mark: str = ""
    governor: VerbPhrase | None = None
    quoted: bool = False
    pairs: list[tuple[Token, str, Token]] = field(default_factory=list)

    @property
    def shows_a_person(self) -> bool:
        """Whether only a person or an animal can be the subject."""
        return self.lemma in AGENTIVE and not self.passive and (self.lemma not in PUT or bool(self.objects))

    @property
    def is_main(self) -> bool:
        """Whether no word subordinates the phrase."""
        return not self.mark


def phrases(sentence: Span, quoted: frozenset[int]) -> list[VerbPhrase]:
    """Return the verb phrases of a sentence, in the order of the text.

    Parameters
    ----------
    sentence
        A sentence of a parsed text.
    quoted
        Positions of the words of direct speech.
    """
    found: dict[int, VerbPhrase] = {}
    for token in _depth_first(sentence.root):
        if _is_verb(token):
            found[token.i] = _phrase(token, found, quoted)
    return [found[position] for position in sorted(found)]


def _depth_first(token: Token) -> Iterator[Token]:
    yield token
    for child in token.children:
        yield from _depth_first(child)


def _is_verb(token: Token) -> bool:
    if token.dep_ == "ccomp" and token.pos_ == "NOUN" and token.head.lemma_.lower() in SEE:
        return any(child.dep_ == "dobj" for child in token.children)  # "watched her move the torch"
    return token.dep_ in _CLAUSES and (token.pos_ in ("VERB", "AUX") or token.tag_ in ("VBD", "VBZ"))


def _governor(token: Token, found: dict[int, VerbPhrase]) -> VerbPhrase | None:
    above = token.head
    while above.i not in found and above.head.i != above.i:
        above = above.head
    return found.get(above.i) if above.i != token.i else None


def _phrase(verb: Token, found: dict[int, VerbPhrase], quoted: frozenset[int]) -> VerbPhrase:
    governor = _governor(verb, found)
    children = list(verb.children)
    helpers = [child for child in children if child.dep_ in ("aux", "auxpass")]
    is_passive = any(child.dep_ in ("auxpass", "nsubjpass") for child in children)
    phrase = VerbPhrase(verb, verb.lemma_.lower(), passive=is_passive, governor=governor, quoted=verb.i in quoted)
    phrase.perfect = any(helper.lower_ == "had" for helper in helpers) or (
        not helpers and governor is not None and governor.perfect and _shares_helper(verb)
    )
    phrase.progressive = verb.tag_ == "VBG"
    phrase.mark = _mark(verb, children)
    phrase.particles = frozenset(
        child.lower_ for child in children if child.dep_ in ("prt", "advmod", "acomp", "npadvmod", "oprd")
    )
    _participants(phrase, children)
    phrase.negated = _is_negated(phrase, children)
    shares_subject = verb.dep_ == "conj" and not _has_own_subject(verb)
    if governor is not None and shares_subject and governor.verb == verb.head:
        phrase.mark, phrase.unreal = governor.mark, governor.unreal
    phrase.unreal = phrase.unreal or _is_unreal(phrase, helpers)
    return phrase


def _is_negated(phrase: VerbPhrase, children: Sequence[Token]) -> bool:
    """Tell whether a phrase is negated: "did not see", "nobody saw", "saw nothing", "did not look or listen"."""
    verb, governor = phrase.verb, phrase.governor
    if phrase.mark == "without" or any(
        child.dep_ == "neg" or child.lower_ in _NEGATIONS for child in children if child.i < verb.i + 3
    ):
        return True
    if any(token.lower_ in _NOBODY for token in phrase.subjects) or any(
        one.lower_ == "nothing" for one in phrase.objects
    ):
        return True
    alternative = verb.dep_ == "conj" and governor is not None and governor.negated and not _has_own_subject(verb)
    return alternative and any(child.lower_ in ("or", "nor") for child in verb.head.children)


def _shares_helper(verb: Token) -> bool:
    return verb.dep_ == "conj" and verb.tag_ == "VBN" and not _has_own_subject(verb)


def _has_own_subject(verb: Token) -> bool:
    return any(child.dep_ in _SUBJECTS for child in verb.children)


def _mark(verb: Token, children: Sequence[Token]) -> str:
    """Return the word that joins a clause to its governor."""
    if verb.dep_ == "relcl":
        return "who"
    if verb.dep_ == "pcomp":
        return verb.head.lower_
    if verb.dep_ in ("ccomp", "xcomp", "acl", "csubj"):
        return verb.dep_
    if verb.dep_ in ("ROOT", "conj", "parataxis", "dep", "appos"):
        return ""
    marks = [child.lower_ for child in children if child.i < verb.i and child.dep_ in ("mark", "advmod", "prep")]
    known = [mark for mark in marks if mark in _MARKS]
    return known[-1] if known else "advcl"


def _participants(phrase: VerbPhrase, children: Sequence[Token]) -> None:
    verb, governor = phrase.verb, phrase.governor
    subjects = [token for child in children if child.dep_ in _SUBJECTS for token in listed(child)]
    agents = [token for child in children if child.dep_ == "agent" for one in child.children for token in listed(one)]
    objects = [token for child in children if child.dep_ in ("dobj", "attr") for token in listed(child)]
    receivers = [token for child in children if child.dep_ == "dative" for token in _receiver(child)]
    if not subjects and verb.pos_ == "NOUN":
        subjects = [child for child in children if child.dep_ == "poss"]
    if not subjects and verb.dep_ in ("ROOT", "conj", "ccomp"):  # spaCy may take a name before the verb for an adverb
        subjects = [
            child for child in children if child.pos_ == "PROPN" and child.i < verb.i and child.dep_ in _NO_SUBJECT
        ]
    if not subjects and not any(child.dep_ == "expl" for child in children):
        subjects = _inherited(phrase)
    subjects = [_antecedent(token, verb) for token in subjects]
    objects = [_antecedent(token, verb) for token in objects]
    if governor is not None and governor.passive and _shares_helper(verb) and not objects:
        phrase.passive = True
        subjects, objects = agents or list(governor.subjects), list(governor.objects)
    elif phrase.passive:
        subjects, objects = agents, subjects
    elif verb.dep_ == "acl" and verb.tag_ == "VBN":  # "the ball hidden under the bed"
        subjects, objects = agents, [verb.head]
    phrase.subjects, phrase.objects, phrase.receivers = tuple(subjects), tuple(objects), tuple(receivers)
    holders = [child for child in children if child.dep_ in ("dobj", "attr") and not phrase.passive]
    places = [found for child in children for found in _place(child)]
    times = [child for child in children if child.dep_ == "npadvmod"]
    places += [found for one in times for child in one.children for found in _place(child)]  # "this time to the attic"
    if not any(noun.i > verb.i for _, noun in places):
        places += [
            found for holder in holders for child in holder.children for found in _place(child) if found[0] != "of"
        ]
    phrase.places = tuple(places)
    loose = [child for child in children if child.dep_ == "conj" and child.pos_ == "NOUN"]
    paired = [
        (other, preposition, place)
        for other in [*(one for one in objects[1:] if one.dep_ == "conj"), *loose]
        for below in other.children
        for preposition, place in _place(below)
        if preposition != "of"
    ]
    if paired and phrase.places:
        phrase.objects = tuple(token for token in phrase.objects if token not in {other for other, _, _ in paired})
    phrase.pairs = paired or _second_pairs(phrase, children)


def _second_pairs(phrase: VerbPhrase, children: Sequence[Token]) -> list[tuple[Token, str, Token]]:
    """Return the further objects of "in the tin and the coffee in the jar", each with its place."""
    pairs: list[tuple[Token, str, Token]] = []
    for other in (one for child in children for _, first in _place(child) for one in listed(first)[1:]):
        own = [found for below in other.children for found in _place(below) if found[0] != "of"]
        later = [found for found in phrase.places if found[1].i > other.i]
        pairs += [(other, *found) for found in (own or later)[:1]]
    taken = {place for _, _, place in pairs}
    phrase.places = tuple(found for found in phrase.places if found[1] not in taken)
    return pairs


def _inherited(phrase: VerbPhrase) -> list[Token]:
    """Return the subject of a phrase without its own subject."""
    verb, governor = phrase.verb, phrase.governor
    if governor is None:
        return _bare_subject(verb) or _subject_before(verb)
    if verb.dep_ == "xcomp" and governor.objects and governor.lemma not in ("want", "try", "promise"):
        people = [token for token in governor.objects if token.dep_ in ("dobj", "dative")]
        return people or list(governor.subjects)
    if verb.dep_ == "acl":
        return [verb.head] if verb.tag_ != "VBN" else []
    if verb.dep_ in ("conj", "advcl", "xcomp", "pcomp", "ccomp", "dep", "parataxis"):
        return list(governor.objects if governor.passive else governor.subjects)
    return []


def _bare_subject(verb: Token) -> list[Token]:
    """Return a name that the parser took for a helper verb: "Will hid the pen in the jar"."""
    first = verb.sent[0]
    return [first] if first.tag_ == "MD" and first.i < verb.i and first.is_title and verb.sent[-1].text != "?" else []


def _subject_before(verb: Token) -> list[Token]:
    """Return the last subject before a main verb without its own: "when Voss came in, laid down his book and left"."""
    if verb.tag_ == "VB" or verb.dep_ != "ROOT":
        return []
    before = [token for token in verb.sent if token.i < verb.i and token.dep_ == "nsubj" and token.dep_ != "expl"]
    return [token for token in before if token.pos_ in ("PROPN", "PRON") and token.lower_ != "it"][-1:]


def _antecedent(token: Token, verb: Token) -> Token:
    """Return the noun that a relative pronoun stands for."""
    if token.tag_ in ("WP", "WDT") or (token.lower_ == "that" and token.dep_ in ("nsubj", "nsubjpass", "dobj")):
        above: Token = verb
        while above.dep_ == "conj":
            above = above.head
        if above.dep_ == "relcl":
            return above.head
    return token


def listed(token: Token) -> list[Token]:
    """Return the heads of a list: "Carla, Dave and Ed" gives three heads."""
    found = [token]
    for child in token.children:
        if child.dep_ == "conj" and child.pos_ in ("NOUN", "PROPN", "PRON"):
            found += listed(child)
    return found


def _receiver(child: Token) -> list[Token]:
    if child.pos_ == "ADP":
        return [token for one in child.children if one.dep_ == "pobj" for token in listed(one)]
    return listed(child)


def _place(child: Token) -> Iterator[tuple[str, Token]]:
    """Yield the preposition and the noun of a prepositional phrase: "out of the basket", "on top of the piano"."""
    if child.dep_ not in ("prep", "agent", "advmod", "prt") or child.dep_ == "agent":
        return
    preposition = _TWO_WORDS.get(child.lower_, child.lower_)
    for inner in child.children:
        if inner.dep_ == "pobj":
            if inner.lower_ in PARTS:
                whole = [one for part in inner.children if part.lower_ == "of" for one in part.children]
                yield preposition, next((one for one in whole if one.dep_ == "pobj"), inner)
            else:
                yield preposition, inner
        elif inner.dep_ == "prep":
            for deeper, noun in _place(inner):
                yield (preposition if deeper == "of" or child.lower_ in _TWO_WORDS else deeper), noun


def _is_unreal(phrase: VerbPhrase, helpers: Sequence[Token]) -> bool:
    """Tell whether a phrase is no event: a modal, a wish, an attempt, an order, a condition or a purpose."""
    verb, governor = phrase.verb, phrase.governor
    if any(helper.lower_ in _MODALS and helper.i not in {token.i for token in phrase.subjects} for helper in helpers):
        return True
    if phrase.mark in ("if", "unless", "whether"):
        return True
    if (
        any(child.lower_ == "about" and child.dep_ in ("advmod", "acomp") for child in verb.children)
        and phrase.lemma == "be"
    ):
        return True
    if governor is None:
        return False
    if verb.dep_ == "pcomp" and verb.head.lower_ in ("about", "of", "from", "instead", "for", "at"):
        return True
    infinitive = any(helper.lower_ == "to" for helper in helpers)
    if verb.dep_ == "xcomp" or (verb.dep_ == "ccomp" and infinitive):
        phrase.doubtful = governor.lemma in ("decide", "choose")
        return governor.unreal or governor.negated or governor.lemma not in REAL
    if verb.dep_ == "advcl" and infinitive:
        return True  # a purpose: "went out to play"
    if verb.dep_ == "ccomp" and (governor.lemma in UNREAL or governor.particles & SURE):
        return True
    return infinitive and verb.dep_ in ("acl", "relcl", "pcomp")
