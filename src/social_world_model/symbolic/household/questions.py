"""Questions about somebody who walks about a flat, and the options that answer them: hypotheses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from social_world_model.symbolic.household.flat import Flat, Place
from social_world_model.symbolic.household.phrases import Noun, chunks, usual

_NOUN: Final = r"[\w'’ -]{1,60}?"  # bounded, so that no text takes long
_A: Final = r"(?:an?|the|some|any|another)"
_THING: Final = rf"{_A}? ?(?P<thing>{_NOUN})"
_AT: Final = r"(?:inside of|inside|in|within|on top of|on|at)"
_NOT: Final = r"(?: not|n['’]t)"
_GOAL: Final = re.compile(
    rf"\b(?:get|find|fetch|grab|take|pick up|obtain|reach|looking for|look for|searching for|search for|wants|seeking"
    rf"|seeks) {_A} (?P<thing>{_NOUN})(?=[.,?!]|$| from\b| in\b)",
    re.IGNORECASE,
)
_DENIED: Final = re.compile(r"\bnot\b|n['’]t\b", re.IGNORECASE)
_THINKS: Final = r"\b(?:thinks?|believes?|supposes?|expects?|assumes?|is sure|knows?)(?: that)? "
_THING_THERE: Final = re.compile(
    rf"{_THINKS}(?!there)(?P<first>{_THING}) (?:is|are|lies|will be)(?P<negated>{_NOT})?(?: still| currently)? "
    rf"{_AT} (?P<place>the {_NOUN}|an? {_NOUN})(?=[.,?!]|$)",
    re.IGNORECASE,
)
_THERE_IS: Final = re.compile(
    rf"{_THINKS}there (?:is|are|will be)(?P<negated>{_NOT})?(?P<none> no)? ?{_THING} "
    rf"{_AT} (?P<place>the {_NOUN}|an? {_NOUN})(?=[.,?!]|$)",
    re.IGNORECASE,
)
_WHERE_THINKS: Final = re.compile(
    rf"^where (?:does|do|would|will) .{{1,100}}?(?:think|believe|look|search|suppose)[^?]{{0,60}}?"
    rf" (?:for )?the {_THING}(?: is| are| to be)?\?{{0,9}}$",
    re.IGNORECASE,
)
_WHERE_IS: Final = re.compile(rf"^where (?:is|are) the {_THING}(?: really| now| actually)?\?{{0,9}}$", re.IGNORECASE)


@dataclass(frozen=True)
class Belief:
    """That somebody thinks a thing is in a place, or is not.

    Parameters
    ----------
    thing
        Under its usual name.
    place
        As the question names it.
    there
        Whether it is thought to be there.
    """

    thing: str
    place: str
    there: bool

    def places(self, flat: Flat, room: str) -> tuple[Place, ...]:
        """Return the place that is meant by somebody who is in a room; more than one if that is not said."""
        found = [part for part in chunks(self.place) if isinstance(part, Noun)]
        return tuple(flat.named(found[0], room)) if found else ()


@dataclass(frozen=True)
class Hypothesis:
    """What an option supposes; what the question supposes besides holds for all of them.

    Parameters
    ----------
    option
        As it stands.
    goal
        What is looked for; empty where neither says so.
    belief
        What is thought; None where the option does not say.
    premise
        What the question says is thought.
    """

    option: str
    goal: str = ""
    belief: Belief | None = None
    premise: Belief | None = None


@dataclass(frozen=True)
class WhereQuestion:
    """Where a thing is, or is thought to be."""

    thing: str
    thought: bool


def read_option(option: str, question: str) -> Hypothesis | None:
    """Return what an option supposes, on top of what its question does; None if it is neither goal nor belief.

    Examples
    --------
    >>> read_option("Al has been trying to get a plate.", "If Al thinks there is no cup in the fridge, which?")
    Hypothesis(option='Al has been trying to get a plate.', goal='plate', belief=None, \
premise=Belief(thing='cup', place='the fridge', there=False))
    """
    belief, premise = read_belief(option), read_belief(question)
    goal = _goal(question) if belief is not None else _goal(option)
    if not goal and belief is None:
        return None
    return Hypothesis(option, goal, belief, premise)


def read_belief(text: str) -> Belief | None:
    """Return what a text says that somebody thinks."""
    text = " ".join(text.split())
    found = _THERE_IS.search(text) or _THING_THERE.search(text)
    if found is None:
        return None
    groups = found.groupdict()
    thing = re.sub(rf"^{_A} ", "", found["thing"].strip(), flags=re.IGNORECASE)
    return Belief(usual(thing), found["place"].casefold(), not (groups["negated"] or groups.get("none")))


def read_where(question: str) -> WhereQuestion | None:
    """Return what a question without options asks for; None if it is another."""
    question = " ".join(question.split())
    if (found := _WHERE_IS.match(question)) is not None:
        return WhereQuestion(usual(found["thing"]), thought=False)
    if (found := _WHERE_THINKS.match(question)) is not None:
        return WhereQuestion(usual(found["thing"]), thought=True)
    return None


def _goal(text: str) -> str:
    text = " ".join(text.split())
    found = _GOAL.search(text)
    return usual(found["thing"]) if found and not _DENIED.search(text, 0, found.start()) else ""
