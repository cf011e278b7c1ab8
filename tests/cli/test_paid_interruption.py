"""A run that pays for its calls is killed, or interrupted: what was finished is kept, and never paid for again."""

from __future__ import annotations

import json
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

from social_world_model.cli import run_benchmarks
from tests.cli.test_interruption import INTERRUPTED
from tests.commands import PROJECT, called
from tests.experiments.served import as_text, write_questions
from tests.server import FaultServer

KILLS = [3, pytest.param(20, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
IN_FLIGHT = 6
STORIES, QUESTIONS = 30, 4


@pytest.fixture
def stories(request: pytest.FixtureRequest) -> int:
    """Return enough stories for the kills to fall into the run."""
    return 3 * STORIES if request.node.get_closest_marker("slow") else STORIES


@pytest.fixture
def data(tmp_path: Path, stories: int) -> Path:
    write_questions(tmp_path / "rows.jsonl", stories, QUESTIONS)
    return tmp_path / "rows.jsonl"


@pytest.fixture
def server(data: Path) -> Iterator[FaultServer]:
    rows = [as_text(json.loads(line)) for line in data.read_text().splitlines()]
    with FaultServer(rows, latency="lognormal:0.02:0.6", keep_bodies=False) as running:
        yield running


def typed(data: Path, server: FaultServer, out: Path, mode: str) -> list[str]:
    name = f"custom/oracle@{server.base_url}"
    words = ["tomi", "--dataset-path", str(data), "--output-dir", str(out), "--mode", mode]
    return [*words, "--model-name", name, "--context-model", name, "--batch-size", str(IN_FLIGHT)]


def completed(words: list[str]) -> str:
    """Run in this process, to the end, and return what is printed."""
    done = called(run_benchmarks, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def finished(out: Path) -> dict[str, int]:
    """Return when each answer was written, and each context; every file must be whole."""
    stamps: dict[str, int] = {}
    for path in out.rglob("[!.]*.json"):
        result = json.loads(path.read_text())
        if result.get("status") == "answered":
            stamps[f"{path.parent.name}/{path.name}"] = path.stat().st_mtime_ns
    return stamps


def stories_with_context(out: Path) -> int:
    results = [json.loads(path.read_text()) for path in out.rglob("[0-9]*.json")]
    return len({result["narrative"] for result in results if "socialized_context" in result})


def wait_for_requests(server: FaultServer, number: int, process: subprocess.Popen[str]) -> None:
    while len(server.log) < number and process.poll() is None:
        time.sleep(0.002)


def start(words: list[str]) -> subprocess.Popen[str]:
    script = [sys.executable, str(PROJECT / "run_benchmarks.py"), *words]
    return subprocess.Popen(script, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("kills", KILLS)
def test_kill_9_pays_for_nothing_twice(
    data: Path, server: FaultServer, tmp_path: Path, stories: int, kills: int
) -> None:
    out = tmp_path / "out"
    questions = stories * QUESTIONS
    words = typed(data, server, out, "socialized_context")
    draw = random.Random(5)
    done: dict[str, int] = {}
    answers_at_kills = contexts_at_kills = 0
    for _ in range(kills):
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
    assert 0 < len(done) < questions, "the kills should fall into the run, not after it"
    before = Counter(entry.kind for entry in server.log)
    last = completed(words)
    asked = Counter(entry.kind for entry in server.log) - before
    # A reply that arrived just before a kill may be in the journal, and not yet in a result.
    assert questions - len(done) - IN_FLIGHT <= asked["answer"] <= questions - len(done)
    assert stories - contexts_at_kills - IN_FLIGHT <= asked["parse"] <= stories - contexts_at_kills
    assert f"{len(done)} reused from an earlier run" in last
    assert re.search(rf"^all +{questions} +{questions} +1\.000", last, re.MULTILINE)


@pytest.mark.parametrize("mode", ["generate_socialized_context", "vanilla", "simtom"])
def test_ctrl_c_stops_at_once_keeps_what_is_finished_and_asks_only_the_rest(
    data: Path, server: FaultServer, tmp_path: Path, mode: str
) -> None:
    words = typed(data, server, tmp_path / "calm", mode)
    completed(words)
    undisturbed = len(server.log)
    server.reset()
    words = typed(data, server, tmp_path / "out", mode)
    server.silent_from = 12
    process = start(words)
    wait_for_requests(server, 12 + IN_FLIGHT, process)  # as many as can be under way: nothing more can happen
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate()
    assert process.returncode == 130
    assert stderr.splitlines()[-1] == INTERRUPTED
    server.silent_from = None
    completed(words)
    assert undisturbed <= len(server.log) <= undisturbed + IN_FLIGHT


def test_a_dead_endpoint_and_a_refused_key_are_one_clear_line_and_status_1(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [as_text(json.loads(line)) for line in data.read_text().splitlines()]
    monkeypatch.setenv("CUSTOM_API_KEY", "sk-secret-1")
    with FaultServer(rows, personalities=["unauthorised"]) as refusing:
        done = called(run_benchmarks, *typed(data, refusing, tmp_path / "refused", "vanilla"))
        assert len(refusing.log) <= IN_FLIGHT
    assert done.returncode == 1
    assert "sk-secret-1" not in done.stdout + done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("stopped: ")]
    assert "HTTP 401" in line
    assert f"0 of {STORIES * QUESTIONS} questions are done; run the same command to resume" in done.stdout
    done = called(run_benchmarks, *typed(data, refusing, tmp_path / "dead", "vanilla"))
    assert done.returncode == 1
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("stopped: ")]
    assert "no connection" in line
    assert not list((tmp_path / "dead").rglob("[0-9]*.json"))
