from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from social_world_model.errors import ConfigurationError
from social_world_model.runs.locks import LockFile
from social_world_model.runs.store import ResultStore

HOLDER = """
import sys
from pathlib import Path
from social_world_model.runs.locks import LockFile
lock = LockFile(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
sys.stdin.read()
"""


def test_a_lock_excludes_other_processes_until_its_process_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        lock = LockFile(path)
        assert not lock.acquire()
        holder.kill()
        holder.wait()
        assert lock.acquire()
        lock.release()


def test_a_lock_excludes_other_objects_of_the_same_process(tmp_path: Path) -> None:
    one, other = LockFile(tmp_path / "lock"), LockFile(tmp_path / "lock")
    assert one.acquire()
    assert not other.acquire()
    one.release()
    assert other.acquire()
    other.release()


def test_who_opened_a_lock_file_before_it_was_removed_does_not_get_a_lock_that_others_do_not_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, waiting, third = (LockFile(tmp_path / "lock") for _ in range(3))
    assert owner.acquire()
    opened = os.open(tmp_path / "lock", os.O_RDWR)
    owner.release(remove=True)
    monkeypatch.setattr(waiting, "_open", lambda: opened)
    assert not waiting.acquire(), "this file has no name any more"
    assert third.acquire()
    third.release(remove=True)
    assert list(tmp_path.iterdir()) == []


def test_a_lock_file_is_neither_followed_nor_emptied(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("do not touch", encoding="utf-8")
    store = ResultStore(tmp_path / "run")
    link = tmp_path / ".run.lock"
    link.symlink_to(precious)
    with pytest.raises(ConfigurationError, match="expected a writable output folder"), store.locked():
        pass
    link.unlink()
    os.link(precious, link)
    with store.locked():
        pass
    assert precious.read_text(encoding="utf-8") == "do not touch"


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_regular_file_is_no_lock_file_and_blocks_nobody(tmp_path: Path, kind: str) -> None:
    path = tmp_path / ".run.lock"
    path.mkdir() if kind == "folder" else os.mkfifo(path)
    with (
        pytest.raises(ConfigurationError, match="expected a writable output folder"),
        ResultStore(tmp_path / "run").locked(),
    ):
        pass
