"""The place of an extracted answer in a reply, for readers who want to see what was extracted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from social_world_model.benchmarks.replies import content_place, last_mark

Span = tuple[int, int]
"""Start and end of a part of a reply, in characters."""
_GAP = r"[\s_\-]{1,3}"


def answer_span(reply: str, answer: str | None, choices: Sequence[str] = (), rule: str | None = None) -> Span | None:
    """Return the place of the extracted answer in a reply.

    If the extraction rule knows the part of the reply that contains the answer, this part is searched first. The place
    is the last place where the words of the answer, or the letter of the chosen option, occur.

    Parameters
    ----------
    reply
        Text of the reply.
    answer
        The extracted answer; None if there is no answer.
    choices
        Texts of the options, in the order of their letters.
    rule
        Name of the rule that read the answer.

    Returns
    -------
    tuple or None
        Start and end of the answer. None if the answer is not verbatim in the reply.

    Examples
    --------
    >>> answer_span("Not the box. Answer: The Red_Box.", "red box")
    (25, 32)
    >>> answer_span("A is wrong. The answer is B.", "crate", ["box", "crate"])
    (26, 27)
    """
    if not answer:
        return None
    for start, end in _regions(reply, rule):
        for pattern in _patterns(answer, choices):
            found = [match.span(1) for match in pattern.finditer(reply, start, end)]
            if found:
                return found[0] if rule == "marked_answer" and start else found[-1]
    return None


def _regions(reply: str, rule: str | None) -> Iterator[Span]:
    """Yield the part of the reply that the rule reads, if it is known, and then the whole reply."""
    if rule == "answer_field" and (place := content_place(reply)) is not None:
        yield place
    if rule == "marked_answer" and (mark := last_mark(reply)) is not None:
        yield mark, len(reply)
    yield 0, len(reply)


def _patterns(answer: str, choices: Sequence[str]) -> Iterator[re.Pattern[str]]:
    """Yield patterns for the words of an answer, and for the letter of an option. Group 1 is the answer."""
    words = [re.escape(word) for word in re.split(r"[\s_\-]+", answer.strip()) if word]
    if words:
        yield re.compile(rf"(?<!\w)({_GAP.join(words)})(?!\w)", re.IGNORECASE)
    if answer in choices:
        letter = chr(ord("A") + list(choices).index(answer))
        yield re.compile(rf"(?<![\w'’])({letter})(?![\w'’])")
        yield re.compile(rf"(?<!\w)(\({letter.lower()}\)|{letter.lower()}(?=[).:])|^\s*{letter.lower()}\s*$)")
