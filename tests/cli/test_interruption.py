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

from social_world_model.cli import run_benchmarks
from social_world_model.experiments.stories import write_stories
from tests.commands import PROJECT, called

KILLS = [3, pytest.param(20, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
STORIES_A_KILL = 16
INTERRUPTED = "interrupted: finished results are saved; resume with --continue-mode continue"


def typed(data: Path, out: Path) -> list[str]:
    return ["tomi", "--dataset-path", str(data), "--output-dir", str(out), "--mode", "socialized_context"]


def completed(data: Path, out: Path) -> str:
    """Run in this process, to the end, and return what is printed."""
    done = called(run_benchmarks, *typed(data, out))
    assert done.returncode == 0, done.stderr
    return done.stdout


def report_of(stdout: str) -> list[str]:
    """Return the lines of a report that do not depend on how often the run was begun."""
    return [line for line in stdout.splitlines() if line[:1] in (" ", "a", "b")]


def finished(folder: Path) -> dict[str, int]:
    """Return when each answered result was written; every file must be whole."""
    stamps: dict[str, int] = {}
    for path in folder.glob("[!.]*.json"):
        result = json.loads(path.read_text())  # half a file would fail here
        if result.get("status") == "answered":
            stamps[path.name] = path.stat().st_mtime_ns
    return stamps


@pytest.mark.parametrize("kills", KILLS)
def test_kill_9_loses_nothing_and_repeats_nothing(tmp_path: Path, kills: int) -> None:
    data = tmp_path / "stories.jsonl"
    questions = 6 * kills * STORIES_A_KILL
    write_stories("tomi", kills * STORIES_A_KILL, 11, data)
    undisturbed = completed(data, tmp_path / "calm")
    out = tmp_path / "killed"
    folder = out / "tomi_results" / "socialized_context_symbolic_stories.jsonl_symbolic"
    draw = random.Random(5)
    done: dict[str, int] = {}
    for _ in range(kills):
        script = [sys.executable, str(PROJECT / "run_benchmarks.py"), *typed(data, out)]
        process = subprocess.Popen(script, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_more(folder, len(done) + draw.randint(1, 70), process)
        time.sleep(draw.uniform(0, 0.005))
        process.kill()
        process.wait()
        now = finished(folder)
        assert done.items() <= now.items(), "a finished result was written again, or lost"
        done = now
    assert 0 < len(done) < questions, "the kills should fall into the run, not after it"
    last = completed(data, out)
    assert f"{len(done)} reused from an earlier run" in last
    assert done.items() <= finished(folder).items()
    assert len(finished(folder)) == questions
    assert report_of(last) == report_of(undisturbed)
    assert not list(folder.glob(".*")), "nothing half-written is left"


def wait_for_more(folder: Path, results: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the run has written so many results: a moment that does not depend on the machine's speed."""
    while process.poll() is None:
        if folder.is_dir() and sum(1 for _ in folder.glob("[0-9]*.json")) >= results:
            return
        time.sleep(0.002)


def test_ctrl_c_stops_at_once_with_130_and_keeps_what_is_done(tmp_path: Path) -> None:
    data = tmp_path / "stories.jsonl"
    write_stories("tomi", 50, 11, data)
    folder = tmp_path / "tomi_results" / "socialized_context_symbolic_stories.jsonl_symbolic"
    go = tmp_path / "go"
    held = [sys.executable, "-m", "tests.cli.held_run", "30", str(go), *typed(data, tmp_path)]
    process = subprocess.Popen(held, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT)
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    process.send_signal(signal.SIGINT)
    go.touch()
    _, stderr = process.communicate()
    assert process.returncode == 130
    assert stderr.splitlines()[-1] == INTERRUPTED
    kept = finished(folder)
    assert 10 <= len(kept) <= 30, "what was finished is kept, and nothing new is begun"
    assert f"{len(kept)} reused from an earlier run" in completed(data, tmp_path)
