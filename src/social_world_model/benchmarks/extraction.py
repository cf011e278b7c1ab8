"""From a reply to an answer that can be compared, and the comparison."""

from __future__ import annotations

from social_world_model.benchmarks.choices import chosen, split_choices
from social_world_model.benchmarks.names import names_in_reply
from social_world_model.benchmarks.replies import final_answer, normalised
from social_world_model.benchmarks.yes_no import yes_no

__all__ = ["chosen", "final_answer", "names_in_reply", "normalised", "same_answer", "split_choices", "yes_no"]


def same_answer(answer: str, gold: str) -> bool:
    """Tell whether two answers are the same as a whole; naming the gold among others is not enough.

    >>> same_answer("In the blue box.", "blue_box"), same_answer("cardboard_box", "box")
    (True, False)
    """
    return normalised(answer) == normalised(gold)
