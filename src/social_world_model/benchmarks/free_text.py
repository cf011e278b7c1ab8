"""Free text: what a reply gives as its answer, where any words may be the answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from social_world_model.benchmarks.replies import REFUSAL, plain
from social_world_model.benchmarks.rules import ReplyText, Rule, extracted

_IS = r"(?:is|was|are|(?:would|should|must|will|could|to)\s{1,3}be)\b(?:\s{0,3}[:：])?|[:：=]"
_ANSWER = re.compile(rf"\banswer\b[^\S\n]{{0,3}}(?:\((?:final|short)\))?[^\S\n]{{0,3}}(?:{_IS})\s*", re.IGNORECASE)
_EMPHASISED = re.compile(r"\*{1,3}([^*\n]{0,200})\*{1,3}")


def final_answer(reply: str) -> str:
    """Return what a reply gives as its answer: what it tags, or follows its last ``Answer:``, else all of it.

    Parameters
    ----------
    reply
        What the model said.

    Returns
    -------
    str
        The content of an answer tag, box or JSON field; else the paragraph after the last mark; else the reply.

    >>> final_answer("Sally left before. Answer: the basket"), final_answer("The answer is the basket.")
    ('the basket', 'the basket.')
    """
    return final_answer_of(ReplyText(reply))


def final_answer_of(reply: ReplyText) -> str:
    """Return the answer of a reply as `final_answer` does."""
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
    # "unknown" alone is an answer in the form that was asked for.
    return [] if " " in answer and REFUSAL.search(plain(answer)) else None


TEXT_RULES = (
    Rule("answer_field", "the content of the last answer tag, `\\boxed{…}` or JSON field", _answer_field),
    Rule("marked_answer", "the paragraph after the last “Answer:” or “the answer is”", _marked_answer),
    Rule("whole_reply", "the whole reply, without its thinking", _whole_reply),
)
"""How any text is read; a refusal is a text like others."""

ANSWER_RULES = (
    Rule("refusal", "several words that say that no answer can be given: no answer", _refusal),
    *TEXT_RULES,
)
"""How a short answer in free words is read."""

VERBATIM_RULES = (Rule("verbatim", "the reply as it is, letter by letter", lambda reply: [reply.reply]),)
"""How a text is read that is itself what was asked for, such as the summary of a meeting."""
