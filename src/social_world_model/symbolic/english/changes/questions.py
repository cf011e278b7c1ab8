"""Parse questions about beliefs, next actions and the knowledge of a change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from social_world_model.contracts import Query
from social_world_model.errors import NarrativeError

YES, NO = "yes", "no"
_THINKS = r"\b(?:believe|think|assume|suppose|expect)(?:s|d|ed)?\b"
_KNOWS = r"\b(?:know|notice|see|hear|realize|realise|learn|discover|aware|miss|overlook)s?\b"
_BELIEF = re.compile(rf".*{_THINKS}(?:\s+that)?\s*(?P<what>.*?)\W*", re.IGNORECASE | re.DOTALL)
_KNOWLEDGE = re.compile(rf"\s*(?:do|does|did|is|was|has|have)\b.*?{_KNOWS}.*", re.IGNORECASE | re.DOTALL)
_ACTION = re.compile(
    r"\s*(?:what|how)\b.*\b(?:do|act|react|behave)(?:\s+(?:next|now|then|about it))?\W*", re.IGNORECASE
)
_YES_NO = re.compile(r"\s*(?:do|does|did|will|would)\b", re.IGNORECASE)
_PLACE = re.compile(r".*\bwhere\b", re.IGNORECASE | re.DOTALL)
_OR = re.compile(r",?\s+or\s+(?:(?:that|does (?:he|she|they) (?:think|believe))\s+)*", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A question.

    Parameters
    ----------
    about
        ``"state"``: which option is the case, or is believed. ``"action"``: which option a person will do.
        ``"knowledge"``: whether a person knows of the change. ``"statement"``: whether a statement is the case, or is
        believed.
    chain
        Agents of the nested belief, outermost first; empty for a question about reality.
    options
        The options of the query, or the alternatives in the question. For a statement: the statement.
    """

    about: Literal["state", "action", "knowledge", "statement"]
    chain: tuple[str, ...]
    options: tuple[str, ...]


def read_question(query: Query, cast: Sequence[str]) -> Asked:
    """Parse a question.

    Parameters
    ----------
    query
        The question with its options.
    cast
        Names of the people in the story.

    Raises
    ------
    NarrativeError
        If the form of the question is unknown, or if the question names a person who is not in the story. Questions
        about places have an unknown form.
    """
    question = query.question
    believed, acted = _BELIEF.fullmatch(question), _ACTION.fullmatch(question)
    chain = query.belief_chain or _people(question[: believed.start("what")] if believed else question, cast)
    if strangers := [name for name in chain if name not in cast]:
        raise NarrativeError(
            f"expected people of the story ({', '.join(cast)}), got {', '.join(strangers)}", sentence=question
        )
    has_options = len(query.choices) > 1 and {choice.casefold() for choice in query.choices} != {YES, NO}
    if acted and has_options:
        return Asked("action", chain, query.choices)
    if has_options and not _PLACE.match(question) and (believed or query.question_kind == "reality"):
        return Asked("state", chain, query.choices)
    if believed and _YES_NO.match(question) and not has_options:
        alternatives = tuple(_OR.split(believed["what"]))
        return Asked("state" if len(alternatives) > 1 else "statement", chain, alternatives)
    if chain and not has_options and _KNOWLEDGE.fullmatch(question):
        return Asked("knowledge", chain, ())
    raise NarrativeError(
        "expected a question such as 'Does Ann believe that the jar is full or empty?', 'Does Ann know about it?' or "
        "'What will Ann do?' with options",
        sentence=question,
    )


def _people(text: str, cast: Sequence[str]) -> tuple[str, ...]:
    """Return the people whom a text names, in order of appearance."""
    places = {name: re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in cast}
    found = [(place.start(), name) for name, place in places.items() if place]
    return tuple(name for _, name in sorted(found))
