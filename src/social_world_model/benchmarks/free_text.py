"""Free text: read an answer that may be any text from a reply."""

from __future__ import annotations

import re
from collections.abc import Sequence

from social_world_model.benchmarks.replies import REFUSAL, plain
from social_world_model.benchmarks.rules import ReplyText, Rule, extracted

_IS = r"(?:is|was|are|(?:would|should|must|will|could|to)\s{1,3}be)\b(?:\s{0,3}[:：])?|[:：=]"
_ANSWER = re.compile(rf"\banswer\b[^\S\n]{{0,3}}(?:\((?:final|short)\))?[^\S\n]{{0,3}}(?:{_IS})\s*", re.IGNORECASE)
_EMPHASISED = re.compile(r"\*{1,3}([^*\n]{0,200})\*{1,3}")


def final_answer(reply: str) -> str:
    """Return the final answer of a reply as text. The rules of `TEXT_RULES` are tried in order.

    Parameters
    ----------
    reply
        Text of the reply.

    Returns
    -------
    str
        The content of the last answer tag, box or JSON field. Without such a field, the result is the paragraph after
        the last ``Answer:``. Without such a paragraph, the result is the whole reply.

    >>> final_answer("Sally left before. Answer: the basket"), final_answer("The answer is the basket.")
    ('the basket', 'the basket.')
    """
    return final_answer_of(ReplyText(reply))


def final_answer_of(reply: ReplyText) -> str:
    """Return the final answer of a reply, as `final_answer` does for plain text."""
    return extracted(TEXT_RULES, reply).answer or ""


def _answer_field(reply: ReplyText) -> Sequence[str] | None:
    return None if reply.answer_field is None else _some(reply.answer_field)


def _marked_answer(reply: ReplyText) -> Sequence[str] | None:
    *before, last = _ANSWER.split(_EMPHASISED.sub(r"\1", reply.spoken))
    return _some(last.strip().split("\n\n")[0].strip()) if before else None


def _whole_reply(reply: ReplyText) -> Sequence[str]:
    return _some(reply.spoken.strip())


def _some(answer: str) -> Sequence[str]:
    return [answer] if answer else []


def _refusal(reply: ReplyText) -> Sequence[str] | None:
    answer = final_answer_of(reply)
    # The single word "unknown" is a valid short answer.
    return [] if " " in answer and REFUSAL.search(plain(answer)) else None


TEXT_RULES = (
    Rule("answer_field", "the content of the last answer tag, `\\boxed{…}` or JSON field", _answer_field),
    Rule("marked_answer", "the paragraph after the last “Answer:” or “the answer is”", _marked_answer),
    Rule("whole_reply", "the whole reply, without the reasoning", _whole_reply),
)
"""Rules that read any text. A refusal counts as an answer."""

ANSWER_RULES = (
    Rule(
        "refusal",
        "a refusal of several words, such as “cannot be determined”; such a reply contains no answer",
        _refusal,
    ),
    *TEXT_RULES,
)
"""Rules that read a short answer in free text."""

VERBATIM_RULES = (Rule("verbatim", "the unchanged reply", lambda reply: [reply.reply]),)
"""Rule for replies that are the requested text, such as the summary of a meeting."""
