"""Stage lines: who comes and who goes, where a line says so plainly.

A line is taken apart at commas and "and"; each part has its own verb, and its subject is who is named at its beginning,
or else in the part before ("Cy gets up and leaves"). What denies, waits or wishes says nothing plainly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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

LONGEST = 14
"""Words of a line without brackets that can be a stage line."""

_PARTS = re.compile(r" ?[,;] ?(?:and |then )?| (?:and|then|while|as) ")
_INVERTED = re.compile(r"^(?P<verb>(?:re-?)?enters?|exits?):? (?P<who>[A-Z].*)$", re.IGNORECASE)
_LONGEST_NAME = 4
"""Words."""


@dataclass(frozen=True)
class Move:
    """People who come, or go."""

    kind: Literal["join", "leave"]
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
    staged = Staged()
    if STAGE_DOUBT.search(text) and (STAGE_JOINS.search(text) or STAGE_LEAVES.search(text)):
        return Staged(is_doubtful=True, is_all_moves=False)
    waiting: list[str] = []  # who is named so far, without a verb
    subject: list[str] = []
    for part in _PARTS.split(text):
        if inverted := _INVERTED.match(part):
            kind: Literal["join", "leave"] = "leave" if inverted["verb"].casefold().startswith("exit") else "join"
            _note(staged, kind, [inverted["who"]], known)
            continue
        name, rest = _leading_name(part, known)
        subject = ([*waiting, name] if name else waiting) or subject
        if name and not rest:
            waiting = subject
            continue
        waiting = []
        for kind, names in _moves_of(rest, subject):
            _note(staged, kind, names, known)
            break
        else:
            staged.is_all_moves = False
            if name is None and (STAGE_JOINS.match(rest) or STAGE_LEAVES.match(rest)):
                staged.is_doubtful = True
        subject = [name] if name else subject
    return staged


def _moves_of(rest: str, subject: Sequence[str]) -> Iterator[tuple[Literal["join", "leave"], Sequence[str]]]:
    """Yield what follows somebody's name, if it is a verb of coming or going with nothing unfit behind it."""
    rest = STAGE_ADVERBS.sub("", rest)
    for verbs, kind in ((STAGE_ADDS, "join"), (STAGE_REMOVES, "leave")):
        if (verb := verbs.match(rest)) and rest[verb.end() :].strip()[:1].isupper():
            yield kind, [rest[verb.end() :].strip()]  # type: ignore[misc]
    for verbs, kind in ((STAGE_JOINS, "join"), (STAGE_LEAVES, "leave")):
        verb = verbs.match(rest)
        if verb and subject and STAGE_REST.fullmatch(rest[verb.end() :]):
            yield kind, subject  # type: ignore[misc]


def _note(staged: Staged, kind: Literal["join", "leave"], names: Sequence[str], known: Sequence[str]) -> None:
    """Note a move of people; names of groups and of nobody are doubtful, and so are names that two have."""
    people: list[str] = []
    for name in names:
        found = meant(name, known) or [name]
        if fold(name) in GROUPS | UNKNOWN_SPEAKERS:
            staged.is_doubtful = True
        elif len(found) > 1:
            staged.unclear.append((name, found))
        elif found[0] not in people:
            people += found
    if people:
        staged.moves.append(Move(kind, tuple(people)))


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
