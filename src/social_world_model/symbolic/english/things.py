"""Objects and places of a text: one name for all mentions of an object."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from social_world_model.symbolic.english.lexicon import DISTINGUISHING, HYPERNYMS, MEASURES

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token


@dataclass
class Things:
    """The objects and places that were mentioned so far.

    Parameters
    ----------
    adjectives
        For each noun: the adjectives that the text uses with it.
    """

    adjectives: dict[str, set[str]]
    named: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    """Places of objects, in the order of first mention."""
    container: str = ""
    """The container that was mentioned last: "there are buttons in it"."""
    labels: dict[str, str] = field(default_factory=dict)
    """For each container: what its name says that it contains ("a packet of cornflakes")."""
    last: str = ""
    """The object that was handled last: "it" stands for this object."""

    @classmethod
    def of(cls, docs: Iterable[Doc]) -> Things:
        """Collect the adjectives of all nouns of a text."""
        found: dict[str, set[str]] = defaultdict(set)
        for token in (token for doc in docs for token in doc):
            if token.pos_ in ("NOUN", "PROPN"):
                for child in token.children:
                    if child.dep_ == "amod":
                        found[token.lower_].add(child.lower_)
        return cls(found)

    def place(self, token: Token) -> str:
        """Return the name of a place of objects."""
        if token.lower_ == "there":
            return self.places[-1] if self.places else ""
        name = self.container if token.lower_ in ("it", "them") else self.name(token, is_place=True)
        if name and name not in self.places:
            self.places.append(name)
        return name

    def note(self, token: Token) -> None:
        """Note a container that a sentence mentions, and what its name says that it contains."""
        content = _content(token)
        compound = next((child for child in token.children if child.dep_ == "compound"), None)
        if token.lemma_.lower() in MEASURES:
            label = content.lower_ if content is not token else compound.lower_ if compound is not None else ""
            self.container = self.name(token, is_place=True)
            if label:
                self.labels.setdefault(self.container, label)

    def name(self, token: Token, *, is_place: bool = False) -> str:
        """Return the name of an object or a place. All mentions of the object get the same name.

        Parameters
        ----------
        token, is_place
            The noun, and whether it names a place of objects.
        """
        token = token if is_place else _content(token)
        head = token.lower_
        several = len(self.adjectives.get(head, ())) > 1
        modifiers = [
            child
            for child in token.children
            if child.i < token.i
            and (
                child.dep_ in ("compound", "nmod")
                or (
                    child.dep_ == "amod"
                    and (several or child.lower_ in DISTINGUISHING or child.pos_ == "NOUN" or child.tag_ == "VBG")
                )
            )
        ]
        name = _plain(" ".join([*(child.lower_ for child in modifiers), head]))
        known = self.find(name)
        if known is None and name:
            self.named.append(name)
        return known or name

    def find(self, name: str) -> str | None:
        """Return the known object that a name stands for: the same name, or the only or latest one with this noun."""
        if name in self.named:
            return name
        words = name.split()
        if not words:
            return None
        fitting = [one for one in self.named if one.split()[-1] == words[-1] and _agrees(words, one.split())]
        return fitting[-1] if fitting else None

    def only(self, noun: str, handled: list[str]) -> str | None:
        """Return the only object of a story for a noun such as "toy".

        Parameters
        ----------
        noun, handled
            The noun, and the objects that somebody handled.
        """
        return handled[0] if noun in HYPERNYMS and len(handled) == 1 else None


def _agrees(words: list[str], other: list[str]) -> bool:
    """Tell whether a shorter name is the end of the longer name."""
    short, long = sorted((words, other), key=len)
    return long[len(long) - len(short) :] == short and len(short) < len(long)


def _content(token: Token) -> Token:
    """Return the noun after "of" in "a bar of chocolate"."""
    if token.lemma_.lower() in MEASURES:
        for child in token.children:
            if child.lower_ == "of":
                for inner in child.children:
                    if inner.dep_ == "pobj":
                        return inner
    return token


def _plain(text: str) -> str:
    return " ".join(
        "".join(char if char.isalnum() or char in "-_'’ " else " " for char in text).replace("'", "").split()
    )
