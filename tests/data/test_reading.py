from __future__ import annotations

import json
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from social_world_model.contracts import BadRow
from social_world_model.data.reading import literal, read_file
from social_world_model.errors import DatasetError

ROWS = [
    {"index": "7", "story": 'Al, "the" one.\nTwo lines', "answer": "box"},
    {"index": "9", "story": "é", "answer": "b"},
]


def write(tmp_path: Path, text: str | bytes, name: str = "data.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def as_csv() -> str:
    return 'index,story,answer\r\n7,"Al, ""the"" one.\nTwo lines",box\r\n9,é,b\r\n'


FORMS = {
    "csv": as_csv(),
    "csv with a byte order mark": "\ufeff" + as_csv(),
    "csv with semicolons": as_csv()
    .replace(",story,", ";story;")
    .replace('7,"', '7;"')
    .replace('",box', '";box')
    .replace("9,é,b", "9;é;b"),
    "json": json.dumps(ROWS),
    "json under data": json.dumps({"data": ROWS}),
    "jsonl": "\n".join(json.dumps(row) for row in ROWS) + "\n\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_told_by_its_content_and_not_by_its_ending(tmp_path: Path, form: str) -> None:
    assert list(read_file(write(tmp_path, FORMS[form], "wrong.ending")).rows) == ROWS


def test_parquet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "data.csv"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(ROWS), path)
    assert list(read_file(path).rows) == ROWS


def test_a_json_object_of_rows_gives_them_their_keys_as_indices(tmp_path: Path) -> None:
    text = json.dumps({"7": {"story": "a"}, "x/9": {"story": "b"}, "2": {"index": "own", "story": "c"}})
    assert list(read_file(write(tmp_path, text)).rows) == [
        {"index": "7", "story": "a"},
        {"index": "x/9", "story": "b"},
        {"index": "own", "story": "c"},
    ]


@pytest.mark.parametrize("row", [{"story": "a", "more": {"b": 1}}, {"story": "a"}])
def test_a_json_object_that_holds_anything_but_rows_is_a_row_itself(tmp_path: Path, row: dict[str, object]) -> None:
    assert list(read_file(write(tmp_path, json.dumps(row))).rows) == [row]


def test_data_that_is_no_list_of_rows_is_a_dataset_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"expected .* to contain a list of rows"):
        read_file(write(tmp_path, json.dumps({"data": {"story": "a"}})))


def test_babi_text_is_read_with_the_question_number_as_index(tmp_path: Path) -> None:
    text = "1 Al entered the hall.\n2 Where is Al?\thall\t1\n1 Bo left.\n2 Who?\tBo\t1\n3 Why?\tno\t1\n"
    rows = read_file(write(tmp_path, text)).rows
    assert [(row["index"], row["story"], row["answer"]) for row in rows if isinstance(row, dict)] == [
        ("0", ["Al entered the hall."], "hall"),
        ("1", ["Bo left."], "Bo"),
        ("2", ["Bo left."], "no"),
    ]


def test_a_jsonl_line_that_is_broken_is_one_bad_row(tmp_path: Path) -> None:
    rows = read_file(write(tmp_path, '{"index": 1}\n{"index": 2\n{"index": 3}\n[4]\n')).rows
    assert [type(row) for row in rows] == [dict, BadRow, dict, BadRow]


def test_a_csv_row_with_missing_cells_is_one_bad_row(tmp_path: Path) -> None:
    rows = read_file(write(tmp_path, "index,story\n1,a\n2\n3,c,d\n4,e\n")).rows
    assert [row["index"] if isinstance(row, dict) else row.index for row in rows] == ["1", "2", "3", "4"]
    assert [isinstance(row, BadRow) for row in rows] == [False, True, True, False]


def test_a_jsonl_line_too_large_or_too_deep_is_one_bad_row(tmp_path: Path) -> None:
    lines = ['{"index": 1}', '{"index": ' + "9" * 5000 + "}", "[" * 100_000, '{"index": 4}']
    rows = read_file(write(tmp_path, "\n".join(lines))).rows
    assert [type(row) for row in rows] == [dict, BadRow, BadRow, dict]


def test_a_line_ends_only_where_a_line_ends(tmp_path: Path) -> None:
    rows = [{"story": "one\u2028two\u0085three\x1c"}, {"story": "b"}]
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    assert list(read_file(write(tmp_path, text)).rows) == rows


@pytest.mark.parametrize("content", ["", "  \n", "[]", "index,story\n", "\ufeff", "\u3000"])
def test_a_file_without_rows_is_a_dataset_error(tmp_path: Path, content: str) -> None:
    with pytest.raises(DatasetError, match="expected a data file with rows"):
        read_file(write(tmp_path, content))


def test_a_missing_file_is_a_dataset_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no_such\.csv"):
        read_file(tmp_path / "no_such.csv")


def test_a_folder_is_a_dataset_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="expected a data file"):
        read_file(tmp_path)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00\x01binary", b"PAR1 but not really"])
def test_bytes_that_are_no_data_are_a_dataset_error(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DatasetError, match="expected"):
        read_file(write(tmp_path, content))


def test_cells_are_read_as_literals_and_never_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    attack = f"__import__('pathlib').Path({str(mark)!r}).touch()"
    assert literal(attack) == attack
    assert literal(f"[{attack}]") == f"[{attack}]"
    assert not mark.exists()
    assert literal("['a', 1, {'b': None}]") == ["a", 1, {"b": None}]
    assert literal("(" * 5000) == "(" * 5000
    assert literal("{[1]: 2}") == "{[1]: 2}"


def test_the_files_hash_is_of_its_bytes(tmp_path: Path) -> None:
    one, other = write(tmp_path, as_csv(), "a"), write(tmp_path, as_csv() + " ", "b")
    assert read_file(one).sha256 != read_file(other).sha256
    assert len(read_file(one).sha256) == 64


def test_a_row_that_is_too_long_fails_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("social_world_model.data.reading.LONGEST_ROW", 10)
    rows = [{"index": 1, "story": "short"}, {"index": 2, "story": ["five", "seven", "12"]}, {"index": 3, "story": "s"}]
    path = write(tmp_path, "\n".join(map(json.dumps, rows)))
    first, long, last = read_file(path).rows
    assert (first, last) == (rows[0], rows[2])
    assert long == BadRow(index="row-1", message="row 1: expected at most 10 characters, got 11")


def test_a_small_table_that_expands_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    story = pyarrow.array(["x" * 1_000_000]).dictionary_encode()
    many = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * 1000, pyarrow.int32()), story.dictionary)
    path = tmp_path / "bomb.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"story": many}), path)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(DatasetError, match="expected at most 200 MB of data"):
        read_file(path)
