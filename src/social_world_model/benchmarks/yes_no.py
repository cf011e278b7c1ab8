"""Yes or no: read the answer to a yes-or-no question or to a question about knowledge."""

from __future__ import annotations

import re
from collections.abc import Sequence

from social_world_model.benchmarks.replies import (
    EXCLUDED,
    NO_ANSWER,
    REFUSAL,
    marked_spans,
    plain,
    second_thought,
    sentences,
)
from social_world_model.benchmarks.rules import ReplyText, Rule, extracted

_ALTERNATIVES = re.compile(
    r"\b(?:yes|no|true|false)\s{0,3}(?:/|\bor\b|\band\b)\s{0,3}(?:yes|no|true|false)\b", re.IGNORECASE
)
_YES = re.compile(r"\b(?:yes|yeah|yep)\b(?!-\w)", re.IGNORECASE)
# "no" is an answer if it is not part of a phrase such as "no idea", "no one" or "no doubt".
_NO = re.compile(r"\b(?:nope\b|no(?=\s{0,3}(?:$|[.,;:!?)—–\]\n]|-\s))(?<!\bor no))", re.IGNORECASE)
_LEADING_NO = re.compile(
    r"\W{0,9}no\b(?!\s{1,3}(?:one|body|idea|information|evidence|way|doubt|clear|answer|need|matter|longer|other|person|more"
    r"|further|definite|single|specific|indication|mention|reason|knowledge)\b)(?!-)",
    re.IGNORECASE,
)
_TRUTH = re.compile(
    r"(?:^\W{0,9}|\b(?:is|be|its|statement|answer|say|says|it)\W{1,3})(not\s{1,3})?(true|false|correct|incorrect)\b"
    r"(?!\s{1,3}(?:answer|belief|location|information|place|fact|one|that)\b)",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"\W{0,3}(?:therefore|thus|so|hence|in (?:summary|conclusion)|overall|consequently|finally)\b", re.IGNORECASE
)
_OPEN = re.compile(
    r"\b(?:whether|if|unless|unlikely|doubtful|unclear|uncertain)\b[^,;:]*"
    r"|\b(?:no|any)\s{1,3}(?:indication|evidence|sign|mention|suggestion|proof|hint|reason)\b[^,;:]*|\b(?:i|we|you|nobody|no\s{0,1}one|who|anyone|anybody)\s{1,3}(?:\w{1,9}\s{1,3}){0,3}?(?:know|known|knows|knew)\b",
    re.IGNORECASE,
)
_KNOWING = re.compile(
    r"(?P<no>\b(?:does|do|did|would|will|could|can|may|might|has|have|had|is|are|was|were)\s?(?:not|nt)\s{1,3}(?:\w{1,12}\s{1,3}){0,2}?"
    r"(?:knows?|knew|known|aware|informed|heard|have\s{1,3}(?:the\s{1,3}|any\s{1,3}|this\s{1,3})?knowledge)\b"
    r"|\b(?:cannot|cant|never|not)\s{1,3}(?:\w{1,12}\s{1,3}){0,1}?(?:knows?|knew|known|aware|informed)\b"
    r"|\b(?:unaware|ignorant|oblivious|uninformed)\b"
    r"|\b(?:has|have|had|with)\s{1,3}no\s{1,3}(?:idea|knowledge|clue|awareness|way\s{1,3}(?:of|to)\s{1,3}know(?:ing)?)\b"
    r"|\black(?:s|ed)?\s{1,3}(?:the\s{1,3}|any\s{1,3})?(?:knowledge|awareness)\b)"
    r"|(?P<yes>\b(?:knows|knew|know|aware|informed)\b|\b(?:has|have|had)\s{1,3}(?:the\s{1,3}|this\s{1,3})?knowledge\b)",
    re.IGNORECASE,
)


def yes_no(reply: str) -> bool | None:
    """Return whether a reply says yes or no. The rules of `YES_NO_RULES` are tried in order.

    Parameters
    ----------
    reply
        Text of the reply.

    Returns
    -------
    bool or None
        True for yes, and False for no. If the reply says neither or both, the result is None.

    >>> [yes_no(text) for text in ("Yes.", "**No**, he left.", "Nobody knows.", "Answer: no.", "Yes and no.")]
    [True, False, None, False, None]
    >>> yes_no("Linda does not know what they said."), yes_no("She was there, so she knows.")
    (False, True)
    """
    answer = extracted(YES_NO_RULES, ReplyText(reply)).answer
    return None if answer is None else answer == "yes"


def _answer_field(reply: ReplyText) -> Sequence[str] | None:
    if reply.answer_field is None:
        return None
    inner = plain(reply.answer_field)
    return _words(_said(inner) or _known(inner))


def _marked_answer(reply: ReplyText) -> Sequence[str] | None:
    for marked in marked_spans(reply.plain):
        if marked.span.startswith(EXCLUDED):
            return []
        signs = _said(marked.span) or _known(marked.span)
        if signs:
            return _words(signs | set().union(*map(_said, sentences(second_thought(marked.rest)))))
        if REFUSAL.search(marked.span) or NO_ANSWER.search(marked.span):
            return []
    return None


def _conclusion(reply: ReplyText) -> Sequence[str] | None:
    concluding = filter(_CONCLUDES.match, reversed(sentences(reply.plain)))
    return next((_words(signs) for part in concluding if len(signs := _said(part)) == 1), None)


def _yes_or_no(reply: ReplyText) -> Sequence[str] | None:
    signs = set().union(*map(_said, sentences(reply.plain)))
    return _words(signs) if signs else None


def _knowing_conclusion(reply: ReplyText) -> Sequence[str] | None:
    concluding = filter(_CONCLUDES.match, reversed(sentences(reply.plain)))
    return next((_words(signs) for part in concluding if (signs := _known(part))), None)


def _knowing(reply: ReplyText) -> Sequence[str] | None:
    signs = set().union(*map(_known, sentences(reply.plain)))
    return _words(signs) if signs else None


def _words(signs: set[bool]) -> Sequence[str]:
    return ["yes" if sign else "no" for sign in sorted(signs)]


def _said(sentence: str) -> set[bool]:
    """Return the answers that a sentence gives with the words yes, no, true or false."""
    if _ALTERNATIVES.search(sentence):
        return {True, False} if len(sentence) < 40 else set()
    signs: set[bool] = set()
    if _YES.search(sentence):
        signs.add(True)
    if _NO.search(sentence) or _LEADING_NO.match(sentence):
        signs.add(False)
    if not signs:
        signs.update(
            (found[2].casefold() in ("true", "correct")) != bool(found[1]) for found in _TRUTH.finditer(sentence)
        )
    return signs


def _known(sentence: str) -> set[bool]:
    """Return whether a sentence says that somebody knows. Open questions and doubts of the speaker are ignored."""
    return {found["no"] is None for found in _KNOWING.finditer(_OPEN.sub(" ", sentence))}


YES_NO_RULES = (
    Rule("answer_field", "yes or no in the last answer tag, `\\boxed{…}` or JSON field", _answer_field),
    Rule(
        "marked_answer", "yes or no after the last “the answer is”, “I would say” or a similar phrase", _marked_answer
    ),
    Rule(
        "conclusion", "yes or no in the last sentence that begins with “so”, “therefore” or a similar word", _conclusion
    ),
    Rule("yes_or_no", "the words yes, no, true and false in the reply, if all of these words agree", _yes_or_no),
    Rule(
        "knowing_conclusion",
        "“knows” or “does not know” in the last sentence that begins with “so” or a similar word",
        _knowing_conclusion,
    ),
    Rule("knowing", "the phrases “knows” and “does not know” in the reply, if all of these phrases agree", _knowing),
)
"""Rules that read yes or no, in the order in which they are tried."""
