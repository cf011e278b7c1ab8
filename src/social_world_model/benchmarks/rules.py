"""Rules of extraction: values with a name, tried in order; the first that decides gives the answer.

A rule reads a reply and returns the answers that the reply leaves open. One answer is a commitment. Several answers, or
none, mean that the reply commits to nothing. A rule that does not apply returns None, and the next one is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from social_world_model.benchmarks.replies import contained, plain, spoken

BENCHMARK_RULE = "benchmark"
"""The name that stands for the `extract` method of a benchmark that overrides it."""


@dataclass(frozen=True)
class Extraction:
    """The answer that was read out of a reply.

    Parameters
    ----------
    answer
        None where the reply commits to no answer.
    rule
        Name of the rule that decided; None where no rule did.
    """

    answer: str | None
    rule: str | None

    @property
    def extracted_by(self) -> str | None:
        """The rule that read the answer, as results store it: None where there is no answer."""
        return None if self.answer is None else self.rule


@dataclass(frozen=True)
class ReplyText:
    """A reply, and what its answer is chosen from.

    Parameters
    ----------
    reply
        The text of the model.
    choices
        The options, in the order of their letters.
    people
        The people who may be named.
    """

    reply: str
    choices: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    @cached_property
    def spoken(self) -> str:
        """The reply without its thinking."""
        return spoken(self.reply)

    @cached_property
    def answer_field(self) -> str | None:
        """The content of the last answer tag, box or JSON field; None where there is none."""
        return contained(self.spoken)

    @cached_property
    def plain(self) -> str:
        """The spoken text without markup."""
        return plain(self.spoken)


@dataclass(frozen=True)
class Rule:
    """A rule of extraction.

    Parameters
    ----------
    name
        As results store it in `extracted_by`.
    description
        What the rule reads, in one line.
    read
        Returns the answers that a reply leaves open, or None where the rule does not apply.
    """

    name: str
    description: str
    read: Callable[[ReplyText], Sequence[str] | None]


def extracted(rules: Sequence[Rule], reply: ReplyText) -> Extraction:
    """Return the answer that the first rule to decide reads out of a reply.

    Parameters
    ----------
    rules
        In the order in which they are tried.
    reply
        With the options or people that it may name.

    >>> whole = Rule("whole_reply", "the whole reply", lambda reply: [reply.reply])
    >>> extracted([whole], ReplyText("the box"))
    Extraction(answer='the box', rule='whole_reply')
    """
    for rule in rules:
        answers = rule.read(reply)
        if answers is not None:
            return Extraction(answers[0] if len(answers) == 1 else None, rule.name)
    return Extraction(None, None)
