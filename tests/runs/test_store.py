from __future__ import annotations

import errno
import fcntl
import json
import os
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from social_world_model.errors import ConfigurationError
from social_world_model.files import TEMPORARY
from social_world_model.runs.reading import read_results
from social_world_model.runs.results import Result
from social_world_model.runs.store import ABANDONED, ResultStore
from social_world_model.usage import Usage


def stored_result(index: str, answer: str = "box") -> Result:
    return Result(index=index, status="answered", answer=answer)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "deep" / "folder")
    store.open()
    store.write(stored_result("1"))
    assert store.read("1") == stored_result("1")
    assert store.read("2") is None


def test_an_index_that_points_elsewhere_stays_in_the_folder(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "a" / "b")
    store.open()
    path = store.write(stored_result("../../x"))
    assert path.parent == store.folder
    assert [one.index for _, one in read_results(store.folder)] == ["../../x"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a"]


def test_writing_again_replaces_the_file_whole(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.write(stored_result("1", "x" * 10_000))
    store.write(stored_result("1", "short"))
    assert store.read("1") == stored_result("1", "short")
    assert len(list(tmp_path.iterdir())) == 1


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ResultStore(tmp_path)
    store.write(stored_result("1", "old"))

    def killed(self: Path, target: Path) -> Path:
        raise OSError("killed here")

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(ConfigurationError, match=r"expected to write .*killed here"):
        store.write(stored_result("1", "new"))
    assert store.read("1") == stored_result("1", "old")
    assert [path.name for path in tmp_path.iterdir()] == ["1.json"]


WRITER = """
import sys, time
from pathlib import Path
from social_world_model.files import whole_file
from social_world_model.runs.store import ResultStore

store = ResultStore(Path(sys.argv[1]))
with store.locked():
    store.open()
    with whole_file(store.folder / "1.json") as file:
        file.write('{"index"')
        file.flush()
        print("writing", flush=True)
        time.sleep(600)
"""


@contextmanager
def process_that_writes(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Yield a process that has the folder's lock and has written half a result."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "writing\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def temporary_files(folder: Path) -> list[Path]:
    return list(folder.glob(f"{TEMPORARY}*"))


def test_the_lock_of_a_killed_process_is_free_and_its_half_written_file_is_cleared_away(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "run")
    with process_that_writes(store.folder) as process:
        with pytest.raises(ConfigurationError, match="another process is writing to this folder"), store.locked():
            pass
        store.open()  # without the lock, nothing that is fresh is touched
        assert len(temporary_files(store.folder)) == 1
        (store.folder / "mine.txt").write_text("kept", encoding="utf-8")
        process.kill()
        process.wait()
        with store.locked():
            store.open()
    assert [path.name for path in store.folder.iterdir()] == ["mine.txt"]


def test_without_the_lock_only_what_nobody_has_written_to_for_an_hour_is_cleared_away(tmp_path: Path) -> None:
    old, fresh = (tmp_path / f"{TEMPORARY}{name}-1.json" for name in ("old", "fresh"))
    for path in (old, fresh):
        path.write_text('{"index"', encoding="utf-8")
    os.utime(old, (time.time() - ABANDONED - 60,) * 2)
    ResultStore(tmp_path).open()
    assert temporary_files(tmp_path) == [fresh]


def test_a_write_survives_that_its_temporary_file_is_cleared_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace
    cleared: list[Path] = []

    def cleared_once(self: Path, target: Path) -> Path:
        if not cleared:
            cleared.append(self)
            self.unlink()
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", cleared_once)
    store = ResultStore(tmp_path)
    store.write(stored_result("1"))
    assert store.read("1") == stored_result("1")
    assert cleared


def test_a_file_system_that_cannot_lock_stops_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(descriptor: int, operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refused)
    store = ResultStore(tmp_path / "run")
    with store.locked():
        store.open()
        store.write(stored_result("1"))
    assert store.read("1") == stored_result("1")


def test_the_lock_is_let_go_when_a_run_ends(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "run")
    for _ in range(2):
        with store.locked():
            pass
    with pytest.raises(KeyError), store.locked():
        raise KeyError
    with store.locked():
        pass


def test_a_folder_whose_lock_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    store = ResultStore(tmp_path / "file" / "run")
    with pytest.raises(ConfigurationError, match="a writable output folder"), store.locked():
        pass


def test_a_run_starts_where_there_is_no_fcntl_as_on_windows(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['fcntl'] = None\n"
        "from social_world_model.cli import main\n"
        f"sys.argv = ['swm', 'run', 'tomi', '--limit', '2', '--output-dir', {str(tmp_path)!r}]\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    (folder,) = (tmp_path / "tomi_results").glob("[!.]*")
    assert {path.name for path in folder.iterdir()} == {"run.json", "0.json", "1.json"}


def test_half_a_file_is_no_record_and_stops_no_reader(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.write(stored_result("2"))
    (tmp_path / "1.json").write_text('{"index": "1", "answ')
    problems: list[str] = []
    assert [one.index for _, one in read_results(tmp_path, lambda path, why: problems.append(path.name))] == ["2"]
    assert problems == ["1.json"]
    assert store.read("1") is None


def test_other_files_are_skipped(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    store.write(stored_result("1"))
    (tmp_path / "run.json").write_text("{}")
    (tmp_path / "notes.json").write_text('{"note": 1}')
    assert [one.index for _, one in read_results(store.folder)] == ["1"]


def test_an_existing_folder_is_moved_aside_under_the_next_free_number(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "run")
    assert store.move_aside() is None
    for number in (1, 2):
        store.open()
        store.write(stored_result("1", f"answer {number}"))
        assert store.move_aside() == tmp_path / f"run.old-{number}"
    assert ResultStore(tmp_path / "run.old-1").read("1") == stored_result("1", "answer 1")


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match=r"expected a writable output folder, got .*file"):
        ResultStore(tmp_path / "file" / "run").open()


def test_a_file_that_cannot_be_read_is_reported_and_passed_over_with_and_without_somebody_to_tell(
    tmp_path: Path,
) -> None:
    store = ResultStore(tmp_path)
    store.write(stored_result("1"))
    (tmp_path / "0.json").write_text('{"index": "0", "status"', encoding="utf-8")
    told: list[str] = []

    assert [one for _, one in read_results(tmp_path)] == [stored_result("1")]
    read = read_results(tmp_path, lambda path, why: told.append(f"{path.name}: {why}"))
    assert list(read) == [(tmp_path / "1.json", stored_result("1"))]
    assert [line.split(":")[0] for line in told] == ["0.json"]


def test_items_whose_indices_differ_in_case_only_have_files_that_differ_in_more(tmp_path: Path) -> None:
    store = ResultStore(tmp_path)
    indices = ["a", "A", "Stra\u00dfe", "STRASSE", "caf\u00e9", "cafe\u0301", "12"]
    names = [store.write(stored_result(index, f"answer {index}")).name for index in indices]
    assert len({unicodedata.normalize("NFC", name).casefold() for name in names}) == len(indices)
    assert [store.read(index) for index in indices] == [stored_result(index, f"answer {index}") for index in indices]


def test_a_file_under_the_name_that_older_versions_gave_is_read_moved_and_replaced(tmp_path: Path) -> None:
    store = ResultStore(tmp_path / "run")
    store.open()
    older = store.folder / "Q1.json"
    older.write_text(stored_result("Q1", "old").to_json(), encoding="utf-8")
    assert store.read("Q1") == stored_result("Q1", "old")
    assert store.read("q1") is None, "where case does not matter, this is the file of another item"
    assert store.has("Q1")
    store.write(stored_result("Q1", "new"))
    assert [one.answer for _, one in read_results(store.folder)] == ["new"]
    older.write_text(stored_result("Q1", "old").to_json(), encoding="utf-8")
    aside = store.move_aside(["Q1"])
    assert aside is not None
    assert len(list(aside.iterdir())) == 2
    assert not list(store.folder.glob("*.json"))


@pytest.mark.parametrize(
    "damage",
    [
        {"usage": {"requests": "many"}},
        {"answer": {}},
        {"samples": [1]},
        {"index": "2"},
        {"index": {}},
        {"scores": {"x": {}}},
    ],
    ids=repr,
)
def test_a_damaged_result_is_no_result(tmp_path: Path, damage: dict[str, object]) -> None:
    store = ResultStore(tmp_path)
    path = store.write(stored_result("1"))
    path.write_text(json.dumps(json.loads(path.read_text()) | damage), encoding="utf-8")
    assert store.read("1") is None
    assert store.has("1")


@pytest.mark.parametrize(("requests", "flushed"), [(0, 0), (1, 2)])
def test_only_a_result_that_cost_a_call_waits_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, requests: int, flushed: int
) -> None:
    """The file and its folder are flushed. A result without calls can be made again."""
    store = ResultStore(tmp_path)
    calls: list[int] = []
    monkeypatch.setattr("os.fsync", calls.append)
    store.write(Result(index="a", status="error", usage=Usage(requests=requests)))
    assert len(calls) == flushed
    assert store.read("a") is not None


def test_folders_whose_long_names_differ_only_at_the_end_have_locks_of_their_own(tmp_path: Path) -> None:
    folders = [tmp_path / f"{'x' * 180}{end}" for end in ("", "__seed-1", "__seed-2")]
    with ResultStore(folders[0]).locked(), ResultStore(folders[1]).locked(), ResultStore(folders[2]).locked():
        pass
    assert len(list(tmp_path.glob(".*.lock"))) == 3
