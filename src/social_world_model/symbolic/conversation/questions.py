"""Parse questions about conversations. The text, the options and the answer form show the kind of a question."""

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
_HEADS = ("Target:", "Information:")
_QUESTION = "Question:"
_KNOWS = re.compile(r"^(?:Does|Did) (?P<who>[^?]{1,60}?) know\b ?(?P<topic>.*)$", re.IGNORECASE)
_SOMEBODYS_MIND = re.compile(
    rf"\b(?:[Dd]oes|[Dd]id) (?P<who>[A-Z][\w'’.-]*(?: [A-Z][\w'’.-]*){{0,3}}) "
    rf"{_ADVERB}(?:believe|think|know|assume|perceive)\b"
)
_WHO_KNOWS = re.compile(
    r"^(?:Who(?: all)?|List (?:all )?(?:the )?(?:people|characters|persons|speakers) who|Which of them) "
    r"(?:know|knows|knew|heard|hear|is aware|are aware)\b ?(?P<topic>.*)$",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"^(?:of\s+)?(?:(?:this|it|that)(?: information)?|the (?:precise )?(?:correct )?answer to this question)\W*"
    r"(?:Answer yes or no\W*)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Asked:
    """A parsed question.

    Parameters
    ----------
    wanted
        Kind of answer: whether a person knows a fact (``knows``), all people who know the fact (``who knows``),
        one of the options (``choice``), a belief, a fact, or minutes for readers (``minutes``).
    topic
        Words that describe the fact.
    chain
        The person whose knowledge is asked about, or the people of a nested belief with the outermost person first.
    """

    wanted: Wanted
    topic: str
    chain: tuple[str, ...] = ()


def read_asked(query: Query, cast: Sequence[str]) -> Asked:
    """Parse the question of a query.

    If the question is about the belief of a person outside the conversation, the result contains this person.

    Parameters
    ----------
    query
        The question with its options.
    cast
        Names of the people in the conversation.
    """
    if query.question_kind == "group":
        return Asked("minutes", query.question)
    topic, text = _headed(query.question)
    if query.choices:
        return Asked("choice", text, query.belief_chain or belief_chain(text, cast))
    if who := _WHO_KNOWS.match(text):
        return Asked("who knows", _topic(topic, who["topic"]))
    if knows := _KNOWS.match(text):
        return Asked("knows", _topic(topic, knows["topic"]), query.belief_chain[:1] or (knows["who"],))
    chain = query.belief_chain or belief_chain(text, cast)
    if not chain and (stranger := _SOMEBODYS_MIND.search(text)):
        chain = (stranger["who"],)
    if chain and not query.agent:
        return Asked("belief", text, chain)
    return Asked("fact", text, (query.agent,) if query.agent else ())


def _headed(question: str) -> tuple[str, str]:
    r"""Return the heading above a question ("Target: …"; empty if there is none) and the question, each on one line.

    >>> _headed("Target: Who won?\nQuestion: Does Ann know?")
    ('Who won?', 'Does Ann know?')
    """
    head = next((head for head in _HEADS if question.lstrip().startswith(head)), None)
    if head is None:
        return "", " ".join(question.split())
    rest = question.lstrip().removeprefix(head)
    topic, _, asked = rest.rpartition(_QUESTION) if _QUESTION in rest else rest.strip().partition("\n")
    return " ".join(topic.split()), " ".join(asked.split())


def belief_chain(question: str, people: Sequence[str]) -> tuple[str, ...]:
    """Return the people whose belief a question asks about: nobody, one person, or two people.

    If the first person in the question is not in the conversation, the result is empty.

    Parameters
    ----------
    question
        Text of the question.
    people
        Names of the people in the conversation.

    Examples
    --------
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
    # "Bo and Cy's thoughts" are not the belief of one person.
    inner = rf"(?<!and\s)\b({anybody})(?:['’]s?\s+(?:\w+\s+)?{_STATES}|\s+{_ADVERB}{_MINDS})\b"
    for second in re.finditer(inner, question[first.end() :]):
        if second[1] != first[1]:
            return first[1], second[1]
    return (first[1],)


def _topic(headed: str, own: str) -> str:
    """Return the heading if the question refers to the heading ("this information"), else the question."""
    return headed if headed and (not own.strip() or _POINTING.match(own.strip())) else own.strip() or headed
