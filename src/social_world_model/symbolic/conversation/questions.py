"""What a question about a conversation asks: read from its words, its options and the form of its answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from social_world_model.contracts import Query

Wanted = Literal["knows", "who knows", "choice", "belief", "fact", "minutes"]

_MINDS = r"(?:believes?|believed|thinks?|thought|knows|assumes?|perceives?|understands)"
_STATES = (
    r"(?:beliefs?|thoughts?|thinking|understanding|perceptions?|interpretations?|knowledge|awareness|assumptions?"
    r"|opinions?|views?|perspectives?|impressions?)"
)
_ADVERB = r"(?:(?:\w{1,14}ly|also|might|would)\s+)?"
_HEADED = re.compile(
    r"^\s*(?:Target|Information)\s*:\s*(?P<topic>.+?)\s*\n\s*(?:Question\s*:)?\s*(?P<asked>.+)$", re.DOTALL
)
_KNOWS = re.compile(r"^\s*(?:Does|Did|Do)\s+(?P<who>.+?)\s+know\b\s*(?P<topic>.*)$", re.DOTALL | re.IGNORECASE)
_WHO_KNOWS = re.compile(
    r"^\s*(?:Who\b(?:\s+all)?|List (?:all )?(?:the )?(?:people|characters|persons|speakers) who|Which of them)\s+"
    r"(?:know|knows|knew|heard|hear|is aware|are aware)\b\s*(?P<topic>.*)$",
    re.DOTALL | re.IGNORECASE,
)
_POINTING = re.compile(
    r"^(?:of\s+)?(?:(?:this|it|that)(?: information)?|the (?:precise )?(?:correct )?answer to this question)\W*"
    r"(?:Answer yes or no\W*)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Asked:
    """A question, read.

    Parameters
    ----------
    wanted
        Whether somebody knows something; who knows it; which option is right; what somebody believes; a fact; or a text
        that is sent to its readers.
    topic
        What it is about.
    chain
        Whose knowledge, or whose belief about whose.
    """

    wanted: Wanted
    topic: str
    chain: tuple[str, ...] = ()


def read_asked(query: Query, cast: Sequence[str]) -> Asked:
    """Read a query's question."""
    if query.asks == "group":
        return Asked("minutes", query.question)
    headed = _HEADED.match(query.question)
    text, topic = (headed["asked"], headed["topic"]) if headed else (query.question, "")
    if query.choices:
        return Asked("choice", text, query.chain or belief_chain(text, cast))
    if who := _WHO_KNOWS.match(text):
        return Asked("who knows", _topic(topic, who["topic"]))
    if (knows := _KNOWS.match(text)) and (query.answer_form == "yes_no" or knows["who"] in cast):
        return Asked("knows", _topic(topic, knows["topic"]), query.chain[:1] or (knows["who"],))
    if (chain := query.chain or belief_chain(text, cast)) and not query.agent:
        return Asked("belief", text, chain)
    return Asked("fact", text, (query.agent,) if query.agent else ())


def belief_chain(question: str, people: Sequence[str]) -> tuple[str, ...]:
    """Return whose belief, and about whose belief, a question asks for, as far as it names people who speak.

    A question whose first person is nobody of the conversation has no chain.

    >>> belief_chain("What does Ann believe about Bo's dog?", ["Ann", "Bo"])
    ('Ann',)
    >>> belief_chain("What game does Ann believe that Bo thinks they played?", ["Ann", "Bo"])
    ('Ann', 'Bo')
    >>> belief_chain("What does Ann think about Bo's belief regarding the game?", ["Ann", "Bo"])
    ('Ann', 'Bo')
    """
    if not people:
        return ()
    anybody = "|".join(map(re.escape, sorted(people, key=len, reverse=True)))
    first = re.search(rf"\b(?:[Dd]oes|[Dd]id)\s+({anybody})(?!\w)", question)
    if first is None:
        return ()
    # What two people think ("Bo and Cy's thoughts") is no one person's belief.
    inner = rf"(?<!and\s)\b({anybody})(?:['’]s?\s+(?:\w+\s+)?{_STATES}|\s+{_ADVERB}{_MINDS})\b"
    for second in re.finditer(inner, question[first.end() :]):
        if second[1] != first[1]:
            return first[1], second[1]
    return (first[1],)


def _topic(headed: str, own: str) -> str:
    """Return what is known or not: what stands above the question, if the question points to that."""
    return headed if headed and (not own.strip() or _POINTING.match(own.strip())) else own.strip() or headed
