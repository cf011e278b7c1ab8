"""Parse stage lines, which state arrivals and departures.

A line is split at commas and at "and". Each part has a separate verb. The name at the start of a part is the subject of
the verb. A part without a name has the subject of the preceding part ("Cy gets up and leaves"). Lines with negations,
plans or wishes are doubtful.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from social_world_model.symbolic.conversation.lexicon import GROUPS, UNKNOWN_SPEAKERS
from social_world_model.symbolic.conversation.names import calls, fold, meant
from social_world_model.symbolic.conversation.patterns import listed
from social_world_model.symbolic.conversation.stage_lexicon import (
    SHORT_JUMP,
    STAGE_ADDS,
    STAGE_ADVERBS,
    STAGE_APART,
    STAGE_CLAUSE,
    STAGE_CROWD,
    STAGE_DOUBT,
    STAGE_DROPS,
    STAGE_HARMLESS,
    STAGE_JOINS,
    STAGE_LEAVES,
    STAGE_OPENINGS,
    STAGE_PRESENT,
    STAGE_REMOVES,
    STAGE_REST,
    STAGE_WAY,
    TIME_JUMP,
)

Kind = Literal["join", "leave"]

LONGEST = 14
"""Maximum length of a stage line without brackets, in words."""

_SENTENCES = re.compile(r"(?<=[a-z]{3})\. ")
_PARTS = re.compile(r" ?[,;] ?(?:and |then )?| (?:and|then|while|as) ")
_INVERTED = re.compile(r"^(?P<verb>(?:re-?)?enters?|exits?):? (?P<who>[A-Z].*)$", re.IGNORECASE)
_MEMBERS = re.compile(r"members: (?P<names>.+)", re.IGNORECASE)
_JUMP = re.compile(rf"^(?:{TIME_JUMP.pattern}|{SHORT_JUMP.pattern})[,:;.]? ?", re.IGNORECASE)
_LIKE_A_DOUBT = re.compile(r"\b(?:Will|May)\b(?=(?: [A-Z][\w'’-]*){0,2} (?:(?:has|was) )?(?:\w+s|\w+ed|left)\b)")
"""Names that are also words of doubt, before a verb: "Will joins"."""
VERBATIM = "Note: "
"""Beginning of a stage line that states no arrival and no departure."""
NOT_UNDERSTOOD = "Not read: "
"""Beginning of a line of a messenger app that was not understood and may state an arrival or a departure."""
OWNER = "you"
"""The owner of the phone in the lines of a messenger app. If nobody speaks under this name, the person is not known."""
_SOMEBODY = frozenset({"he", "she"})
_LONGEST_NAME = 5
"""Maximum length of a name in a stage line, in words."""
_PARTICLES = listed("de del der di da la le van von bin al el y e")
_VERBS: Sequence[tuple[Kind, re.Pattern[str], re.Pattern[str]]] = (
    ("join", STAGE_ADDS, STAGE_JOINS),
    ("leave", STAGE_REMOVES, STAGE_LEAVES),
)


@dataclass(frozen=True)
class Move:
    """People who arrive or leave."""

    kind: Kind
    names: tuple[str, ...]


@dataclass
class Staged:
    """The result of parsing a stage line.

    Parameters
    ----------
    moves
        Arrivals and departures, in order.
    is_doubtful
        Whether the line is about an arrival or departure but does not say clearly who arrives or leaves.
    unclear
        Each ambiguous name, with the people that the name may refer to.
    is_all_moves
        Whether the line contains only arrivals and departures.
    present
        People who are present, as in "Ann and Bo are in the kitchen".
    unread
        Known people in parts that are not understood. Perhaps these people do not hear the next lines.
    """

    moves: list[Move] = field(default_factory=list)
    is_doubtful: bool = False
    unclear: list[tuple[str, list[str]]] = field(default_factory=list)
    is_all_moves: bool = True
    present: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def tells_plainly(line: str) -> bool:
    """Tell whether a line without brackets states only an arrival or a departure."""
    if not line[:1].isupper() or len(line.split()) > LONGEST:
        return False
    staged = _read(line, _StageReading(()))
    return bool(staged.moves) and staged.is_all_moves and not staged.is_doubtful


def members_in(text: str) -> tuple[str, ...]:
    """Return the names in a list of the members of a channel: a stage line such as "Members: Ann, Bo".

    If the line is no such list, return an empty tuple.
    """
    found = _MEMBERS.fullmatch(text)
    return tuple(name for part in found["names"].split(",") if (name := part.strip())) if found else ()


def read_stage(text: str, known: Sequence[str], *, exact: bool = False) -> Staged:
    """Parse a stage line.

    Parameters
    ----------
    text
        The stage line without its brackets.
    known
        Names of the people who speak in the transcript or have arrived so far.
    exact
        Whether names are complete, as in exports of chats. Otherwise, "Ann" can mean "Ann Lee".
    """
    return _read(STAGE_CLAUSE.sub("", _JUMP.sub("", text)), _StageReading(known, exact, is_bracketed=True))


def _read(text: str, reading: _StageReading) -> Staged:
    if STAGE_DOUBT.search(_LIKE_A_DOUBT.sub("", text)) and (STAGE_JOINS.search(text) or STAGE_LEAVES.search(text)):
        return Staged(is_doubtful=True, is_all_moves=False)
    for sentence in _SENTENCES.split(text):
        for part in _PARTS.split(sentence):
            reading.take(part)
        reading.waiting = []  # a name alone in a sentence is a heading, as in "Evening. Ann is in the kitchen"
    return reading.staged


@dataclass
class _StageReading:
    """The state while the parts of a stage line are parsed."""

    known: Sequence[str]
    exact: bool = False
    is_bracketed: bool = False
    staged: Staged = field(default_factory=Staged)
    waiting: list[str] = field(default_factory=list)  # names so far that still have no verb
    subject: list[str] = field(default_factory=list)  # subject of the preceding part
    places: dict[str, list[str]] = field(default_factory=dict)  # people who are present at each place
    adding: Kind | None = None  # kind of the preceding part; it applies to a part with only a name

    def take(self, part: str) -> None:
        """Parse one part of the line."""
        if inverted := _INVERTED.match(part):
            self._move(
                "leave" if inverted["verb"].casefold().startswith("exit") else "join", [inverted["who"].rstrip(".! ")]
            )
            return
        if dropped := STAGE_DROPS.match(part):
            self._move("leave", [dropped["who"]])
            return
        name, rest = _leading_name(part, self.known)
        if name and self.adding is not None and self._may_follow(f" {rest}".rstrip()):
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
        """Parse a verb of arrival or departure after a name. Only words in `STAGE_REST` or `STAGE_WAY` may follow."""
        for kind, adds, moves in _VERBS:
            if verb := adds.match(rest):
                other, _ = _leading_name(rest[verb.end() :], self.known)
                if other:
                    self.adding = kind
                    self._move(kind, [other])
                    return
            verb = moves.match(rest)
            if verb and subject and self._may_follow(rest[verb.end() :]):
                self._move(kind, subject)
                return
        if STAGE_PRESENT.match(rest):
            self._add_present(subject, rest)
        elif self.is_bracketed and not STAGE_HARMLESS.match(rest):
            self._add_unread(" ".join([*subject, rest]), rest)
        self.staged.is_all_moves = False
        if not is_named and self._may_move(rest):
            self.staged.is_doubtful = True

    def _may_move(self, rest: str) -> bool:
        """Tell whether words without a name may state an arrival or a departure."""
        if STAGE_JOINS.match(rest) or STAGE_LEAVES.match(rest):
            return True
        crowd = STAGE_CROWD.match(rest) if self.is_bracketed else None
        verb = STAGE_ADVERBS.sub("", rest[crowd.end() :]) if crowd else ""
        return bool(verb) and not (STAGE_PRESENT.match(verb) or STAGE_HARMLESS.match(verb))

    def _may_follow(self, rest: str) -> bool:
        """Tell whether these words may follow a verb of arrival or departure."""
        return bool(STAGE_REST.fullmatch(rest) or (self.is_bracketed and STAGE_WAY.fullmatch(rest)))

    def _move(self, kind: Kind, names: Sequence[str]) -> None:
        """Add a move.

        A group, a pronoun or an unknown person makes the line doubtful. An ambiguous name is listed as unclear.
        """
        people: list[str] = []
        for name in names:
            found = [name] if self.exact else meant(name, self.known) or [name]
            if fold(name) in GROUPS | UNKNOWN_SPEAKERS | _SOMEBODY or self._is_owner(name):
                self.staged.is_doubtful = True
            elif len(found) > 1:
                self.staged.unclear.append((name, found))
            elif found[0] not in people:
                people += found
        if people:
            self.staged.moves.append(Move(kind, tuple(people)))

    def _add_present(self, names: Sequence[str], place: str) -> None:
        """Add people who are present, if at least one of them is known. Other capital words are no names.

        If the line names several places, the conversation is where most people are.
        """
        found = {name: meant(name, self.known) for name in names}
        if any(found.values()):
            people = self.places.setdefault(place, [])
            people += [meant_[0] if len(meant_) == 1 else name for name, meant_ in found.items()]
            self.staged.present = max(self.places.values(), key=len)

    def _add_unread(self, part: str, rest: str) -> None:
        """Add the people in a part that is not understood. If several people go aside, the line is doubtful."""
        near = [name for name in self.known if any(word in part for word in name.split())]
        named = [name for name in near if calls(name, self.known).search(part)]
        named += [name for name in self.known if f"the {fold(name)} " in f"{part} "]
        self.staged.unread += named
        if len(named) > 1 and STAGE_APART.match(rest):
            self.staged.is_doubtful = True

    def _is_owner(self, name: str) -> bool:
        return fold(name) == OWNER and OWNER not in map(fold, self.known)


def _leading_name(part: str, known: Sequence[str]) -> tuple[str | None, str]:
    """Return the name at the start of a part, and the rest of the part. Known names may be in lower case."""
    words = part.split()
    while words and fold(words[0].strip(",")) in STAGE_OPENINGS:
        words.pop(0)
    most = min(_LONGEST_NAME, len(words))
    capital = _capital_words(words[:most])
    folded = set(map(fold, known))
    spoken = next((length for length in range(most, 0, -1) if fold(" ".join(words[:length])) in folded), 0)
    length = max(capital, spoken)
    return (" ".join(words[:length]) or None), " ".join(words[length:])


def _capital_words(words: Sequence[str]) -> int:
    """Return the number of words at the start that may be one name, with particles such as "de la" between them."""
    length = 0
    for place, word in enumerate(words, start=1):
        if _may_be_a_name(word):
            length = place
        elif not length or word not in _PARTICLES:
            break
    return length


def _may_be_a_name(word: str) -> bool:
    is_verb = STAGE_JOINS.fullmatch(word) or STAGE_LEAVES.fullmatch(word)
    opens = word[0].isalnum() or word[0] in "@#" or unicodedata.category(word[0])[0] == "S"
    return opens and not word[0].islower() and not is_verb
