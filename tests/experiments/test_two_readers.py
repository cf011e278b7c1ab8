"""Runs store what the authors' reader and the lenient reader give, and reports show both."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from social_world_model.experiments import RunResult, RunSettings
from social_world_model.experiments.scoring import rescore, score_predictions
from social_world_model.experiments.stored import read_stored_run
from social_world_model.reports import make_report
from social_world_model.runs.results import read_result

STORY = "What's inside the apartment: A hall. The hall has a chest with a hat.\nActions taken by Al: Al is in the hall."
ASKED = "(a) Al wants a hat. (b) Al wants a cup. Please respond with either a or b."
REPLIES: dict[str, Any] = {"0": "a", "1": "**A**", "2": "b", "3": "It is (b).", "4": "Both"}
"""All gold answers are (a). The authors take the first character, so they read 4 as (b), but neither 1 nor 3."""


def scored(folder: Path, replies: dict[str, Any] = REPLIES, benchmark: str = "mmtom", **row: Any) -> RunResult:
    data, given = folder / "rows.jsonl", folder / "replies.jsonl"
    cell = {"question": f"{STORY}\nQuestion: Which one is more likely? {ASKED}", "answer": "a", **row}
    data.write_text("\n".join(json.dumps({"index": index, **cell}) for index in replies))
    given.write_text("\n".join(json.dumps({"index": index, "response": said}) for index, said in replies.items()))
    settings = RunSettings(benchmark=benchmark, dataset_path=data, output_dir=folder / "out", model_name="somebody")
    return score_predictions(settings, given)


def stored(folder: Path | None, index: str) -> dict[str, Any]:
    assert folder is not None
    data: dict[str, Any] = json.loads((folder / f"{index}.json").read_text())
    return data


def test_a_result_has_the_reading_of_both_scorers(tmp_path: Path) -> None:
    folder = scored(tmp_path).folder
    bold, none = stored(folder, "1"), stored(folder, "4")
    assert (bold["status"], bold["is_correct"], bold["answer"], bold["extracted_by"]) == (
        "answered",
        False,
        "",
        "authors",
    )
    assert bold["lenient"] == {
        "status": "answered",
        "answer": "Al wants a hat.",
        "extracted_by": "option_line",
        "is_correct": True,
    }
    assert (none["status"], none["lenient"]["status"]) == ("answered", "unparsable")


def test_the_report_prints_both_scores_and_counts_the_replies_that_are_read_differently(tmp_path: Path) -> None:
    result = scored(tmp_path)
    report = make_report(result)
    assert (report.overall.value, report.overall.lenient) == (1 / 5, 2 / 5)
    assert report.read_differently == (3, 5)
    assert result.folder is not None
    again = read_stored_run(result.folder)
    assert make_report(again.benchmark, again.outcomes).read_differently == (3, 5)


def test_a_benchmark_without_a_reader_of_its_authors_has_one_reading(tmp_path: Path) -> None:
    row = {"story": "Al entered the hall. The hat is in the box.", "question": "Where is the hat?", "answer": "box"}
    result = scored(tmp_path, {"0": "box"}, benchmark="tomi", **row)
    assert "lenient" not in stored(result.folder, "0")
    report = make_report(result)
    assert (report.overall.lenient, report.read_differently) == (None, None)


def test_each_scorer_has_its_own_majority(tmp_path: Path) -> None:
    result = scored(tmp_path, {"0": ["**A**", "(a)", "b"], "1": ["**B**", "a", None]})
    first, second = stored(result.folder, "0"), stored(result.folder, "1")
    assert (first["is_correct"], first["lenient"]["is_correct"]) == (False, True)
    assert [sample["lenient"]["is_correct"] for sample in first["samples"]] == [True, True, False]
    assert (second["status"], second["lenient"]["status"]) == ("error", "error")


def test_samples_with_the_same_answer_in_other_words_vote_together(tmp_path: Path) -> None:
    result = scored(tmp_path, {"0": ["b", "a", "A. Al wants a hat.", "Both", "Al wants a hat."]})
    stored_result = stored(result.folder, "0")
    assert (stored_result["answer"], stored_result["is_correct"]) == ("Al wants a hat.", True)


def test_a_rescored_run_has_the_other_reading(tmp_path: Path) -> None:
    folder = scored(tmp_path).folder
    assert folder is not None
    done = rescore(folder, "lenient")
    assert set(done.changed) == {"1", "4"}  # 1 is right now, and 4 is unreadable
    after = read_stored_run(done.after)
    assert (after.scorer, [one.is_correct for one in after.outcomes]) == ("lenient", [True, True, False, False, None])
    assert make_report(after.benchmark, after.outcomes).read_differently is None


def older(folder: Path) -> None:
    """Make the results those of an earlier version: one reading, similar to that of the lenient scorer."""
    for path in folder.glob("[0-9].json"):
        data = json.loads(path.read_text())
        data |= {"status": "answered", **data.pop("lenient")}
        path.write_text(json.dumps(data))


def test_results_of_an_earlier_version_are_read_as_they_are_and_can_be_rescored(tmp_path: Path) -> None:
    folder = scored(tmp_path).folder
    assert folder is not None
    older(folder)
    run = read_stored_run(folder)
    report = make_report(run.benchmark, run.outcomes)
    assert (report.overall.value, report.overall.lenient, report.read_differently) == (2 / 5, None, None)
    (note,) = run.notes
    assert "5 results were scored by an earlier version" in note
    again = read_stored_run(rescore(folder, "official").after)
    report = make_report(again.benchmark, again.outcomes)
    assert (report.overall.value, report.overall.lenient, report.read_differently) == (1 / 5, 2 / 5, (3, 5))
    assert not again.notes


@pytest.mark.parametrize(
    "damage",
    [
        [],
        {},
        {"status": "fine"},
        {"status": "answered", "is_correct": "yes"},
        {"status": "answered", "scores": {"token_f1": "high"}},
        {"status": "answered", "scores": []},
        {"status": "answered", "answer": 3},
        {"status": "answered", "index": "7"},
    ],
)
def test_a_damaged_reading_is_not_used(tmp_path: Path, damage: Any) -> None:
    folder = scored(tmp_path).folder
    result = read_result(json.dumps({**stored(folder, "1"), "lenient": damage}))
    assert result is not None
    assert result.lenient is None
    assert result.as_lenient() is None


def test_a_reading_survives_writing_and_reading(tmp_path: Path) -> None:
    result = read_result(json.dumps(stored(scored(tmp_path).folder, "1")))
    assert result is not None
    again = read_result(result.to_json())
    assert again is not None
    assert again == replace(result, schema=again.schema)
    lenient = again.as_lenient()
    assert lenient is not None
    assert (lenient.is_correct, lenient.response, lenient.lenient) == (True, "**A**", None)
