"""``swm agents judge``, as users type it."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from social_world_model.experiments.episodes.verdicts import verdicts_folder
from tests.commands import PROJECT, swm
from tests.evaluation.verdict_stub import scores_of, verdict_reply
from tests.experiments.judged import call, episode, run_folder, tasks
from tests.generation_utils.endpoint import closed_port
from tests.server import FaultServer

IN_FLIGHT = 4


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOM_API_KEY", "none")


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with FaultServer([], replies=verdict_reply, latency="lognormal:0.02:0.6", keep_bodies=False) as running:
        yield running


def test_the_command_prints_means_by_role_and_reuses_verdicts(server: FaultServer, tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run", [episode("room/0/1"), episode("hall/0/1")])
    words = ["agents", "judge", folder, "--judge", f"custom/jury@{server.base_url}"]
    plan = swm(*words, "--dry-run")
    assert plan.returncode == 0, plan.stderr
    assert plan.stdout.startswith("dry run: 2 verdicts to make, 0 reused")
    assert not (folder / "verdicts").exists()
    done = swm(*words)
    assert (done.returncode, len(server.log)) == (0, 4), done.stderr
    assert "2 of 2 judged" in done.stdout
    rows = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines() if line[:1].isalpha()}
    of_agent, of_partner = scores_of("Ann Lee"), scores_of("Bob")
    assert rows["goal"] == [f"{of_agent['goal']:.2f}", f"{of_partner['goal']:.2f}", "+0.00"]
    assert rows["overall"][0] == f"{sum(of_agent.values()) / 7:.2f}"
    again = swm(*words)
    assert (again.returncode, len(server.log)) == (0, 4)
    assert "2 of 2 judged, 2 reused" in again.stdout


def test_several_runs_get_one_line_each(server: FaultServer, tmp_path: Path) -> None:
    for name in ("one", "two"):
        run_folder(tmp_path / name, [episode("room/0/1"), episode("hall/0/1")])
    run_folder(tmp_path / "game", [episode(scores={"Bob": {"goal": 1.0}})])
    done = swm("agents", "judge", tmp_path, "--judge", f"custom/jury@{server.base_url}")
    assert done.returncode == 0, done.stderr
    goals = ", ".join(
        f"{role} {scores_of(name)['goal']:.2f}" for role, name in (("agent", "Ann Lee"), ("partner", "Bob"))
    )
    lines = [line for line in done.stdout.splitlines() if "2 of 2 judged" in line]
    assert [Path(line.split(" · ")[0]).name for line in lines] == ["one", "two"]
    assert all(line.endswith(f"; goal: {goals}, order gap +0.00") for line in lines)
    assert "believability" not in done.stdout
    assert "note: not judged because the rules give exact scores: 1 run of games" in done.stdout


def test_a_dead_judge_stops_with_one_line_and_status_1(tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "run", tasks(8))
    done = swm("agents", "judge", folder, "--judge", f"custom/gone@{closed_port()}")
    assert done.returncode == 1
    assert len([line for line in done.stdout.splitlines() if line.startswith("stopped:")]) == 1
    assert "no connection" in done.stdout
    assert "0 of 8 episodes are judged by custom/gone@" in done.stdout
    assert "run the same command to resume" in done.stdout
    assert list(folder.rglob("room*-0.json")) == list(folder.glob("room*.json")), "there is no verdict"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run"], "expected at least one value of --judge, got none"),
        (["missing", "--judge", "custom/a@http://127.0.0.1:1/v1"], "expected a folder of episodes"),
        (["game", "--judge", "custom/a@http://127.0.0.1:1/v1"], "its rules give exact scores"),
        (["run", "--judge", "custom/val@http://127.0.0.1:1/v1"], "or set --allow-judge-as-value"),
        (["run", "--judge", "symbolic"], "expected a language model as --judge, got symbolic"),
        (["run", "--judge", "custom/a@http://127.0.0.1:1/v1", "--rubric", "long"], "--rubric"),
        (["run", "--judge", "custom/a@http://127.0.0.1:1/v1", "--max-cost", "1"], "--max-total-tokens"),
    ],
)
def test_wrong_words_are_named_by_their_flags(
    words: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_folder(tmp_path / "run", [episode(calls={"Bob": [call("value", "custom/val@http://127.0.0.1:1/v1")]})])
    run_folder(tmp_path / "game", [episode(scores={"Bob": {"goal": 1.0}})])
    done = swm("agents", "judge", tmp_path / words[0], *words[1:])
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def start(words: list[str]) -> subprocess.Popen[str]:
    script = [sys.executable, "-c", "from social_world_model.cli import main; main()", *words]
    return subprocess.Popen(script, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT)


def stored(folder: Path, judge: str) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in verdicts_folder(folder, judge).glob("room*.json")}


@pytest.mark.parametrize("kills", [1, pytest.param(20, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def test_kill_9_at_any_moment_pays_no_stored_reply_again(server: FaultServer, tmp_path: Path, kills: int) -> None:
    judge, episodes = f"custom/jury@{server.base_url}", tasks(8 * kills + 4)
    calm, killed = run_folder(tmp_path / "calm", episodes), run_folder(tmp_path / "killed", episodes)

    def words(folder: Path) -> list[str]:
        return ["agents", "judge", str(folder), "--judge", judge, "--batch-size", str(IN_FLIGHT)]

    whole = swm(*words(calm))
    assert whole.returncode == 0, whole.stderr
    needed = len(server.log)
    assert needed == 2 * len(episodes)
    server.reset()
    draw = random.Random(2)
    for _ in range(kills):
        before = len(server.log)
        process = start(words(killed))
        until = before + draw.randint(1, needed // kills)
        while len(server.log) < until and process.poll() is None:
            time.sleep(0.002)
        time.sleep(draw.uniform(0, 0.02))
        process.send_signal(signal.SIGKILL)
        process.communicate()
    last = swm(*words(killed))
    assert last.returncode == 0, last.stderr
    assert len(server.log) - needed <= kills * IN_FLIGHT, "only calls that were running at a kill are made again"
    assert stored(killed, judge) == stored(calm, judge)
    place = verdicts_folder(killed, judge)
    manifest = json.loads((place / "run.json").read_text())
    assert manifest["counts"] == {"judged": len(episodes)}
    assert manifest["usage"]["total"]["requests"] >= len(server.log) - kills
    assert not (place / "unfinished.jsonl").exists()


def test_ctrl_c_keeps_finished_verdicts_and_a_second_process_does_not_write_to_the_same_folder(
    server: FaultServer, tmp_path: Path
) -> None:
    folder = run_folder(tmp_path / "run", tasks(6))
    words = ["agents", "judge", str(folder), "--judge", f"custom/jury@{server.base_url}", "--batch-size", "2"]
    server.silent_from = 6
    process = start(words)
    while len(server.log) < 8 and process.poll() is None:
        time.sleep(0.005)
    second = swm(*words)
    assert second.returncode == 1
    assert "another process is writing to this folder" in second.stdout
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate()
    assert process.returncode == 130
    assert stderr.splitlines()[-1] == (
        "interrupted: finished verdicts and calls are saved; run the same command to continue"
    )
    server.silent_from = None
    calls = len(server.log)
    assert swm(*words).returncode == 0
    assert len(server.log) - calls == 12 - 6
