"""Phrases such as "in her absence", "after his return" or "without his knowledge": deeds that only a noun names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from social_world_model.symbolic.english.deeds import Deed, DeedKind
from social_world_model.symbolic.english.lexicon import ACTIVITIES
from social_world_model.symbolic.english.people import Person
from social_world_model.symbolic.english.phrases import VerbPhrase
from social_world_model.symbolic.english.references import References

if TYPE_CHECKING:
    from spacy.tokens import Token

_GONE = frozenset({"absence", "departure", "leaving", "exit"})
_BACK = frozenset({"return", "arrival", "comeback"})
_KNOWLEDGE = frozenset({"knowledge", "notice", "awareness", "knowing", "noticing", "seeing"})
_BEFORE = frozenset({"before", "until", "till"})


def circumstances(refs: References, phrase: VerbPhrase, deeds: list[Deed]) -> tuple[list[Deed], list[Deed]]:
    """Return the deeds that the nouns of a phrase name: those before the phrase, and those after it.

    Parameters
    ----------
    refs, phrase
        References of the text, and the verb phrase.
    deeds
        Deeds of the phrase.
    """
    before: list[Deed] = []
    after: list[Deed] = []
    for preposition, noun in phrase.places:
        word = noun.lower_
        is_away = preposition == "during" and word in ACTIVITIES
        if word not in _GONE | _BACK | _KNOWLEDGE and not is_away:
            continue
        people = _possessors(refs, noun)
        if not people:
            continue
        if word in _KNOWLEDGE:
            if preposition == "without" and deeds:
                after.append(Deed("unaware", people, refs.sentence, target=deeds[-1]))
            continue
        kind: DeedKind = "come" if word in _BACK else "away" if word == "absence" or is_away else "go"
        deed = Deed(kind, people, refs.sentence)
        (after if preposition in _BEFORE else before).append(deed)
    return before, after


def _possessors(refs: References, noun: Token) -> tuple[Person, ...]:
    owners = [
        child for child in noun.children if child.dep_ == "poss" or (child.dep_ == "compound" and child.pos_ == "PROPN")
    ]
    owners += [inner for child in noun.children if child.lower_ == "of" for inner in child.children]
    return refs.people(owners, subject=False)
