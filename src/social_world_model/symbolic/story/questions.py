"""Read questions in ordinary English about a story: where things are, and who knows it or believes what."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from social_world_model.symbolic.story.clauses import key
from social_world_model.symbolic.story.language import read_question

Wanted = Literal["place", "beginning", "contents", "is there", "knows", "put"]

_NAME = (
    r"(?P<{0}>(?:the |his |her |their )?[^\W\d_][\w'’.-]*(?: (?:the )?[A-Z][\w'’.-]*| \d+){{0,3}}?(?:'s|’s)?(?: \w+)??)"
)
_ADVERBS = r"(?:first|really|actually|now|then|still|probably|immediately|most likely|likely|currently|at first|next)"
_THINKS = r"(?:thinks?|believes?|expects?|assumes?|supposes?|says?|guess(?:es)?|thought|believed)"
_LOOKS = (
    r"(?:looks?|search(?:es)?|go(?:es)?|check(?:s)?|reach(?:es)?|tr(?:y|ies))(?: first)?"
    r"(?: (?:to )?(?:look|search|get|find|fetch|check|retrieve|pick up|take))?(?: first)?(?: for)?"
)
_FINDS = r"(?:(?:expects?|hopes?|wants?|tr(?:y|ies)) to )?(?:finds?|gets?|fetch(?:es)?|have)"
_TIMES = re.compile(
    r"^(?:when|once|after|as soon as|before|if|now that|at the end(?: of the story)?|in the end|later|then|finally|so"
    r"|and|according to the story)\b[^,?]*, (?=\w)",
    re.IGNORECASE,
)
_AFTERWARDS = re.compile(
    r",? (?:when|once|after|before|if|as soon as) (?:\w+ ){0,3}?(?:comes?|came|returns?|returned|gets?|got|wakes?|woke"
    r"|wants?|needs?|is|are|was|enters?|arrives?|opens?|looks?|starts?|goes)\b[^?]*(?=\?|$)",
    re.IGNORECASE,
)
_AT_TIMES = re.compile(
    r" (?:in|at) the (?:morning|evening|afternoon|end|next day|moment)(?=\W*$)"
    r"| (?:tomorrow|tonight|after (?:school|lunch|dinner|work|that))(?=\W*$)",
    re.IGNORECASE,
)
_PRONOUNS = frozenset({"he", "she", "they"})
EXAMPLES = (
    "Where is the ball really?",
    "Where was the ball at the beginning?",
    "Where will Anne look for the ball?",
    "Where does Anne think Sally thinks the ball is?",
    "Does Anne know where the ball is?",
    "What does Anne think is in the box?",
)
"""Questions that can be answered, for messages."""
_ARTICLES = re.compile(r"^(?:the|a|an|his|her|their|its|my|your|this|that|[\w’'-]+['’]s) ", re.IGNORECASE)
_AT_FIRST = re.compile(
    r"\b(?:at the (?:very )?(?:beginning|start)|in the beginning|at first|originally|initially|to begin with)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Asked:
    """A question about a story.

    Parameters
    ----------
    wanted
        ``place``: where an object is, or where a chain of people believes that it is. ``beginning``: its first place.
        ``put``: where a person put it. ``contents``: what is in a place. ``is there``: whether an object is in a place.
        ``knows``: whether a person knows the real place.
    thing
        Name of the object; empty if the question does not name it.
    place
        Name of the place of a question about contents, or of a question for yes or no.
    chain
        People of a nested belief, with the outermost person first.
    """

    wanted: Wanted
    thing: str = ""
    place: str = ""
    chain: tuple[str, ...] = ()


def read_asked(question: str, people: Sequence[str], things: Collection[str]) -> Asked | None:
    """Return the parsed question; None if its form is not known.

    Parameters
    ----------
    question
        Text of the question.
    people
        People of the story.
    things
        Names of the objects of the story.

    Examples
    --------
    >>> read_asked("Where does Anne think Sally will look for her ball?", ["Anne", "Sally"], ["ball"])
    Asked(wanted='place', thing='ball', place='', chain=('Anne', 'Sally'))
    >>> read_asked("Does Anne know where the ball is?", ["Anne"], ["ball"])
    Asked(wanted='knows', thing='ball', place='', chain=('Anne',))
    >>> read_asked("Why is Anne sad?", ["Anne"], ["ball"]) is None
    True
    """
    text = " ".join(question.split())
    template = read_question(text)
    if template is not None:
        thing = thing_meant(template.thing, things)
        return Asked("beginning" if template.asks == "beginning" else "place", thing, "", template.chain)
    return _Question(text, people, things).read()


class _Question:
    """A question whose beginning is taken off piece by piece."""

    def __init__(self, text: str, people: Sequence[str], things: Collection[str]) -> None:
        opening = _TIMES.match(text)
        self.people = tuple(people)
        self.things = list(things)
        self.first = bool(_AT_FIRST.search(text))
        self.named = _people_in(opening.group() if opening else "", self.people)
        rest = text[opening.end() :] if opening else text
        rest = _AT_TIMES.sub("", _AFTERWARDS.sub("", _AT_FIRST.sub("", rest))).strip()
        self.rest = re.sub(r"\s*[?.!]+$", "", re.sub(rf"\b{_ADVERBS}\b ?", "", rest, flags=re.IGNORECASE)).strip()
        self.named = self.named or _people_in(text, self.people)[:1]

    def read(self) -> Asked | None:
        if self._take(
            r"(?:and )?(?:where|in (?:which|what) (?:\w+ )?(?:place|container|box|room|spot|location)?|in what)\b ?"
        ):
            return self._where()
        if self._take(r"what\b ?"):
            return self._what()
        if self._take(r"(?:does|do|did|will|would)\b ?"):
            return self._whether()
        if self._take(r"(?:is|was|are|were)\b ?"):
            return self._is_it()
        return None

    def _take(self, pattern: str) -> re.Match[str] | None:
        match = re.match(pattern, self.rest, re.IGNORECASE)
        if match is not None and match.end():
            self.rest = self.rest[match.end() :].strip()
            return match
        return None

    def _person(self) -> str | None:
        """Take a person from the beginning of the question."""
        lowered = self.rest.casefold()
        for name in sorted(self.people, key=len, reverse=True):
            for form in _forms(name, self.people):
                article = re.match(
                    rf"(?:(?:the|his|her|their|my|[\w’'.-]+['’]s?) )?{re.escape(form.casefold())}(?!\w|['’]s? \w)",
                    lowered,
                )
                if article is not None:
                    self.rest = self.rest[article.end() :].strip()
                    return name
        word = lowered.split(" ")[0] if lowered else ""
        if word in _PRONOUNS and self.named:
            self.rest = self.rest[len(word) :].strip()
            return self.named[0]
        return None

    def _where(self) -> Asked | None:
        if self._take(r"(?:is|are|was|were)\b"):
            return Asked("beginning" if self.first else "place", self._thing())
        if not self._take(r"(?:do|does|did|will|would|should|can|might)\b"):
            return None
        chain: list[str] = []
        while (person := self._person()) is not None:
            chain.append(person)
            self._take(r"(?:will|would|did|does|do|to)\b")
            if self._take(rf"{_THINKS}\b(?: that)?"):
                continue
            return self._act(chain)
        if chain and (
            held := re.fullmatch(r"(.+?) (?:is|are|was|were|will be|to be|has gone|went|ended up)", self.rest)
        ):
            return Asked("place", self._named(held[1]), "", tuple(chain))
        if not chain and (ended := re.fullmatch(r"(.+?) (?:end up|go|finish)", self.rest)):
            return Asked("place", self._named(ended[1]))
        return None

    def _act(self, chain: list[str]) -> Asked | None:
        if self._take(rf"(?:{_LOOKS}|{_FINDS})(?![\w])"):
            return Asked("place", self._thing(), "", tuple(chain))
        if self._take(r"(?:put|place|hide|leave|store|keep)\b"):
            return Asked("put", self._thing(), "", tuple(chain[-1:])) if len(chain) == 1 else None
        return None

    def _what(self) -> Asked | None:
        chain: list[str] = []
        if self._take(r"(?:does|do|did|will|would)\b"):
            while (person := self._person()) is not None:
                chain.append(person)
                if not self._take(rf"(?:will |would )?{_THINKS}\b(?: that| there)?"):
                    break
        self._take(r"(?:to )?(?:find|see|get|be)?\b ?(?:is|are|was|were)?\b ?")
        inside = re.search(r"(?:in|inside|on|under|behind)(?: of)? (?P<place>.+)$", self.rest)
        if inside is None:
            inside = re.match(r"(?P<place>.+?) (?:contains?|holds?|has)(?: in it)?$", self.rest)
        return None if inside is None else Asked("contents", "", _noun(inside["place"]), tuple(chain))

    def _whether(self) -> Asked | None:
        chain: list[str] = []
        while (person := self._person()) is not None:
            chain.append(person)
            if self._take(r"(?:know|knows)\b"):
                return self._knows(chain)
            if self._take(rf"(?:will |would )?{_THINKS}\b(?: that)?"):
                continue
            looks = re.fullmatch(
                r"(?:will |would )?look(?:s)? (?:in|inside|on|under|behind|at) (.+?)(?: for (.+))?", self.rest
            )
            if looks:
                return Asked("is there", self._named(looks[2] or ""), _noun(looks[1]), tuple(chain))
            return None
        return self._stands(chain)

    def _knows(self, chain: list[str]) -> Asked | None:
        if where := re.fullmatch(r"where (.+?) (?:is|are|was|were)(?: now)?", self.rest):
            return Asked("knows", self._named(where[1]), "", tuple(chain))
        self._take(r"that\b")
        if re.fullmatch(r"about (.+)", self.rest):
            return None
        return self._stands(chain, knows=True)

    def _is_it(self) -> Asked | None:
        return self._stands([], verb="")

    def _stands(self, chain: list[str], verb: str = r" (?:is|are|was|were)", *, knows: bool = False) -> Asked | None:
        placed = re.fullmatch(rf"(.+?){verb} (?:still )?(?:in|inside|on|under|behind|at) (.+)", self.rest)
        if placed is None or (knows and not chain):
            return None
        return Asked("is there", self._named(placed[1]), _noun(placed[2]), tuple(chain))

    def _thing(self) -> str:
        return self._named(self.rest)

    def _named(self, text: str) -> str:
        noun = _noun(text)
        if key(noun) in ("", "it", "them") and len(self.things) == 1:
            return self.things[0]
        return thing_meant(noun, self.things)


def thing_meant(noun: str, things: Iterable[str]) -> str:
    """Return the object that a noun stands for: the same words, or the only object that ends with its last word.

    Parameters
    ----------
    noun, things
        A noun of a question, and the names of all objects.

    Examples
    --------
    >>> thing_meant("favourite red ball", ["ball", "box"]), thing_meant("box", ["tool box", "ball"])
    ('ball', 'tool box')
    """
    wanted = key(noun)
    known = {key(thing): thing for thing in things}
    if not wanted or wanted in known:
        return known.get(wanted, noun)
    of = wanted.partition(" of ")
    words = (of[2] or of[0]).split()
    for end in range(len(words)):
        if (shorter := " ".join(words[end:])) in known:
            return known[shorter]
    longer = [thing for name, thing in known.items() if name.split()[-1] == words[-1]]
    singular = [thing for name, thing in known.items() if name.rstrip("s") == words[-1].rstrip("s")]
    found = longer if len(longer) == 1 else singular
    return found[0] if len(found) == 1 else noun


def _noun(text: str) -> str:
    return _ARTICLES.sub("", text.strip())


@lru_cache(maxsize=1024)
def _forms(name: str, people: tuple[str, ...]) -> tuple[str, ...]:
    """Return the forms of a name, longest first: the full name, and the parts that no other name contains."""
    parts = name.split()
    own = [part for part in parts if sum(part in other.split() for other in people) == 1 and len(part) > 1]
    return tuple(sorted({name, *own}, key=len, reverse=True))


def _people_in(text: str, people: tuple[str, ...]) -> list[str]:
    """Return the people that a text names, in the order of the text."""
    found = [
        (match.start(), name)
        for name in people
        for form in _forms(name, people)
        if (match := re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text, re.IGNORECASE))
    ]
    return list(dict.fromkeys(name for _, name in sorted(found)))
