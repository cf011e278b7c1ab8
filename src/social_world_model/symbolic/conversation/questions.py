"""Parse questions about conversations. The text, the options and the answer form show the kind of a question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from social_world_model.contracts import Query
from social_world_model.errors import NarrativeError
from social_world_model.symbolic.conversation.forms import EXAMPLES, forms_of
from social_world_model.symbolic.conversation.names import fold, meant
from social_world_model.symbolic.conversation.words import words

Wanted = Literal[
    "knows",
    "who knows",
    "was there",
    "who was there",
    "missed",
    "heard",
    "said",
    "who said",
    "moves",
    "who moved",
    "did say",
    "did move",
    "choice",
    "belief",
    "fact",
    "minutes",
]

_MINDS = r"(?:believes?|believed|thinks?|thought|knows|assumes?|perceives?|understands)"
_STATES = (
    r"(?:beliefs?|thoughts?|thinking|understanding|perceptions?|interpretations?|knowledge|awareness|assumptions?"
    r"|opinions?|views?|perspectives?|impressions?)"
)
_ADVERB = r"(?:(?:\w{1,14}ly|also|might|would)\s+)?"
_HEADS = ("Target:", "Information:")
_QUESTION = "Question:"
_TRUTH = re.compile(r"\W*(?:[A-Za-z][.):]\s*)?(?P<word>yes|no|true|false)\W*", re.IGNORECASE)
_SOMEBODYS_MIND = re.compile(
    rf"\b(?:[Dd]oes|[Dd]id) (?P<who>[A-Z][\w'’.-]*(?: [A-Z][\w'’.-]*){{0,3}}) "
    rf"{_ADVERB}(?:believe|think|know|assume|perceive)\b"
)
_POINTING = re.compile(
    r"^(?:of\s+)?(?:(?:this|it|that)(?: information)?|the (?:precise )?(?:correct )?answer to this question)\W*"
    r"(?:Answer yes or no\W*)?$",
    re.IGNORECASE,
)


_NEGATED: Mapping[str, Wanted] = {
    "does not know": "knows",
    "who does not know": "who knows",
    "was not there": "was there",
    "who was not there": "who was there",
}
_NEEDS_TOPIC = frozenset({"knows", "who knows", "who said", "did say"})
_ASKS_FOR_KNOWERS = re.compile(
    r"(?:who|whom|which of|how (?:many|much))\b.*\b(?:know|knows|knew|aware|unaware|heard|miss|missed)\b", re.IGNORECASE
)
"""Questions that are not about a fact. If their form is unknown, they have no answer."""
_POSITIVE: Mapping[str, Wanted] = {
    "knows": "knows",
    "may tell": "knows",
    "who knows": "who knows",
    "was there": "was there",
    "who was there": "who was there",
    "missed": "missed",
    "heard": "heard",
    "said": "said",
    "who said": "who said",
    "moves": "moves",
    "who moved": "who moved",
    "did say": "did say",
    "did move": "did move",
}
_EVERYONE = frozenset({"everyone", "everybody", "all", "all of them", "they all"})
_ANYONE = frozenset({"anyone", "anybody", "someone", "somebody", "any of them", "one of them"})
_TOGETHER = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+")
_OTHER_MIND = re.compile(
    r"(?:that |whether |if )?(?P<who>[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*){0,3}?)(?: already| also)?"
    r" (?:knows?|has (?:heard|learned|learnt|been told)|heard|is aware(?: of)?|was told|learned|learnt|found out)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w")
_WH = re.compile(r"(?:\w+ ){0,2}(?:what|when|where|who|whom|whose|which|why|how)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A parsed question.

    Parameters
    ----------
    wanted
        Kind of answer. ``knows``: whether people know a fact. ``who knows``: all people who know a fact. ``missed`` and
        ``heard``: the lines that a person did not hear, or heard. ``choice``: one of the options.
    topic
        Words that describe the fact; empty if the question is about all lines.
    chain
        The people whose knowledge is asked about, or the people of a nested belief with the outermost person first.
    is_negated
        Whether the question is about people who do not know the fact.
    is_any
        Whether it is enough if one of several people knows the fact.
    is_told
        Whether the question states that the conversation contains the fact, as benchmarks do.
    is_nested
        Whether the question is whether the first person thinks that the others know the fact.
    """

    wanted: Wanted
    topic: str
    chain: tuple[str, ...] = ()
    is_negated: bool = False
    is_any: bool = False
    is_told: bool = False
    is_nested: bool = False


def read_asked(query: Query, cast: Sequence[str]) -> Asked:
    """Parse the question of a query.

    If the question is about the belief of a person outside the conversation, the result contains this person.

    Parameters
    ----------
    query
        The question with its options.
    cast
        Names of the people in the conversation.

    Raises
    ------
    NarrativeError
        If the form of the question is unknown, or if a name may mean several people.
    """
    if query.question_kind == "group":
        return Asked("minutes", query.question)
    headed, text = _headed(query.question)
    if query.choices and not is_yes_or_no(query.choices):
        return Asked("choice", text, _people(query.belief_chain or belief_chain(text, cast), cast, text))
    is_belief = bool(query.belief_chain) and not query.agent
    for form, parts in forms_of(text):
        asked = _formed(form, parts, headed, query, cast)
        if asked and not (is_belief and asked.wanted not in ("knows", "who knows")):
            return asked
    if is_belief:
        return Asked("belief", text, _people(query.belief_chain, cast, text))
    if not _WH.match(text) or not words(text) or _ASKS_FOR_KNOWERS.match(text):
        raise NarrativeError(
            f"expected a question in one of these forms: {' · '.join(EXAMPLES)}; got another form",
            sentence=query.question,
        )
    chain = belief_chain(text, cast)
    if not chain and (stranger := _SOMEBODYS_MIND.search(text)):
        chain = (stranger["who"],)
    if chain and not query.agent:
        return Asked("belief", text, _people(chain, cast, text))
    return Asked("fact", text, (query.agent,) if query.agent else ())


def is_yes_or_no(choices: Sequence[str]) -> bool:
    """Tell whether options are yes and no, or true and false, in any spelling and with or without letters.

    >>> is_yes_or_no(["A. Yes", "B. No"]), is_yes_or_no(["true", "false"]), is_yes_or_no(["yes", "no", "unknown"])
    (True, True, False)
    """
    return sorted(map(truth, choices), key=str) == [False, True]


def truth(choice: str) -> bool | None:
    """Return True for the option "yes" or "true", False for "no" or "false", and None for any other option.

    Parameters
    ----------
    choice
        Text of an option; a letter before the option is ignored, as in "A. Yes" and "(b) no".
    """
    found = _TRUTH.fullmatch(choice)
    return None if found is None else found["word"].casefold() in ("yes", "true")


def _formed(form: str, parts: dict[str, str], headed: str, query: Query, cast: Sequence[str]) -> Asked | None:
    """Return a question of a known form; None if it is not about a person, as in "When did the bus leave?"."""
    who = parts.get("who", "")
    chain: tuple[str, ...] = ()
    if fold(who) in _EVERYONE | _ANYONE:
        chain = tuple(cast)
    elif who:
        chain = _people([query.agent if query.agent and who == "I" else who], cast, query.question)
    if form in ("moves", "did move") and not set(chain) <= set(cast):
        return None
    own = parts.get("topic", "")
    inner = _OTHER_MIND.match(own) if form == "knows" else None
    if inner and (others := _others(inner["who"], cast, query.question)):
        return Asked("knows", _topic(headed, own[inner.end() :]), (*chain, *others), is_nested=True)
    topic = parts.get("moved") or _topic(headed, own)
    wanted = _NEGATED.get(form) or _POSITIVE[form]
    if wanted in _NEEDS_TOPIC and not _WORD.search(topic):
        return None
    return Asked(wanted, topic, chain, form in _NEGATED, fold(who) in _ANYONE, bool(headed) and topic == headed)


def _others(who: str, cast: Sequence[str], question: str) -> tuple[str, ...]:
    """Return the people in "that Bo knows …", also unknown ones; empty if the words are no names."""
    if fold(who) in _EVERYONE:
        return tuple(cast)
    found = _people([who], cast, question)
    return found if all(name in cast or name[0].isupper() for name in found) else ()


def _people(names: Sequence[str], cast: Sequence[str], question: str) -> tuple[str, ...]:
    """Return the full names of people in the conversation. Unknown names stay unchanged."""
    found: list[str] = []
    for name in names:
        same = meant(name, cast)
        parts = [] if fold(name) in map(fold, same) else _TOGETHER.split(name)
        if len(parts) > 1:
            found += _people(parts, cast, question)
        elif len(same) > 1:
            raise NarrativeError(
                f"expected the name of one person, got {name}, which may mean {' or '.join(same)}", sentence=question
            )
        else:
            found.append(same[0] if same else name)
    return tuple(found)


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
