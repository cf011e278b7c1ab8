"""The place of an extracted answer in its reply."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.benchmarks import get_benchmark
from social_world_model.benchmarks.spans import answer_span
from social_world_model.contracts import Item

CHOICES = ("red_box", "crate", "green_trunk")


@pytest.mark.parametrize(
    ("reply", "marked"),
    [
        ("crate", "crate"),
        ("It is not in the red box. <answer>Crate</answer> The crate it is.", "Crate"),
        (r"The crate? The box? So \boxed{\text{crate}}, not the crate nearby.", "crate"),
        ('{"answer": "B", "note": "B is best"}', "B"),
        ("The answer is B. A was left, B is good.", "B"),
        ("A is wrong. Answer: (b)", "(b)"),
        ("b)", "b"),
        ("The green trunk was opened. So she looks in the crate.", "crate"),
        ("Answer: the   Green-Trunk.", "Green-Trunk"),
    ],
)
def test_the_answer_is_marked_where_the_rule_read_it(reply: str, marked: str) -> None:
    benchmark = get_benchmark("hitom")
    item = Item(
        index="1", narrative="", question="Where?", correct_answer="crate", question_kind="belief", choices=CHOICES
    )
    found = benchmark.assess(reply, item, "lenient")
    place = answer_span(reply, found.answer, CHOICES, found.extracted_by)
    assert found.answer in CHOICES and place is not None
    assert reply[slice(*place)] == marked


def test_an_answer_that_is_not_in_the_reply_has_no_place() -> None:
    assert answer_span("She knows.", "yes") is None
    assert answer_span("", "yes") is None
    assert answer_span("yes", None) is None


def test_part_of_a_word_is_not_the_answer() -> None:
    assert answer_span("the toolbox", "box") is None


@given(st.text(), st.text())
def test_a_place_holds_the_words_of_the_answer(reply: str, answer: str) -> None:
    place = answer_span(reply, answer)
    if place is not None:
        words = answer.replace("_", " ").replace("-", " ").split()
        assert reply[slice(*place)].replace("_", " ").replace("-", " ").lower().split() == [w.lower() for w in words]
