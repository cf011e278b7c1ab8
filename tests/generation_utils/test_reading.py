from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from social_world_model.generation_utils.reading import NoObject, UnfitReply, fit


class Answer(BaseModel):
    answer: str


class Note(BaseModel):
    """Anything: what is read is exactly what was written."""

    values: dict[str, Any]


TEXTS = st.text(alphabet=st.sampled_from('ab "\\{}[],:\n\té</think>'), max_size=10)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(TEXTS, VALUES, max_size=3)
PROSE = st.sampled_from(["", "Here it is:\n", "As {asked}, with { and }:\n", '<think>Is it {"answer": "x"}?</think>'])
AFTER = st.sampled_from(["", "\n", "\nThat is {all} I know.", "\n}"])


def sloppy(value: Any, raw: bool) -> str:
    """Write JSON with trailing commas, and with line ends and tabs as they are."""
    if isinstance(value, dict):
        return "{" + "".join(f"{sloppy(key, raw)}: {sloppy(part, raw)}, " for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + "".join(f"{sloppy(part, raw)},\n" for part in value) + "]"
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("\\n", "\n").replace("\\t", "\t") if raw and "\\\\" not in text else text


@given(value=OBJECTS, before=PROSE, after=AFTER, fenced=st.booleans())
def test_exactly_the_object_is_read_whatever_surrounds_it(value: Any, before: str, after: str, fenced: bool) -> None:
    text = json.dumps({"values": value}, ensure_ascii=False)
    text = f"```json\n{text}\n```" if fenced else text
    assert fit(f"{before}{text}{after}", Note).values == value


@given(value=OBJECTS, raw=st.booleans())
def test_trailing_commas_and_raw_line_ends_are_read_over(value: Any, raw: bool) -> None:
    assert fit(sloppy({"values": value}, raw), Note).values == value


@given(value=OBJECTS, before=PROSE, data=st.data(), commas=st.booleans())
def test_what_breaks_off_is_never_read_as_something_smaller(
    value: Any, before: str, data: st.DataObject, commas: bool
) -> None:
    hidden = {"values": {"inner": {"values": value}, "more": value}}
    text = sloppy(hidden, raw=False) if commas else json.dumps(hidden)
    cut = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(UnfitReply):
        fit(before + text[: cut or 1], Note)


@pytest.mark.parametrize(
    "end", ["tru", "-", "12.", "1e", '"\\u00', '"a\\', '"a', "[1, ", '{"answer": "z"}, "m', "{", "nul", "'"]
)
def test_an_object_inside_one_that_breaks_off_is_not_taken(end: str) -> None:
    with pytest.raises(NoObject):
        fit('{"draft": {"answer": "x"}, "more": ' + end, Answer)


def test_an_earlier_object_is_not_taken_when_the_last_one_breaks_off() -> None:
    with pytest.raises(NoObject):
        fit('At first {"answer": "box"}. No: {"answer": "bas', Answer)


def test_an_object_inside_a_malformed_one_is_not_taken() -> None:
    with pytest.raises(NoObject):
        fit('{"draft": {"answer": "x"}, oops}', Answer)


def test_the_last_object_that_has_the_form_is_taken() -> None:
    assert fit('{"answer": "a"} or rather {"answer": "b"}, {"other": 1}, {}', Answer).answer == "b"


@pytest.mark.parametrize(
    "reply",
    [
        '<think>{"answer": "draft"} hm',
        'maybe {"answer": "draft"}, or not</think>I cannot say.',
        '<think>{"answer": "draft"}</think>',
    ],
)
def test_thoughts_are_no_answer(reply: str) -> None:
    with pytest.raises(NoObject):
        fit(reply, Answer)


def test_thoughts_may_hold_braces_and_need_no_opening_tag() -> None:
    assert fit('first {"answer": "a", then</think>{"answer": "b"}', Answer).answer == "b"


@pytest.mark.parametrize(
    ("value", "text"), [(3, "3"), (2.5, "2.5"), (True, "true"), (False, "false"), (-1, "-1"), (10**30, str(10**30))]
)
def test_numbers_stand_for_strings(value: Any, text: str) -> None:
    assert fit(json.dumps({"answer": value}), Answer).answer == text


def test_numbers_stand_for_strings_where_a_form_has_alternatives_and_aliases_too() -> None:
    class Odd(BaseModel):
        one: str | list[str]
        many: list[str | None]
        named: dict[str, str] = Field(alias="by name")

    read = fit('{"one": 1, "many": ["a", 2], "by name": {"x": 3}}', Odd)
    assert (read.one, read.many, read.named) == ("1", ["a", "2"], {"x": "3"})


@pytest.mark.parametrize("value", ["null", "[]", "{}", '{"a": 1}'])
def test_nothing_else_stands_for_a_string(value: str) -> None:
    with pytest.raises(UnfitReply, match=r"answer: Input should be a valid string"):
        fit(f'{{"answer": {value}}}', Answer)


def test_a_missing_key_is_told_by_its_name() -> None:
    with pytest.raises(UnfitReply, match="answer: Field required") as caught:
        fit('{"reply": "box"}', Answer)
    assert not isinstance(caught.value, NoObject)


def test_many_problems_are_told_shortly() -> None:
    class Many(BaseModel):
        values: list[int]

    with pytest.raises(UnfitReply, match=r"values\.0: .*; and 4 more$"):
        fit(json.dumps({"values": ["x"] * 9}), Many)


@pytest.mark.parametrize("reply", ["", "no idea", "null", "[]", "[1, 2]", '"answer"', "{answer}", "}{", "{", '{"'])
def test_no_object_is_told_as_such(reply: str) -> None:
    with pytest.raises(NoObject):
        fit(reply, Answer)


@pytest.mark.parametrize(
    "reply",
    [
        '{"answer": ' * 50_000,
        '{"answer": ' * 5_000 + "1" + "}" * 5_000,
        "{" * 50_000,
        '{"answer": ' + "9" * 5_000 + "}",
        '{" ' * 30_000,
        "{ " * 30_000 + '"',
    ],
)
def test_monstrous_replies_are_unfit_and_cost_little_time(reply: str) -> None:
    with pytest.raises(UnfitReply):
        fit(reply, Answer)


def test_an_empty_object_is_read_where_nothing_is_required() -> None:
    class Loose(BaseModel):
        note: str = "none"

    assert fit("{}", Loose).note == "none"


class Reasoned(BaseModel):
    reasoning: str
    answer: str


GOOD = '{"reasoning": "because", "answer": "box"}'


@pytest.mark.parametrize(
    "reply",
    [
        f'{{"properties": {GOOD}}}',
        f'{{"response": {GOOD}}}',
        f'{{"result": [{GOOD}]}}',
        f"[{GOOD}]",
        f'{{"name": "final_result", "arguments": {GOOD}}}',
        json.dumps({"name": "final_result", "arguments": GOOD}),
        json.dumps({"type": "function", "function": {"name": "f", "arguments": GOOD}}),
        f"<tool_call>{json.dumps({'name': 'f', 'arguments': json.loads(GOOD)})}</tool_call>",
        '{"Reasoning": "because", "ANSWER": "box"}',
        '{"reasoning": "because", "answer": ["box"]}',
        "{'reasoning': 'because', 'answer': 'box'}",
        r"because: \boxed{box}",
        r"because: \boxed{\text{box}}, so \boxed{box}",
        "**Reasoning:** because\n\n**Answer:** box",
        "because\n**Answer**: **box**",
        "<reasoning>because</reasoning><answer>box</answer>",
        f'<think>Perhaps {{"answer": "basket"}}.</think>{GOOD}',
        f'[THINK]{{"reasoning": "x", "answer": "basket"}}[/THINK]{GOOD}',
        f'<|channel|>analysis<|message|>{{"reasoning": "x", "answer": "basket"}}<|end|>'
        f"<|start|>assistant<|channel|>final <|constrain|>json<|message|>{GOOD}",
        f'analysisWe need {{"reasoning": "x", "answer": "basket"}}.assistantfinal{GOOD}',
    ],
)
def test_a_near_miss_without_doubt_is_read(reply: str) -> None:
    assert fit(reply, Reasoned).answer == "box"


@pytest.mark.parametrize(
    "reply",
    [
        json.dumps({"properties": {name: {"type": "string"} for name in ("reasoning", "answer")}, "type": "object"}),
        '{"reasoning": "x", "answer": ["box", "bag"]}',
        '{"reasoning": "x", "Answer": "box", "ANSWER": "bag"}',
        f'{{"one": {GOOD}, "other": {GOOD}}}',
        "<answer>box</answer> or <answer>bag</answer>",
        r"\boxed{box}, or \boxed{bag}",
        r"\boxed{}",
        "<answer></answer>",
        "The answer is box.",
        '{"reasoning": "x"} <answer>box</answer>',
        '{"reasoning": "x", "answer": "bas',
        "{'reasoning': 'x', 'answer': 'bas",
        f"<think>{GOOD}",
        f"Well. <think>{GOOD}",
        f"<|channel|>analysis<|message|>{GOOD}",
        f"analysisWe need {GOOD}",
        '{"reasoning": "x", "answer": Infinity}',
        '{"reasoning": "x", "answer": NaN}',
        '{"reasoning": "x", "answer": 1e999}',
        '{"reasoning": "x", "answer": "\\u0000"}',
        '{"reasoning": "x", "answer": "box\\u001b[31m"}',
    ],
)
def test_what_may_mean_something_else_is_no_answer(reply: str) -> None:
    with pytest.raises(UnfitReply):
        fit(reply, Reasoned)
