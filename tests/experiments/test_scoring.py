"""Replies that are there already, scored without a model, and runs judged by another rule."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.experiments import Run, RunResult, RunSettings
from social_world_model.experiments.scoring import rescore, score_predictions
from social_world_model.experiments.stored import read_stored_run
from social_world_model.runs.results import Result
from social_world_model.runs.store import ResultStore
from tests.experiments.fakes import write_rows


def settings(folder: Path, stories: int = 3) -> RunSettings:
    data = write_rows(folder / "rows.jsonl", stories)
    return RunSettings(benchmark="tomi", dataset_path=data, output_dir=folder / "out", model_name="somebody")


def write(folder: Path, rows: list[dict[str, Any]]) -> Path:
    path = folder / "replies.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def scored(folder: Path, rows: list[dict[str, Any]], **changes: Any) -> RunResult:
    return score_predictions(replace(settings(folder), **changes), write(folder, rows))


def by_index(folder: Path) -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_text()) for path in folder.glob("*.json") if path.stem != "run"}


REPLIES: list[dict[str, Any]] = [
    {"index": 0, "response": "Answer: the box0"},
    {"index": "1", "response": "box0"},
    {"index": 2, "response": None},
]


def test_stored_replies_are_scored_and_written_as_a_run_writes_them(tmp_path: Path) -> None:
    result = scored(tmp_path, REPLIES)
    assert [(outcome.status, outcome.is_correct) for outcome in result.outcomes] == [
        ("answered", True),
        ("answered", False),
        ("error", None),
    ]
    assert result.failed == 1
    assert result.folder is not None
    results = by_index(result.folder)
    assert (results["0"]["answer"], results["0"]["response"]) == ("the box0", "Answer: the box0")
    assert "a failed call" in results["2"]["error"]
    stored = read_stored_run(result.folder)
    assert (stored.mode, stored.model, stored.questions) == ("predictions", "somebody", 3)
    assert stored.manifest["data_sha256"] == result.dataset.sha256


def test_a_question_without_a_prediction_is_a_failure_and_says_so(tmp_path: Path) -> None:
    result = scored(tmp_path, REPLIES[:1])
    assert [outcome.status for outcome in result.outcomes] == ["answered", "error", "error"]
    assert any("expected a prediction" in error for error in result.errors)


def test_an_empty_reply_is_no_failed_call(tmp_path: Path) -> None:
    result = scored(tmp_path, [{"index": number, "response": ""} for number in range(3)])
    assert {outcome.status for outcome in result.outcomes} == {"unparsable"}


def test_several_replies_to_a_question_are_samples_and_the_majority_counts(tmp_path: Path) -> None:
    rows = [{"index": 0, "response": ["box0", "jar", "The box0."]}, *REPLIES[1:]]
    result = scored(tmp_path, rows)
    assert result.outcomes[0].is_correct
    assert result.folder is not None
    assert len(by_index(result.folder)["0"]["samples"]) == 3


def test_results_and_samples_say_which_rule_read_the_answer(tmp_path: Path) -> None:
    rows = [
        {"index": 0, "response": ["Answer: the box0", "I cannot say where it is.", "The box0."]},
        *({"index": index, "response": reply} for index, reply in ((1, "I cannot say where it is."), (2, "box0"))),
    ]
    run = scored(tmp_path, rows).folder
    assert run is not None
    several, none, one = (by_index(run)[index] for index in "012")
    assert [sample.get("extracted_by") for sample in several["samples"]] == ["marked_answer", None, "whole_reply"]
    assert several["extracted_by"] == "marked_answer"
    assert (none["status"], none["extracted_by"]) == ("unparsable", None)
    assert one["extracted_by"] == "whole_reply"
    for path in run.glob("[012].json"):  # as written before there was such a field
        older = json.loads(path.read_text(encoding="utf-8"))
        for part in (older, *older.get("samples", ())):
            part.pop("extracted_by", None)
        path.write_text(json.dumps(older), encoding="utf-8")
    again = by_index(rescore(run, "official").after)
    assert [again[index]["extracted_by"] for index in "012"] == ["marked_answer", None, "whole_reply"]
    assert [sample.get("extracted_by") for sample in again["0"]["samples"]] == ["marked_answer", None, "whole_reply"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"index": 7, "response": "x"}], r"got 1 unknown index: 7\. Remove these rows"),
        (
            [{"index": 1, "response": "x"}, {"index": "1", "response": "y"}],
            "each index once .* got repeated indices: 1",
        ),
        ([{"index": 1, "reply": "x"}], "to have index and response, got index, reply in row 0"),
        ([{"index": None, "response": "x"}], "an index to be text or a whole number, got None in row 0"),
        ([{"index": [1], "response": "x"}], r"whole number, got \[1\]"),
        ([{"index": 0.5, "response": "x"}], "whole number, got 0.5"),
        ([{"index": True, "response": "x"}], "whole number, got True"),
        ([{"index": "\x1b[31m" + "x" * 99, "response": "x"}], r"index: \\x1b\[31mx+…\. Remove"),
        ([{"index": 0, "response": {"answer": "box0"}}], "a response to be text, .* got .*answer.* in row 0"),
        ([{"index": 0, "response": ["box0", ["jar"]]}], r"a response to be text, .* got \['jar'\] in row 0"),
        ([{"index": 2, "response": "x"}], "in the data set but not asked .*: 1"),
    ],
)
def test_predictions_that_belong_to_nothing_are_refused_before_anything_is_written(
    tmp_path: Path, rows: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        scored(tmp_path, rows, limit=2)
    assert not (tmp_path / "out").exists()


def test_scoring_again_moves_the_earlier_results_aside(tmp_path: Path) -> None:
    first = scored(tmp_path, REPLIES)
    again = scored(tmp_path, REPLIES)
    assert first.folder == again.folder
    assert any("earlier results were moved to" in note for note in again.notes)


def test_another_rule_judges_the_same_replies_beside_the_run(tmp_path: Path) -> None:
    result = scored(tmp_path, [{"index": 0, "response": "in cardboard_box0, I think"}, *REPLIES[1:]])
    assert result.folder is not None
    before = by_index(result.folder)
    done = rescore(result.folder, "paper")
    assert (done.changed, done.kept) == (("0",), ())
    assert by_index(result.folder) == before
    after = by_index(done.after)
    assert [after[index].get("is_correct") for index in ("0", "1", "2")] == [True, False, None]
    stored = read_stored_run(done.after)
    assert (stored.scorer, stored.benchmark.name) == ("paper", "tomi")
    back = rescore(result.folder, "official")
    assert back.changed == ()
    strict = rescore(result.folder, "strict")
    assert by_index(strict.after)["0"]["is_correct"] is False
    with pytest.raises(ConfigurationError, match="give the folder of the original run"):
        rescore(done.after, "official")


def test_samples_are_judged_one_by_one_and_voted_on_again(tmp_path: Path) -> None:
    rows = [{"index": 0, "response": ["a cardboard_box0", "a cardboard_box0", "jar"]}, *REPLIES[1:]]
    result = scored(tmp_path, rows)
    assert result.folder is not None
    assert rescore(result.folder, "paper").changed == ("0",)


def test_a_run_without_stored_replies_is_left_as_it_is_and_that_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "tomi_results" / "old"
    folder.mkdir(parents=True)
    (folder / "1.json").write_text(json.dumps({"index": 1, "answer": "box", "is_correct": True}))
    done = rescore(folder, "strict")
    assert (done.changed, done.kept) == ((), ("1",))
    assert by_index(done.after)["1"]["is_correct"] is True


def test_a_folder_without_answers_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(
        DatasetError, match=r"expected the folder of a run with answers, got .*empty, which contains no answers"
    ):
        rescore(tmp_path / "empty", "paper")


def test_the_paper_protocol_has_options_form_scorer_and_a_folder_of_its_own(tmp_path: Path) -> None:
    data = tmp_path / "rows.jsonl"
    row = {"story": "Al entered the hall. The ball is in the box.", "question": "Where will Al look for the ball?"}
    data.write_text(json.dumps({"index": 1, **row, "answer": "box", "cands": ["box", "hall"]}))
    chosen = RunSettings(benchmark="tomi", dataset_path=data, output_dir=tmp_path / "out", protocol="paper")
    result = asyncio.run(Run(chosen).execute())
    assert result.outcomes[0].is_correct
    assert result.folder is not None
    assert result.folder.name.endswith("rows.jsonl+protocol=paper")
    stored = read_stored_run(result.folder)
    assert (stored.scorer, stored.settings["protocol"]) == ("paper", "paper")
    assert by_index(result.folder)["1"]["choices"] == ["box", "hall"]
    assert (chosen.form, replace(chosen, protocol="own").form) == ("full_json", "json")


def test_whole_numbers_that_a_table_made_fractions_are_indices_and_no_number_is_a_failed_call(tmp_path: Path) -> None:
    result = scored(tmp_path, [{"index": 0.0, "response": "box0"}, {"index": 1, "response": float("nan")}])
    assert [outcome.status for outcome in result.outcomes] == ["answered", "error", "error"]
    assert "a failed call" in result.errors[0]


def test_half_a_character_and_a_long_reply_are_replies(tmp_path: Path) -> None:
    rows = [
        {"index": 0, "response": "box0 \ud83d"},
        {"index": 1, "response": ["\udc00", 5]},
        {"index": 2, "response": "x" * 10**6},
    ]
    result = scored(tmp_path, rows)
    assert result.failed == 0
    assert result.folder is not None
    assert rescore(result.folder, "official").changed == ()


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_leaves_no_row_out_in_silence(tmp_path: Path, limit: int) -> None:
    with pytest.raises(ConfigurationError, match="limit to be a whole number of at least 1"):
        scored(tmp_path, REPLIES, limit=limit)


def stored_run(folder: Path) -> Path:
    result = scored(folder, REPLIES)
    assert result.folder is not None
    return result.folder


BROKEN = {
    "half.json": '{"index": 7, "ans',
    "samples.json": '{"index": "samples", "status": "answered", "samples": [1, 2]}',
    "gold.json": '{"index": "gold", "status": "answered", "answer": "x", "response": "x", "correct_answer": ["x"]}',
    "scores.json": '{"index": "scores", "status": "answered", "answer": "x", "scores": {"f1": "high"}}',
    "asks.json": '{"index": "asks", "status": "answered", "answer": "x", "response": "x", "asks": "why"}',
    "0 copy.json": '{"index": 0, "status": "answered", "answer": "box0", "is_correct": true}',
    "other name.json": '{"index": "cor", "status": "answered", "answer": "x", "choices": [1]}',
    "correct.json": '{"index": "correct", "status": "answered", "answer": "x", "is_correct": "yes"}',
}


def test_what_cannot_be_judged_is_named_and_lies_beside_the_rest_as_it_is(tmp_path: Path) -> None:
    folder = stored_run(tmp_path)
    for name, text in BROKEN.items():
        (folder / name).write_text(text)
    (folder / "notes.json").write_text("[1, 2]")
    done = rescore(folder, "strict")
    assert {line.partition(":")[0] for line in done.unusable} == set(BROKEN)
    before, after = read_stored_run(folder), read_stored_run(done.after)
    assert [len(run.unreadable) for run in (before, after)] == [len(BROKEN)] * 2
    assert [len(run.outcomes) for run in (before, after)] == [3, 3]


def test_an_earlier_judgement_is_moved_aside_and_that_is_said(tmp_path: Path) -> None:
    folder = stored_run(tmp_path)
    assert rescore(folder, "strict").aside is None
    assert str(rescore(folder, "strict").aside).endswith("+scorer=strict.old-1")


def test_a_run_at_work_is_not_judged_halfway(tmp_path: Path) -> None:
    folder = stored_run(tmp_path)
    with (
        ResultStore(folder).locked(),
        pytest.raises(ConfigurationError, match="another process is writing to this folder"),
    ):
        rescore(folder, "strict")


def test_a_run_whose_manifest_is_broken_is_not_judged_by_options_that_were_guessed(tmp_path: Path) -> None:
    folder = stored_run(tmp_path)
    (folder / "run.json").write_text('{"benchmark": "to')
    assert read_stored_run(folder).unreadable == ("run.json: expected a JSON object, got none",)
    with pytest.raises(DatasetError, match=r"run\.json to be a JSON object"):
        rescore(folder, "strict")


def test_a_run_is_found_by_any_path_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = stored_run(tmp_path)
    monkeypatch.chdir(folder)
    assert rescore(Path(), "strict").after.name == f"{folder.name}+scorer=strict"
    for nothing in (tmp_path / "none", tmp_path / "rows.jsonl"):
        with pytest.raises(DatasetError, match="which is not a folder"):
            rescore(nothing, "strict")


def test_what_is_killed_halfway_still_says_how_many_questions_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = stored_run(tmp_path)
    write = ResultStore.write

    def killed(self: ResultStore, result: Result) -> Path:
        if result.index == "1":
            raise KeyboardInterrupt
        return write(self, result)

    monkeypatch.setattr(ResultStore, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        rescore(folder, "strict")
    with pytest.raises(KeyboardInterrupt):
        scored(tmp_path, REPLIES)
    for half in (folder.with_name(f"{folder.name}+scorer=strict"), folder):
        stored = read_stored_run(half)
        assert (len(stored.outcomes), stored.not_asked, stored.benchmark.name) == (1, 2, "tomi")
