"""A run that is killed, or interrupted, loses nothing that was finished and does nothing twice."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from social_world_model.experiments.stories import write_stories

KILLS = 20
STORIES = 400


def command(data: Path, out: Path, *more: str) -> list[str]:
    code = "from social_world_model.cli import run_benchmarks; run_benchmarks()"
    words = ["tomi", "--dataset-path", str(data), "--output-dir", str(out), "--mode", "socialized_context", *more]
    return [sys.executable, "-c", code, *words]


def report_of(stdout: str) -> list[str]:
    """Return the lines of a report that do not depend on how often the run was begun."""
    return [line for line in stdout.splitlines() if line[:1] in (" ", "a", "b")]


def finished(folder: Path) -> dict[str, int]:
    """Return when each answered record was written; every file must be whole."""
    stamps: dict[str, int] = {}
    for path in folder.glob("[!.]*.json"):
        record = json.loads(path.read_text())  # half a file would fail here
        if record.get("status") == "answered":
            stamps[path.name] = path.stat().st_mtime_ns
    return stamps


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "stories.jsonl"
    write_stories("tomi", STORIES, 11, path)
    return path


def test_kill_9_at_twenty_moments_loses_nothing_and_repeats_nothing(data: Path, tmp_path: Path) -> None:
    undisturbed = subprocess.run(command(data, tmp_path / "calm"), capture_output=True, text=True, check=True)
    out = tmp_path / "killed"
    folder = out / "tomi_results" / "socialized_context_symbolic_stories.jsonl_symbolic"
    draw = random.Random(5)
    done: dict[str, int] = {}
    for _ in range(KILLS):
        process = subprocess.Popen(
            command(data, out, "--continue-mode", "continue"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for_more(folder, len(done) + draw.randint(1, 70), process)
        time.sleep(draw.uniform(0, 0.005))
        process.kill()
        process.wait()
        now = finished(folder)
        assert done.items() <= now.items(), "a finished record was written again, or lost"
        done = now
    assert 0 < len(done) < STORIES * 6, "the kills should fall into the run, not after it"
    last = subprocess.run(command(data, out, "--continue-mode", "continue"), capture_output=True, text=True, check=True)
    assert f"{len(done)} kept from an earlier run" in last.stdout
    assert done.items() <= finished(folder).items()
    assert len(finished(folder)) == STORIES * 6
    assert report_of(last.stdout) == report_of(undisturbed.stdout)
    assert not list(folder.glob(".*")), "nothing half-written is left"


def wait_for_more(folder: Path, records: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the run has written so many records: a moment that does not depend on the machine's speed."""
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        if folder.is_dir() and sum(1 for _ in folder.glob("[0-9]*.json")) >= records:
            return
        time.sleep(0.002)


def test_ctrl_c_stops_at_once_with_130_and_keeps_what_is_done(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tomi_results" / "socialized_context_symbolic_stories.jsonl_symbolic"
    process = subprocess.Popen(command(data, tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    end = time.monotonic() + 20
    while not (folder / "10.json").exists() and time.monotonic() < end:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=10)
    assert process.returncode == 130
    assert stderr == "interrupted: everything finished is kept; --continue-mode continue goes on from there\n"
    kept = finished(folder)
    assert len(kept) >= 10
    again = subprocess.run(command(data, tmp_path), capture_output=True, text=True, check=True)
    assert f"{len(kept)} kept from an earlier run" in again.stdout
