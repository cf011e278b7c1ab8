"""Whether two sentences, each out of another context, tell of the same thing.

`s3ap.alignment` asks whether an observation is an account of an event beside it, in one context and mostly in its
words. Here two writers tell the same story, so that verbs differ, rooms are called "the room", and some say more than
others; while "to the box" and "to the basket" still are two things. Sentences that the symbolic grammar reads are
compared by what they say, all others by their words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from social_world_model.s3ap.alignment import words_of
from social_world_model.symbolic.story.clauses import (
    Clause,
    Contained,
    Enter,
    Exit,
    Move,
    Report,
    Stay,
    Whereabouts,
    key,
)
from social_world_model.symbolic.story.language import read_clause

SAYS_MORE = 0.5
"""Dice coefficient that is needed where one sentence says what the other says, and more."""
ALIKE = 0.75
"""Dice coefficient that is needed where each says something that the other does not: long sentences only."""
LONG = 6
"""Content words, of the shorter sentence, from which on that is allowed: below, each of them may be the object."""
SPELLED_ALIKE = 0.85
"""Similarity of two words, from 0 to 1 (difflib's), from which on they are the same one."""
LESS_SURE = 0.9
"""Score where a room or a noun is named by one sentence only, or named less precisely."""

_GOES = (
    r"(?:go|goes|going|gone|went|come|comes|coming|came|walk|walks|walking|walked|step|steps|stepping|stepped|run"
    r"|runs|running|ran|head|heads|heading|headed|hurr(?:y|ies|ied)|rush(?:es|ed)?|storms?|stormed|sneaks?|sneaked|snuck"
    r"|tiptoes?|tiptoed|strolls?|strolled|mov(?:e|es|ed)|gets?|got|creeps?|crept|wanders?|wandered|slips?|slipped)"
)
_BACK = r"(?:\s+back)?"
_DEEDS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)
    for name, pattern in {
        "say": r"says?|said|saying|tells?|told|telling|ask(?:s|ed|ing)?|repl(?:y|ies|ied|ying)|answer(?:s|ed|ing)?"
        r"|respond(?:s|ed|ing)?(?:\s+to)?|stat(?:es|ed|ing)|mention(?:s|ed|ing)?|announc(?:es|ed|ing)|claim(?:s|ed|ing)?"
        r"|inform(?:s|ed|ing)?|explain(?:s|ed|ing)?|remark(?:s|ed)?|publicly|privately|shout(?:s|ed)?|whisper(?:s|ed)?",
        "exit": rf"{_GOES}\s+(?:out|outside|away|off)(?:\s+(?:of|from))?|(?:take|takes|took)\s+off\s+from"
        r"|leav(?:e|es|ing)|left(?!\s+(?:hand|side|arm))|exit(?:s|ed|ing)?|depart(?:s|ed|ing)?(?:\s+from)?|quits?"
        r"|makes?\s+(?:her|his|their)\s+exit",
        "enter": rf"enter(?:s|ed|ing)?|{_GOES}{_BACK}\s+(?:in\s+to|into|inside|in)(?=\s|$|[.!])|arriv(?:es?|ed|ing)"
        rf"(?:\s+(?:in|at|into))?|return(?:s|ed|ing)?(?:\s+to)?|(?:go|goes|went|come|comes|came|walks?|walked){_BACK}\s+to"
        r"|(?:go|goes|went|come|comes|came)\s+back|re-?enter(?:s|ed|ing)?",
        "move": r"mov(?:e|es|ed|ing)|puts?|putting|plac(?:es|ed|ing)|carr(?:y|ies|ied|ying)|brings?|bringing|brought"
        r"|transfer(?:s|red|ring)?|transport(?:s|ed|ing)?|relocat(?:es?|ed|ing)|shift(?:s|ed|ing)?|push(?:es|ed|ing)?"
        r"|sets?|setting|drop(?:s|ped|ping)?|hid(?:es?|ing|den)?|stor(?:es|ed|ing)|stow(?:s|ed|ing)?|lays?|laid|tuck(?:s|ed)?"
        r"|deposit(?:s|ed|ing)?|(?:takes?|took|taking)(?=\b.*\b(?:to|into|in|onto)\b)",
        "give": r"giv(?:es?|ing)|gave|hand(?:s|ed|ing)\b(?:\s+over)?|pass(?:es|ed|ing)(?:\s+over)?",
        "be in": r"(?:is|are|was|were|remains?|sits?|lies|stands?)?\s*(?:now\s+|still\s+|currently\s+|both\s+|all\s+)*"
        r"(?:located|placed|kept|found|situated|stored|present|lying|sitting|hidden)\s*(?=in|inside|within|on|at)"
        r"|(?:is|are|was|were)(?=\s+(?:now\s+|still\s+|currently\s+|both\s+|all\s+|together\s+)*(?:in|inside|within|on|at)\b)"
        r"|contain(?:s|ed|ing)?|holds?|holding",
        "stay": r"stay(?:s|ed|ing)?|remain(?:s|ed|ing)?",
    }.items()
}
"""What people do, in many words; what is done in none of them is compared word by word. First come, first served."""

_VAGUE = frozenset(
    """
    room place area back away again together both all toward from by onto into inside within over out off up down s
    while as for about what whether if will
    """.split()  # noqa: SIM905 - a list of words reads better as words
)
_UNREAL = re.compile(
    r"\b(?:about\s+to|going\s+to|will|would|wants?\s+to|plans?\s+to|intends?\s+to|decides?\s+to|might|may|could|tries\s+to"
    r"|(?:refuse|fail|forget)s?(?:ed|d)?\s+to|forgot\s+to|pretend(?:s|ed)?\s+to|if)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“][^\"”]*[\"”]|(?<!\w)'.*?'(?!\w)")
_SHORT = re.compile(r"(?<=\w)['’](?:ll|m|re|ve|d)\b")
_LISTED = re.compile(r"\x00\d+\x00(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*)\x00\d+\x00)+")
_PERSON = re.compile(r"\x00(\d+)\x00")


@dataclass(frozen=True)
class Told:
    """A sentence, as far as it is compared.

    Parameters
    ----------
    text
        In words, with the names of the reference.
    people
        Numbers of the agents that are named, in order; those of a list ("Ann and Bob") by number.
    deed
        What is done or is the case, in one word out of a few; None where it is something else.
    content
        All other content words, stemmed.
    turned
        Whether it is denied; whether it is not yet, or perhaps never, so.
    clause
        What it says, where the symbolic grammar reads it.
    """

    text: str
    people: tuple[int, ...]
    deed: str | None
    content: frozenset[str]
    turned: tuple[bool, bool]
    clause: Clause | None


class SentenceParser:
    """Reads sentences of one context in the names of a reference.

    Parameters
    ----------
    names
        By name of the context's cast: the number of the agent, and its name in the reference.
    """

    def __init__(self, names: Mapping[str, tuple[int, str]]) -> None:
        self._names = {name: known for name, known in names.items() if name.strip()}
        longest_first = sorted(self._names, key=len, reverse=True)
        self._any = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})(?!\w)")
        self._told: dict[str, Told] = {}

    def read(self, text: str) -> Told:
        """Return a sentence for comparison."""
        if text not in self._told:
            named = self._any.sub(lambda match: self._names[match[0]][1], text)
            numbered = self._any.sub(lambda match: f"\x00{self._names[match[0]][0]}\x00", text)
            self._told[text] = _told(named, numbered)
        return self._told[text]


@lru_cache(maxsize=16384)
def _told(text: str, numbered: str) -> Told:
    listed = _LISTED.sub(lambda match: " ".join(sorted(match[0].replace(",", " ").split())), numbered)
    people = tuple(int(number) for number in _PERSON.findall(listed))
    bare = _SHORT.sub("", _PERSON.sub(" ", numbered))
    outside = _QUOTED.sub(" ", bare)
    deed = next((name for name, pattern in _DEEDS.items() if pattern.search(outside)), None)
    if deed is not None:
        found = _DEEDS[deed].search(bare)
        bare = bare if found is None else f"{bare[: found.start()]} {bare[found.end() :]}"
    words = words_of(bare)
    content = frozenset(word for word in words.content if word not in _VAGUE and not word.endswith("ly"))
    content = content if any(char.isalnum() for char in "".join(words.content)) else frozenset()
    return Told(
        text=text,
        people=people,
        deed=deed,
        content=content - _LITTLE,
        turned=(words.negated, deed != "say" and bool(_UNREAL.search(outside))),
        clause=read_clause(text),
    )


_LITTLE = frozenset("a an the in at on to with is are was were be been has have had and then now still also of".split())  # noqa: SIM905


def alike(one: Told, other: Told) -> float:
    """Score from 0 to 1 how surely two sentences tell of the same thing; 0 means that they do not.

    Examples
    --------
    >>> read = SentenceParser({"Sally": (0, "Sally")}).read
    >>> alike(read("Sally left the playroom."), read("Sally leaves the room"))
    0.9
    >>> alike(read("Sally left the playroom."), read("Sally left the kitchen."))
    0.0
    """
    if _plain(one.text) == _plain(other.text):
        return 1.0
    if one.turned != other.turned:
        return 0.0
    if one.clause is not None and other.clause is not None:
        said = _said_alike(one.clause, other.clause)
        if said is not None:
            return said
    if one.people != other.people or (one.deed and other.deed and one.deed != other.deed):
        return 0.0
    return _worded_alike(one, other)


def _plain(text: str) -> str:
    return " ".join(text.casefold().rstrip(".").split())


def _said_alike(one: Clause, other: Clause) -> float | None:
    """Compare by what is said; None where the grammar does not tell enough of it."""
    match one, other:
        case ((Enter() | Exit() | Stay() | Whereabouts()), (Enter() | Exit() | Stay() | Whereabouts())):
            if type(one) is not type(other) or set(one.people) != set(other.people):
                return 0.0
            return _same_room(one.room, other.room)
        case Move(), Move():
            if set(one.people) != set(other.people):
                return 0.0
            return min(_same_noun(one.thing, other.thing), _same_noun(one.place, other.place))
        case Contained(), Contained():
            return min(_same_noun(one.inner, other.inner), _same_noun(one.outer, other.outer))
        case Report(), Report():
            if (one.speaker, one.hearer) != (other.speaker, other.hearer):
                return 0.0
            return min(_same_noun(one.thing, other.thing), _same_noun(one.place, other.place))
    return None if type(one) is type(other) else 0.0


def _same_room(one: str | None, other: str | None) -> float:
    if one is None or other is None or "room" in (key(one), key(other)):
        return 1.0 if one == other else LESS_SURE
    return _same_noun(one, other)


def _same_noun(one: str, other: str) -> float:
    if key(one) == key(other):
        return 1.0
    some, others = words_of(key(one)).content, words_of(key(other)).content
    if some == others:
        return 1.0
    return LESS_SURE if some <= others or others <= some else 0.0


def _worded_alike(one: Told, other: Told) -> float:
    only_one, only_other = one.content - other.content, other.content - one.content
    same = len(one.content & other.content)
    if only_one and only_other:
        only_one, only_other, spelled = _spelled_alike(only_one, only_other)
        same += spelled
    people = len(one.people)
    deeds = one.deed is not None and one.deed == other.deed
    weight = 2 * (same + people + deeds)
    total = weight + len(only_one) + len(only_other) + (one.deed != other.deed)
    dice = weight / total if total else 0.0
    if not same + deeds:  # a name in common is nothing that its bearer did
        return 0.0
    if only_one and only_other:
        shorter = same + min(len(only_one), len(only_other))
        return dice if shorter >= LONG and dice >= ALIKE else 0.0
    return dice if dice >= SAYS_MORE else 0.0


def _spelled_alike(some: frozenset[str], others: frozenset[str]) -> tuple[frozenset[str], frozenset[str], int]:
    """Take words out of both that differ by a letter or an ending; return what is left, and how many went."""
    left, rest, taken = set(some), set(others), 0
    for word in sorted(some):
        for near in sorted(rest):
            if word[0] == near[0] and min(len(word), len(near)) >= 4 and _ratio(word, near) >= SPELLED_ALIKE:
                left.discard(word)
                rest.discard(near)
                taken += 1
                break
    return frozenset(left), frozenset(rest), taken


@lru_cache(maxsize=65536)
def _ratio(word: str, near: str) -> float:
    return SequenceMatcher(None, word, near).ratio()
