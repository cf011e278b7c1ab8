"""``swm agents export --form sft`` and ``--form grpo``, as users type them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.adapters.sotopia_episodes import reward, written_by_sotopia
from tests.commands import swm


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Import two logs of sotopia: one with scores, one without."""
    path = tmp_path / "logs.jsonl"
    judged, unjudged = written_by_sotopia(rewards=[reward(7), reward(3)]), written_by_sotopia()
    path.write_text("".join(f"{json.dumps(one)}\n" for one in (judged, unjudged)), encoding="utf-8")
    assert swm("agents", "import", path, "--output-dir", tmp_path / "out").returncode == 0
    return tmp_path / "out"


def rows(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "train.jsonl").read_text(encoding="utf-8").splitlines()]


def test_imported_logs_become_samples(logs: Path, tmp_path: Path) -> None:
    done = swm("agents", "export", logs, "--form", "sft", "--side", "all", "--val-share", 0, "--out", tmp_path / "s")
    assert done.returncode == 0, done.stderr
    assert "prompts do not say what people knew of each other; use --data" in done.stderr
    number = len(rows(tmp_path / "s"))
    assert number > 2
    assert done.stdout.startswith(f"samples: {number} train (1 environment) from 2 episodes")
    report = json.loads((tmp_path / "s" / "report.json").read_text(encoding="utf-8"))
    assert (report["written"], report["rules"]["side"]) == ({"train": number}, "all")


def test_scores_of_judges_choose_the_samples(logs: Path, tmp_path: Path) -> None:
    common = ("agents", "export", logs, "--form", "grpo", "--val-share", 0, "--out", tmp_path / "s")
    done = swm(*common, "--at-least", "goal=6")
    assert done.returncode == 0
    assert "skipped: 1 episode: the scores are too low, or there are no scores" in done.stderr
    assert "no file val" not in done.stderr, "none was asked for"
    done = swm(*common, "--at-least", "goal=8")
    assert done.returncode == 2
    assert "expected at least one sample for training, got none" in done.stderr


def test_a_split_that_holds_no_environment_out_is_named(logs: Path, tmp_path: Path) -> None:
    common = ("agents", "export", logs, "--form", "sft", "--side", "all", "--out", tmp_path / "s")
    done = swm(*common, "--val-share", 1e-9)
    assert "note: there is no file val, because no environment is held out; use another seed" in done.stderr
    done = swm(*common, "--val-share", 1 - 1e-9)
    assert done.returncode == 2
    assert "got none: 8 samples are held out: use another seed" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--at-least", "goal"), "expected --at-least as NAME=X"),
        (("--at-least", "goal=nan"), "expected --at-least as NAME=X"),
        (("--val-share", "1"), "expected --val-share to be at least 0 and below 1"),
        (("--data", "nowhere.json"), "expected a data file, got nowhere.json"),
    ],
)
def test_wrong_options_are_named(logs: Path, words: tuple[str, ...], said: str) -> None:
    done = swm("agents", "export", logs, "--form", "sft", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
