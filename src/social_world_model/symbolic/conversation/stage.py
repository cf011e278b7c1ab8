"""Stage lines: who comes and who goes, where a line says so plainly.

A line is taken apart at commas and "and"; each part has its own verb, and its subject is who is named at its beginning,
or else in the part before ("Cy gets up and leaves"). What denies, waits or wishes says nothing plainly.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from social_world_model.symbolic.conversation.lexicon import (
    GROUPS,
    STAGE_ADDS,
    STAGE_ADVERBS,
    STAGE_DOUBT,
    STAGE_JOINS,
    STAGE_LEAVES,
    STAGE_OPENINGS,
    STAGE_REMOVES,
    STAGE_REST,
    UNKNOWN_SPEAKERS,
)
from social_world_model.symbolic.conversation.names import fold, meant

Kind = Literal["join", "leave"]

LONGEST = 14
"""Words of a line without brackets that can be a stage line."""

_PARTS = re.compile(r" ?[,;] ?(?:and |then )?| (?:and|then|while|as) ")
_INVERTED = re.compile(r"^(?P<verb>(?:re-?)?enters?|exits?):? (?P<who>[A-Z].*)$", re.IGNORECASE)
_LONGEST_NAME = 4
"""Words."""
_VERBS: Sequence[tuple[Kind, re.Pattern[str], re.Pattern[str]]] = (
    ("join", STAGE_ADDS, STAGE_JOINS),
    ("leave", STAGE_REMOVES, STAGE_LEAVES),
)


@dataclass(frozen=True)
class Move:
    """People who come, or go."""

    kind: Kind
    names: tuple[str, ...]


@dataclass
class Staged:
    """What a stage line says.

    Parameters
    ----------
    moves
        Who comes and goes, in order.
    is_doubtful
        Whether it speaks of coming or going, and does not say plainly who.
    unclear
        Names in it that may mean several people, with these.
    is_all_moves
        Whether it says nothing else.
    """

    moves: list[Move] = field(default_factory=list)
    is_doubtful: bool = False
    unclear: list[tuple[str, list[str]]] = field(default_factory=list)
    is_all_moves: bool = True


def tells_plainly(line: str) -> bool:
    """Tell whether a line without brackets says that somebody came or went, and nothing else."""
    if not line[:1].isupper() or len(line.split()) > LONGEST:
        return False
    staged = read_stage(line, ())
    return bool(staged.moves) and staged.is_all_moves and not staged.is_doubtful


def read_stage(text: str, known: Sequence[str]) -> Staged:
    """Read a stage line.

    Parameters
    ----------
    text
        Without its brackets.
    known
        Who speaks, or has come, so far.
    """
    if STAGE_DOUBT.search(text) and (STAGE_JOINS.search(text) or STAGE_LEAVES.search(text)):
        return Staged(is_doubtful=True, is_all_moves=False)
    reading = _StageReading(known)
    for part in _PARTS.split(text):
        reading.take(part)
    return reading.staged


@dataclass
class _StageReading:
    """A stage line while it is read, part by part."""

    known: Sequence[str]
    staged: Staged = field(default_factory=Staged)
    waiting: list[str] = field(default_factory=list)  # who is named so far, without a verb
    subject: list[str] = field(default_factory=list)  # of the part before
    adding: Kind | None = None  # whether the part before adds or removes, and so this one, if it is but a name

    def take(self, part: str) -> None:
        """Take one part."""
        if inverted := _INVERTED.match(part):
            self._move("leave" if inverted["verb"].casefold().startswith("exit") else "join", [inverted["who"]])
            return
        name, rest = _leading_name(part, self.known)
        if name and self.adding is not None and STAGE_REST.fullmatch(f" {rest}".rstrip()):
            self._move(self.adding, [name])
            return
        if name and not rest:
            self.waiting.append(name)
            return
        subject = [*self.waiting, *([name] if name else [])] or self.subject
        self.waiting, self.adding = [], None
        self.subject = [name] if name else subject
        self._take_verb(STAGE_ADVERBS.sub("", rest), subject, is_named=name is not None)

    def _take_verb(self, rest: str, subject: Sequence[str], is_named: bool) -> None:
        """Take what follows a name: a verb of coming or going, with nothing unfit behind it."""
        for kind, adds, moves in _VERBS:
            if verb := adds.match(rest):
                other, _ = _leading_name(rest[verb.end() :], self.known)
                if other:
                    self.adding = kind
                    self._move(kind, [other])
                    return
            verb = moves.match(rest)
            if verb and subject and STAGE_REST.fullmatch(rest[verb.end() :]):
                self._move(kind, subject)
                return
        self.staged.is_all_moves = False
        if not is_named and (STAGE_JOINS.match(rest) or STAGE_LEAVES.match(rest)):
            self.staged.is_doubtful = True

    def _move(self, kind: Kind, names: Sequence[str]) -> None:
        """Note a move of people; names of groups and of nobody are doubtful, and so are names that two have."""
        people: list[str] = []
        for name in names:
            found = meant(name, self.known) or [name]
            if fold(name) in GROUPS | UNKNOWN_SPEAKERS:
                self.staged.is_doubtful = True
            elif len(found) > 1:
                self.staged.unclear.append((name, found))
            elif found[0] not in people:
                people += found
        if people:
            self.staged.moves.append(Move(kind, tuple(people)))


def _leading_name(part: str, known: Sequence[str]) -> tuple[str | None, str]:
    """Return who is named at the beginning of a part, and what follows; a known name may be in small letters."""
    words = part.split()
    while words and fold(words[0].strip(",")) in STAGE_OPENINGS:
        words.pop(0)
    most = min(_LONGEST_NAME, len(words))
    capital = next((place for place in range(most) if not _may_be_a_name(words[place])), most)
    folded = set(map(fold, known))
    spoken = next((length for length in range(most, 0, -1) if fold(" ".join(words[:length])) in folded), 0)
    length = max(capital, spoken)
    return (" ".join(words[:length]) or None), " ".join(words[length:])


def _may_be_a_name(word: str) -> bool:
    is_verb = STAGE_JOINS.fullmatch(word) or STAGE_LEAVES.fullmatch(word)
    return word[0].isalnum() and not word[0].islower() and not is_verb
