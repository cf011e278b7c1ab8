"""The rows of a run, their cache, and the pages of items."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.experiments.run import Run
from social_world_model.experiments.stored import read_stored_run
from social_world_model.reports.comparing import compare
from social_world_model.runs import reading
from social_world_model.settings import RunSettings
from social_world_model.viewer import index
from social_world_model.viewer.index import FAILED, ItemQuery, RunRows, read_rows
from social_world_model.viewer.items import item
from social_world_model.viewer.summaries import run_summary
from tests.reports.runs_on_disk import write_run


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


def symbolic(benchmark: str, mode: str, output: Path) -> Path:
    settings = RunSettings(benchmark=benchmark, mode=mode, model_name="symbolic", output_dir=output)
    folder = Run(settings).execute_sync().folder
    assert folder is not None
    return folder


def files_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    read: list[str] = []
    real = reading.read_result_file

    def noted(path: Path) -> Any:
        read.append(path.name)
        return real(path)

    monkeypatch.setattr(index, "read_result_file", noted)
    return read


def test_a_row_has_question_gold_kind_order_and_verdict(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", [True, False, None])
    assert read_rows(folder).rows == [
        ("0", "Where is Al?", "hall", None, None, ("answered", "hall", True)),
        ("1", "Where is Al?", "hall", None, None, ("answered", "attic", False)),
        ("2", "Where is Al?", "hall", None, None, ("error", None, None)),
    ]


def test_a_guess_is_marked_in_its_row_and_in_the_cache(tmp_path: Path, cache: Path) -> None:
    folder = write_run(tmp_path / "run", [True, False])
    data = json.loads((folder / "1.json").read_text())
    (folder / "1.json").write_text(json.dumps({**data, "uncertain": True}))
    for _ in range(2):
        verdicts = [row[5] for row in read_rows(folder).rows]
        assert verdicts == [("answered", "hall", True), ("answered", "attic", False, True)]
    assert [item(folder, index)["a"]["uncertain"] for index in ("0", "1")] == [False, True]


def test_rows_stand_in_the_order_of_numbers(tmp_path: Path) -> None:
    assert [row[0] for row in read_rows(write_run(tmp_path / "run", [True] * 12)).rows] == list(map(str, range(12)))


def test_only_changed_files_are_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_run(tmp_path / "run", [True] * 5)
    read = files_read(monkeypatch)
    first = read_rows(folder)
    assert len(read) == 5
    assert read_rows(folder) == first
    assert len(read) == 5
    data = json.loads((folder / "3.json").read_text())
    (folder / "3.json").write_text(json.dumps({**data, "is_correct": False, "answer": "the attic"}))
    (folder / "4.json").unlink()
    again = read_rows(folder)
    assert read[5:] == ["3.json"]
    assert [row[5] for row in again.rows] == [("answered", "hall", True)] * 3 + [("answered", "the attic", False)]
    assert again.stamp != first.stamp


def test_nothing_is_written_into_the_folder_of_the_run(tmp_path: Path, cache: Path) -> None:
    folder = write_run(tmp_path / "run", [True])
    before = sorted(folder.iterdir())
    read_rows(folder)
    assert sorted(folder.iterdir()) == before
    assert [path.name.partition("-")[0] for path in cache.rglob("*.json")] == ["rows"]


def test_without_cache_nothing_is_kept(tmp_path: Path, cache: Path) -> None:
    read_rows(write_run(tmp_path / "run", [True]), cache=False)
    assert not cache.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"data": 3}', '{"data": {"0.json": [[1, 2], ["0"]]}}'])
def test_a_damaged_cache_is_ignored(tmp_path: Path, cache: Path, text: str) -> None:
    folder = write_run(tmp_path / "run", [True, False])
    rows = read_rows(folder)
    (kept,) = cache.rglob("*.json")
    kept.write_text(text)
    assert read_rows(folder) == rows


def test_the_cache_of_another_folder_or_scorer_is_ignored(tmp_path: Path, cache: Path) -> None:
    folder = write_run(tmp_path / "run", [True])
    read_rows(folder)
    (kept,) = cache.rglob("*.json")
    data = json.loads(kept.read_text())
    data["data"]["0.json"][1][1] = "Who?"
    for changes in ({"about": ["rows", "/elsewhere"]}, {"version": "0.0.1"}, {"key": "of another scorer"}):
        kept.write_text(json.dumps({**data, **changes}))
        assert read_rows(folder).rows[0][1] == "Where is Al?"
    kept.write_text(json.dumps(data))
    assert read_rows(folder).rows[0][1] == "Who?"  # this file is used


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path, cache: Path) -> None:
    cache.write_text("a file")
    assert len(read_rows(write_run(tmp_path / "run", [True])).rows) == 1


def test_unusable_files_have_no_row(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", [True, False])
    (folder / "2.json").write_text("half a fi")
    (folder / "3.json").write_text('{"schema": 2, "index": "3", "status": "answered", "is_correct": "perhaps"}')
    (folder / "4.json").write_text((folder / "0.json").read_text())  # the same index twice
    (folder / "report.json").write_text("{}")
    assert [row[0] for row in read_rows(folder).rows] == ["0", "1"]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="which does not exist"):
        read_rows(tmp_path / "none")


def test_an_answer_without_a_score_has_null_and_is_in_no_filter(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", [True])
    data = json.loads((folder / "0.json").read_text())
    (folder / "0.json").write_text(json.dumps({**data, "is_correct": None, "scores": {"token_f1": 0.4}}))
    rows = read_rows(folder)
    assert rows.rows[0][5] == ("answered", "hall", None)
    assert rows.page(rows, ItemQuery())["counts"] == {"all": 1, "a": 0, "b": 0, "wrong": 0, "fail": 0}


@pytest.mark.parametrize(
    ("benchmark", "modes"),
    [("tomi", ("vanilla", "perspective")), ("hitom", ("vanilla", "perspective")), ("tomi", ("vanilla", "simulation"))],
)
def test_the_numbers_of_a_and_b_equal_those_of_compare(tmp_path: Path, benchmark: str, modes: tuple[str, str]) -> None:
    a, b = (symbolic(benchmark, mode, tmp_path) for mode in modes)
    for number, path in enumerate(sorted(a.glob("[0-9]*.json"))):  # some wrong and some failed replies
        data = json.loads(path.read_text())
        if number % 3 == 0:
            path.write_text(json.dumps({**data, "response": "nowhere at all"}))
        elif number % 7 == 0:
            path.write_text(json.dumps({**data, "status": "error", "answer": None, "error": "no reply"}))
    compared = compare(read_stored_run(a), read_stored_run(b)).headline
    counts = read_rows(a).page(read_rows(b), ItemQuery())["counts"]
    assert (counts["a"], counts["b"]) == (len(compared.only_a), len(compared.only_b))
    assert counts["b"] > 0
    back = read_rows(b).page(read_rows(a), ItemQuery())["counts"]
    assert (back["a"], back["b"]) == (counts["b"], counts["a"])


verdicts = st.tuples(
    st.sampled_from(["answered", "refused", "unparsable", "error"]),
    st.sampled_from([None, "box", "Crate"]),
    st.sampled_from([None, True, False]),
)
runs = st.dictionaries(st.sampled_from("012345"), verdicts).map(
    lambda found: RunRows([(one, f"Where is {one}?", "box", None, None, found[one]) for one in sorted(found)], "")
)


@given(runs, st.none() | runs)
def test_filters_follow_the_verdicts(a: RunRows, b: RunRows | None) -> None:
    beside = {row[0]: row[5] for row in b.rows} if b else {}

    def right(verdict: Any) -> bool | None:
        return None if verdict is None else False if verdict[0] in FAILED else verdict[2]

    page = a.page(b, ItemQuery())
    assert page["total"] == page["counts"]["all"] == len(a.rows)
    pairs = [(row[5], beside.get(row[0])) for row in a.rows]
    assert [(row["a"], row["b"]) for row in page["rows"]] == pairs
    marks = [(right(one), right(other)) for one, other in pairs]
    assert page["counts"]["a"] == marks.count((True, False))
    assert page["counts"]["b"] == marks.count((False, True))
    wrong = marks.count((False, False)) if b else sum(one is False for one, _ in marks)
    assert page["counts"]["wrong"] == wrong
    assert page["counts"]["fail"] == sum(any(v and v[0] in FAILED for v in pair) for pair in pairs)


@given(runs, st.integers(0, 7), st.integers(0, 7))
def test_a_page_is_a_part_of_the_matching_rows(a: RunRows, offset: int, limit: int) -> None:
    whole = a.page(None, ItemQuery(f="wrong"))
    part = a.page(None, ItemQuery(f="wrong", offset=offset, limit=limit))
    assert part["rows"] == whole["rows"][offset : offset + limit]
    assert (part["total"], part["counts"]) == (whole["total"], whole["counts"])


def test_find_looks_at_index_question_gold_and_answers() -> None:
    a = RunRows([("7", "Who?", "Box", None, None, ("answered", "Crate", True))], "")
    b = RunRows([("7", "Who?", "Box", None, None, ("answered", "Trunk", False))], "")
    for words in ("7", "who", "BOX", " crate ", "trunk"):
        assert a.page(b, ItemQuery(q=words))["total"] == 1
    assert a.page(None, ItemQuery(q="trunk"))["total"] == 0


@pytest.mark.parametrize("wrong", [{"f": "best"}, {"offset": -1}, {"limit": -1}])
def test_a_query_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match="expected"):
        ItemQuery(**wrong)


def test_a_link_to_nothing_among_the_results_is_no_row(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "ori_tomi_results" / "run", [True, False])
    (folder / "7.json").symlink_to(folder / "nowhere")
    (folder / "8.json").symlink_to(folder / "8.json")
    assert [row[0] for row in read_rows(folder, cache=False).rows] == ["0", "1"]
    assert [note.partition(":")[0] for note in run_summary(folder, "r1", cache=False)["notes"]] == ["7.json", "8.json"]


def test_files_that_cannot_be_read_are_named_if_there_are_no_others(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "ori_tomi_results" / "run", [True, False])
    for name in ("0.json", "1.json"):
        (folder / name).write_text("half a fi")
    summary = run_summary(folder, "r1", cache=False)
    assert summary["headline"]["value"] is None
    assert [note.partition(":")[0] for note in summary["notes"]] == ["0.json", "1.json"]
