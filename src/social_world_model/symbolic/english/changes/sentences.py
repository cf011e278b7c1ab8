"""Read the sentences of a story: the people, the subject and the role of each sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from social_world_model.symbolic.english.changes.lexicon import (
    CONTRAST,
    DURING,
    ENABLING,
    NEGATIONS,
    PERCEIVING,
    STATIVE,
    TELLING,
    THINKING,
    UNAWARE,
)
from social_world_model.symbolic.english.changes.words import analysed, lemma
from social_world_model.symbolic.english.sentences import sentence_places

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

Role = Literal["state", "thought", "act", "percept"]
_WITH_MAIN_VERB = frozenset({"conj", "acomp", "prep", "dobj"})
_PRONOUNS = frozenset({"he", "she"})
_CAPITALISED = re.compile(r"[^\W\d_a-z]\w*(?:['’-]\w+)*")


@dataclass(frozen=True)
class Told:
    """A sentence of a story.

    Parameters
    ----------
    text, start, end
        The sentence and its position in the narrative, in characters.
    doc
        spaCy's analysis of the sentence.
    role
        ``"percept"``: says whether the person perceives something. ``"thought"``: a mental state of the person.
        ``"act"``: an action of the person. ``"state"``: everything else.
    person
        The person who is the subject of the sentence, or who is told something; None if there is no such person.
    denied
        Whether the sentence denies its percept or its action.
    """

    text: str
    start: int
    end: int
    doc: Doc = field(repr=False)
    role: Role
    person: str | None
    denied: bool


def read_sentences(narrative: str) -> tuple[list[Told], list[str]]:
    """Return the sentences of a story and the names of its people, in order of appearance.

    Parameters
    ----------
    narrative
        Story in ordinary English.

    Raises
    ------
    ConfigurationError
        If spaCy or its English model is missing.
    NarrativeError
        If a sentence is too long.
    """
    places = sentence_places(narrative)
    docs = [analysed(narrative[start:end]) for start, end in places]
    cast = _people(docs)
    last: str | None = None
    told: list[Told] = []
    for (start, end), doc in zip(places, docs, strict=True):
        person = _subject(doc, cast, last)
        last = person or last
        listener = None if person else _listener(doc, cast, last)
        role: Role = "percept" if listener else _role(doc, person)
        told.append(Told(narrative[start:end], start, end, doc, role, person or listener, _is_denied(doc, role)))
    return told, cast


def is_event(told: Told) -> bool:
    """Tell whether a sentence describes an event, not a state.

    Parameters
    ----------
    told
        Sentence of a story.
    """
    root = _root(told.doc)
    parts = {child.dep_ for child in root.children} if root else set()
    return root is not None and lemma(root) not in STATIVE and ("auxpass" not in parts or "agent" in parts)


def is_marked(told: Told) -> bool:
    """Tell whether a sentence has a word that introduces a change, such as "however".

    Parameters
    ----------
    told
        Sentence of a story.
    """
    return any(token.lower_ in CONTRAST for token in told.doc)


def is_meanwhile(told: Told) -> bool:
    """Tell whether a clause of a sentence says what a person does at the same time: "while Ann is away".

    Parameters
    ----------
    told
        Sentence of a story.
    """
    return any(token.dep_ == "advcl" and _is_of_a_person(token) for token in told.doc)


def is_unnoticed(told: Told) -> bool:
    """Tell whether a sentence has a word such as "unnoticed" or "unknowingly".

    Parameters
    ----------
    told
        Sentence of a story.
    """
    return _is_unaware(told.doc)


def objects(told: Told) -> list[str]:
    """Return what a person perceives or is told: the objects and object clauses of the verb of a percept.

    An object that is only a pronoun is left out.

    Parameters
    ----------
    told
        Sentence of a story.
    """
    verb = _percept(told.doc) or _root(told.doc)
    parts = [] if verb is None else [*verb.children, *(pobj for prep in verb.children for pobj in prep.children)]
    found = [part for part in parts if part.dep_ in ("dobj", "attr", "ccomp", "pcomp", "pobj")]
    return (
        []
        if any(part.pos_ == "PRON" for part in found)
        else [told.doc[part.left_edge.i : part.right_edge.i + 1].text for part in found]
    )


def _root(doc: Doc) -> Token | None:
    return next((token for token in doc if token.dep_ == "ROOT"), None)


def _people(docs: Sequence[Doc]) -> list[str]:
    """Return the names that begin a sentence and occur again, or that spaCy tags as the subject of a verb.

    A word that also occurs in lower case is no name.
    """
    lower = {token.text for doc in docs for token in doc if token.text.islower()}
    times = Counter(token.text for doc in docs for token in doc)
    found: dict[str, None] = {}
    for doc in docs:
        for token in doc:
            is_first = token.i == 0 or (token.i > 1 and doc[token.i - 1].text == ",")
            is_name = _CAPITALISED.fullmatch(token.text) and not token.is_stop and token.text.casefold() not in lower
            is_subject = token.dep_.startswith("nsubj") and token.pos_ == "PROPN"
            if is_name and (is_subject or (is_first and times[token.text] > 1)):
                found[_full(token)] = None
    return [name for name in found if not any(name != other and name in other.split() for other in found)]


def _full(token: Token) -> str:
    """Return a name with its preceding and following capitalised words."""
    doc, first, last = token.doc, token.i, token.i
    while first and _CAPITALISED.fullmatch(doc[first - 1].text) and not doc[first - 1].is_stop:
        first -= 1
    while last + 1 < len(doc) and _CAPITALISED.fullmatch(doc[last + 1].text) and doc[last + 1].pos_ == "PROPN":
        last += 1
    return str(doc[first : last + 1].text)


def _subject(doc: Doc, cast: Sequence[str], last: str | None) -> str | None:
    """Return the person who is the subject of the main clause. A pronoun means the last person."""
    root = next((token for token in doc if token.dep_ == "ROOT"), None)
    subject = next((token for token in root.children if token.dep_.startswith("nsubj")), None) if root else None
    for token in (subject, doc[0] if len(doc) > 1 and doc[1].tag_ != "POS" else None):
        if token is None:
            continue
        if token.lower_ in _PRONOUNS:
            return last
        if name := next((name for name in cast if token.text in name.split()), None):
            return name
    return None


def _listener(doc: Doc, cast: Sequence[str], last: str | None) -> str | None:
    """Return the person whom somebody tells or shows something."""
    for token in doc:
        if token.dep_ in ("dobj", "dative", "nsubjpass") and lemma(token.head) in TELLING:
            if token.lower_ in ("him", "her"):
                return last
            return next((name for name in cast if token.text in name.split()), None)
    return None


def _role(doc: Doc, person: str | None) -> Role:
    root = _root(doc)
    if person is None or root is None:
        return "state"
    if lemma(root) in THINKING:
        return "thought"
    if _is_unaware(doc) or _percept(doc) is not None:
        return "percept"
    return "state" if lemma(root) in ("be", "have") else "act"


def _percept(doc: Doc) -> Token | None:
    """Return the word that says that the subject of the sentence perceives something."""
    root = _root(doc)
    return next((token for token in doc if lemma(token) in PERCEIVING and _is_of_the_subject(token, root)), None)


def _is_of_the_subject(token: Token, root: Token | None) -> bool:
    """Tell whether a verb belongs to the subject of the sentence, and is neither begun nor intended."""
    if token == root or token.head.lower_ == "without" or (token.i == 1 and not token.is_stop):
        return True
    if token.head != root:
        return token.dep_ == "xcomp" and lemma(token.head) in ENABLING
    is_participle = token.dep_ == "advcl" and token.tag_ == "VBG"
    return is_participle or token.dep_ in _WITH_MAIN_VERB or (token.dep_ == "xcomp" and lemma(root) in ENABLING)


def _is_unaware(doc: Doc) -> bool:
    """Tell whether a word says that somebody perceives nothing. The adjective of "the missing key" does not count."""
    return any({lemma(token), token.lower_} & UNAWARE for token in doc if token.dep_ != "amod")


def _is_denied(doc: Doc, role: Role) -> bool:
    """Tell whether a percept or an action is denied. A word of negation must come before the verb."""
    if role == "percept" and _is_unaware(doc):
        return True
    verb = _percept(doc) if role == "percept" else None
    verb = verb or _root(doc)
    if verb is None:
        return False
    around = [*verb.children, verb.head, *verb.head.children] if role == "percept" else [*verb.children]
    return any(
        token.lower_ == "nothing" or (token.i <= verb.i and {lemma(token), token.lower_} & NEGATIONS)
        for token in around
    )


def _is_of_a_person(verb: Token) -> bool:
    marks = {token.lower_ for token in verb.children if token.dep_ in ("mark", "advmod")}
    subject = next((token for token in verb.children if token.dep_.startswith("nsubj")), None)
    is_person = subject is not None and (subject.lower_ in _PRONOUNS or subject.text[:1].isupper())
    return bool(marks & DURING) and is_person
