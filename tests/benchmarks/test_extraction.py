"""How answers are read out of replies, over a corpus of replies and by what holds for any reply.

The corpus, tests/golden/benchmarks/replies.jsonl, has a line for each reply: the form of the answer, the options or
people, the answer that must be read (null: none), the rule that must decide (null: none does) and where the reply is
from: `adversarial` ones are written to mislead the rules, `worked` ones are the examples of the documentation, and
`real` ones name a row of a file of the data folder (test_real_replies.py).
"""

from __future__ import annotations

import doctest
import importlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.benchmarks import choices as choices_module
from social_world_model.benchmarks.base import Benchmark
from social_world_model.benchmarks.builtin.cobra_frames import OFFENCE_RULES, verdict
from social_world_model.benchmarks.extraction import (
    ANSWER_RULES,
    NAME_RULES,
    OPTION_RULES,
    TEXT_RULES,
    VERBATIM_RULES,
    YES_NO_RULES,
    Extraction,
    ReplyText,
    Rule,
    chosen,
    extracted,
    final_answer,
    names_in_reply,
    normalised,
    same_answer,
    split_choices,
    yes_no,
)
from social_world_model.contracts import Item
from social_world_model.data.reading import Row

CORPUS = Path(__file__).parents[1] / "golden" / "benchmarks" / "replies.jsonl"
RULES: Mapping[str, Sequence[Rule]] = {
    "option": OPTION_RULES,
    "yes_no": YES_NO_RULES,
    "names": NAME_RULES,
    "text": TEXT_RULES,
    "answer": ANSWER_RULES,
    "offence": OFFENCE_RULES,
}
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


# --- the corpus ---


def corpus() -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line["source"] != "real"]


def read(line: Mapping[str, Any]) -> Extraction:
    choices_module._paragraphs.cache_clear()
    reply = ReplyText(line["reply"], choices=tuple(line.get("options", ())), people=tuple(line.get("people", ())))
    return extracted(RULES[line["form"]], reply)


def test_every_reply_of_the_corpus_gives_its_answer_by_its_rule() -> None:
    got = [(line, read(line)) for line in corpus()]
    offenders = [
        f"{line['form']} {line['reply']!r}: expected {line['answer']!r} by {line['rule']}, got {found}"
        for line, found in got
        if (found.answer, found.rule) != (line["answer"], line["rule"])
    ]
    assert len(got) > 350
    assert not offenders, "\n".join(offenders)


def test_every_rule_decides_a_reply_that_is_real_or_adversarial() -> None:
    decided = {(line["form"], line["rule"]) for line in corpus() if line["source"] == "adversarial"}
    used = {rule for form, rules in RULES.items() for rule in rules if (form, rule.name) in decided}
    assert not [rule.name for rules in RULES.values() for rule in rules if rule not in used]


def patterns() -> Iterator[tuple[ModuleType, str, re.Pattern[str]]]:
    """Give each pattern by which replies are read; those before `split_choices` read lists of options."""
    of_lists = {"_HEADING", "_FIRST_LABEL", "_LABEL_LIKE", "_BULLET", "_TAG"}
    for part in ("replies", "choices", "options", "yes_no", "names", "free_text"):
        module = importlib.import_module(f"social_world_model.benchmarks.{part}")
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and name not in of_lists:
                yield module, name, value


def test_every_pattern_decides_a_reply_that_is_adversarial(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [line for line in corpus() if line["source"] == "adversarial"]
    idle, seen = [], set[re.Pattern[str]]()
    for module, name, pattern in list(patterns()):
        if pattern in seen:  # imported from another module
            continue
        seen.add(pattern)
        with monkeypatch.context() as patch:
            never = re.compile(f"(?!)(?:{pattern.pattern})", pattern.flags)
            for other, _, value in list(patterns()):
                if value is pattern:
                    patch.setattr(other, name, never)
            if all(read(line).answer == line["answer"] for line in lines):
                idle.append(f"{module.__name__}.{name}")
    assert len(seen) > 30
    assert not idle, f"patterns that decide no reply of the corpus: {', '.join(idle)}"


def test_the_functions_for_one_kind_of_answer_read_what_its_rules_read() -> None:
    for line in corpus():
        answer = line["answer"]
        if line["form"] == "option":
            assert chosen(line["reply"], line["options"]) == answer
        elif line["form"] == "yes_no":
            assert yes_no(line["reply"]) is (None if answer is None else answer == "yes")
        elif line["form"] == "names":
            named = [] if answer in (None, "nobody") else answer.split(", ")
            assert names_in_reply(line["reply"], line["people"]) == named
        elif line["form"] == "offence":
            assert verdict(line["reply"]) == answer
        elif line["form"] == "text":
            assert final_answer(line["reply"]) == (answer or "")


# --- rules ---


def test_the_first_rule_that_applies_decides_and_several_answers_are_none() -> None:
    nothing = Rule("nothing", "", lambda reply: None)
    two = Rule("two", "", lambda reply: ["a", "b"])
    one = Rule("one", "", lambda reply: ["a"])
    assert extracted([nothing, one, two], ReplyText("x")) == Extraction("a", "one")
    assert extracted([nothing, two, one], ReplyText("x")) == Extraction(None, "two")
    assert extracted([nothing], ReplyText("x")) == Extraction(None, None)
    assert Extraction("a", "one").extracted_by == "one"
    assert Extraction(None, "two").extracted_by is None


class Plain(Benchmark):
    """A benchmark that leaves extraction to the rules."""

    name = "plain"

    def items(self, index: str, row: Row) -> Iterator[Item]:
        yield Item(
            index=index,
            narrative="n",
            question="q",
            correct_answer="box",
            question_kind="reality",
            choices=("box", "jar"),
        )


class Overriding(Plain):
    """A benchmark with an `extract` of its own, which falls back on the rules."""

    name = "overriding"

    def extract(self, reply: str, item: Item) -> str | None:
        return "jar" if reply == "!" else super().extract(reply, item)


def test_an_extract_method_of_ones_own_decides_and_is_named() -> None:
    (item,) = Plain().items("0", {})
    assert Plain().assess("Answer: A", item).extracted_by == "marked_answer"
    read = [Overriding().assess(reply, item) for reply in ("!", "Answer: A", "?")]
    assert [one.answer for one in read] == ["jar", "box", None]
    assert [one.extracted_by for one in read] == ["benchmark", "benchmark", None]
    assert [one.score.correct for one in read] == [False, True, None]


def test_names_of_rules_occur_once_in_each_list() -> None:
    for rules in RULES.values():
        assert len({rule.name for rule in rules}) == len(rules)


def test_the_documentation_lists_every_rule_in_order() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "benchmarks.md").read_text(encoding="utf-8")
    for rules in [*RULES.values(), VERBATIM_RULES]:
        table = "\n".join(f"| `{rule.name}` | {rule.description} |" for rule in rules)
        assert table in page, f"expected these lines in docs/reference/benchmarks.md:\n{table}"


# --- the choices ---


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


# --- names ---


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
    start = time.process_time()  # of this process: other work on the machine does not count
    chosen(reply, CHOICES)
    yes_no(reply)
    names_in_reply(reply, PEOPLE)
    split_choices("A. " + reply)
    final_answer(reply)
    normalised(reply)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "module", ["choices", "extraction", "free_text", "names", "options", "replies", "rules", "spans", "yes_no"]
)
def test_the_examples_in_the_docstrings_hold(module: str) -> None:
    assert doctest.testmod(importlib.import_module(f"social_world_model.benchmarks.{module}")).failed == 0
