"""What reading a description and reading a walk have in common.

Both go through the chunks of a sentence from left to right, call a handler for each sign, and find out which furniture
a noun phrase means from what was said before.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, ClassVar, Final

from social_world_model.symbolic.household.flat import Flat, Place
from social_world_model.symbolic.household.phrases import Chunk, Noun, Sign

JOINERS: Final[tuple[Sign, ...]] = ("comma", "and", "break")
"""Signs that stand between clauses, or between the nouns of a list."""

Handlers = Mapping[Sign, Callable[[Any, Sign], None]]
"""By sign: the method of a `SentenceReader` that reads the construction."""


@dataclass
class Focus:
    """What was spoken of last, so that "it", "the second" and "the cabinet" can be resolved.

    Parameters
    ----------
    flat
        What is known of the flat; it grows while it is read.
    room
        The room spoken of last, or where somebody is. Its furniture is meant before any other.
    kind
        The kind of furniture that "the second" is one of.
    spoken_of
        The places spoken of last: for "it", "each", "the other".
    """

    flat: Flat = field(default_factory=Flat)
    _: KW_ONLY
    room: str = ""
    kind: str = ""
    spoken_of: list[Place] = field(default_factory=list)

    def full(self, noun: Noun) -> Noun:
        """Return "the second" as "the second cabinet" if cabinets were spoken of last; any other noun as it is."""
        kind = "" if noun.name or not noun.numbers else self.kind
        return Noun(kind, True, noun.count, noun.numbers) if kind else noun

    def named(self, noun: Noun) -> list[Place]:
        """Return the furniture that a noun phrase means in this room; see `Flat.named`."""
        return self.flat.named(noun, self.room)


class SentenceReader(ABC):
    """Goes through the chunks of one sentence and calls a handler for each.

    A subclass lists its constructions in `handlers` and reads nouns in `_noun`. A handler finds the cursor behind its
    sign; `_noun` finds it at the noun, and moves it on.

    Parameters
    ----------
    parts
        The chunks of the sentence.
    """

    handlers: ClassVar[Handlers]

    def __init__(self, parts: Sequence[Chunk]) -> None:
        self.parts = parts
        self.at = 0
        self.rest = False  # whether anything of the sentence is left over

    def part(self, ahead: int = 0) -> Chunk | None:
        """Return the chunk that is so many further on, or back; None beyond an end."""
        position = self.at + ahead
        return self.parts[position] if 0 <= position < len(self.parts) else None

    @abstractmethod
    def _noun(self, noun: Noun) -> None:
        """Read the noun at the cursor."""

    @abstractmethod
    def _unknown(self, sign: Sign) -> None:
        """Read a sign that has no handler."""

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
        """Return the nouns of a list: each is joined to the one before, and passes a test.

        The cursor is at a noun while the caller has it, and behind the last one in the end. The test is not made for
        the first.
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
        """Return how far ahead the next chunk is that is none of these signs."""
        ahead = start
        while self.part(ahead) in signs:
            ahead += 1
        return ahead


def idle(_: SentenceReader, __: Sign) -> None:
    """Read a sign that says nothing by itself."""


def has_more_words(name: str, is_known: Callable[[Noun], bool]) -> bool:
    """Tell whether a name is known furniture with words too many, such as "fridge halfway".

    Parameters
    ----------
    name
        Of several words, or of one.
    is_known
        Whether a noun phrase means known furniture.
    """
    words = name.split()
    return any(is_known(Noun(" ".join(words[:end]), True)) for end in range(1, len(words)))
