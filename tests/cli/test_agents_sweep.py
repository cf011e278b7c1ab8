"""``swm agents sweep``, as users type it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agents.stub import stub_reply
from tests.commands import PROJECT, swm
from tests.scenarios.sotopia_bundles import bundle, written
from tests.server import FaultServer


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOM_API_KEY", "none")


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer([], replies=stub_reply, latency="lognormal:0.02:0.6", keep_bodies=False) as running:
        yield running


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return written(tmp_path, bundle())


def matrix(data: Path, server: FaultServer, **settings: object) -> Path:
    path = data.with_name("matrix.yaml")
    content = {
        "scenarios": [{"scenario": "sotopia", "data": str(data)}],
        "agents": ["plain", "foresee-paper"],
        "models": [f"custom/stub@{server.base_url}"],
        "settings": {"output_dir": str(data.parent / "out"), "max_turns": 4, **settings},
    }
    path.write_text(json.dumps(content))
    return path


def test_a_matrix_is_estimated_played_and_reused(data: Path, server: FaultServer) -> None:
    file = matrix(data, server)
    dry = swm("agents", "sweep", file, "--dry-run")
    assert (dry.returncode, dry.stderr, len(server.log)) == (0, "", 0)
    assert re.search(r"^all: 6 episodes; 32 calls, [\d,]+ tokens in, [\d,]+ out", dry.stdout, re.MULTILINE)
    assert "judging (swm agents judge) is not included: 12 calls for each judge, 2 per episode" in dry.stdout
    played = swm("agents", "sweep", file)
    assert played.returncode == 0, played.stderr
    assert len(server.log) == 32
    lines = re.findall(r"^\[\d/3\] (.*)$", played.stdout, re.MULTILINE)
    assert [line.partition(": ")[0].split(" · ")[1] for line in lines] == ["plain", "plain", "foresee-paper"]
    assert "seed 1 (A/A): 2 of 2 episodes played, " in lines[1]
    assert re.search(r"^all cells: 32 calls, ", played.stdout, re.MULTILINE)
    again = swm("agents", "sweep", file)
    assert (again.returncode, len(server.log)) == (0, 32)
    assert again.stdout.count("2 of 2 episodes played, 2 reused") == 3


def test_ctrl_c_stops_all_cells_and_the_same_command_continues(data: Path, server: FaultServer) -> None:
    file = matrix(data, server, batch_size=1, repeats=2)
    command = [sys.executable, "-m", "social_world_model", "agents", "sweep", str(file)]
    running = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while len(server.log) < 20 and running.poll() is None:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    _, error = running.communicate(timeout=60)
    assert running.returncode == 130, error
    assert "finished episodes and calls are saved; run the same command to continue" in error
    done = swm("agents", "sweep", file)
    assert done.returncode == 0, done.stderr
    assert 2 * 32 <= len(server.log) <= 2 * 32 + 1, "only the call that was running is paid again"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["matrix.yaml", "--preset", "paper"], "expected a matrix file or --preset paper, got both"),
        (["--preset", "paper"], "expected --data with the bundle of SOTOPIA-hard for --preset paper, got none"),
        ([], "expected a matrix file in YAML or --preset paper, got neither"),
        (["matrix.yaml", "--limit", "3", "--no-aa"], "expected --limit, --no-aa only with --preset, got a matrix file"),
        (["--preset", "paper", "--data", "nothing.json", "--dry-run"], "nothing.json"),
        (
            ["--preset", "paper", "--data", "x.json", "--seats", "2"],
            "expected --seats to be both or an EnvironmentList",
        ),
        (["--preset", "paper", "--data", "bundle.json", "--shard", "0/4", "--dry-run"], "expected --shard to be I/N"),
        (["matrix.yaml"], "expected a matrix in YAML, got matrix.yaml: No such file or directory"),
    ],
)
def test_wrong_commands_are_usage_errors(words: list[str], message: str, tmp_path: Path) -> None:
    written(tmp_path, bundle())
    done = swm("agents", "sweep", *words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in " ".join(done.stderr.split())
