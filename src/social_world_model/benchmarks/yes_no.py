"""Yes or no: what a reply says to a question that can be answered so, and to one of who knows something."""

from __future__ import annotations

import re

from social_world_model.benchmarks.replies import (
    EXCLUDED,
    NO_ANSWER,
    REFUSAL,
    contained,
    marked_spans,
    plain,
    second_thought,
    sentences,
    spoken,
)

_ALTERNATIVES = re.compile(
    r"\b(?:yes|no|true|false)\s{0,3}(?:/|\bor\b|\band\b)\s{0,3}(?:yes|no|true|false)\b", re.IGNORECASE
)
_YES = re.compile(r"\b(?:yes|yeah|yep)\b(?!-\w)", re.IGNORECASE)
# "no" is an answer where nothing belongs to it; in "no idea", "no one" or "no doubt" it is part of a phrase.
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
    """Return whether a reply says yes or no; None if it says neither or both.

    Read in this order: an answer tag, box or JSON field; the last marked answer; a conclusion that says either; every
    yes and no, true and false; and only where none of these is, whether somebody "knows" or "does not know".

    Parameters
    ----------
    reply
        What the model said.

    Returns
    -------
    bool or None
        True for yes, False for no.

    >>> [yes_no(text) for text in ("Yes.", "**No**, he left.", "Nobody knows.", "Answer: no.", "Yes and no.")]
    [True, False, None, False, None]
    >>> yes_no("Linda does not know what they said."), yes_no("She was there, so she knows.")
    (False, True)
    """
    text = spoken(reply)
    inner = contained(text)
    if inner is not None:
        return _one(_said(plain(inner)) or _known(plain(inner)))
    text = plain(text)
    for marked in marked_spans(text):
        if marked.span.startswith(EXCLUDED):
            return None
        signs = _said(marked.span) or _known(marked.span)
        if signs:
            return _one(signs | set().union(*map(_said, sentences(second_thought(marked.rest)))))
        if REFUSAL.search(marked.span) or NO_ANSWER.search(marked.span):
            return None
    return _unmarked(sentences(text))


def _unmarked(parts: list[str]) -> bool | None:
    said = [_said(part) for part in parts]
    if any(said):
        for part, signs in zip(reversed(parts), reversed(said), strict=True):
            if len(signs) == 1 and _CONCLUDES.match(part):
                return _one(signs)
        return _one(set().union(*said))
    known = [_known(part) for part in parts]
    for part, signs in zip(reversed(parts), reversed(known), strict=True):
        if signs and _CONCLUDES.match(part):
            return _one(signs)
    return _one(set().union(*known))


def _one(signs: set[bool]) -> bool | None:
    return next(iter(signs)) if len(signs) == 1 else None


def _said(sentence: str) -> set[bool]:
    """Return the answers that a sentence gives in so many words: yes, no, true, false."""
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
    """Return what a sentence says of somebody's knowing; an open question or the speaker's own doubt says nothing."""
    return {found["no"] is None for found in _KNOWING.finditer(_OPEN.sub(" ", sentence))}
