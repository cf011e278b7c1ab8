"""JSON that other processes wrote is read as Python's own reader reads it, except for lone surrogates."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from social_world_model.runs.stored_json import stored_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts),
    max_leaves=10,
)


@given(VALUES, st.booleans(), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_a_value_is_the_same_in_every_encoding(value: Any, ascii_only: bool, encoding: str) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert repr(stored_json(text.encode(encoding))) == repr(stored_json(text)) == repr(value)


@given(st.text(alphabet='[]{}:,"\\u0dDeE+-.1nulltrfasINy \n\té', max_size=30))
@example("-0")
@example("1e400")
@example("[NaN, -Infinity, Infinity]")
@example("1" * 5000)
@example("[" * 300 + "]" * 300)
@example('{"a": 1, "a": 2}')
@example("0.1000000000000000055511151231257827")
@example("\ufeff1")
def test_a_text_has_the_value_or_the_error_of_the_json_module(text: str) -> None:
    def read(how: Any) -> str:
        try:
            return repr(how(text.encode()))
        except ValueError as error:
            return str(error)

    assert read(stored_json) == read(json.loads)


@pytest.mark.parametrize("text", ['["\\ud83d", "\\uD83D\\uDE00"]', b'["\\uD83d", "\\ud83D\\uDE00"]'])
def test_a_lone_surrogate_becomes_a_question_mark(text: str | bytes) -> None:
    assert stored_json(text) == ["?", "😀"]


def test_deep_nesting_is_an_error_about_the_text() -> None:
    with pytest.raises(ValueError, match="recursion"):
        stored_json("[" * 100_000)
