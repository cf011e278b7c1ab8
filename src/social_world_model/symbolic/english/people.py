"""The people of a text: names, roles such as "the nurse", and pronouns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from social_world_model.symbolic.english.lexicon import (
    FEMALE,
    GENERIC,
    GROUP,
    MALE,
    PEOPLE,
    TITLES,
)
from social_world_model.symbolic.english.names import FEMALE_NAMES, MALE_NAMES

if TYPE_CHECKING:
    from spacy.tokens import Token

Gender = Literal["she", "he", ""]

_PRONOUNS: dict[str, Gender] = {
    **dict.fromkeys(("she", "her", "herself", "hers"), "she"),
    **dict.fromkeys(("he", "him", "himself", "his"), "he"),
}
_MANY = frozenset({"they", "them", "both", "themselves"})
_NOT_NAMES = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|april|july|august|christmas|easter", re.I
)
_LIFELESS = frozenset({"toy", "stuffed", "plush", "teddy", "chocolate", "plastic", "wooden", "vacuum", "computer"})
"""Words before a noun that make it an object: "the toy dog"."""
SHORTEST_NICKNAME = 3
MENTIONS = 50
"""Number of mentions before a pronoun that the pronoun can refer to."""
NARRATOR = "Narrator"
"""Name of the person who tells the story and says "I"."""
_IN_A_NAME = re.compile(r"[^\w'’.-]+")


@dataclass(eq=False)
class Person:
    """A person of the text.

    Parameters
    ----------
    name
        Name in the context.
    gender
        ``she``, ``he``, or ``""`` if unknown.
    roles
        Nouns that refer to the person, such as "mother".
    named
        Whether the text gives a name.
    is_guessed
        Whether the gender comes from a pronoun that can stand for somebody else.
    """

    name: str
    gender: Gender = ""
    roles: set[str] = field(default_factory=set)
    named: bool = True
    is_guessed: bool = False

    def call(self, pronoun: str, doubtful: bool) -> None:
        """Note that a pronoun stands for the person. The gender of the person is then known, or guessed.

        Parameters
        ----------
        pronoun, doubtful
            The pronoun in lower case, and whether it can stand for somebody else.
        """
        if not self.gender and pronoun in _PRONOUNS:
            self.gender, self.is_guessed = _PRONOUNS[pronoun], doubtful


@dataclass
class Mention:
    """A mention of a person in a clause."""

    person: Person
    is_subject: bool
    clause: int
    sentence: int


@dataclass
class Cast:
    """The people who were mentioned so far.

    Parameters
    ----------
    animate
        Words that are the subject of an action of a person.
    """

    animate: frozenset[Token] = frozenset()
    people: list[Person] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)

    def is_person(self, token: Token) -> bool:
        """Tell whether a noun, name or pronoun stands for a person."""
        if not any(char.isalpha() for char in name_of(token)):
            return False
        if any(child.lower_ in _LIFELESS and child.i < token.i for child in token.children):
            return False
        if token.pos_ == "PRON":
            return token.lower_ in _PRONOUNS or token.lower_ in _MANY or token.lower_ in ("i", "you", "we", "me", "us")
        if token.lower_ in GROUP:
            return True
        if token.pos_ == "PROPN" or token.is_title:
            if self._known(token) is not None:
                return True
            if token.pos_ == "PROPN" and _NOT_NAMES.fullmatch(token.text) is None and not _is_plain_noun(token):
                return True
        return token.lemma_.lower() in PEOPLE or token.lower_ in PEOPLE or token in self.animate

    def narrator(self) -> Person:
        """Return the person who says "I" in the text."""
        for person in self.people:
            if person.name == NARRATOR:
                return person
        person = Person(NARRATOR)
        self.people.append(person)
        return person

    def find(self, token: Token) -> Person:
        """Return the person that a name or a noun stands for. A new person is added.

        Parameters
        ----------
        token
            The noun or name.
        """
        known = self._known(token)
        if known is None:
            known = self._same_role(token) or self._new(token)
        for child in token.children:  # "his sister Ida", "Carl, Anne's brother,"
            if child.dep_ == "appos" and child.pos_ in ("NOUN", "PROPN") and name_of(child):
                self._join(known, child)
        return known

    def _join(self, person: Person, other: Token) -> None:
        called = _called(other)
        if other.pos_ == "PROPN" or called is not None:
            name = name_of(called if called is not None else other)
            if not person.named:
                person.name, person.named = name, True
        person.roles.add(other.lemma_.lower())
        person.gender = person.gender or gender_of(other)

    def _known(self, token: Token) -> Person | None:
        name = name_of(token)
        words = _words(name)
        for person in self.people:
            if person.name == name:
                return person
        if token.pos_ != "PROPN" and not token.is_title:
            return None
        fitting = [one for one in self.people if words <= _words(one.name) or _words(one.name) <= words]
        fitting = fitting or [one for one in self.people if _is_short_for(name, one.name)]
        return fitting[0] if len(fitting) == 1 else None

    def _same_role(self, token: Token) -> Person | None:
        role = token.lemma_.lower()
        fitting = [one for one in self.people if role in one.roles]
        if fitting:
            return fitting[-1]
        definite = any(child.lower_ in ("the", "this", "that") for child in token.children)
        if role in GENERIC and definite and not any(child.dep_ in ("compound", "amod") for child in token.children):
            gender = gender_of(token)
            compatible = [one for one in self.people if not one.gender or not gender or one.gender == gender]
            return compatible[0] if len(compatible) == 1 else None
        return None

    def _new(self, token: Token) -> Person:
        named = _called(token)
        appos = next((c for c in token.children if c.dep_ == "appos" and c.pos_ == "PROPN" and name_of(c)), None)
        source = named if named is not None else appos if appos is not None and token.pos_ != "PROPN" else token
        is_named = source.pos_ == "PROPN" or source.is_title
        person = Person(name_of(source), gender_of(source) or gender_of(token), named=is_named)
        if token.pos_ != "PROPN":
            person.roles.add(token.lemma_.lower())
        while any(person.name == other.name for other in self.people):
            person.name += " 2"
        self.people.append(person)
        return person

    def mention(self, person: Person, is_subject: bool, clause: int, sentence: int) -> None:
        """Note a mention, for later pronouns.

        Parameters
        ----------
        person, is_subject
            The person, and whether the person is the subject.
        clause, sentence
            Numbers of the clause and of the sentence.
        """
        self.mentions.append(Mention(person, is_subject, clause, sentence))

    def meant_by(self, pronoun: str, sentence: int, but: Sequence[Person] = ()) -> tuple[list[Person], bool]:
        """Return the people that a pronoun stands for, and whether another reading is possible.

        Parameters
        ----------
        pronoun, sentence
            The pronoun in lower case, and the number of its sentence.
        but
            People whom the pronoun cannot stand for.
        """
        if pronoun in _MANY or pronoun in GROUP:
            recently = [one.person for one in self.mentions[-MENTIONS:] if one.sentence >= sentence - 2]
            people = list(dict.fromkeys(recently or self.people))
            return people, len(people) < 2
        gender = _PRONOUNS.get(pronoun, "")
        recent = self.mentions[-MENTIONS:]
        fitting = [one for one in recent if one.person not in but and one.person.gender in ("", gender)]
        if not fitting:
            return [], False
        known = [one for one in fitting if one.person.gender == gender and one.sentence >= sentence - 2]
        doubtful = not known and len({one.person for one in fitting if one.sentence >= sentence - 1}) > 1
        fitting = known or fitting
        last_subject = next((one for one in reversed(fitting) if one.is_subject), fitting[-1])
        near = {one.person for one in fitting if one.clause >= last_subject.clause}
        return [last_subject.person], doubtful or len(near) > 1 or last_subject.person.is_guessed


def gender_of(token: Token) -> Gender:
    """Return the gender that a noun or a first name shows."""
    words = [
        token.lemma_.lower(),
        token.lower_,
        *(child.lower_.rstrip(".") for child in token.children if child.dep_ == "compound"),
    ]
    for word in words:
        if word in FEMALE or word in FEMALE_NAMES:
            return "she"
        if word in MALE or word in MALE_NAMES:
            return "he"
    return ""


def name_of(token: Token) -> str:
    """Return the name of a person in the form of the story grammar: words with a capital letter."""
    if token.lower_ in ("someone", "somebody"):
        return "Someone"
    parts = [
        child for child in token.children if child.dep_ in ("compound", "nmod") and child.i < token.i and child.is_title
    ]
    parts = [part for part in parts if all(other in parts for other in token.doc[part.i : token.i])]
    if token.pos_ != "PROPN":
        parts += [child for child in token.children if child.dep_ == "compound" and not child.is_title]
    words = [part.text for part in sorted(parts, key=lambda part: part.i)] + [token.text]
    plain = [_IN_A_NAME.sub("", word) for word in words]
    return " ".join(word[:1].upper() + word[1:] for word in plain if word)


def _words(name: str) -> frozenset[str]:
    words = frozenset(part.casefold().rstrip(".") for part in name.split())
    return words - TITLES or words


def _called(token: Token) -> Token | None:
    """Return the name in "a boy called Nino"."""
    for child in token.children:
        if child.dep_ == "acl" and child.lemma_ in ("name", "call"):
            return next((one for one in child.children if one.dep_ in ("oprd", "dobj", "attr")), None)
    return None


def _is_short_for(name: str, other: str) -> bool:
    """Tell whether one first name is short for the other: "Max" and "Maxi"."""
    short, long = sorted((name.casefold(), other.casefold()), key=len)
    return len(short) >= SHORTEST_NICKNAME and " " not in long and long.startswith(short)


def _is_plain_noun(token: Token) -> bool:
    return token.is_sent_start is True and token.lower_ in PEOPLE


def names(people: Iterable[Person]) -> tuple[str, ...]:
    """Return the names of people."""
    return tuple(person.name for person in people)
