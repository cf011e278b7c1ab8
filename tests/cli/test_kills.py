"""Runs that are killed at random moments: a small version of ``scripts/kill_runs.py``."""

from __future__ import annotations

import json
import signal
from pathlib import Path

from scripts.kill_runs import killed_runs

from social_world_model.cli import run_benchmarks
from tests.cli.test_interruption import INTERRUPTED
from tests.cli.test_paid_interruption import start, wait_for_requests
from tests.commands import called
from tests.experiments.served import as_text, write_questions
from tests.server import FaultServer


def test_killed_runs_end_with_the_same_files_and_forget_no_request(tmp_path: Path) -> None:
    kills = 6
    found = killed_runs(tmp_path, kills, modes=("simulation", "debate"), stories=3, seed=3)
    assert [one.differing for one in found] == [(), ()]
    assert all(one.counted >= one.requests for one in found), "a request was forgotten"
    # A kill can fall between the record of a request and the request itself.
    assert sum(one.counted - one.requests for one in found) <= kills


def test_sigterm_ends_a_run_like_ctrl_c_and_the_manifest_says_so(tmp_path: Path) -> None:
    rows = [as_text(row) for row in write_questions(tmp_path / "rows.jsonl", 4, 4)]
    with FaultServer(rows, keep_bodies=False) as server:
        server.silent_from = 5
        name = f"custom/oracle@{server.base_url}"
        words = ["tomi", "--dataset-path", str(tmp_path / "rows.jsonl"), "--output-dir", str(tmp_path / "out")]
        words += ["--model-name", name, "--batch-size", "3"]
        process = start(words)
        wait_for_requests(server, 8, process)
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate()
        assert process.returncode == 130
        assert stderr.splitlines()[-1] == INTERRUPTED
        (path,) = (tmp_path / "out").rglob("run.json")
        manifest = json.loads(path.read_bytes())
        assert manifest["stopped"] == "terminated by the signal SIGTERM"
        assert manifest["usage"]["answer"]["requests"] == 5
        assert manifest["usage"]["interrupted"]["requests"] == 3
        assert manifest["usage"]["total"]["requests"] == len(server.log) == 8
        server.silent_from = None
        assert called(run_benchmarks, *words).returncode == 0
        assert json.loads(path.read_bytes())["usage"]["total"]["requests"] == len(server.log) == 8 + 16 - 5
        assert [file.name for file in path.parent.glob("*.jsonl")] == []
