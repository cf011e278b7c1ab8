"""A damaged result, manifest or journal is named and skipped; reports, comparisons and later runs go on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from social_world_model.errors import DatasetError
from social_world_model.experiments import Run, RunSettings
from social_world_model.experiments.scoring import rescore
from social_world_model.experiments.stored import read_stored_run
from social_world_model.reports.comparing import compare
from social_world_model.reports.overviews import overview
from social_world_model.runs.journal import FILE_NAME as JOURNAL
from social_world_model.runs.ledger import FILE_NAME as LEDGER

QUESTIONS = 6


@dataclass(frozen=True)
class Folder:
    """A finished run."""

    settings: RunSettings
    path: Path

    def again(self) -> Any:
        return Run(self.settings).execute_sync()

    def edit(self, name: str, **changes: Any) -> None:
        """Change fields of a JSON file. None deletes a field."""
        path = self.path / name
        data = json.loads(path.read_bytes()) | changes
        kept = {name: value for name, value in data.items() if value is not None}
        path.write_text(json.dumps(kept), encoding="utf-8")

    def first(self) -> str:
        return min(path.name for path in self.path.glob("*.json") if path.name != "run.json")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """Return a function that returns the output folder of a finished run."""
    root = tmp_path_factory.mktemp("finished")

    def folder(benchmark: str, mode: str) -> Path:
        out = root / f"{benchmark}-{mode}"
        if not out.exists():
            Run(RunSettings(benchmark=benchmark, mode=mode, limit=QUESTIONS, output_dir=out)).execute_sync()
        return out

    return folder


@pytest.fixture
def run(tmp_path: Path, finished: Callable[[str, str], Path]) -> Callable[..., Folder]:
    """Return a function that returns a copy of a finished run."""

    def copied(benchmark: str = "tomi", mode: str = "vanilla") -> Folder:
        out = tmp_path / "out"
        shutil.copytree(finished(benchmark, mode), out)
        settings = RunSettings(benchmark=benchmark, mode=mode, limit=QUESTIONS, output_dir=out)
        return Folder(settings, Run(settings).plan.folder)

    return copied


HUGE = 10**400
RESULTS: dict[str, dict[str, Any]] = {
    "an index that is an object": {"index": {"": 1}},
    "no index": {"index": None},
    "a status of another type": {"status": ["answered"]},
    "an unknown status": {"status": "statusstatus"},
    "usage in words": {"usage": {"requests": "one", "output_tokens": "and"}},
    "usage that is too large": {"usage": {"requests": 1, "cost": HUGE}},
    "usage below zero": {"usage": {"input_tokens": -5}},
    "a verdict that is a list": {"is_correct": [None]},
    "scores in words": {"scores": {"error": "none"}},
    "scores that are not finite": {"scores": {"error": float("inf")}},
    "samples of another type": {"samples": [["box"]]},
}


@pytest.mark.parametrize("damage", RESULTS.values(), ids=RESULTS)
def test_a_damaged_result_is_named_left_out_and_asked_again(run: Callable[..., Folder], damage: dict[str, Any]) -> None:
    whole = run()
    name = whole.first()
    before = read_stored_run(whole.path)
    whole.edit(name, **damage)
    stored = read_stored_run(whole.path)
    assert len(stored.outcomes) == QUESTIONS - 1
    assert [problem.partition(":")[0] for problem in stored.unreadable] == [name]
    compare(before, stored, 0)
    assert len(overview([whole.path]).entries) == 1
    assert rescore(whole.path, "lenient").after.is_dir()
    result = whole.again()
    assert (result.kept, len(result.outcomes)) == (QUESTIONS - 1, QUESTIONS)
    assert read_stored_run(whole.path).unreadable == ()


def test_half_a_character_in_a_result_stops_no_report(run: Callable[..., Folder]) -> None:
    whole = run()
    whole.edit(whole.first(), set_id="set \ud800", answer=HUGE)
    assert len(overview([whole.path]).entries[0].run.outcomes) == QUESTIONS


@pytest.mark.parametrize(
    ("benchmark", "damage"),
    [
        ("fantom", {"set_asks": {"inaccessible": {"belief": {"": ""}}}}),
        ("confaide", {"private_info": None, "scores": {"error": 0.0}}),
    ],
)
def test_a_column_that_no_table_can_count_costs_one_result(
    run: Callable[..., Folder], benchmark: str, damage: dict[str, Any]
) -> None:
    whole = run(benchmark)
    name = next(
        path.name for path in sorted(whole.path.glob("[!r]*.json")) if "action" in path.name or benchmark == "fantom"
    )
    whole.edit(name, **damage)
    (entry,) = overview([whole.path]).entries
    assert [problem.partition(":")[0] for problem in entry.run.unreadable] == [name]
    assert len(entry.run.outcomes) == QUESTIONS - 1
    assert whole.again().failed == 0


MANIFESTS: dict[str, dict[str, Any]] = {
    "usage in words": {"usage": {"answer": {"requests": "many", "input_tokens": "."}}},
    "usage that is too large": {"usage": {"answer": {"requests": 1, "cost": HUGE}}},
    "usage as a list": {"usage": [1]},
    "shared contexts in words": {"shared_contexts": {"requests": "x"}},
    "names of another type": {"model": {"a": 1}, "dataset": [1]},
    "a command of another type": {"command": [0]},
    "settings of another type": {"settings": {"options": {"rows": [1]}, "questions": "many"}},
    "counts in words": {"counts": {"answered": "all"}},
    "plug-ins of another type": {"plug_ins": {"a": "b"}},
}


@pytest.mark.parametrize("damage", MANIFESTS.values(), ids=MANIFESTS)
def test_damaged_fields_of_a_manifest_are_named_and_nothing_else_is_lost(
    run: Callable[..., Folder], damage: dict[str, Any]
) -> None:
    whole = run()
    whole.edit("run.json", **damage)
    (entry,) = overview([whole.path]).entries
    assert len(entry.run.outcomes) == QUESTIONS
    named = [problem for problem in entry.run.unreadable if problem.startswith("run.json: the field ")]
    assert len(named) == len(damage)
    result = whole.again()
    assert result.kept == QUESTIONS
    assert any("run.json: the field" in note for note in result.notes)
    assert read_stored_run(whole.path).unreadable == ()


def test_a_manifest_that_makes_a_run_unreadable_does_not_stop_the_report_of_other_runs(
    run: Callable[..., Folder],
) -> None:
    whole = run()
    other = whole.path.with_name("other")
    shutil.copytree(whole.path, other)
    whole.edit("run.json", benchmark="(")
    found = overview([whole.path.parent])
    assert [entry.run.folder for entry in found.entries] == [other]
    assert any("'('" in note and str(whole.path) in note for note in found.notes)
    with pytest.raises(DatasetError, match="expected benchmark to be one of"):
        read_stored_run(whole.path)


@pytest.mark.parametrize("mode", ["vanilla", "socialized_context", "simulation"])
def test_damaged_lines_of_the_journal_and_the_ledger_stop_no_run(run: Callable[..., Folder], mode: str) -> None:
    whole = run(mode=mode)
    (whole.path / whole.first()).unlink()
    lines = [
        {"item": "x", "key": "q", "reply": {"text": "x", "finis\u0001h_reason": "?"}},
        {"item": {}, "over": True},
        [1],
    ]
    for name in (JOURNAL, LEDGER):
        (whole.path / name).write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    result = whole.again()
    assert (result.kept, result.failed) == (QUESTIONS - 1, 0)
    assert {note for note in result.notes if "damaged" in note} == {
        f"{name}: 3 damaged lines are skipped" for name in (JOURNAL, LEDGER)
    }


def test_a_stored_verdict_that_differs_from_its_reply_is_counted_and_not_believed(run: Callable[..., Folder]) -> None:
    whole = run()
    before = read_stored_run(whole.path)
    names = sorted(path.name for path in whole.path.glob("[!r]*.json"))[:2]
    for name in names:
        whole.edit(name, is_correct=not json.loads((whole.path / name).read_bytes())["is_correct"])
    stored = read_stored_run(whole.path)
    assert stored.outcomes == before.outcomes
    assert any(note.startswith("2 results have a stored verdict that differs") for note in stored.notes)
    result = whole.again()
    assert result.outcomes == before.outcomes
    assert any(note.startswith("2 results have a stored verdict that differs") for note in result.notes)
