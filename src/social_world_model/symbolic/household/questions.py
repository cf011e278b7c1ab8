"""Questions about a person who walks through a flat. The answer options are hypotheses about goals and beliefs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from social_world_model.symbolic.household.flat import Flat, Place
from social_world_model.symbolic.household.phrases import Noun, chunks, usual

_NOUN: Final = r"[\w'’ -]{1,60}?"  # bounded length, to limit the matching time
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
    """A belief that an object is, or is not, in a place.

    Parameters
    ----------
    thing
        Usual name of the object.
    place
        Name of the place in the question.
    there
        True means that the person thinks that the object is there.
    """

    thing: str
    place: str
    there: bool

    def places(self, flat: Flat, room: str) -> tuple[Place, ...]:
        """Return the place of the belief, or several places if the name of the place is ambiguous.

        Parameters
        ----------
        flat
            The flat with its furniture.
        room
            Room of the person. Furniture of this room is preferred.
        """
        found = [part for part in chunks(self.place) if isinstance(part, Noun)]
        return tuple(flat.named(found[0], room)) if found else ()


@dataclass(frozen=True)
class Hypothesis:
    """The hypothesis that an option states. The premise comes from the question and is the same for all options.

    Parameters
    ----------
    option
        Text of the option.
    goal
        Name of the wanted object; empty if neither the option nor the question names an object.
    belief
        Belief that the option states, or None.
    premise
        Belief that the question states, or None.
    """

    option: str
    goal: str = ""
    belief: Belief | None = None
    premise: Belief | None = None


@dataclass(frozen=True)
class WhereQuestion:
    """A question about the place of an object: the believed place if ``thought`` is true, else the real place."""

    thing: str
    thought: bool


def read_option(option: str, question: str) -> Hypothesis | None:
    """Return the hypothesis of an option, or None if the option states neither a goal nor a belief.

    Parameters
    ----------
    option
        Text of the option.
    question
        Text of the question. The question may add a premise. If the option states a belief, the question may add the
        goal.

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
    """Return the belief that a text states, or None."""
    text = " ".join(text.split())
    found = _THERE_IS.search(text) or _THING_THERE.search(text)
    if found is None:
        return None
    groups = found.groupdict()
    thing = re.sub(rf"^{_A} ", "", found["thing"].strip(), flags=re.IGNORECASE)
    return Belief(usual(thing), found["place"].casefold(), not (groups["negated"] or groups.get("none")))


def read_where(question: str) -> WhereQuestion | None:
    """Return the parsed question about the place of an object, or None for other questions."""
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
