from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from social_world_model.errors import ConfigurationError
from social_world_model.runs.results import Result
from social_world_model.runs.store import ResultStore


def record(index: str, answer: str = "box") -> Result:
    return Result(index=index, status="answered", answer=answer)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "deep" / "folder")
    store.open()
    store.write(record("1"))
    assert store.read("1") == record("1")
    assert store.read("2") is None


def test_an_index_that_points_elsewhere_stays_in_the_folder(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "a" / "b")
    store.open()
    path = store.write(record("../../x"))
    assert path.parent == store.folder
    assert [one.index for one in store.records()] == ["../../x"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a"]


def test_writing_again_replaces_the_file_whole(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.write(record("1", "x" * 10_000))
    store.write(record("1", "short"))
    assert store.read("1") == record("1", "short")
    assert len(list(tmp_path.iterdir())) == 1


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ResultStore(tmp_path)
    store.write(record("1", "old"))

    def killed(self: Path, target: Path) -> Path:
        raise OSError("killed here")

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(ConfigurationError, match=r"expected to write .*killed here"):
        store.write(record("1", "new"))
    assert store.read("1") == record("1", "old")
    assert [path.name for path in tmp_path.iterdir()] == ["1.json"]


def dead_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_opening_leaves_what_another_run_is_just_writing(tmp_path: Path) -> None:
    (tmp_path / f".swm-tmp-{os.getppid()}-1.json").write_text('{"index"')
    ResultStore(tmp_path).open()
    assert len(list(tmp_path.iterdir())) == 1


def test_opening_clears_what_a_killed_run_left(tmp_path: Path) -> None:
    (tmp_path / f".swm-tmp-{dead_process()}-1.json").write_text('{"index"')
    (tmp_path / ".swm-tmp-nobody-1.json").write_text('{"index"')
    (tmp_path / "mine.txt").write_text("kept")
    ResultStore(tmp_path).open()
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_half_a_file_is_no_record_and_stops_no_reader(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.write(record("2"))
    (tmp_path / "1.json").write_text('{"index": "1", "answ')
    problems: list[str] = []
    assert [one.index for one in store.records(lambda path, why: problems.append(path.name))] == ["2"]
    assert problems == ["1.json"]
    assert store.read("1") is None


def test_other_files_are_skipped(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.write(record("1"))
    (tmp_path / "run.json").write_text("{}")
    (tmp_path / "notes.json").write_text('{"note": 1}')
    assert [one.index for one in store.records()] == ["1"]


def test_an_existing_folder_is_moved_aside_under_the_next_free_number(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "run")
    assert store.move_aside() is None
    for number in (1, 2):
        store.open()
        store.write(record("1", f"answer {number}"))
        assert store.move_aside() == tmp_path / f"run.old-{number}"
    assert ResultStore(tmp_path / "run.old-1").read("1") == record("1", "answer 1")


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"expected an output folder that can be written, got .*file"):
        ResultStore(tmp_path / "file" / "run").open()


def test_a_file_that_cannot_be_read_is_reported_and_passed_over_with_and_without_somebody_to_tell(
    tmp_path: Path,
) -> None:
    store = ResultStore(tmp_path)
    store.write(record("1"))
    (tmp_path / "0.json").write_text('{"index": "0", "status"', encoding="utf-8")
    told: list[str] = []

    assert list(store.records()) == [record("1")]
    assert list(store.records(lambda path, why: told.append(f"{path.name}: {why}"))) == [record("1")]
    assert [line.split(":")[0] for line in told] == ["0.json"]
