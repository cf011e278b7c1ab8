"""Several processes that use the same contexts make each context once, and answer from the same context."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from social_world_model.cli import run_benchmarks
from tests.cli.test_paid_interruption import start
from tests.commands import called
from tests.experiments.served import as_text, write_questions
from tests.server import FaultServer

STORIES, QUESTIONS = 6, 2
MODES = ("socialized_context", "pure_context", "perspective", "simulation")


def typed(folder: Path, server: FaultServer, out: str, mode: str) -> list[str]:
    name = f"custom/oracle@{server.base_url}"
    words = ["tomi", "--dataset-path", str(folder / "rows.jsonl"), "--output-dir", str(folder / out), "--mode", mode]
    return [*words, "--model-name", name, "--context-model", name, "--batch-size", "8"]


def contexts(out: Path) -> dict[str, set[str]]:
    """Return the contexts of each story in all results."""
    found: dict[str, set[str]] = {}
    for path in out.rglob("[0-9]*.json"):
        result = json.loads(path.read_bytes())
        if "socialized_context" in result:
            found.setdefault(result["narrative"], set()).add(json.dumps(result["socialized_context"]))
    return found


@pytest.mark.parametrize("processes", [2, pytest.param(4, marks=pytest.mark.slow)])
def test_processes_on_shared_contexts_make_the_calls_of_one_process(tmp_path: Path, processes: int) -> None:
    rows = [as_text(row) for row in write_questions(tmp_path / "rows.jsonl", STORIES, QUESTIONS)]
    modes = MODES[:processes]
    with FaultServer(rows, latency="lognormal:0.2:0.5", keep_bodies=False) as server:
        for mode in modes:
            assert called(run_benchmarks, *typed(tmp_path, server, "one", mode)).returncode == 0
        of_one = Counter((entry.kind, entry.row) for entry in server.log)
        server.reset()
        started = [start(typed(tmp_path, server, "several", mode)) for mode in modes]
        ended = [process.communicate() for process in started]
        assert [process.returncode for process in started] == [0] * processes, ended
        assert Counter((entry.kind, entry.row) for entry in server.log) == of_one
        assert all(len(made) == 1 for made in contexts(tmp_path / "several").values())
        before = len(server.log)
        for mode in modes:
            again = called(run_benchmarks, *typed(tmp_path, server, "several", mode))
            assert f"{STORIES * QUESTIONS} reused from an earlier run" in again.stdout
        assert len(server.log) == before
        assert not list((tmp_path / "several").rglob("*.old-*"))


def test_a_process_that_is_killed_while_it_makes_contexts_does_not_block_another_process(tmp_path: Path) -> None:
    rows = [as_text(row) for row in write_questions(tmp_path / "rows.jsonl", STORIES, QUESTIONS)]
    with FaultServer(rows, keep_bodies=False) as server:
        server.silent_from = 2
        killed: subprocess.Popen[str] = start(typed(tmp_path, server, "out", MODES[0]))
        while len(server.log) < 4:
            assert killed.poll() is None
        killed.kill()
        killed.communicate()
        folder = next((tmp_path / "out").rglob(".*.lock")).parent
        server.silent_from = None
        assert called(run_benchmarks, *typed(tmp_path, server, "out", MODES[1])).returncode == 0
        assert not [path for path in folder.glob(".*.lock") if path.stat().st_size or len(path.stem) == 25]
