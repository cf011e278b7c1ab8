from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from social_world_model.errors import ConfigurationError
from social_world_model.files import TEMPORARY, TRANSIENT, WAITS, file_bytes, whole_file, write_whole


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the waits before retries, which do not happen here."""
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    return waited


def failing(function: Callable[..., Any], errors: Iterator[int]) -> Callable[..., Any]:
    """Return a function that raises these errors first, and then does its work."""

    def called(*words: Any) -> Any:
        if (number := next(errors, None)) is not None:
            raise OSError(number, os.strerror(number))
        return function(*words)

    return called


@pytest.mark.parametrize("number", sorted(TRANSIENT), ids=errno.errorcode.get)
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_transient_error_of_writing_or_renaming_is_retried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: list[float], number: int, step: str
) -> None:
    owner: Any = os if step == "fsync" else Path
    monkeypatch.setattr(owner, step, failing(getattr(owner, step), iter([number, number])))
    write_whole(tmp_path / "a.json", "whole")
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "whole"
    assert waits == list(WAITS[:2])
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_an_error_that_stays_is_reported_and_the_old_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_whole(tmp_path / "a.json", "old")
    monkeypatch.setattr(os, "fsync", failing(os.fsync, iter([errno.EIO] * 100)))
    with pytest.raises(ConfigurationError, match=r"expected to write .*a\.json: Input/output error"):
        write_whole(tmp_path / "a.json", "new")
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "old"


def test_a_full_disk_is_not_retried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: list[float]) -> None:
    monkeypatch.setattr(os, "fsync", failing(os.fsync, iter([errno.ENOSPC])))
    with pytest.raises(ConfigurationError, match="No space left"):
        write_whole(tmp_path / "a.json", "new")
    assert waits == []


def test_the_disk_has_the_file_before_the_name_and_the_folder_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def flushed(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        fsync(descriptor)

    def renamed(path: Path, target: Path) -> Path:
        done.append("name")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", renamed)
    write_whole(tmp_path / "a.json", "text")
    assert done == ["file", "name", "folder"]


def test_a_file_system_that_cannot_flush_stops_no_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", failing(os.fsync, iter([errno.EINVAL] * 2)))
    write_whole(tmp_path / "a.json", "text")
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == "text"


def test_a_temporary_name_that_exists_is_neither_followed_nor_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    precious = tmp_path / "precious"
    precious.write_text("do not touch", encoding="utf-8")
    monkeypatch.setattr(os, "urandom", lambda size: bytes(size))
    (tmp_path / f"{TEMPORARY}{bytes(8).hex()}-a.json").symlink_to(precious)
    with pytest.raises(ConfigurationError, match="File exists"), whole_file(tmp_path / "a.json") as file:
        file.write("new")
    assert precious.read_text(encoding="utf-8") == "do not touch"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_because_reading_it_could_wait_forever(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.json")
    with pytest.raises(OSError, match="not a regular file"):
        file_bytes(tmp_path / "x.json")
