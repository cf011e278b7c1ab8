"""The evaluation of contexts as a user types it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from social_world_model.cli import run_socialized_context_eval
from social_world_model.experiments.stories import write_stories
from tests.commands import LIMIT, PROJECT, Done, called, python, swm
from tests.evaluation.judge_server import Judged, JudgeServer, first_leaks
from tests.evaluation.stored import AFTER, ALONE, LAST_ACT, NONE, SALLY_ANNE, STATE, TOGETHER, context_of, write_result


def evaluated(*arguments: str | Path, cwd: Path) -> Done:
    return called(run_socialized_context_eval, *arguments, cwd=cwd, columns=200)


def figures(tmp_path: Path, name: str = "out.json") -> dict[str, dict[str, object]]:
    data = json.loads((tmp_path / name).read_text(encoding="utf-8"))
    return {row["file"]: row for row in data["files"]}


def test_a_hundred_pairs_that_are_the_same_have_full_scores_without_a_judge(tmp_path: Path) -> None:
    write_stories("tomi", 100, 3, tmp_path / "q.jsonl", tmp_path / "all")
    once: dict[str, Path] = {}
    for path in sorted((tmp_path / "all").glob("*.json")):
        once.setdefault(json.loads(path.read_text())["narrative"], path)
    (tmp_path / "gt").mkdir()
    for path in once.values():
        path.rename(tmp_path / "gt" / path.name)
    typed = "--gt-dir gt --gen-dir gt --judge-model none --batch-size 50 --output out.md"
    done = python(PROJECT / "run_socialized_context_eval.py", *typed.split(), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    table = [line for line in (tmp_path / "out.md").read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    assert table[0].startswith("| File | Structural | Observation Accuracy | Overall | Perceived Precision |")
    assert len(table) == 103
    assert all(line.endswith("| 1.000 | – | – | 1.000 | 1.000 | 1.000 | 0 | 0 |") for line in table[2:-1])
    assert table[-1].startswith("| **Mean** | **1.000** | – | – | **1.000** | **1.000** | **1.000** |")
    assert all(row["perceived_f1"] == 1.0 and row["leaks"] == 0 for row in figures(tmp_path).values())


def test_worse_contexts_are_told_apart(tmp_path: Path) -> None:
    changed = {
        "same": SALLY_ANNE,
        "leak": context_of(TOGETHER, ALONE, (AFTER[0], (LAST_ACT, STATE), AFTER[2])),
        "drop": context_of(TOGETHER, (NONE, (NONE, NONE), ALONE[2]), AFTER),
        "split": context_of((*TOGETHER[:2], (NONE, NONE)), (NONE, (NONE, NONE), TOGETHER[2]), ALONE, AFTER),
        "words": context_of((*TOGETHER[:2], ("leaves the room", NONE)), ALONE, AFTER),
    }
    for name, context in changed.items():
        write_result(tmp_path / "gt", name, SALLY_ANNE)
        write_result(tmp_path / "gen", name, context)
    done = swm("evaluate", "--gt-dir", "gt", "--gen-dir", "gen", "--output", "out.md", cwd=tmp_path)
    assert done.returncode == 0
    found = {
        name: (row["perceived_f1"] == 1.0, row["leaks"], row["omissions"]) for name, row in figures(tmp_path).items()
    }
    assert found == {
        "same.json": (True, 0, 0),
        "leak.json": (False, 1, 0),
        "drop.json": (False, 0, 1),
        "split.json": (True, 0, 0),
        "words.json": (True, 0, 0),
    }


def test_missing_and_truncated_files_are_named_and_outside_the_mean(tmp_path: Path) -> None:
    for index in "0123":
        for folder in ("gt", "gen"):
            write_result(tmp_path / folder, index, SALLY_ANNE)
    (tmp_path / "gen/1.json").unlink()
    whole = (tmp_path / "gen/2.json").read_text()
    (tmp_path / "gen/2.json").write_text(whole[:200])
    done = evaluated("--gt-dir", "gt", "--gen-dir", "gen", cwd=tmp_path)
    assert done.returncode == 1
    assert "1.json (unmatched)" in done.stdout and "2.json (unreadable)" in done.stdout
    assert "Not in the mean, 2 files" in done.stdout and "| **Mean** | **1.000** |" in done.stdout
    assert "| 1.json" not in done.stdout and "files without a score: 2" in done.stderr


def test_a_judge_is_paid_once_and_its_reasons_are_kept(tmp_path: Path) -> None:
    for folder in ("gt", "gen"):
        write_result(tmp_path / folder, "0", SALLY_ANNE)
    with JudgeServer(first_leaks) as server:
        for made in (1, 0):
            done = evaluated(
                "--gt-dir", "gt", "--gen-dir", "gen", "--judge-model", server.model, "--output", "out.md", cwd=tmp_path
            )  # fmt: skip
            assert done.returncode == 0 and f"judgements: {made} made, {1 - made} reused" in done.stderr
        assert len(server.bodies) == 1
    assert "| 0.json | 1.000 | 0.833 | 0.883 | 1.000 |" in (tmp_path / "out.md").read_text(encoding="utf-8")
    judge = figures(tmp_path)["0.json"]["judge"]
    assert isinstance(judge, dict) and judge["judgements"][0]["faults"][0]["why"] == "It was elsewhere."


def test_an_interrupted_evaluation_pays_for_nothing_twice(tmp_path: Path) -> None:
    for number in range(12):
        for folder in ("gt", "gen"):
            write_result(tmp_path / folder, str(number), SALLY_ANNE, f"Story {number}.")
    asked: list[str] = []
    enough, stopped = threading.Event(), threading.Event()

    def slow(prompt: str) -> Judged:
        asked.append(prompt)
        if len(asked) > 4:
            enough.set()
            stopped.wait(LIMIT)
        return first_leaks(prompt)

    with JudgeServer(slow) as server:
        typed = ["--gt-dir", "gt", "--gen-dir", "gen", "--judge-model", server.model, "--batch-size", "2"]
        script = [sys.executable, str(PROJECT / "run_socialized_context_eval.py"), *typed]
        with subprocess.Popen(script, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
            assert enough.wait(LIMIT)
            run.send_signal(signal.SIGINT)
            _, said = run.communicate()
        stopped.set()
        kept = len(list((tmp_path / "data/judgements").glob("*.json")))
        assert run.returncode == 130 and "judgements are stored in" in said and kept >= 3
        before = len(asked)
        done = evaluated(*typed, cwd=tmp_path)
    assert done.returncode == 0 and f"judgements: {12 - kept} made, {kept} reused" in done.stderr
    assert len(asked) - before == 12 - kept


def test_a_dead_judge_is_an_error_and_no_table(tmp_path: Path) -> None:
    for index in "012345":
        for folder in ("gt", "gen"):
            write_result(tmp_path / folder, index, SALLY_ANNE, f"Story {index}.")
    with JudgeServer() as server:
        dead = server.model
    done = evaluated("--gt-dir", "gt", "--gen-dir", "gen", "--judge-model", dead, "--output", "out.md", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "") and "no connection" in done.stderr
    assert "judgements are stored in" in done.stderr and not (tmp_path / "out.md").exists()


def test_a_judge_of_prose_fails_its_file(tmp_path: Path) -> None:
    for folder in ("gt", "gen"):
        write_result(tmp_path / folder, "0", SALLY_ANNE)
    (tmp_path / "judge.json").write_text('[{"reply": "It all looks fine."}]')
    done = evaluated("--gt-dir", "gt", "--gen-dir", "gen", "--judge-model", "scripted/judge.json", cwd=tmp_path)
    assert done.returncode == 1
    assert "| 0.json | 1.000 | – | – |" in done.stdout and "| **Mean** | – | – | – |" in done.stdout
    assert "0.json (failed): asked 5 times" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--gt-dir", "nowhere", "--gen-dir", "gen"), "--gt-dir to be a folder"),
        (("--gt-dir", "empty", "--gen-dir", "gen"), "got none"),
        (("--gt-dir", "twice", "--gen-dir", "gen"), "each file name once"),
        (("--gen-dir", "gen"), "expected --gt-dir"),
        (("--gt-dir", "gen", "--gen-dir", "gen", "--output", "out.json"), "Markdown"),
        (("--gt-dir", "gen", "--gen-dir", "gen", "--output", "nowhere/out.md"), "an existing folder"),
        (("--gt-dir", "gen", "--gen-dir", "gen", "--judge-model", "gpt-5-2025-08-07"), "OPENAI_API_KEY"),
        (
            (
                "--gt-dir",
                "gen",
            ),
            "gen-dir",
        ),
    ],
)
def test_bad_input_is_one_clear_message(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    write_result(tmp_path / "gen", "0", SALLY_ANNE)
    (tmp_path / "empty").mkdir()
    for inner in "ab":
        write_result(tmp_path / "twice" / inner, "0", SALLY_ANNE)
    done = evaluated(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "") and says in done.stderr and "Traceback" not in done.stderr


def test_a_table_does_not_overwrite_a_record_with_its_reasons(tmp_path: Path) -> None:
    result = write_result(tmp_path / "gen", "1", SALLY_ANNE)
    before = result.read_bytes()
    done = evaluated("--gt-dir", "gen", "--gen-dir", "gen", "--output", "gen/1.md", cwd=tmp_path)
    assert (done.returncode, result.read_bytes()) == (2, before)
    assert "another name" in done.stderr and "Traceback" not in done.stderr
    for _ in range(2):  # its own, of an earlier time, it does
        assert evaluated("--gt-dir", "gen", "--gen-dir", "gen", "--output", "out.md", cwd=tmp_path).returncode == 0
