from __future__ import annotations

import json

import pytest

from social_world_model.errors import DatasetError
from social_world_model.runs.results import Result, read_result
from social_world_model.usage import Usage


def test_a_record_comes_back_as_it_was_written() -> None:
    record = Result(
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
    assert read_result(record.to_json()) == record


def test_a_column_of_the_data_never_hides_a_field_of_the_record() -> None:
    record = Result(index="1", status="error", fields={"status": "answered", "is_correct": True, "extra": 1}, error="e")
    data = json.loads(record.to_json())
    assert data["status"] == "error"
    assert "is_correct" not in data
    assert data["extra"] == 1


def test_files_without_an_index_are_some_other_file() -> None:
    assert read_result('{"version": "0.1"}') is None
    assert read_result("[1, 2]") is None


def test_int_and_text_indices_are_the_same_item() -> None:
    record = read_result('{"index": 5, "answer": "box"}')
    assert record is not None
    assert record.index == "5"


def test_a_story_told_as_a_list_of_sentences_is_text() -> None:
    record = read_result('{"index": 1, "story": ["Al enters the hall", "It rains."]}')
    assert record is not None
    assert record.narrative == "Al enters the hall. It rains."


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ('{"index": 1, "answer": "box"}', "answered"),
        ('{"index": 1, "socialized_context": {"agents_names": []}}', "parsed"),
        ('{"index": 1}', "error"),
    ],
)
def test_a_record_of_older_software_gets_the_status_it_shows(text: str, status: str) -> None:
    record = read_result(text)
    assert record is not None
    assert record.status == status


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
