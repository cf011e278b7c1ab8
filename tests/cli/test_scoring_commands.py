"""``swm score``, ``swm rescore`` and ``swm sweep`` as a user runs them."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from tests.cli.test_commands import one_clear_line
from tests.commands import swm
from tests.experiments.fakes import write_rows


@pytest.fixture
def scored(tmp_path: Path) -> Path:
    """Return the folder of three scored replies."""
    write_rows(tmp_path / "rows.jsonl", 3)
    replies = [{"index": number, "response": "box0"} for number in range(3)]
    (tmp_path / "replies.jsonl").write_text("\n".join(map(json.dumps, replies)))
    done = swm("score", "tomi", *words(tmp_path))
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1].removeprefix("results: "))


def words(folder: Path) -> tuple[object, ...]:
    files = ("--dataset-path", folder / "rows.jsonl", "--predictions", folder / "replies.jsonl")
    return (*files, "--output-dir", folder / "out")


def test_an_option_given_twice_or_without_a_value_is_refused(scored: Path, tmp_path: Path) -> None:
    twice = ("-B", "candidates=shown", "-B", "candidates=hidden")
    one_clear_line(
        swm("score", "tomi", *words(tmp_path), *twice), "--option with each name only once", "candidates 2 times"
    )
    one_clear_line(swm("score", "tomi", *words(tmp_path), "-B", "candidates"), "NAME=VALUE", "'candidates'")


def test_files_that_cannot_be_judged_make_the_exit_status_1(scored: Path) -> None:
    assert swm("rescore", scored, "--scorer", "strict").returncode == 0
    (scored / "half.json").write_text('{"index": 1')
    (scored / "foreign.json").write_text('{"index": "zy", "status": "answered", "samples": [1, 2]}')
    done = swm("rescore", scored, "--scorer", "strict")
    assert (done.returncode, done.stderr) == (1, "")
    assert "not scored: half.json: expected a result as one JSON object" in done.stdout
    assert (
        "not scored: foreign.json: expected samples to be objects with a status, scores and texts, got [1, 2]"
        in done.stdout
    )
    assert "earlier scores by this scorer were moved to" in done.stdout
    assert swm("report", scored.parent, "--out", scored.parent / "told").returncode == 0


def test_a_sweep_is_a_line_for_each_run_and_a_dead_endpoint_spoils_no_other(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.jsonl", 3)
    (tmp_path / "scripted.jsonl").write_text('{"reply": {"reasoning": "r", "answer": "box0"}}')
    with socket.create_server(("127.0.0.1", 0)) as closed:
        dead = f"custom/x@http://127.0.0.1:{closed.getsockname()[1]}/v1"
    (tmp_path / "sweep.yaml").write_text(
        f"benchmarks: [{{name: tomi, dataset_path: {tmp_path}/rows.jsonl}}]\n"
        f"models: ['{dead}', 'scripted/{tmp_path}/scripted.jsonl']\n"
        f"modes: [vanilla, generate_socialized_context]\nsettings: {{output_dir: {tmp_path}/out}}\n"
    )
    done = swm("sweep", tmp_path / "sweep.yaml")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == f"[1/3] tomi · vanilla · {dead}: no question was answered"
    assert lines[1].startswith(f"    stopped: {dead}: no connection")
    made = "[2/3] tomi · generate_socialized_context · contexts by symbolic: 3 of 3 questions have a context"
    assert lines[2:4] == [made, f"[3/3] tomi · vanilla · scripted/{tmp_path}/scripted.jsonl: 0.333, n 3"]
    assert not any(line.startswith("all  ") for line in lines)
    assert "tomi · rows.jsonl · n 3" in lines
    assert lines[-1].startswith("1 of 3 runs have failures or were stopped")
    again = swm("sweep", tmp_path / "sweep.yaml", "--dry-run")
    assert again.returncode == 0
    assert "[1/3]" in again.stdout
    assert "\nall: 3 calls" in again.stdout
