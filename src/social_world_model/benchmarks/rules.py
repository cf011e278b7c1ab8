"""Extraction rules: named functions that read the answer from a reply.

The rules are tried in order, and the first rule that applies decides. A rule returns the possible answers of a reply.
If there is exactly one possible answer, the reply commits to this answer. If there are several or none, the reply
commits to no answer. A rule that does not apply returns None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from social_world_model.benchmarks.replies import contained, plain, spoken

BENCHMARK_RULE = "benchmark"
"""Rule name for answers that come from an overridden `extract` method."""

AUTHORS_RULE = "authors"
"""Rule name for replies that are read in the same way as in the authors' code."""


@dataclass(frozen=True)
class Extraction:
    """The answer that was extracted from a reply.

    Parameters
    ----------
    answer
        The answer; None if the reply commits to no answer.
    rule
        Name of the rule that decided; None if no rule applied.
    """

    answer: str | None
    rule: str | None

    @property
    def extracted_by(self) -> str | None:
        """The name of the rule for the stored result. If there is no answer, the result is None."""
        return None if self.answer is None else self.rule


@dataclass(frozen=True)
class ReplyText:
    """A reply, with the options and people of the question.

    Parameters
    ----------
    reply
        Text of the reply.
    choices
        Texts of the options, in the order of their letters.
    people
        Names of the people that the answer may name.
    """

    reply: str
    choices: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    @cached_property
    def spoken(self) -> str:
        """The reply without reasoning in tags."""
        return spoken(self.reply)

    @cached_property
    def answer_field(self) -> str | None:
        """The content of the last answer tag, box or JSON field; None if the reply has no such part."""
        return contained(self.spoken)

    @cached_property
    def plain(self) -> str:
        """The text of `spoken` without markup."""
        return plain(self.spoken)


@dataclass(frozen=True)
class Rule:
    """An extraction rule.

    Parameters
    ----------
    name
        Name of the rule. Results store this name in `extracted_by`.
    description
        One line that says what the rule reads.
    read
        Function that returns the possible answers of a reply, or None if the rule does not apply.
    """

    name: str
    description: str
    read: Callable[[ReplyText], Sequence[str] | None]


def extracted(rules: Sequence[Rule], reply: ReplyText) -> Extraction:
    """Extract the answer from a reply. The first rule that applies decides.

    Parameters
    ----------
    rules
        Rules in the order in which they are tried.
    reply
        The reply, with the options and people of the question.

    >>> whole = Rule("whole_reply", "the whole reply", lambda reply: [reply.reply])
    >>> extracted([whole], ReplyText("the box"))
    Extraction(answer='the box', rule='whole_reply')
    """
    for rule in rules:
        answers = rule.read(reply)
        if answers is not None:
            return Extraction(answers[0] if len(answers) == 1 else None, rule.name)
    return Extraction(None, None)
