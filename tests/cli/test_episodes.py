"""``swm play`` and ``swm agents run``, as users type them."""

from __future__ import annotations

import json
import os
import pty
import random
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agents.stub import stub_reply
from tests.commands import PROJECT, swm
from tests.generation_utils.endpoint import closed_port
from tests.scenarios.sotopia_bundles import bundle, written
from tests.server import FaultServer

IN_FLIGHT = 4


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


@pytest.mark.parametrize("game", ["stash", "errand", "bargain"])
def test_a_game_is_played_without_a_key_and_shows_what_was_considered_and_why(game: str, tmp_path: Path) -> None:
    done = swm("play", game, "--agent", "foresee", "--seed", "3", "--output-dir", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "\nturn 1\n" in done.stdout
    assert re.search(r"^ {2}→ +-?\d+\.\d .*(thinks|would do):", done.stdout, re.MULTILINE)
    assert re.search(r"^ {2}\w+ chooses: .*\d", done.stdout, re.MULTILINE)
    assert re.search(r"^score of \w+: goal -?\d", done.stdout, re.MULTILINE)
    assert list(tmp_path.iterdir()) == [], "a game without a model writes nothing"


def test_a_run_of_a_game_prints_a_mean_with_its_interval_and_the_accuracy_of_forecasts() -> None:
    done = swm("agents", "run", "stash", "--agent", "foresee", "--repeats", "12", "--horizon", "7")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^goal: -?\d\.\d\d \(95 % interval -?\d+\.\d\d to \d+\.\d\d\), n 12$", done.stdout, re.MULTILINE)
    assert "100% are the same act" in done.stdout
    assert "results: not saved" in done.stdout


def test_an_episode_with_a_model_is_shown_and_stored_and_shown_again_without_calls(
    server: FaultServer, data: Path, tmp_path: Path
) -> None:
    model = f"custom/stub@{server.base_url}"
    words = ["play", "sotopia", "--data", data, "--task", "code_e/0/2", "--agent", "foresee", "--model-name", model]
    words += ["--max-turns", "4", "--output-dir", tmp_path / "out"]
    done = swm(*words)
    assert done.returncode == 0, done.stderr
    assert "Bob (2): foresee_custom/stub@" in done.stdout
    assert "Bob considers" in done.stdout
    assert "no score: a judge must decide" in done.stdout
    calls = len(server.log)
    again = swm(*words)
    assert (again.returncode, len(server.log)) == (0, calls)
    assert "an earlier command played this episode" in again.stdout


def test_a_dead_world_model_stops_with_one_line_and_status_1(server: FaultServer, data: Path, tmp_path: Path) -> None:
    done = swm(
        *("agents", "run", "sotopia", "--data", data, "--agent", "foresee", "--output-dir", tmp_path / "out"),
        *("--model-name", f"custom/stub@{server.base_url}", "--world-model", f"custom/gone@{closed_port()}"),
    )
    assert done.returncode == 1
    assert len([line for line in done.stdout.splitlines() if line.startswith("stopped:")]) == 1
    assert "no connection" in done.stdout
    assert "0 of 2 episodes are played; run the same command to resume" in done.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["play", "stash", "--as", "nobody"], "expected --as to be one of hider, seeker"),
        (["play", "stsh"], "did you mean stash"),
        (["play", "stash", "--data", "x.json"], "--data"),
        (["play", "sotopia"], "--data"),
        (["play", "stash", "--agent", "plain"], "expected --model-name for the agent plain"),
        (["play", "stash", "--horizon", "0"], "--horizon"),
        (["agents", "run", "stash", "--repeats", "0"], "--repeats"),
    ],
)
def test_wrong_words_are_named_by_their_flags(words: list[str], message: str) -> None:
    done = swm(*words)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def start(words: list[str]) -> subprocess.Popen[str]:
    script = [sys.executable, "-c", "from social_world_model.cli import main; main()", *words]
    return subprocess.Popen(script, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT)


def stored(out: Path) -> dict[str, str]:
    """Return the stored episodes without their durations."""
    paths = out.rglob("code*.json")
    return {path.name: re.sub(r'"seconds": [\d.]+', "", path.read_text(encoding="utf-8")) for path in paths}


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def test_kill_9_at_any_moment_pays_no_stored_reply_again(
    server: FaultServer, data: Path, tmp_path: Path, kills: int
) -> None:
    def words(out: str) -> list[str]:
        model = f"custom/stub@{server.base_url}"
        of_models = ["--model-name", model, "--agent", "foresee", "--batch-size", str(IN_FLIGHT)]
        repeats = str(3 if kills < 10 else 12)
        return [*("agents", "run", "sotopia", "--data", str(data), "--repeats", repeats), *of_models] + [
            *("--max-turns", "6", "--output-dir", str(tmp_path / out))
        ]

    whole = swm(*words("calm"))
    assert whole.returncode == 0, whole.stderr
    needed = len(server.log)
    server.reset()
    draw = random.Random(2)
    for _ in range(kills):
        before = len(server.log)
        process = start(words("out"))
        until = before + draw.randint(1, max(2, needed // kills))
        while len(server.log) < until and process.poll() is None:
            time.sleep(0.002)
        time.sleep(draw.uniform(0, 0.02))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    last = swm(*words("out"))
    assert last.returncode == 0, last.stderr
    assert len(server.log) - needed <= kills * IN_FLIGHT, "only calls that were running at a kill are made again"
    assert stored(tmp_path / "out") == stored(tmp_path / "calm")
    (folder,) = {path.parent for path in (tmp_path / "out").rglob("run.json")}
    assert json.loads((folder / "run.json").read_text())["counts"] == {"played": len(stored(folder))}
    assert not (folder / "unfinished.jsonl").exists()


def test_a_person_plays_a_game_to_its_end_at_a_terminal() -> None:
    pid, terminal = pty.fork()
    if not pid:
        os.chdir(PROJECT)
        program = "from social_world_model.cli import main; main()"
        os.execv(sys.executable, [sys.executable, "-c", program, "play", "stash", "--as", "seeker", "--seed", "3"])
    shown, until = "", time.monotonic() + 60
    while time.monotonic() < until:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                shown += os.read(terminal, 65536).decode()
            except OSError:  # the terminal is closed when the process has ended
                break
            if shown.rstrip(" ").endswith("Sally>"):
                os.write(terminal, b"seven\n" if "expected" not in shown else b"1\n")
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, shown
    assert "expected a number from 1 to 3" in shown
    assert re.search(r"score of Sally: goal \d+", shown)
    assert "Anne considers" not in shown, "a person does not see what the other considers"


def test_an_encoding_without_the_characters_of_a_text_gets_their_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    process = start(["play", "stash", "--seed", "3"])
    shown, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    assert r"stash \xb7 seed 3" in shown


def test_a_game_that_is_cut_short_has_no_score_and_needs_no_judge() -> None:
    for words in (("play",), ("agents", "run")):
        done = swm(*words, "stash", "--max-turns", "1")
        assert done.returncode == 0
        assert "the game was not played to its end" in done.stdout
        assert "judge" not in done.stdout


def test_a_report_has_a_table_of_episodes_alone_and_beside_a_benchmark(tmp_path: Path) -> None:
    assert swm("agents", "run", "stash", "--agent", "habit", "--save", "--output-dir", tmp_path).returncode == 0
    alone = swm("report", tmp_path)
    assert alone.returncode == 0
    assert "stash · partner habit" in alone.stdout
    assert "accuracy" not in alone.stdout
    (run,) = (tmp_path / "agents" / "stash").glob("habit*")
    refused = swm("compare", run, run)
    assert refused.returncode == 2
    assert "which contains episodes: see `swm report` and `swm agents compare`" in refused.stderr
    assert swm("run", "tomi", "--model-name", "symbolic", "--limit", "5", "--output-dir", tmp_path).returncode == 0
    both = swm("report", tmp_path)
    assert both.returncode == 0
    assert "vanilla" in both.stdout
    assert "stash · partner habit" in both.stdout
    assert "left out" not in both.stdout
