"""Results and contexts that version 0.1.0 wrote are read, continued and reported: tests/golden/schema_1 says how.

Everything goes through the command line. Scores are those that version 0.1.0 itself gave for these folders;
intervals and p values are those of the present statistics.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from social_world_model.cli import main

GOLDEN = Path(__file__).parents[1] / "golden" / "schema_1"
FIGURES: dict[str, Any] = json.loads((GOLDEN / "figures.json").read_text(encoding="utf-8"))
ANSWERS, PARSER = "scripted/answers.jsonl", "scripted/parser.jsonl"
TOMI = Path("results/tomi_results")
HITOM = Path("results/hitom_results/vanilla_symbolic_hitom_sample.jsonl")
BY_SYMBOLIC = TOMI / "socialized_context_symbolic_tomi_sample.jsonl_symbolic"
BY_SCRIPT = TOMI / f"socialized_context_{ANSWERS}_tomi_sample.jsonl_{PARSER}"
STOPPED = Path("stopped/tomi_results/simtom_scripted/stopping.jsonl_tomi_sample.jsonl")

RUNS = {
    "vanilla": "tomi --limit 12 --output-dir results",
    "socialized_context": "tomi --limit 12 --mode socialized_context --output-dir results",
    "perspective": "tomi --limit 8 --mode perspective --output-dir results",
    "contexts alone": "tomi --limit 7 --mode generate_socialized_context --output-dir contexts",
    "hitom": "hitom --limit 5 --output-dir results",
    "contexts of hitom": "hitom --limit 2 --mode generate_socialized_context --output-dir results",
    "variant": "hitom --limit 5 --variant options-shuffled --output-dir results",
    "fantom": "fantom --limit 15 --output-dir results",
    "scripted": f"tomi --limit 12 --model-name {ANSWERS} --output-dir results",
    "scripted context": f"tomi --limit 8 --mode socialized_context --model-name {ANSWERS} --context-model {PARSER} "
    "--output-dir results",
    "simtom": f"tomi --limit 8 --mode simtom --model-name {ANSWERS} --output-dir results",
    "samples": f"tomi --limit 6 --samples 3 --model-name {ANSWERS} --output-dir samples",
}
KEPT = ("hitom", "contexts of hitom", "variant")
"""Runs with the same instructions as in version 0.1.0. Prompts of language models, and instructions of other benchmarks
have changed since then, so their answers and contexts are made again."""

Command = Callable[..., str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the folders, which is the working directory. The symbolic model has the rules of then."""
    monkeypatch.setattr("social_world_model.symbolic.model.RULES", "2")
    monkeypatch.setattr("social_world_model.symbolic.model.version", lambda: "")
    copy = tmp_path / "schema_1"
    shutil.copytree(GOLDEN, copy)
    monkeypatch.chdir(copy)
    return copy


@pytest.fixture
def swm(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    def call(*words: object, status: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["swm", *map(str, words)])
        try:
            main()
            code: object = 0
        except SystemExit as end:
            code = end.code or 0
        printed = capsys.readouterr()
        assert code == status, printed.err
        return printed.out

    return call


def silence(*files: str) -> None:
    """Make a scripted model fail at whatever it is asked."""
    for file in files:
        Path(file).write_text(json.dumps({"when": "(?!)", "reply": "never"}), encoding="utf-8")


def items(top: Path) -> dict[Path, tuple[int, bytes]]:
    """Return when each item's file was last written, and what it holds."""
    files = [path for path in top.rglob("*.json") if path.is_file() and path.name != "run.json"]
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def figures_of_report(path: Path) -> list[dict[str, Any]]:
    """Return what a report says of each run, without what depends on where and when it was made."""
    kept = ("benchmark", "dataset", "mode", "model", "context_model", "scorer", "headline", "n", "value", "low", "high")
    more = ("failed", "not_asked", "gain", "gain_low", "gain_high", "p_mcnemar", "calls_per_question", "counts")
    runs = json.loads(path.read_text(encoding="utf-8"))["runs"]
    return [
        {name: run[name] for name in (*kept, *more)}
        | {
            "lines": {
                f"{table['title']}/{line['label']}": line["value"] for table in run["tables"] for line in table["lines"]
            }
        }
        for run in runs
    ]


def report(swm: Command, *paths: object) -> list[dict[str, Any]]:
    swm("report", *paths, "--out", "reported", "--format", "json")
    return figures_of_report(Path("reported/report.json"))


def comparison(swm: Command, one: Path, other: Path) -> dict[str, Any]:
    swm("compare", one, other, "--out", "compared.json")
    headline = json.loads(Path("compared.json").read_text(encoding="utf-8"))["headline"]
    return {
        "a": headline["a"]["value"],
        "b": headline["b"]["value"],
        "pairs": headline["n"],
        "interval": headline["interval"],
        "only_a_right": headline["only_a_right"],
        "only_b_right": headline["only_b_right"],
        "p": headline["test"]["p"],
    }


def evaluation(swm: Command, *words: object) -> dict[str, Any]:
    swm("evaluate", *words, "--output", "evaluated.md")
    data = json.loads(Path("evaluated.json").read_text(encoding="utf-8"))
    return {"mean": data["mean"], "contexts": data["contexts"], "files": [one["file"] for one in data["files"]]}


@pytest.mark.parametrize("name", KEPT)
def test_the_same_command_keeps_every_answer_and_context_and_asks_nothing(
    folder: Path, swm: Command, name: str
) -> None:
    silence("answers.jsonl", "parser.jsonl")
    before = items(folder)
    swm("run", *RUNS[name].split(), "--continue-mode", "continue")
    assert items(folder) == before


def test_answers_under_other_instructions_are_moved_aside_and_made_again(folder: Path, swm: Command) -> None:
    run = TOMI / "vanilla_symbolic_tomi_sample.jsonl"
    before = {path.name: path.read_bytes() for path in run.glob("[0-9]*.json")}
    swm("run", *RUNS["vanilla"].split(), "--continue-mode", "continue")
    aside = {path.name: path.read_bytes() for path in run.with_name(f"{run.name}.old-1").glob("[0-9]*.json")}
    after = {path.name: path.read_bytes() for path in run.glob("[0-9]*.json")}
    assert aside == before and after.keys() == before.keys()
    assert all(after[name] != before[name] for name in before)


def test_a_continued_run_is_reported_as_before(swm: Command) -> None:
    silence("answers.jsonl", "parser.jsonl")
    for name in KEPT:
        swm("run", *RUNS[name].split())
    assert report(swm, "results", "samples") == FIGURES["report of runs"]


def test_all_runs_are_reported_with_the_same_figures(swm: Command) -> None:
    assert report(swm, "results", "samples") == FIGURES["report of runs"]
    assert report(swm, "stopped") == FIGURES["report of the stopped run"]
    assert report(swm, "score") == FIGURES["report of scored predictions"]


@pytest.mark.parametrize("name", FIGURES["comparisons"])
def test_runs_are_compared_with_the_same_figures(swm: Command, name: str) -> None:
    one, _, other = name.partition(" with ")
    assert comparison(swm, TOMI / one, TOMI / other) == FIGURES["comparisons"][name]


@pytest.mark.parametrize("name", FIGURES["rescored"])
def test_runs_are_rescored_with_the_same_figures(folder: Path, swm: Command, name: str) -> None:
    run, _, scorer = name.partition(" by ")
    before = items(folder)
    swm("rescore", run, "--scorer", scorer)
    after = items(folder)
    assert {path: after[path] for path in before} == before
    (made,) = {path.parent for path in after.keys() - before.keys()}
    assert report(swm, made) == FIGURES["rescored"][name]


@pytest.mark.parametrize("name", FIGURES["evaluated"])
def test_contexts_are_evaluated_with_the_same_figures(swm: Command, name: str) -> None:
    assert evaluation(swm, *name.split()) == FIGURES["evaluated"][name]


def test_a_folder_of_contexts_is_taken_by_context_dir(swm: Command) -> None:
    silence("parser.jsonl")
    contexts = "contexts/tomi_results/socialized_context_symbolic_tomi_sample.jsonl_symbolic"
    words = f"tomi --limit 7 --mode socialized_context --model-name {ANSWERS} --context-model {PARSER} --output-dir new"
    swm("run", *words.split(), "--context-dir", contexts)
    (row,) = report(swm, "new")
    assert (row["n"], row["failed"]) == (7, 0)


def test_a_stored_context_is_valid_and_has_a_timeline(swm: Command) -> None:
    stored = BY_SYMBOLIC / "0.json"
    assert "0 errors" in swm("validate", stored)
    assert swm("timeline", stored).splitlines()[1:] == FIGURES["timeline of item 0"]
