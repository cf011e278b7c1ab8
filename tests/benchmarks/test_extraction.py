from __future__ import annotations

import pytest

from social_world_model.benchmarks.extraction import chosen, final_answer, same_answer, split_choices

CHOICES = ["red_box", "blue_crate", "box"]


@pytest.mark.parametrize(
    "answer",
    ["blue_box", "blue box", "Blue Box.", "the blue_box", "In the blue box", '"blue_box"', "<answer>blue box</answer>"],
)
def test_the_same_answer_in_another_dress_is_right(answer: str) -> None:
    assert same_answer(answer, "blue_box")


@pytest.mark.parametrize(
    "answer",
    ["cardboard_box", "not the box, it is in the drawer", "box or drawer", "the box, then the drawer", "boxes", ""],
)
def test_an_answer_that_merely_holds_the_gold_is_wrong(answer: str) -> None:
    assert not same_answer(answer, "box")


def test_the_spaced_hyphen_of_tomi_is_the_same_thing() -> None:
    assert same_answer("t - shirt", "t-shirt")


def test_what_follows_the_last_answer_mark_counts() -> None:
    assert final_answer("Answer: no idea yet. Thinking. Final answer: the box") == "the box"
    assert final_answer("basket") == "basket"


@pytest.mark.parametrize(
    "reply", ["B", "b", "B.", "(B)", "(b)", "B)", "B. blue_crate", "blue_crate", "the blue crate", "Answer: B"]
)
def test_a_choice_is_known_by_letter_or_words(reply: str) -> None:
    assert chosen(reply, CHOICES) == "blue_crate"


@pytest.mark.parametrize("reply", ["Z", "", "crate", "A. blue_crate", "red_box and blue_crate", "B or C", "Because"])
def test_a_reply_that_commits_to_nothing_is_no_choice(reply: str) -> None:
    assert chosen(reply, CHOICES) is None


def test_choices_are_split_at_their_letters_and_not_at_commas() -> None:
    assert split_choices("A. red_box, B. box, a big one, C. e.g. this") == ("red_box", "box, a big one", "e.g. this")
    assert split_choices("(a) yes\n(b) no") == ("yes", "no")
    assert split_choices("nothing of the kind") == ()
