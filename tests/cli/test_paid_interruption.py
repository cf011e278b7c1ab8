"""A run that pays for its calls is killed, or interrupted: what was finished is kept, and never paid for again."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.experiments.served import as_text, write_questions
from tests.server import FaultServer

KILLS = 20
IN_FLIGHT = 6
STORIES, QUESTIONS = 60, 4


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_questions(tmp_path / "rows.jsonl", STORIES, QUESTIONS)
    return tmp_path / "rows.jsonl"


@pytest.fixture
def server(data: Path) -> Iterator[FaultServer]:
    rows = [as_text(json.loads(line)) for line in data.read_text().splitlines()]
    with FaultServer(rows, latency="lognormal:0.02:0.6", keep_bodies=False) as running:
        yield running


def command(data: Path, server: FaultServer, out: Path, mode: str) -> list[str]:
    code = "from social_world_model.cli import run_benchmarks; run_benchmarks()"
    name = f"custom/oracle@{server.base_url}"
    words = ["tomi", "--dataset-path", str(data), "--output-dir", str(out), "--mode", mode]
    return [sys.executable, "-c", code, *words, "--model-name", name, "--context-model", name,
            "--batch-size", str(IN_FLIGHT)]  # fmt: skip


def finished(out: Path) -> dict[str, int]:
    """Return when each answer was written, and each context; every file must be whole."""
    stamps: dict[str, int] = {}
    for path in out.rglob("[!.]*.json"):
        record = json.loads(path.read_text())
        if record.get("status") == "answered":
            stamps[f"{path.parent.name}/{path.name}"] = path.stat().st_mtime_ns
    return stamps


def stories_with_context(out: Path) -> int:
    records = [json.loads(path.read_text()) for path in out.rglob("[0-9]*.json")]
    return len({record["narrative"] for record in records if "socialized_context" in record})


def wait_for_requests(server: FaultServer, number: int, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 60
    while len(server.log) < number and process.poll() is None and time.monotonic() < end:
        time.sleep(0.002)


def start(words: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ})


def test_kill_9_at_twenty_moments_pays_for_nothing_twice(data: Path, server: FaultServer, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = command(data, server, out, "socialized_context")
    draw = random.Random(5)
    done: dict[str, int] = {}
    answers_at_kills = contexts_at_kills = 0
    for _ in range(KILLS):
        before = Counter(entry.kind for entry in server.log)
        process = start(words)
        wait_for_requests(server, len(server.log) + draw.randint(3, 18), process)
        time.sleep(draw.uniform(0, 0.02))
        process.kill()
        process.communicate()
        now = finished(out)
        assert done.items() <= now.items(), "a finished answer was asked for again, or lost"
        asked = Counter(entry.kind for entry in server.log) - before
        new_answers, new_contexts = len(now) - answers_at_kills, stories_with_context(out) - contexts_at_kills
        assert asked["answer"] - new_answers <= IN_FLIGHT, "answers that were finished are lost"
        assert asked["parse"] - new_contexts <= IN_FLIGHT, "contexts that were finished are lost"
        done, answers_at_kills, contexts_at_kills = now, len(now), stories_with_context(out)
    assert 0 < len(done) < STORIES * QUESTIONS, "the kills should fall into the run, not after it"
    before = Counter(entry.kind for entry in server.log)
    last = subprocess.run(words, capture_output=True, text=True, check=True)
    asked = Counter(entry.kind for entry in server.log) - before
    assert asked["answer"] == STORIES * QUESTIONS - len(done)
    assert asked["parse"] == STORIES - contexts_at_kills
    assert f"{len(done)} kept from an earlier run" in last.stdout
    assert re.search(rf"^all +{STORIES * QUESTIONS} +{STORIES * QUESTIONS} +1\.000", last.stdout, re.MULTILINE)


@pytest.mark.parametrize("mode", ["generate_socialized_context", "vanilla", "simtom"])
def test_ctrl_c_stops_at_once_keeps_what_is_finished_and_asks_only_the_rest(
    data: Path, server: FaultServer, tmp_path: Path, mode: str
) -> None:
    words = command(data, server, tmp_path / "calm", mode)
    subprocess.run(words, capture_output=True, text=True, check=True)
    undisturbed = len(server.log)
    server.reset()
    words = command(data, server, tmp_path / "out", mode)
    process = start(words)
    wait_for_requests(server, 30, process)
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=20)
    assert time.monotonic() - begun < 5
    assert process.returncode == 130
    assert stderr == "interrupted: everything finished is kept; --continue-mode continue goes on from there\n"
    subprocess.run(words, capture_output=True, text=True, check=True)
    assert undisturbed <= len(server.log) <= undisturbed + IN_FLIGHT


def test_a_dead_endpoint_and_a_refused_key_are_one_clear_line_and_status_1(data: Path, tmp_path: Path) -> None:
    rows = [as_text(json.loads(line)) for line in data.read_text().splitlines()]
    with FaultServer(rows, personalities=["unauthorised"]) as refusing:
        done = subprocess.run(
            command(data, refusing, tmp_path / "refused", "vanilla"),
            capture_output=True, text=True, env={**os.environ, "CUSTOM_API_KEY": "sk-secret-1"},
        )  # fmt: skip
        assert len(refusing.log) <= IN_FLIGHT
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "sk-secret-1" not in done.stdout + done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("stopped: ")]
    assert "HTTP 401" in line
    assert f"0 of {STORIES * QUESTIONS} questions are done; the same command goes on from there" in done.stdout
    done = subprocess.run(
        command(data, refusing, tmp_path / "dead", "vanilla"), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("stopped: ")]
    assert "nobody answers there" in line
    assert not list((tmp_path / "dead").rglob("[0-9]*.json"))
