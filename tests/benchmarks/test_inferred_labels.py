"""FANToM's files whose labels were inferred say so, in a column that scoring alone sees."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from social_world_model.benchmarks import get_benchmark
from social_world_model.benchmarks.counting import RECONSTRUCTED
from social_world_model.contracts import Item
from social_world_model.experiments import Run, RunResult, RunSettings
from social_world_model.reports import make_report, overview
from social_world_model.reports.report import INFERRED

SAMPLE = Path(get_benchmark.__code__.co_filename).parent / "samples" / "fantom_sample.json"


def items(path: Path | None) -> list[Item]:
    return [row for row in get_benchmark("fantom").load(path).rows if isinstance(row, Item)]


def sets() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(SAMPLE.read_text(encoding="utf-8"))
    return found


def test_the_authors_form_says_nothing_of_inferred_labels() -> None:
    assert not [item for item in items(None) if RECONSTRUCTED in item.fields]


def test_every_question_of_a_reconstructed_set_says_so(tmp_path: Path) -> None:
    rows = sets()
    rows[0][RECONSTRUCTED] = False
    path = tmp_path / "sets.json"
    path.write_text(json.dumps(rows))
    marked = {item.set_id for item in items(path) if item.fields.get(RECONSTRUCTED) is False}
    assert marked == {rows[0]["set_id"]}
    assert {item.set_id for item in items(path) if RECONSTRUCTED in item.fields} == marked


def test_a_row_a_question_says_so_too(tmp_path: Path) -> None:
    row = {
        "set_id": "0-0-0",
        "question_type": "fact",
        "question": "What was red?",
        "correct_answer": "the hat",
        "wrong_answer": "the coat",
        "context": "Ann: My hat is red.\nBo: I see.",
        RECONSTRUCTED: "True",
    }
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(row))
    (item,) = items(path)
    assert item.fields[RECONSTRUCTED] == "True"


def run_on(rows: list[dict[str, Any]], folder: Path) -> RunResult:
    path = folder / "sets.json"
    path.write_text(json.dumps(rows))
    return asyncio.run(Run(RunSettings(benchmark="fantom", dataset_path=path, output_dir=folder)).execute())


def test_answers_from_before_the_column_was_kept_stay_good_and_the_report_says_what_it_is(tmp_path: Path) -> None:
    before = run_on(sets(), tmp_path)
    rows = [{**row, RECONSTRUCTED: False} for row in sets()]
    after = run_on(rows, tmp_path)
    assert after.kept == len(after.outcomes) == len(before.outcomes)
    assert make_report(after).caution == INFERRED
    assert after.folder is not None
    results = [path for path in after.folder.glob("*.json") if path.name != "run.json"]
    assert not [path for path in results if RECONSTRUCTED in path.read_text()]
    (entry,) = overview([after.folder]).entries
    assert entry.report.caution == INFERRED


def test_whatever_else_of_an_item_scoring_sees_is_another_question(tmp_path: Path) -> None:
    run_on(sets(), tmp_path)
    rows = sets()
    rows[0]["factQA"]["wrong_answer"] = "something else"
    after = run_on(rows, tmp_path)
    assert after.kept < len(after.outcomes)


def test_the_reconstructed_files_are_known(swm_data: Path) -> None:
    for name in ("fantom_64", "fantom_dev"):
        assert all(RECONSTRUCTED in one.fields for one in items(swm_data / "fantom" / f"{name}.reconstructed.jsonl"))
