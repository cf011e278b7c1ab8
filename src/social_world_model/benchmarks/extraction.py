"""Extract an answer from a reply and compare two answers."""

from __future__ import annotations

from social_world_model.benchmarks.choices import OPTION_RULES, chosen, split_choices
from social_world_model.benchmarks.free_text import ANSWER_RULES, TEXT_RULES, VERBATIM_RULES, final_answer
from social_world_model.benchmarks.names import NAME_RULES, names_in_reply
from social_world_model.benchmarks.replies import normalised
from social_world_model.benchmarks.rules import AUTHORS_RULE, BENCHMARK_RULE, Extraction, ReplyText, Rule, extracted
from social_world_model.benchmarks.yes_no import YES_NO_RULES, yes_no

__all__ = [
    "ANSWER_RULES",
    "AUTHORS_RULE",
    "BENCHMARK_RULE",
    "NAME_RULES",
    "OPTION_RULES",
    "TEXT_RULES",
    "VERBATIM_RULES",
    "YES_NO_RULES",
    "Extraction",
    "ReplyText",
    "Rule",
    "chosen",
    "extracted",
    "final_answer",
    "names_in_reply",
    "normalised",
    "same_answer",
    "split_choices",
    "yes_no",
]


def same_answer(answer: str, gold: str) -> bool:
    """Return whether two answers are equal. An answer that only contains the gold answer is not equal.

    Case, articles, quotation marks and underscores are ignored.

    Parameters
    ----------
    answer, gold
        The answers to compare. Their order does not matter.

    >>> same_answer("In the blue box.", "blue_box"), same_answer("cardboard_box", "box")
    (True, False)
    """
    return normalised(answer) == normalised(gold)
