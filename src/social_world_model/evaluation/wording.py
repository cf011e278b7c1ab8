"""Decide whether two sentences from different contexts describe the same event.

`s3ap.alignment` compares an observation with an event of the same context, and the words are mostly the same. In this
module, the two sentences come from different authors of the same story. Verbs differ, rooms may be called "the room",
and one author may give more details. But "to the box" and "to the basket" must count as different. If the symbolic
grammar covers both sentences, their meanings are compared. Otherwise, the words are compared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

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
"""Minimum Dice coefficient if one sentence contains all content words of the other."""
ALIKE = 0.75
"""Minimum Dice coefficient of two long sentences if each contains content words that the other lacks."""
LONG = 6
"""Minimum number of content words for `ALIKE`. In a shorter sentence, any word may be the object."""
SPELLED_ALIKE = 0.85
"""Minimum similarity (`difflib` ratio, from 0 to 1) of two spellings of the same word."""
LESS_SURE = 0.9
"""Score if only one sentence names a room or a noun, or if one of the two names is less precise."""

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
"""Patterns of common verbs, by kind. The first matching kind is used. Other verbs are compared as words."""

_VAGUE = frozenset(
    """
    room place area back away again together both all toward from by onto into inside within over out off up down s
    while as for about what whether if will
    """.split()  # noqa: SIM905 - plain words are easier to read than a list of strings
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
    """Parts of a sentence that a comparison uses.

    Parameters
    ----------
    text
        Sentence with the names of the reference.
    people
        Numbers of the agents that the sentence names, in text order. Agents in a list ("Ann and Bob") are sorted by
        number.
    deed
        Kind of verb, such as ``"say"`` or ``"move"``; None for other verbs.
    content
        Stems of the content words, except names and the verb in `deed`.
    turned
        Two flags: whether the sentence is negated, and whether the event is future, planned or hypothetical.
    clause
        Parsed clause; None if the symbolic grammar does not cover the sentence.
    """

    text: str
    people: tuple[int, ...]
    deed: str | None
    content: frozenset[str]
    turned: tuple[bool, bool]
    clause: Clause | None

    @cached_property
    def mentioned(self) -> frozenset[int]:
        """Numbers of the agents that the sentence names. Only sentences that name the same agents can be alike."""
        return frozenset(self.people)


class SentenceParser:
    """Parser for the sentences of one context. The parsed sentences use the names of a reference.

    Parameters
    ----------
    names
        Map from the name of an agent in the context to the number and the reference name of the agent.
    """

    def __init__(self, names: Mapping[str, tuple[int, str]]) -> None:
        self._names = {name: known for name, known in names.items() if name.strip()}
        longest_first = sorted(self._names, key=len, reverse=True)
        self._any = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})(?!\w)")
        self._told: dict[str, Told] = {}

    def read(self, text: str) -> Told:
        """Parse a sentence for comparison."""
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
    """Return the similarity of two sentences, from 0 (different events) to 1 (the same event).

    Parameters
    ----------
    one, other
        Parsed sentences of two contexts. Both sentences use the same reference names.

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
    """Return the similarity of two clauses by meaning; None if the words must be compared."""
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
    if not same + deeds:  # a common name alone does not make the events equal
        return 0.0
    if only_one and only_other:
        shorter = same + min(len(only_one), len(only_other))
        return dice if shorter >= LONG and dice >= ALIKE else 0.0
    return dice if dice >= SAYS_MORE else 0.0


def _spelled_alike(some: frozenset[str], others: frozenset[str]) -> tuple[frozenset[str], frozenset[str], int]:
    """Remove pairs of words with similar spelling; return the remaining words and the number of pairs."""
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
