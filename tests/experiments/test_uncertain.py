"""Answers that a model had to guess: stored, counted, and reported with and without them."""

from __future__ import annotations

import asyncio
import csv
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from social_world_model.benchmarks import benchmark_names, get_benchmark
from social_world_model.cli.show import show
from social_world_model.cli.tables import show_overview, show_report
from social_world_model.contracts import Item, Query, Reply
from social_world_model.experiments import RunResult, RunSettings
from social_world_model.experiments.item_results import item_result_of, scored
from social_world_model.experiments.samples import every, majority
from social_world_model.experiments.scoring import rescore
from social_world_model.experiments.stored import read_stored_run
from social_world_model.reports import make_report, overview
from social_world_model.reports.writing import write_report
from social_world_model.runs.journal import Journal
from social_world_model.runs.results import Result, read_result
from social_world_model.symbolic.model import SymbolicAnswerer, SymbolicModel
from tests.experiments.fakes import FakeModel, write_rows
from tests.experiments.test_run import execute, stored_results

GUESS = Reply(response="box0", certain=False, evidence=("1.0",), why="Al may have left.")
ITEM = Item(index="1", narrative="", question="Where?", correct_answer="box0", question_kind="reality")


def guessing(query: Query) -> Reply:
    """Return a guess for the first and the third story. Only the answer for the first story is correct."""
    story = next(number for number in range(4) if f"box{number}" in str(query.narrative))
    return GUESS if story in (0, 2) else Reply(response=f"box{story}")


@pytest.fixture
def result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunResult:
    FakeModel(guessing).used_by(monkeypatch, "answerer")
    data = write_rows(tmp_path / "data.jsonl", 4)
    return execute(
        RunSettings(benchmark="tomi", mode="vanilla", dataset_path=data, output_dir=tmp_path / "out", model_name="fake")
    )


def folder_of(result: RunResult) -> Path:
    assert result.folder is not None
    return result.folder


def test_a_guess_is_stored_and_other_results_have_no_such_field(result: RunResult) -> None:
    assert {index: data.get("uncertain", "absent") for index, data in stored_results(result).items()} == {
        "0": True,
        "1": "absent",
        "2": True,
        "3": "absent",
    }
    assert [outcome.uncertain for outcome in result.outcomes] == [True, False, True, False]


def test_the_report_counts_guesses_and_has_the_accuracy_without_them(
    result: RunResult, capsys: pytest.CaptureFixture[str]
) -> None:
    report = make_report(result)
    assert (report.overall.n, report.overall.uncertain) == (4, 2)
    assert (report.overall.value, report.overall.value_certain) == (0.75, 1.0)
    show_report(report)
    told = capsys.readouterr().out
    assert "uncertain" in told and "accuracy of certain" in told
    assert "2 of 4 answers are uncertain" in told


def test_a_run_without_guesses_says_nothing_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    FakeModel(lambda query: replace(guessing(query), certain=True)).used_by(monkeypatch, "answerer")
    data = write_rows(tmp_path / "data.jsonl", 4)
    settings = RunSettings(benchmark="tomi", mode="vanilla", dataset_path=data, output_dir=tmp_path / "out")
    found = execute(replace(settings, model_name="fake"))
    show_report(make_report(found))
    show_overview(overview([folder_of(found)]))
    assert "certain" not in capsys.readouterr().out
    assert not any("uncertain" in data for data in stored_results(found).values())


def test_a_shown_item_says_that_its_answer_is_a_guess(result: RunResult, capsys: pytest.CaptureFixture[str]) -> None:
    show(folder_of(result), "2")
    assert "wrong (status answered), uncertain: the symbolic model had to guess" in capsys.readouterr().out
    show(folder_of(result), "1")
    assert "uncertain" not in capsys.readouterr().out


def test_report_files_count_guesses(result: RunResult, tmp_path: Path) -> None:
    found = overview([folder_of(result)])
    write_report(found, [], tmp_path / "report", ("md", "csv", "json", "html", "latex"))
    (row,) = csv.DictReader((tmp_path / "report" / "report.csv").read_text().splitlines())
    assert (row["uncertain"], row["value"], row["value_certain"]) == ("2", "0.75", "1.0")
    data = json.loads((tmp_path / "report" / "report.json").read_text())["runs"][0]
    assert (data["uncertain"], data["overall"]["uncertain"], data["overall"]["value_certain"]) == (2, 2, 1.0)
    for name in ("report.md", "report.html", "report.tex"):
        assert "accuracy of certain" in (tmp_path / "report" / name).read_text()


def test_a_resumed_run_and_a_rescored_run_keep_the_guesses(result: RunResult) -> None:
    again = execute(result.settings)
    assert again.kept == 4 and [outcome.uncertain for outcome in again.outcomes] == [True, False, True, False]
    stored = read_stored_run(rescore(folder_of(result), "lenient").after)
    assert {index: one.uncertain for index, one in by_index(stored.outcomes).items()} == {
        "0": True,
        "1": False,
        "2": True,
        "3": False,
    }


def by_index(outcomes: Any) -> dict[str, Any]:
    return {outcome.index: outcome for outcome in outcomes}


def test_a_guess_in_the_journal_stays_a_guess(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.open({"item"})
    journal.keep("item", "key", GUESS)
    journal.close(finished=False)
    again = Journal(tmp_path)
    again.open({"item"})
    assert again.find("key") == GUESS
    again.close(finished=False)


@pytest.mark.parametrize(
    "wrong", [{"certain": "no"}, {"certain": None}, {"evidence": [1]}, {"evidence": 7}, {"why": 1}]
)
def test_a_journal_line_with_another_kind_of_guess_is_damaged(tmp_path: Path, wrong: dict[str, Any]) -> None:
    line = {"item": "item", "key": "key", "reply": {**asdict(Reply(response="box")), **wrong}}
    (tmp_path / "unfinished.jsonl").write_text(json.dumps(line) + "\n")
    journal = Journal(tmp_path)
    journal.open({"item"})
    assert (journal.find("key"), journal.damaged) == (None, 1)
    journal.close(finished=False)


def test_a_journal_line_of_an_earlier_version_is_certain(tmp_path: Path) -> None:
    new = ("certain", "evidence", "why")
    reply = {name: value for name, value in asdict(Reply(response="box")).items() if name not in new}
    line = {"item": "item", "key": "key", "reply": reply}
    (tmp_path / "unfinished.jsonl").write_text(json.dumps(line) + "\n")
    journal = Journal(tmp_path)
    journal.open({"item"})
    assert journal.find("key") == Reply(response="box")
    journal.close(finished=False)


def test_an_answer_from_several_samples_is_certain_only_if_all_samples_are() -> None:
    benchmark = get_benchmark("tomi")
    guess, sure = (
        scored(benchmark, ITEM, Result.of(ITEM, "error"), reply) for reply in (GUESS, Reply(response="box0"))
    )
    for combined in (majority, every):
        assert combined([sure, guess, sure]).uncertain is True
        assert combined([sure, sure]).uncertain is None
        stored = read_result(combined([sure, guess]).to_json())
        assert stored is not None and stored.uncertain is True
        assert [sample.get("uncertain") for sample in stored.samples or ()] == [None, True]


def test_only_answers_are_guesses() -> None:
    benchmark, blank = get_benchmark("tomi"), Result.of(ITEM, "error")
    refused = scored(benchmark, ITEM, blank, replace(GUESS, status="refused"))
    assert refused.uncertain is None and not item_result_of(refused).uncertain
    unreadable = scored(benchmark, ITEM, blank, replace(GUESS, response=""))
    assert unreadable.status == "unparsable" and not item_result_of(unreadable).uncertain


@pytest.mark.parametrize(("value", "is_column"), [("perhaps", True), (3, True), (True, False)])
def test_a_column_of_other_software_with_this_name_stays_a_column(value: Any, is_column: bool) -> None:
    read = read_result(json.dumps({"index": "1", "schema": 2, "status": "answered", "answer": "x", "uncertain": value}))
    assert read is not None and ("uncertain" in read.fields) == is_column
    older = read_result(json.dumps({"index": "1", "answer": "x", "uncertain": value}))
    assert older is not None and older.uncertain is None and older.fields["uncertain"] == value


def test_the_letter_before_an_answer_keeps_what_is_known_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(self: SymbolicModel, query: Query) -> Reply:
        return GUESS

    monkeypatch.setattr(SymbolicModel, "answer", answer)
    query = Query(question="Where?", question_kind="reality", choices=("bag", "box0"))
    assert asyncio.run(SymbolicAnswerer().answer(query)) == replace(GUESS, response="B. box0")


@pytest.mark.parametrize("name", benchmark_names())
def test_every_unit_of_every_benchmark_knows_its_guesses(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    FakeModel().used_by(monkeypatch, "answerer")
    benchmark = get_benchmark(name)
    outcomes = execute(RunSettings(benchmark=name, mode="vanilla", model_name="fake", save=False)).outcomes
    for guess in (True, False):
        marked = [replace(outcome, uncertain=guess) for outcome in outcomes]
        rows = [benchmark.headline(marked), *(row for table in benchmark.tables(marked) for row in table.rows)]
        assert {unit.uncertain for row in rows for unit in row.units} == {guess}
