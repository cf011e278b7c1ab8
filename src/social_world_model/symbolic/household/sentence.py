"""The common base of the readers for descriptions and for walks.

Both readers process the chunks of a sentence from left to right. Both readers call a handler for each word that has a
role. Earlier sentences determine which furniture a noun phrase refers to.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, ClassVar, Final

from social_world_model.symbolic.household.flat import Flat, Place
from social_world_model.symbolic.household.phrases import Chunk, Noun, Sign

JOINERS: Final[tuple[Sign, ...]] = ("comma", "and", "break")
"""Roles of words between clauses or between the nouns of a list."""

Handlers = Mapping[Sign, Callable[[Any, Sign], None]]
"""For each role: the method of a `SentenceReader` that handles words with this role."""


@dataclass
class Focus:
    """The room and places that were mentioned last.

    Phrases such as "it" and "the second" refer to this room and these places.

    Parameters
    ----------
    flat
        Known facts about the flat. Readers add more facts.
    room
        Room that was mentioned last, or current room of the person. Furniture of this room is preferred.
    kind
        Kind of furniture that was mentioned last. "The second" refers to this kind.
    spoken_of
        Places that were mentioned last. "It", "each" and "the other" refer to these places.
    """

    flat: Flat = field(default_factory=Flat)
    _: KW_ONLY
    room: str = ""
    kind: str = ""
    spoken_of: list[Place] = field(default_factory=list)

    def full(self, noun: Noun) -> Noun:
        """Complete "the second" to "the second cabinet" with the kind mentioned last; return other nouns unchanged."""
        kind = "" if noun.name or not noun.numbers else self.kind
        return Noun(kind, True, noun.count, noun.numbers) if kind else noun

    def named(self, noun: Noun) -> list[Place]:
        """Return the furniture that a noun phrase refers to in the current room; see `Flat.named`."""
        return self.flat.named(noun, self.room)


class SentenceReader(ABC):
    """Reader that processes the chunks of one sentence and calls a handler for each chunk.

    A subclass defines `handlers` for words with a role, and the method `_noun` for nouns. When a handler is called, the
    cursor is after the word. When `_noun` is called, the cursor is at the noun. The method `_noun` must move the
    cursor.

    Parameters
    ----------
    parts
        Chunks of the sentence.
    """

    handlers: ClassVar[Handlers]

    def __init__(self, parts: Sequence[Chunk]) -> None:
        self.parts = parts
        self.at = 0
        self.rest = False  # whether a part of the sentence was not parsed

    def part(self, ahead: int = 0) -> Chunk | None:
        """Return the chunk at an offset from the cursor, or None outside the sentence.

        Negative offsets are before the cursor.
        """
        position = self.at + ahead
        return self.parts[position] if 0 <= position < len(self.parts) else None

    @abstractmethod
    def _noun(self, noun: Noun) -> None:
        """Read the noun at the cursor."""

    @abstractmethod
    def _unknown(self, sign: Sign) -> None:
        """Handle a word that has no handler."""

    def _read_parts(self) -> None:
        """Read all chunks."""
        while self.at < len(self.parts):
            part = self.parts[self.at]
            if isinstance(part, Noun):
                self._noun(part)
                continue
            self.at += 1
            handler = self.handlers.get(part)
            if handler is None:
                self._unknown(part)
            else:
                handler(self, part)

    def _nouns(self, goes_on: Callable[[Noun], bool]) -> Iterator[Noun]:
        """Yield the nouns of a list, as long as a comma or "and" precedes the next noun and this noun passes a test.

        The first noun is not tested. The cursor is at the yielded noun. In the end, the cursor is after the last noun.
        """
        while isinstance(noun := self.part(), Noun):
            yield noun
            self.at += 1
            ahead = self._past("and", "comma")
            following = self.part(ahead)
            if not ahead or not isinstance(following, Noun) or not goes_on(following):
                return
            self.at += ahead

    def _past(self, *signs: Sign, start: int = 0) -> int:
        """Return the offset of the next chunk that has none of these roles."""
        ahead = start
        while self.part(ahead) in signs:
            ahead += 1
        return ahead


def idle(_: SentenceReader, __: Sign) -> None:
    """Ignore a word that has no meaning of its own.

    Parameters
    ----------
    _, __
        The reader and the role of the word, as for every handler.
    """


def has_more_words(name: str, is_known: Callable[[Noun], bool]) -> bool:
    """Tell whether a name is known furniture followed by extra words, such as "fridge halfway".

    Parameters
    ----------
    name
        One or more words.
    is_known
        Function that tells whether a noun phrase refers to known furniture.
    """
    words = name.split()
    return any(is_known(Noun(" ".join(words[:end]), True)) for end in range(1, len(words)))
