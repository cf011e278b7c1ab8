"""Find the people and the objects that the words of a verb phrase stand for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from social_world_model.symbolic.english.lexicon import GROUP, HOW, ROOMS, SOURCES, TIMES
from social_world_model.symbolic.english.people import Cast, Person
from social_world_model.symbolic.english.phrases import VerbPhrase
from social_world_model.symbolic.english.things import Things

if TYPE_CHECKING:
    from spacy.tokens import Token

_SELF = frozenset({"i", "me", "my", "myself"})
_OTHER = frozenset({"you", "your", "yourself"})
_MEMBERS = frozenset({"neither", "none", "both", "all", "each"})
_EVERYONE = frozenset({"everyone", "everybody", "all"})
_SOMEBODY = frozenset({"someone", "somebody"})
_GENERAL = _EVERYONE | frozenset({"anyone", "anybody", "nobody", "noone", "one", "none"})


@dataclass
class Place:
    """A place in a verb phrase: the preposition, the noun, and the room that the text adds."""

    how: str
    noun: Token
    room: str = ""


@dataclass
class References:
    """The people and the objects of a text, while its sentences are read."""

    cast: Cast
    things: Things
    sentence: int = 0
    clause: int = 0
    speaker: tuple[Person, ...] = ()
    hearers: tuple[Person, ...] = ()
    doubt: str = ""
    """Why the last reading of a pronoun is a guess; empty if it is not."""
    missing: str = ""
    """A word whose meaning was not found; empty if there is none."""
    quoted: frozenset[Token] = frozenset()
    """Words of direct speech in the sentence."""
    mentioned: str = ""
    """Object that was mentioned last, before somebody handles one."""
    handled: list[str] = field(default_factory=list)
    """Objects that somebody handled, in the order of first mention."""

    def begin(self) -> None:
        """Start a verb phrase."""
        self.clause += 1
        self.doubt = self.missing = ""

    def people(self, tokens: Iterable[Token], *, subject: bool, but: tuple[Person, ...] = ()) -> tuple[Person, ...]:
        """Return the people that words stand for.

        Parameters
        ----------
        tokens, subject
            The words, and whether they are the subject.
        but
            People whom a pronoun cannot stand for.
        """
        found: list[Person] = []
        for token in tokens:
            found += self._person(token, subject, (*but, *found))
        people = tuple(dict.fromkeys(found))
        for person in people:
            self.cast.mention(person, subject, self.clause, self.sentence)
        return people

    def _person(self, token: Token, subject: bool, but: tuple[Person, ...]) -> list[Person]:
        word = token.lower_
        if word in _SELF:
            return list(self.speaker) if token in self.quoted else [self.cast.narrator()]
        if word in _OTHER:
            return list(self.hearers)
        if word in _MEMBERS and (members := self._members(token, but)):
            return members
        if word in _GENERAL:
            return self._everyone(token, but) if word in _EVERYONE else self._one(token)
        if word in _SOMEBODY:
            named = (child for child in token.children if child.dep_ == "appos" and child.pos_ == "PROPN")
            return [self.cast.find(next(named, token))]
        if token.pos_ == "PRON" or word in GROUP:
            return self._pronoun(token, () if subject else but)
        if not self.cast.is_person(token):
            return []
        return [self.cast.find(token)]

    def _pronoun(self, token: Token, but: tuple[Person, ...]) -> list[Person]:
        people, doubtful = self.cast.meant_by(token.lower_, self.sentence, but)
        if doubtful:
            self.doubt = f"{token.text!r} can stand for several people"
        if not people:
            self.missing = token.text
        for person in people if len(people) == 1 else ():
            person.call(token.lower_, doubtful)
        return people

    def _members(self, token: Token, but: tuple[Person, ...]) -> list[Person]:
        """Return the people of "neither of them"."""
        inner = [noun for child in token.children if child.lower_ == "of" for noun in child.children]
        return [person for noun in inner for person in self._person(noun, False, but)]

    def _one(self, token: Token) -> list[Person]:
        """Return the person of "one of his pupils, Amira"."""
        named = [child for child in token.children if child.dep_ == "appos" and child.pos_ == "PROPN"]
        return [self.cast.find(named[0])] if named else []

    def _everyone(self, token: Token, but: tuple[Person, ...]) -> list[Person]:
        """Return all people who were mentioned, without the exceptions: "everyone except Ann"."""
        phrases = [child for child in token.children if child.lower_ in ("except", "but", "besides")]
        left_out = [person for one in phrases for noun in one.children for person in self._person(noun, False, ())]
        return [person for person in self.cast.people if person not in left_out and person not in but]

    def is_person(self, token: Token) -> bool:
        """Tell whether a word stands for a person."""
        return self.cast.is_person(token)

    def thing(self, token: Token) -> str:
        """Return the object that a word stands for; ``""`` if it stands for none."""
        word = token.lower_
        if word in ("it", "them", "they", "this", "that", "these", "those", "one") and token.pos_ in (
            "PRON",
            "DET",
            "NUM",
            "NOUN",
        ):
            if not self.things.last and not self.mentioned:
                self.missing = token.text
            return self.things.last or self.mentioned
        if token.pos_ not in ("NOUN", "PROPN", "NUM", "ADJ", "VERB"):
            return ""
        if self.things.find(word) is None and (only := self.things.only(token.lemma_.lower(), self.handled)):
            self.doubt = f"{token.text!r} is taken for {only!r}"
            return only
        return self.things.name(token)

    def handle(self, thing: str) -> str:
        """Note the object that somebody handles: "it" then stands for this object."""
        if thing:
            self.things.last = thing
            if thing not in self.handled:
                self.handled.append(thing)
        return thing

    def goals(self, phrase: VerbPhrase) -> list[Place]:
        """Return the places of a phrase, without sources and times, the innermost place first."""
        found = [
            Place(HOW[preposition], noun)
            for preposition, noun in phrase.places
            if preposition in HOW and preposition not in SOURCES and noun.lemma_.lower() not in TIMES
        ]
        behind = [place for place in found if place.noun.i > phrase.verb.i]
        found = behind or found  # "At the party, Lia laid her purse on the piano"
        is_where = phrase.verb.dep_ == "relcl" and any(child.lower_ == "where" for child in phrase.verb.children)
        if not found and is_where and (phrase.governor is None or not phrase.governor.places):
            found = [Place("in", phrase.verb.head)]  # "the cabinet, where he had put it"
        if not found and self.things.places:
            found = [Place("in", child) for child in phrase.verb.children if child.lower_ == "there"]  # "laid it there"
        for place in found:
            for child in place.noun.children:
                if child.dep_ == "prep" and child.lower_ in ("in", "of", "inside"):
                    for inner in child.children:
                        if (
                            inner.dep_ == "pobj"
                            and inner.lemma_.lower() in ROOMS
                            and place.noun.lemma_.lower() not in ROOMS
                        ):
                            place.room = self.things.name(inner)
        return found

    def source(self, phrase: VerbPhrase) -> Place | None:
        """Return the place that something is taken from."""
        for preposition, noun in phrase.places:
            if preposition in SOURCES and not self.is_person(noun):
                return Place("in", noun)
        return None

    def room(self, token: Token) -> str:
        """Return the name of a room."""
        return self.things.name(token)


def is_room(token: Token) -> bool:
    """Tell whether a noun names a place where people are."""
    return token.lemma_.lower() in ROOMS or token.lower_ in ROOMS
