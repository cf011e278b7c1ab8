"""Split a sentence into chunks: noun phrases, and the relevant words between noun phrases.

This is a chunker, not a grammar. Flats and walks are described in many wordings, and no list of templates is complete.
The order of the noun phrases and a few verbs contains all necessary information. `lexicon` lists the relevant words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Literal

from social_world_model.symbolic.household import lexicon

_WORD = re.compile(r"[a-z0-9]+(?:['’-][a-z0-9]+)*|[,;:()]")
_NAME = re.compile(r"(?<=[\w,;:] )[A-Z][\w'’-]*")  # not at the beginning of a sentence
_DIGITS = re.compile(r"([0-9]{1,2}|100)(?:st|nd|rd|th)?")
_ORDINAL_DIGITS = re.compile(r"(?:[0-9]{1,2}|100)(?:st|nd|rd|th)")
"""Numbers up to 100. A sentence with a larger number is not read, because each piece of furniture needs memory."""
_PHRASES = tuple((re.compile(pattern), f" {plain} ") for pattern, plain in lexicon.PHRASES.items())

Sign = Literal[
    "hold", "with", "lie", "decorate", "empty", "on", "in", "to", "there", "which", "comma", "and", "break", "be",
    "same_is", "except", "nothing", "none", "go", "reach", "open", "close", "again", "pass", "leave", "look", "search",
    "tell", "from", "intend", "not", "doubt", "suppose", "pronoun", "walker", "somebody", "way", "manner", "unknown",
    "skip",
]  # fmt: skip
"""The role of a word in the constructions of a description or a walk.

If a word has a role but fits no construction, the sentence is listed as not read. The only exception is `skip`, the
role of the words in `lexicon.IGNORED` and `lexicon.OWNER`.
"""


@dataclass(frozen=True)
class Noun:
    """A noun phrase.

    Parameters
    ----------
    name
        Usual name, in the singular; empty if the phrase has only a number ("the second").
    definite
        Whether the phrase refers to a known object ("the fridge").
    count
        Number of objects; 0 means all objects ("the cabinets").
    numbers
        Positions among similar objects: 1 and 4 for "the first and fourth cabinets".
    other
        Whether the phrase contains "other".
    bare
        Whether the phrase has no determiner or number: "salmon", or any word outside the tables.
    """

    name: str
    definite: bool
    count: int = 1
    numbers: tuple[int, ...] = ()
    other: bool = False
    bare: bool = False


Chunk = Noun | Sign


@lru_cache(maxsize=4096)
def chunks(sentence: str, walker: str = "") -> tuple[Chunk, ...]:
    """Split a sentence into chunks.

    Parameters
    ----------
    sentence
        One sentence.
    walker
        Name of the person who walks. The name is treated like a pronoun.

    Examples
    --------
    >>> [part if isinstance(part, str) else part.name for part in chunks("The fridge surely holds two plates.")]
    ['fridge', 'manner', 'hold', 'plate']
    """
    text = " ".join(sentence.split())
    if walker:
        name = rf"\b{re.escape(walker)}\b"
        text = re.sub(name, " he ", re.sub(rf"{name}['’]s\b", " his ", text))
    names = frozenset(found.casefold() for found in _NAME.findall(text, 1))
    text = " ".join(text.casefold().split())
    for pattern, plain in _PHRASES:
        text, found = pattern.subn(plain, text)
        text = " ".join(text.split()) if found else text
    return tuple(_named_alike(list(_Chunker(_WORD.findall(text), names).read())))


def _named_alike(parts: list[Chunk]) -> list[Chunk]:
    """Add the noun "cabinet" to "the first" in "the first and the second cabinet"."""
    for at, part in reversed(list(enumerate(parts))):
        if not isinstance(part, Noun) or part.name or not part.numbers:
            continue
        after = at + 1
        while after < len(parts) and parts[after] in ("and", "comma"):
            after += 1
        following = parts[after] if at + 1 < after < len(parts) else None
        if isinstance(following, Noun) and following.numbers:
            parts[at] = replace(part, name=following.name)
    return parts


def singular(noun: str) -> str:
    """Return a noun in the singular. In "bottles of wine", the first word changes.

    >>> singular("wine glasses"), singular("bottles of wine"), singular("bags of chips")
    ('wine glass', 'bottle of wine', 'bag of chips')
    """
    head, of, rest = noun.partition(" of ")
    *before, last = head.split() or [""]
    return " ".join([*before, _singular_word(last)]) + of + rest


def usual(noun: str) -> str:
    """Return the usual name of an object or a piece of furniture.

    >>> usual("refrigerator"), usual("Dishbowls"), usual("pieces of salmon")
    ('fridge', 'dish bowl', 'salmon')
    """
    noun = " ".join(noun.casefold().split()).removesuffix(" number")
    if noun in lexicon.SYNONYMS:
        return lexicon.SYNONYMS[noun]
    name = singular(noun)
    head, _, rest = name.partition(" of ")
    if rest and head in lexicon.MEASURES:
        name = singular(rest)
    return lexicon.SYNONYMS.get(name, name)


def _singular_word(word: str) -> str:
    if word in lexicon.SINGULAR:
        return lexicon.SINGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us")) else word


def _forms(base: str) -> set[str]:
    """Return all regular forms of a verb. Some of these forms are not real words and never occur."""
    stems = {base, f"{base}{base[-1]}"}
    if base.endswith("e"):
        stems.add(base[:-1])
    if base.endswith("y"):
        stems.add(f"{base[:-1]}i")
    return {base} | {stem + end for stem in stems for end in ("s", "es", "ed", "ing")}


@cache
def _signs() -> Mapping[str, Sign]:
    """Return the role of each single word in the tables."""
    verbs: tuple[tuple[Sign, Iterable[str]], ...] = (
        ("lie", lexicon.LIE),
        ("decorate", lexicon.DECORATE),
        ("hold", lexicon.HOLD),
        ("doubt", lexicon.DOUBT),
        ("tell", lexicon.TELL),
        ("go", lexicon.GO),
        ("reach", lexicon.REACH),
        ("open", lexicon.OPEN),
        ("close", lexicon.CLOSE),
        ("again", lexicon.AGAIN),
        ("pass", lexicon.PASS),
        ("leave", lexicon.LEAVE),
        ("look", lexicon.LOOK),
        ("search", lexicon.SEARCH),
    )
    signs: dict[str, Sign] = {form: sign for sign, bases in verbs for base in bases for form in _forms(base)}
    signs |= {form: signs[base] for form, base in lexicon.IRREGULAR.items() if base in signs}
    words: tuple[tuple[Sign, Iterable[str]], ...] = (
        ("skip", (*lexicon.IGNORED, *lexicon.OWNER)),
        ("way", lexicon.WAY),
        ("walker", lexicon.WALKER),
        ("be", lexicon.BE),
        ("suppose", lexicon.SUPPOSE),
        ("with", lexicon.WITH),
        ("empty", lexicon.EMPTY),
        ("on", lexicon.ON),
        ("in", lexicon.IN),
        ("to", lexicon.TO),
        ("which", lexicon.RELATIVE),
        ("and", lexicon.JOIN),
        ("break", (*lexicon.BREAK, ";", ":")),
        ("comma", (",", "(", ")")),
        ("except", ("except",)),
        ("not", lexicon.NOT),
        ("nothing", lexicon.NOTHING),
        ("pronoun", lexicon.PRONOUNS),
        ("from", ("from",)),
        ("pass", ("past",)),
        ("hold", ("has", "having", "had")),
    )
    return signs | {word: sign for sign, plain in words for word in plain}


def _sign(word: str) -> Sign | None:
    """Return the role of a word, or None if the word is a part of a noun."""
    if word.endswith(("n't", "n’t")):
        return "not"
    return _signs().get(word) or ("manner" if word.endswith("ly") else None)


_PAIRS: Mapping[str, Sign] = {
    **dict.fromkeys(lexicon.SAME_IS, "same_is"),
    **{f"there {word}": "there" for word in ("is", "are", "also", "lies", "lie", "sits")},
    "about to": "intend",
}
"""Pairs of words that have one role together."""


@dataclass
class _Determiners:
    """The determiners of a noun: article, count, ordinals and "other"."""

    definite: bool = False
    count: int = 1
    numbers: list[int] = field(default_factory=list)
    other: bool = False
    some: bool = False  # "one of the tables"


class _Chunker:
    """Chunker that processes the words of a sentence once, from left to right."""

    def __init__(self, words: list[str], names: Set[str]) -> None:
        self.words = words
        self.names = names  # capitalised words, in lower case
        self.at = 0

    def read(self) -> Iterable[Chunk]:
        while self.at < len(self.words):
            part = self._next()
            if part != "skip":
                yield part

    def _word(self, ahead: int = 0) -> str:
        return self.words[self.at + ahead] if self.at + ahead < len(self.words) else ""

    def _next(self) -> Chunk:
        word = self._word()
        if pair := _PAIRS.get(f"{word} {self._word(1)}"):
            self.at += 2
            return pair
        if word.isdigit() and not _DIGITS.fullmatch(word):
            self.at += 1
            return "unknown"
        if word == "no" and self._is_nounlike(self._word(1)):
            self.at += 1
            self._noun()
            return "none"  # "but no apple": mentioned, but not present
        if self._starts_noun():
            return self._noun()
        sign = _sign(word)
        if sign is None:
            return self._bare_noun()
        self.at += 1
        if sign == "manner" and word in self.names:
            return "somebody"  # a name in -ly, such as Emily
        if sign == "manner" and self.at == 1 and self._word() != ",":
            return "unknown"  # possibly also a name
        if sign == "pronoun":
            self._name()  # "each one", "each cabinet"
        return sign

    def _starts_noun(self) -> bool:
        word = self._word()
        if word in lexicon.DEFINITE or word in lexicon.ORDINALS or _DIGITS.fullmatch(word):
            return word not in ("that", "all") or self._is_nounlike(self._word(1))
        return word in lexicon.NUMBERS and (self._is_nounlike(self._word(1)) or self._word(1) == "of")

    def _is_nounlike(self, word: str) -> bool:
        if word in lexicon.ORDINALS or word in lexicon.NUMBERS or _DIGITS.fullmatch(word) or word in lexicon.DEFINITE:
            return True
        return bool(word) and _sign(word) is None

    def _noun(self) -> Noun:
        """Read a noun phrase that begins with a determiner, a number or an ordinal."""
        found = _Determiners()
        if self._word() in lexicon.NUMBERS and self._word(1) == "of":  # "one of the tables"
            found.some = True
            found.count = lexicon.NUMBERS[self._word()]
            self.at += 2
        while (word := self._word()) and self._determine(word, found):
            self.at += 1
        name, plural = self._name()
        found.numbers += self._numbers_after(name)
        definite = found.definite or bool(found.numbers)
        if definite and plural and not found.numbers and not found.some:
            found.count = 0
        return Noun(name, definite or found.other, found.count, tuple(found.numbers), found.other)

    def _determine(self, word: str, found: _Determiners) -> bool:
        """Process a word before a noun. Return True if the word is a determiner."""
        if word in lexicon.DEFINITE:
            found.definite = True
        elif word in lexicon.ORDINALS or _ORDINAL_DIGITS.fullmatch(word):
            found.numbers.append(_number(word))
            found.definite = True
        elif word in ("other", "another"):
            found.other = word == "other"
        elif found.numbers and (word in ("a", "an") or lexicon.NUMBERS.get(word, 0) > 1 or _is_digits(word)):
            if found.numbers != [1] or _number(word) == 1 or not self._furniture_follows():
                return False  # "the third holds a plate, the fourth two cups"
            found.numbers = list(range(1, _number(word) + 1))  # "the first two cabinets"
        elif word in lexicon.NUMBERS or _is_digits(word):
            found.count = found.count if found.some else _number(word)
        else:
            return bool(found.numbers) and word in (",", *lexicon.JOIN) and self._ordinal_follows()
        return True

    def _furniture_follows(self) -> bool:
        words = (_singular_word(self._word(ahead)) for ahead in (1, 2))
        return any(word in lexicon.CONTAINERS or word in lexicon.SURFACES for word in words)

    def _ordinal_follows(self) -> bool:
        ahead = 1
        while self._word(ahead) in lexicon.JOIN:
            ahead += 1
        return self._word(ahead) in lexicon.ORDINALS or bool(_ORDINAL_DIGITS.fullmatch(self._word(ahead)))

    def _name(self) -> tuple[str, bool]:
        words: list[str] = []
        while (word := self._word()) and word not in (",", ";", ":", "(", ")") and not word.isdigit():
            if word == "of" and words:
                words.append(word)
            elif self._is_nounlike(word) and word not in lexicon.DEFINITE and word not in lexicon.ORDINALS:
                if word in lexicon.NUMBERS and (words or word != "one"):
                    break
                words.append(word)
            else:
                break
            self.at += 1
        if words in (["one"], ["ones"]):
            return "", words == ["ones"]
        name = " ".join(words)
        return usual(name), singular(name) != name

    def _bare_noun(self) -> Chunk:
        """Read a noun without a determiner, as in the list "a fridge, stove and sofa"."""
        start = self.at
        name, plural = self._name()
        if not name:
            self.at = max(self.at, start + 1)
            return "unknown"
        if not self.names.isdisjoint(self.words[start : self.at]):
            return "somebody"
        numbers = self._numbers_after(name)
        count = 0 if plural and not numbers else 1
        return Noun(name, bool(numbers), count, tuple(numbers), bare=not numbers)

    def _numbers_after(self, name: str) -> list[int]:
        """Read the numbers after a noun: "cabinet 4", "cabinet number four", "cabinets 1, 2 and 3"."""
        numbers: list[int] = []
        ahead = 0
        while name:
            word, following = self._word(ahead), self._word(ahead + 1)
            is_number = _is_digits(word) or lexicon.NUMBERS.get(word, 0) > 1 or word == "one"
            if not is_number or (self._is_nounlike(following) and following not in lexicon.NUMBERS):
                break
            numbers.append(_number(word))
            self.at += ahead + 1
            ahead = 0
            while self._word(ahead) in (",", *lexicon.JOIN):
                ahead += 1
            if not ahead:
                break
        return numbers


def _is_digits(word: str) -> bool:
    return word.isdigit() and _DIGITS.fullmatch(word) is not None


def _number(word: str) -> int:
    if word in lexicon.ORDINALS:
        return lexicon.ORDINALS[word]
    digits = _DIGITS.fullmatch(word)
    return int(digits[1]) if digits else lexicon.NUMBERS.get(word, 1)
