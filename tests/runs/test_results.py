from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.choices import AnswerForm, Domain, QuestionKind, Status
from social_world_model.contracts import Item
from social_world_model.errors import DatasetError
from social_world_model.runs.results import SCHEMA, Result, read_result
from social_world_model.usage import Usage


def test_a_record_comes_back_as_it_was_written() -> None:
    result = Result(
        index="../../x",
        status="answered",
        fields={"qTypeRaw": "reality", "cands": ["a", "b"]},
        narrative="S \\1 {question} é",
        answer="box",
        extracted_by="whole_reply",
        correct_answer="box",
        is_correct=True,
        usage=Usage(requests=1, input_tokens=7, cost=0.5),
        item_key="k",
    )
    assert read_result(result.to_json()) == result


def test_a_column_of_the_data_never_hides_a_field_of_the_result() -> None:
    result = Result(index="1", status="error", fields={"status": "answered", "is_correct": True, "extra": 1}, error="e")
    data = json.loads(result.to_json())
    assert data["status"] == "error"
    assert "is_correct" not in data
    assert data["extra"] == 1


def test_files_without_an_index_are_some_other_file() -> None:
    assert read_result('{"version": "0.1"}') is None
    assert read_result("[1, 2]") is None


def test_int_and_text_indices_are_the_same_item() -> None:
    result = read_result('{"index": 5, "answer": "box"}')
    assert result is not None
    assert result.index == "5"


def test_a_story_told_as_a_list_of_sentences_is_text() -> None:
    result = read_result('{"index": 1, "story": ["Al enters the hall", "It rains."]}')
    assert result is not None
    assert result.narrative == "Al enters the hall. It rains."


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ('{"index": 1, "answer": "box"}', "answered"),
        ('{"index": 1, "socialized_context": {"agents_names": []}}', "parsed"),
        ('{"index": 1}', "error"),
    ],
)
def test_a_record_of_older_software_gets_the_status_it_shows(text: str, status: str) -> None:
    result = read_result(text)
    assert result is not None
    assert result.status == status


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9" * 5000,
        "[" * 100_000,
        '{"index": 1',
        '{"index": 1, "status": "great"}',
        '{"index": 1, "socialized_context": "x"}',
        '{"index": 1, "story": 5}',
    ],
)
def test_a_broken_record_is_a_dataset_error(text: str) -> None:
    with pytest.raises(DatasetError, match="expected"):
        read_result(text)


OLDER_NAMES = ("story", "asks", "chain", "text_domain")
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
COLUMNS = st.dictionaries(
    st.sampled_from([*Result.__dataclass_fields__, *OLDER_NAMES, "gold", "qTypeRaw"]) | st.text(),
    JSON_VALUES,
    max_size=6,
)
TEXTS = st.text() | st.just("")
NAMES = st.lists(st.text(), max_size=3).map(tuple)
ITEMS = st.builds(
    Item,
    index=st.text(),
    narrative=TEXTS,
    question=TEXTS,
    correct_answer=st.none() | TEXTS,
    question_kind=st.sampled_from(get_args(QuestionKind)),
    choices=NAMES,
    belief_chain=NAMES,
    set_id=TEXTS,
    cluster_id=TEXTS,
    domain=st.sampled_from(get_args(Domain)),
    answer_form=st.sampled_from(get_args(AnswerForm)),
    fact=TEXTS,
    audience=NAMES,
    fields=COLUMNS,
)


@given(ITEMS, st.sampled_from(get_args(Status)))
def test_an_item_comes_back_from_its_result_with_nothing_lost(item: Item, status: Status) -> None:
    result = read_result(Result.of(item, status).to_json())
    assert result is not None
    assert result.item() == item
    assert result.status == status


@given(st.dictionaries(st.sampled_from([*Result.__dataclass_fields__, *OLDER_NAMES]), JSON_VALUES))
def test_any_json_object_with_an_index_is_a_result_or_a_dataset_error(data: dict[str, object]) -> None:
    with suppress(DatasetError):
        result = read_result(json.dumps({"index": 1, **data}))
        assert result is None or result.item().index == result.index


OLD = {
    "index": 7,
    "status": "answered",
    "story": "S.",
    "asks": "belief",
    "chain": ["Al", "Bo"],
    "text_domain": "household",
    "answer": "box",
}


def test_each_older_name_of_schema_1_is_read() -> None:
    result = read_result(json.dumps(OLD))
    assert result is not None
    item = result.item()
    assert (item.narrative, item.question_kind, item.belief_chain) == ("S.", "belief", ("Al", "Bo"))
    assert (item.domain, item.fields, result.schema) == ("household", {}, 1)
    assert set(OLDER_NAMES) <= set(OLD)


def test_columns_of_schema_1_with_the_name_of_a_field_of_today_stay_columns() -> None:
    columns = {
        "narrative": "another",
        "question_kind": "reality",
        "belief_chain": "Cy",
        "domain": "kitchen",
        "fact": "who?",
        "audience": ["Di"],
        "extracted_by": "hand",
        "schema": 9,
        "fields": {"a": 1},
    }
    result = read_result(json.dumps({**OLD, **columns}))
    assert result is not None
    assert result.fields == columns
    assert (result.narrative, result.domain, result.fact, result.extracted_by) == ("S.", "household", None, None)
    assert read_result(result.to_json()) == replace(result, schema=SCHEMA)


def test_a_result_of_a_newer_schema_is_a_dataset_error_that_says_so() -> None:
    with pytest.raises(DatasetError, match="schema 2 or older, got 3: a newer version"):
        read_result('{"index": 1, "schema": 3}')


def test_a_number_as_set_id_becomes_text_and_a_value_of_another_type_is_a_column() -> None:
    result = read_result('{"schema": 2, "index": "1", "status": "error", "set_id": 7, "response": 5, "domain": "law"}')
    assert result is not None
    assert (result.set_id, result.response, result.domain) == ("7", None, None)
    assert result.fields == {"response": 5, "domain": "law"}
