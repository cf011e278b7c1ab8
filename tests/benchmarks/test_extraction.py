from __future__ import annotations

import doctest
import importlib
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.benchmarks.extraction import (
    chosen,
    final_answer,
    names_in_reply,
    normalised,
    same_answer,
    split_choices,
    yes_no,
)

CHOICES = ["red_box", "blue_crate", "box"]
PEOPLE = ["Ann", "Anne", "Bob", "Carl", "Mary Lou", "Dr. Lee", "Zoë"]

option = st.from_regex(r"[b-z]{3,9}(_[b-z]{3,9})?", fullmatch=True)
options = st.lists(option, min_size=2, max_size=15, unique=True)
prose = st.text(st.characters(codec="utf-8", exclude_characters="\\<>{}[]\"'`*"), max_size=80)


# --- comparing ---


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


@given(prose)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


# --- the part of a reply that is its answer ---


def test_what_follows_the_last_answer_mark_counts() -> None:
    assert final_answer("Answer: no idea yet. Thinking. Final answer: the box") == "the box"
    assert final_answer("The answer is the basket.") == "the basket."
    assert final_answer("**Answer:** the basket\n\nBecause she left.") == "the basket"
    assert final_answer("basket") == "basket"


@pytest.mark.parametrize(
    "reply",
    [
        "Anne saw it. <answer>the box</answer> That is all.",
        r"Anne saw it, so \boxed{\text{the box}}.",
        '```json\n{"reasoning": "Anne saw it", "answer": "the box"}\n```',
        "<think>Answer: the drawer?</think>the box",
        "### Assistant: the box",
    ],
)
def test_tags_boxes_and_fields_hold_the_answer_and_thinking_does_not(reply: str) -> None:
    assert final_answer(reply) == "the box"


def test_thinking_without_end_answers_nothing() -> None:
    assert final_answer("<think>So the answer is: the box") == ""
    assert chosen("<think>So the answer is B", CHOICES) is None
    assert yes_no("<think>Yes, but") is None


# --- the choices ---


@pytest.mark.parametrize(
    "reply",
    [
        "B",
        "b",
        "B.",
        "(B)",
        "(b)",
        "B)",
        " **B**",
        "2",
        "2.",
        "option B",
        "B. blue_crate",
        "B: blue crate",
        "B - blue_crate",
        "B blue_crate",
        "(B) blue_crate",
        "2. blue_crate",
        "blue_crate",
        "the blue crate",
        "`Blue_Crate`",
        "Answer: B",
        "Answer: blue_crate",
        "**Answer:** B",
        "## Answer\nB",
        "The answer is B",
        "The correct answer is **B**. Here's how",
        "The correct option is (B).",
        'The answer to the question "Where is the red_box really?" is option B - blue crate.',
        "The answer is B. blue_crate, but this is only a possibility.",
        "The best answer would be:\n\nB. blue_crate\n\nDoes this make sense?",
        "<answer>B</answer>",
        r"The red_box is a lure. \boxed{B}",
        '{"reasoning": "the red_box is a lure", "answer": "B"}',
        '{"answer": "blue_crate"}',
        "That leaves option B as the correct answer.",
        "I would pick option B over the red_box.",
        "So it must be B.",
        "Considering all that, **B** it is.",
        "Anne saw it in the red_box at first. So Anne thinks the potato is in the blue crate.",
        "It isn't in the red_box, it is in the blue_crate.",
        "The answer is not the red_box. It is the blue_crate.",
        "Anne thinks it is in the blue_crate, because she missed the move to the red_box.",
        "Ann moved it from the red_box to the blue_crate.",
        "B. blue_crate\n\nExplanation: it was in the red_box before.",
        "Answer: A? No. Final answer: B",
        "She would look in the blue_crate",
        "Anne does not know about the move, so she thinks it is in the blue_crate.",
        "Anne will look in the blue_crate. She did not see Bob move it to the red_box.",
        "Blue crate. Anne left the room before it was moved to the red box.",
        "Anne believes it to be in the blue_crate (B), since we do not know where she was.",
        "It's either red_box or blue_crate, but I'd go with blue_crate.",
        "Therefore, she thinks it is in:\n\nB. blue_crate\n\nShe knows nothing of the move to the red_box.",
        "The blue_crate rather than the red_box",
        "A is wrong. B is correct.",
        "Answer: B. I cannot be sure.",
        "Answer - B",
        "Choice: B",
        "### Final Answer:\n> **B. blue_crate**",
        r"\(\boxed{\text{B. blue\_crate}}\)",
        '["B"]',
        "<thinking>The answer is A.</thinking>B",
        "<scratchpad>The answer is A.</scratchpad>\nB. blue_crate",
        "<answer>B</answer>\n<reasoning>The answer is not A.</reasoning>",
        r"The answer is $\mathbf{B}$",
        r"\textbf{B}",
        "B ✅",
        "「B」。",
        "Answer: B\n\nIf she had stayed, the answer would be A.",
        "The correct answer is B. Many would say the answer is A, but that ignores the exit.",
        "If we go by the story, the answer would be B.",
        "Answer: B (though A is possible)",
        "B because A is wrong",
        "My answer is B rather than A",
        "The answer is (B) blue_crate, not (A) red_box.",
        "The answer is B. blue_crate, because it was moved from A. red_box.",
        "Answer: C\n\nNo, I was wrong. The answer is B.",
        "The answer is B. Actually, this was Anne's last view.",
        "The answer is B. No one saw it move to C.",
        "The answer is blue_crate.\n\nActually, let me double-check: it moved to the box. She thinks blue_crate. Yes.",
        "**Answer: B**\n\n**Why not A?** Because Anne left.",
    ],
)
def test_a_choice_is_known_by_letter_words_or_both_and_by_its_marks(reply: str) -> None:
    assert chosen(reply, CHOICES) == "blue_crate"


@pytest.mark.parametrize(
    "reply",
    [
        "Z",
        "",
        "crate",
        "She thinks that it is in the blue_crate. The answer is A. blue_crate.",
        "red_box and blue_crate",
        "B or C",
        "A, B",
        "Because",
        "A red herring",
        "the cardboard_box",
        "It is in the cardboard box.",
        "The answer is not the box",
        "neither the red_box nor the blue_crate",
        "The answer is red_box or blue_crate.",
        "Answer: unknown",
        "It was in the red_box, but we don't know where she thinks it is.",
        "We cannot determine where she thinks the red_box is.",
        "The answer cannot be determined. It may be the red_box.",
        "It was in the red_box. The answer is none of the above.",
        "The answer is P. None of the above",
        "The answer is A. None of the above",
        "The answer is Option B: red_box.",
        "A. red_box, B. blue_crate, C. box",
        "A. red_box\nB. blue_crate\nC. box",
        "1. Anne entered.\n2. The potato is in the red_box.\n3. Bob left.\n4. Anne",
        "<answer></answer>",
        '{"answer": null}',
        '{"answer": ["A", "B"]}',
        "We can eliminate options A, B.",
        "B\nC",
        "So Anne thinks it is in the red_box, which is choice (B).",
        "We",
        "The answer is A. Hmm, wait. Actually it's B.",
        "The answer is A. No, that's wrong. It must be B.",
        "Answer: A. Actually, no: B.",
        "Answer: A\n\nWait, Anne left before. So B.",
        "One might think the answer is A. However, Anne left early.",
        "I would not choose A.",
        "It is not possible to choose A.",
        "A: I don't know",
        "A. red_box is incorrect",
        "A. red_box ❌\nB. blue_crate ❌\nC. box ❌",
        "She wouldn't look in the red_box.",
        "Nobody would look in the red_box.",
        "Anne doubts that it is in the red_box.",
        "At first glance, A seems right.",
        "It is really in the red_box, although Anne thinks it is in the blue_crate.",
        "While the red_box is where it is, Anne thinks blue_crate.",
        "A seems right at first, but B is correct.",
    ],
)
def test_a_reply_that_commits_to_nothing_is_no_choice(reply: str) -> None:
    assert chosen(reply, CHOICES) is None


def test_a_letter_past_the_end_of_the_choices_is_no_choice() -> None:
    assert chosen("The answer is D.", CHOICES) is None
    assert chosen("4", CHOICES) is None
    assert chosen("B", []) is None


def test_a_number_is_no_label_where_the_choices_are_numbers() -> None:
    assert chosen("2", ["3", "4"]) is None
    assert chosen("4", ["3", "4"]) == "4"


@pytest.mark.parametrize("reply", ["(İ)", "ı.", "option ſ", "in the bıg box", "Answer: K."])
def test_letters_of_other_alphabets_are_no_labels_and_no_crash(reply: str) -> None:
    assert chosen(reply, ["big box", "small box"]) is None


def test_signs_that_replies_are_stripped_of_may_stand_in_options_too() -> None:
    options = ["It costs $5 {net}.", "It costs “six” 🎁."]
    assert [chosen(option, options) for option in options] == options
    assert chosen("I am sure: it costs $5 {net}.", options) == options[0]


def test_choices_may_be_sentences() -> None:
    said = ["Sally will look in the basket.", "Sally will look in the box."]
    assert chosen("Sally will look in the box", said) == said[1]
    assert chosen("I think that Sally will look in the basket, as she left.", said) == said[0]


@given(prose, st.lists(st.text(max_size=12), max_size=6))
def test_what_is_chosen_is_one_of_the_choices(reply: str, choices: list[str]) -> None:
    assert chosen(reply, choices) in [*choices, None]


@given(options, st.data())
def test_every_option_is_known_by_its_letter_and_by_its_words(choices: list[str], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(choices) - 1))
    letter, words = chr(ord("A") + number), choices[number]
    spaced = words.replace("_", " ")
    boxed = f"\\boxed{{{letter}}}"
    for reply in (letter, f"({letter})", f"{letter}. {words}", words, f"The {spaced}.", f"**{letter}**", boxed):
        assert chosen(reply, choices) == words


@given(prose, options, st.data())
def test_prose_before_a_marked_answer_changes_nothing(before: str, choices: list[str], data: st.DataObject) -> None:
    number = data.draw(st.integers(0, len(choices) - 1))
    letter = chr(ord("A") + number)
    for marked in (f"Answer: {letter}", f"The answer is {choices[number]}.", f"<answer>{letter}</answer>"):
        assert chosen(f"{before}\n{marked}", choices) == chosen(marked, choices) == choices[number]


@given(prose)
def test_prose_before_a_marked_yes_or_no_changes_nothing(before: str) -> None:
    assert yes_no(f"{before}\nAnswer: yes") is True
    assert yes_no(f"{before}\nThe answer is no.") is False
    assert names_in_reply(f"{before}\nAnswer: Bob and Anne", PEOPLE) == ["Anne", "Bob"]


# --- lists of choices ---


def test_choices_are_split_at_their_letters_and_not_at_commas() -> None:
    assert split_choices("A. red_box, B. box, a big one, C. e.g. this") == ("red_box", "box, a big one", "e.g. this")
    assert split_choices("(a) yes\n(b) no") == ("yes", "no")
    assert split_choices("nothing of the kind") == ()


LAYOUTS: list[Callable[[list[str]], str]] = [
    lambda items: ", ".join(f"{chr(65 + n)}. {item}" for n, item in enumerate(items)),
    lambda items: "; ".join(f"{chr(65 + n)}) {item}" for n, item in enumerate(items)),
    lambda items: "\n".join(f"({chr(97 + n)}) {item}" for n, item in enumerate(items)),
    lambda items: " ".join(f"{chr(97 + n)}) {item}" for n, item in enumerate(items)),
    lambda items: "\n".join(f"{chr(65 + n)}: {item}" for n, item in enumerate(items)),
    lambda items: " ".join(f"{n}. {item}" for n, item in enumerate(items, 1)),
    lambda items: "\n".join(f"- {n}) {item}" for n, item in enumerate(items, 1)),
    lambda items: "Choices:\n" + "\n".join(f"**{chr(65 + n)}.** {item}" for n, item in enumerate(items)),
    lambda items: "\n".join(items),
    lambda items: "\r\n".join(f"* {item}" for item in items),
]


@given(options, st.sampled_from(LAYOUTS))
def test_any_layout_of_a_list_gives_the_same_options(items: list[str], layout: Callable[[list[str]], str]) -> None:
    assert split_choices(layout(items)) == tuple(items)


@pytest.mark.parametrize("text", ["", "x", "A. x", "x, y", "B. x\nC. y", "A. , B. y", "[x] or [y]", "  \n  "])
def test_a_list_in_no_known_layout_gives_nothing(text: str) -> None:
    assert split_choices(text) == ()


def test_the_label_of_another_style_is_part_of_an_option() -> None:
    assert split_choices("A. vitamin b. is good, B. (b) is") == ("vitamin b. is good", "(b) is")


# --- yes and no ---


@pytest.mark.parametrize(
    "reply",
    [
        "Yes.",
        "yes",
        "**Yes**, she was there.",
        "Answer: Yes",
        "The answer is yes.",
        "She heard all of it, so yes.",
        "I would say yes",
        "<answer>yes</answer>",
        '{"answer": "Yes"}',
        '{"answer": true}',
        "True",
        "The statement is true.",
        "It is not false.",
        "He knows the correct answer.",
        "She was in the room, so she is aware of it.",
        "Linda does know it.",
        "No one else was there. Answer: yes",
        "He was there. No, he never left. So yes.",
        "Yes, although nobody told him.",
        "Yes, he knows what Bob does not know.",
    ],
)
def test_yes_is_read_wherever_it_stands(reply: str) -> None:
    assert yes_no(reply) is True


@pytest.mark.parametrize(
    "reply",
    [
        "No.",
        "no",
        "NO",
        "**No**, because he left.",
        "No, she doesn't know.",
        "No he does not",
        "Answer: no",
        "The answer is no.",
        "He left before they spoke of it, so no.",
        r"\boxed{\text{No}}",
        "False",
        "The statement is not true.",
        "That is incorrect; it is false.",
        "He does not know the correct answer.",
        "She doesn't really know it.",
        "Linda is unaware of it.",
        "Linda has no knowledge of it.",
        "Linda would not be aware of it.",
        "Linda knows of the dog. Therefore, she does not know of the cat.",
        "Nobody told him. The answer is: no",
        "No\n\nYes-men are another matter",
        "Answer: he could not have known",
        "<reasoning>Yes?</reasoning>No.",
        "There is no evidence that she knows, so the answer is no.",
        "Answer: yes. Wait, she left. Answer: no",
    ],
)
def test_no_is_read_wherever_it_stands(reply: str) -> None:
    assert yes_no(reply) is False


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "Nobody.",
        "Nobody knows.",
        "No one was there",
        "No idea",
        "Yes and no.",
        "yes or no?",
        "Yes/No",
        "Yes. No.",
        "I don't know.",
        "We do not know whether he knows.",
        "It is unclear whether she knows it.",
        "Answer: cannot be determined",
        "Anne knows it and Bob does not know it.",
        "Bob left the room.",
        "Norbert noticed nothing.",
        "The eyes have it.",
        "There is no indication that Ann knows.",
        "It is unlikely that Ann knows.",
        "The answer cannot be yes.",
        "Answer: yes. Wait, she left. So no.",
    ],
)
def test_a_reply_that_says_neither_or_both_is_no_answer(reply: str) -> None:
    assert yes_no(reply) is None


# --- names ---


@pytest.mark.parametrize(
    ("reply", "named"),
    [
        ("Anne", ["Anne"]),
        ("anne, BOB", ["Anne", "Bob"]),
        ("Bob and Anne.", ["Anne", "Bob"]),
        ("Joann and Annette", []),
        ("Mary Lou", ["Mary Lou"]),
        ("Mary", []),
        ("Dr Lee, Zoe", ["Dr. Lee", "Zoë"]),
        ("DR. LEE", ["Dr. Lee"]),
        ("ZOË", ["Zoë"]),
        ("Carl was there. [Anne, Bob]", ["Anne", "Bob"]),
        ("Carl was there. Answer: Anne, Bob", ["Anne", "Bob"]),
        ("Answer: [Anne]\nBob left.", ["Anne"]),
        ('{"answer": ["Anne", "Bob"], "reasoning": "Carl left"}', ["Anne", "Bob"]),
        ("[]", []),
        ("", []),
        ("nobody", []),
        ("None of them", []),
        ("None of Anne, Bob and Carl", []),
        ("Everyone except Bob", []),
        ("All but Bob and Carl.", []),
        ("not Bob", []),
        ("Anne, but not Bob", ["Anne"]),
        ("Anne and not Bob", ["Anne"]),
        ("Anne, Carl; everyone besides Bob", ["Anne", "Carl"]),
        ("Bob does not know.", []),
        ("Bob doesn't know", []),
        ("Anne knows that Bob does not know.", ["Anne"]),
        ("Anne and Bob don't know, Carl does.", ["Carl"]),
        ("Neither Anne nor Bob", []),
        ("Bob is unaware of it, unlike Anne who knows", []),
        ("Only Anne knows; Bob, however, has no idea", ["Anne"]),
        ("Nobody except Anne", ["Anne"]),
        ("No one in the room other than Anne and Bob", ["Anne", "Bob"]),
        ("Anne's brother", []),
        ("[1] Anne and Bob", ["Anne", "Bob"]),
        ("Anne knows, while Bob never heard of it", ["Anne"]),
    ],
)
def test_the_people_a_reply_names_are_read(reply: str, named: list[str]) -> None:
    assert names_in_reply(reply, PEOPLE) == named


def test_an_accent_counts_where_it_alone_tells_two_people_apart() -> None:
    assert names_in_reply("René", ["Rene", "René"]) == ["René"]


def test_names_are_given_once_and_in_their_order() -> None:
    assert names_in_reply("Bob, Anne, Bob", ["Anne", "Bob", "Anne", ""]) == ["Anne", "Bob"]


@given(st.lists(st.sampled_from(PEOPLE), unique=True), st.sampled_from([", ", " and ", "\n", "; "]))
def test_a_plain_list_of_names_is_read_whole(people: list[str], joint: str) -> None:
    expected = [name for name in PEOPLE if name in people]
    assert names_in_reply(joint.join(people), PEOPLE) == expected
    assert names_in_reply(f"Bob left, Carl stayed. [{', '.join(people)}]", PEOPLE) == expected


@given(prose, st.lists(st.text(max_size=9), max_size=5))
def test_whoever_is_named_is_one_of_the_given(reply: str, names: list[str]) -> None:
    assert set(names_in_reply(reply, names)) <= set(names)


# --- all of it ---

LONG = [
    "answer is ",
    "the red_box, ",
    "not ",
    "A, B or ",
    "yes no ",
    "Bob, ",
    "((((",
    "[[[[",
    "<a<b",
    '"answer": "',
    "\\boxed{",
    "\n\n",
    "    ",
    "B. ",
    "cannot be determined to ",
    "a",
    "<answer>",
    "does not ",
    "so? ",
]


@pytest.mark.parametrize("piece", LONG)
def test_a_reply_of_200_kb_is_read_in_linear_time(piece: str) -> None:
    reply = piece * (200_000 // len(piece))
    start = time.perf_counter()
    chosen(reply, CHOICES)
    yes_no(reply)
    names_in_reply(reply, PEOPLE)
    split_choices("A. " + reply)
    final_answer(reply)
    normalised(reply)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("module", ["choices", "extraction", "names", "replies", "yes_no"])
def test_the_examples_in_the_docstrings_hold(module: str) -> None:
    assert doctest.testmod(importlib.import_module(f"social_world_model.benchmarks.{module}")).failed == 0


@pytest.mark.parametrize("reply", ["A. blue_crate", "a) blue crate", "(A) blue_crate", " A: blue_crate\n"])
def test_a_letter_with_the_words_of_another_option_and_nothing_else_is_the_letter(reply: str) -> None:
    assert chosen(reply, CHOICES) == "red_box"
