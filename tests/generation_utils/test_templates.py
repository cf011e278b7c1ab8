from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.templates import fill, places

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,5}", fullmatch=True)
TEXTS = st.text(alphabet=st.sampled_from('ab{} \n\\1g<>"$%'), max_size=12)
NASTY = st.one_of(TEXTS, NAMES.map(lambda name: f"{{{name}}}"), st.just("\\g<1>"), st.just("{question}"))


@given(parts=st.lists(st.tuples(TEXTS.filter(lambda text: not places(text)), NAMES)), data=st.data())
def test_filling_is_joining_the_pieces_with_the_values_whatever_stands_in_them(
    parts: list[tuple[str, str]], data: st.DataObject
) -> None:
    parts = [(re.sub(r"[{}]", "", text), name) for text, name in parts]
    values = {name: data.draw(NASTY, label=name) for _, name in parts}
    template = "".join(f"{text}{{{name}}}" for text, name in parts)
    assert fill(template, values) == "".join(text + values[name] for text, name in parts)


@given(value=NASTY)
def test_a_value_is_never_expanded_again(value: str) -> None:
    assert fill("<{story}|{question}>", {"story": value, "question": "Where?"}) == f"<{value}|Where?>"


@given(text=TEXTS)
def test_a_text_without_places_stays_as_it_is(text: str) -> None:
    if not places(text):
        assert fill(text, {"a": "b"}) == text


def test_braces_of_json_are_no_places() -> None:
    template = 'Reply as {"answer": "…", "n": {"x": {}}}: {question}'
    assert places(template) == ["question"]
    assert fill(template, {"question": "Where?"}) == 'Reply as {"answer": "…", "n": {"x": {}}}: Where?'


def test_a_place_without_a_value_is_an_error_that_names_it_and_what_there_is() -> None:
    with pytest.raises(ConfigurationError, match=r"value for extra_info, more in the template.*values for story"):
        fill("{story} {extra_info} {more} {extra_info}", {"story": "s"})


def test_values_that_have_no_place_are_not_used() -> None:
    assert fill("{a}", {"a": "1", "b": "2"}) == "1"
