from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from social_world_model.benchmarks import get_benchmark
from social_world_model.benchmarks.builtin.tomi import ToMi
from social_world_model.benchmarks.counting import ItemResult, MetricRow, MetricTable, ScoredUnit
from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.experiments.baselines import BASELINES
from social_world_model.reports.columns import shown
from social_world_model.reports.overviews import Entry, Overview, _cautions, overview
from social_world_model.reports.report import counted, make_report
from social_world_model.reports.statistics import holm, mcnemar
from social_world_model.reports.tables import OVERVIEW
from social_world_model.reports.writing import folder_for, formats_of, write_report
from social_world_model.runs.results import Result
from social_world_model.runs.store import ResultStore
from social_world_model.usage import Usage
from tests.reports.runs_on_disk import write_run

PLAIN = [True] * 20 + [False] * 10
BETTER = [True] * 28 + [False] * 2
WORSE = [True] * 15 + [False] * 15
CSV_COLUMNS = (
    [
        "benchmark",
        "dataset",
        "data_sha256",
        "mode",
        "model",
        "context_model",
        "scorer",
        "protocol",
        "headline",
        "n",
        "value",
        "low",
        "high",
        "lenient",
        "read_differently",
        "read_by_both",
        "failed",
        "value_answered",
        "uncertain",
        "value_certain",
        "not_asked",
        "caution",
    ]
    + [f"trivial: {baseline.name}" for baseline in BASELINES]
    + [
        "calls_per_question",
        "tokens_per_question",
        "dollars",
        "gain",
        "gain_low",
        "gain_high",
        "only_vanilla_right",
        "only_this_right",
        "p_mcnemar",
        "test",
        "p",
        "p_holm",
        "gain_over",
        "folder",
    ]
)
"""Other tools read these: columns may be added, and none renamed."""


def cells(found: Overview, title: str) -> list[str]:
    (column,) = [column for column in shown(OVERVIEW, found.entries) if column.title == title]
    return [column.cell(entry) for entry in found.entries]


def test_every_run_below_a_folder_is_one_row_the_reference_run_first(tmp_path: Path) -> None:
    write_run(tmp_path / "ori_tomi_results" / "a", BETTER, mode="perspective", context_model="o3")
    write_run(tmp_path / "ori_tomi_results" / "vllm" / "b", PLAIN)
    write_run(tmp_path / "tomi_results" / "c", WORSE, benchmark="tomi")
    found = overview([tmp_path])
    assert [(entry.run.benchmark.name, entry.run.mode) for entry in found.entries] == [
        ("ori_tomi", "vanilla"),
        ("ori_tomi", "perspective"),
        ("tomi", "vanilla"),
    ]
    assert cells(found, "accuracy") == ["0.667", "0.933", "0.500"]
    assert cells(found, "contexts by") == ["–", "o3", "–"]


def test_gains_are_over_the_plain_run_of_the_same_model_and_data_and_adjusted_together(tmp_path: Path) -> None:
    write_run(tmp_path / "a", PLAIN)
    write_run(tmp_path / "b", BETTER, mode="perspective")
    write_run(tmp_path / "c", WORSE, mode="simtom")
    write_run(tmp_path / "d", WORSE, mode="simtom", model="another")
    write_run(tmp_path / "e", WORSE, mode="simtom", dataset="other.csv")
    write_run(tmp_path / "f", WORSE, mode="simtom", settings={"scorer": "strict"})
    gains = {entry.run.folder.name: entry.gain for entry in overview([tmp_path]).entries}
    assert {name for name, gain in gains.items() if gain is not None} == {"b", "c"}
    assert gains["b"] is not None and gains["c"] is not None
    assert gains["b"].difference.value == pytest.approx(8 / 30)
    assert gains["b"].over == tmp_path / "a"
    assert [gains["b"].adjusted, gains["c"].adjusted] == holm([mcnemar(0, 8), mcnemar(5, 0)])


def test_equal_compute_is_counted_per_question(tmp_path: Path) -> None:
    took = {
        "answer": Usage(requests=30, input_tokens=3000, output_tokens=600, cost=0.25),
        "context": Usage(requests=15, input_tokens=900, output_tokens=1500, cost=0.5),
    }
    write_run(tmp_path / "a", PLAIN, usage=took)
    write_run(tmp_path / "b", PLAIN, mode="simtom", usage={"answer": Usage(requests=60, input_tokens=600)})
    write_run(tmp_path / "c", PLAIN, mode="simtom", model="symbolic")
    write_run(tmp_path / "d", PLAIN, mode="predictions", model="elsewhere")
    found = overview([tmp_path])
    assert cells(found, "model") == ["elsewhere", "gpt-4o", "gpt-4o", "symbolic"]
    assert cells(found, "calls/q") == ["–", "1.5", "2", "0"]
    assert cells(found, "tokens/q") == ["–", "200", "20", "0"]
    assert cells(found, "US$") == ["–", "0.75", "–", "0"]


def test_failures_and_what_was_not_asked_stand_beside(tmp_path: Path) -> None:
    write_run(tmp_path / "a", [True, None, None, False], questions=9)
    found = overview([tmp_path])
    assert (cells(found, "accuracy"), cells(found, "failed"), cells(found, "accuracy of answered")) == (
        ["0.250"],
        ["2"],
        ["0.500"],
    )
    assert cells(found, "not asked") == ["5"]
    assert any("5 of 9 questions were not asked" in note for note in found.notes)


def test_columns_that_say_nothing_are_left_out(tmp_path: Path) -> None:
    write_run(tmp_path / "a", PLAIN)
    titles = [column.title for column in shown(OVERVIEW, overview([tmp_path]).entries)]
    assert not {"contexts by", "scorer", "accuracy of answered", "not asked", "gain", "p (Holm)"} & set(titles)


def test_another_rule_is_named(tmp_path: Path) -> None:
    write_run(tmp_path / "a", PLAIN, settings={"scorer": "paper", "protocol": "paper"})
    assert cells(overview([tmp_path]), "scorer") == ["paper, protocol paper"]


def test_why_a_run_has_no_figure_is_said(tmp_path: Path) -> None:
    write_run(tmp_path, [True], benchmark="fantom")
    found = overview([tmp_path])
    found = replace(found, entries=(_without_figure(found.entries[0]),))
    assert cells(found, "accuracy") == ["–"]
    assert list(_cautions(found.entries)) == [f"{tmp_path}: All: not available: no whole set"]


def _without_figure(entry: Entry) -> Entry:
    line = MetricRow(label="All", units=[], note="not available: no whole set")
    return replace(entry, report=replace(entry.report, overall=counted(line)))


def test_what_cannot_be_read_is_named_and_a_folder_of_contexts_is_not(tmp_path: Path) -> None:
    write_run(tmp_path / "a", PLAIN)
    store = ResultStore(tmp_path / "contexts")
    store.open()
    store.write(Result(index="1", status="parsed", narrative="Al sang."))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "1.json").write_text("{")
    (tmp_path / "a" / "x.json").write_text("{")
    notes = "\n".join(overview([tmp_path]).notes)
    assert str(tmp_path / "contexts") not in notes
    assert f"{tmp_path / 'broken'} with 1 file" in notes
    assert f"{tmp_path / 'a'}: left out x.json" in notes


def test_a_run_that_was_stopped_before_its_first_answer_is_named(tmp_path: Path) -> None:
    write_run(tmp_path / "a", PLAIN)
    write_run(tmp_path / "stopped", [], mode="socialized_context")
    ResultStore(tmp_path / "stopped").write(Result(index="1", status="parsed", narrative="Al sang."))
    assert overview([tmp_path]).notes == (
        f"left out: expected the folder of a run with answers, got {tmp_path / 'stopped'}, which contains contexts "
        "but no answers yet",
    )


def test_a_place_with_only_contexts_is_an_error_that_says_so(tmp_path: Path) -> None:
    write_run(tmp_path, [], mode="generate_socialized_context")
    ResultStore(tmp_path).write(Result(index="1", status="parsed", narrative="Al sang."))
    with pytest.raises(DatasetError, match=r"got .*, which contains only contexts$"):
        overview([tmp_path])


def test_a_folder_that_is_called_like_a_file_is_no_file(tmp_path: Path) -> None:
    write_run(tmp_path / "in" / "vanilla_o1_sets.json", PLAIN)
    assert overview([tmp_path]).notes == ()


def test_a_place_without_any_run_is_an_error(tmp_path: Path) -> None:
    write_run(tmp_path / "a" / "run", PLAIN)
    (tmp_path / "b").mkdir()
    with pytest.raises(
        DatasetError, match=r"expected runs in .*b or its subfolders, got no run with answers: no results"
    ):
        overview([tmp_path / "a", tmp_path / "b"])
    with pytest.raises(DatasetError, match="expected a folder with results"):
        overview([tmp_path / "c"])


def test_a_run_that_is_found_twice_counts_once(tmp_path: Path) -> None:
    write_run(tmp_path / "a" / "run", PLAIN)
    assert len(overview([tmp_path, tmp_path / "a", tmp_path / "a" / "run"]).entries) == 1


def test_two_plain_runs_of_one_model_are_said_to_be_two(tmp_path: Path) -> None:
    for name in "ab":
        write_run(tmp_path / name, PLAIN)
    write_run(tmp_path / "c", BETTER, mode="simtom")
    found = overview([tmp_path])
    note = next(note for note in found.notes if note.startswith("2 runs of "))
    assert "in mode vanilla" in note and note.endswith(str(tmp_path / "a"))


def test_a_run_that_was_to_ask_less_is_compared_on_that_and_it_is_said(tmp_path: Path) -> None:
    write_run(tmp_path / "a", PLAIN)
    write_run(tmp_path / "b", BETTER[:20], mode="simtom")
    found = overview([tmp_path])
    assert any("the gain does not include 10" in note for note in found.notes)


def test_files_hold_every_run_and_every_row(tmp_path: Path) -> None:
    write_run(tmp_path / "in" / "a|b", PLAIN)
    write_run(tmp_path / "in" / "c", BETTER, mode="simtom", sha256="")
    found = overview([tmp_path / "in"])
    written, _ = write_report(found, [], tmp_path / "out", ("md", "csv", "json"))
    assert [path.name for path in written] == ["report.md", "report.csv", "rows.csv", "report.json"]
    rows = list(csv.DictReader(written[1].read_text().splitlines()))
    assert [row["mode"] for row in rows] == ["vanilla", "simtom"]
    assert float(rows[0]["value"]) == 2 / 3
    assert list(rows[0]) == CSV_COLUMNS
    metrics = list(csv.DictReader(written[2].read_text().splitlines()))
    assert [(row["mode"], row["table"], row["label"], row["n"]) for row in metrics][:4] == [
        ("vanilla", "", "all", "30"),
        ("vanilla", "by question type", "first_order", "15"),
        ("vanilla", "by question type", "reality", "15"),
        ("vanilla", "by order of belief", "0", "15"),
    ]
    assert float(metrics[0]["low"]) < float(metrics[0]["value"]) == 2 / 3 < float(metrics[0]["high"])
    data = json.loads(written[3].read_text())
    assert data["runs"][0]["data_sha256"] == "ab" * 32
    assert data["runs"][0]["manifest"]["settings"] == {"questions": 30}
    (table, _) = data["runs"][0]["tables"]
    assert table["title"] == "by question type"
    assert {line["label"]: line["n"] for line in table["lines"]} == {"first_order": 15, "reality": 15}
    assert all(line["interval"] for line in table["lines"])
    assert set(table["lines"][0]) >= {"label", "n", "right", "failed", "value", "value_answered", "interval", "note"}
    text = written[0].read_text()
    assert "## ori_tomi · stories.csv: all runs" in text
    assert "| vanilla | gpt-4o |" in text


def test_the_same_runs_and_seed_give_the_same_files(tmp_path: Path) -> None:
    write_run(tmp_path / "in" / "a", PLAIN * 3, per_story=3)
    write_run(tmp_path / "in" / "b", BETTER * 3, per_story=3, mode="simtom")
    for name in ("one", "two"):
        write_report(overview([tmp_path / "in"], seed=4), [], tmp_path / name, ("md", "csv", "json"))
    for name in ("report.md", "report.csv", "rows.csv", "report.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_report_never_lies_among_records_and_is_no_run_of_the_next(tmp_path: Path) -> None:
    run = write_run(tmp_path / "results" / "a", PLAIN)
    found = overview([run])
    assert folder_for([run], [run], None) == tmp_path / "results" / "report"
    assert folder_for([run], [tmp_path], None) == tmp_path / "report"
    assert folder_for([run], [run, run], None) == Path.cwd() / "report"
    for inside in (run, run / "deep" / "er"):
        with pytest.raises(ConfigurationError, match=r"folder of reports \(out\) to be outside the folders of runs"):
            folder_for([run], [run], inside)
    write_report(found, [], tmp_path / "report", ("md", "json"))
    again = overview([tmp_path])
    assert (len(again.entries), again.notes) == (1, found.notes)


def test_formats_are_those_that_there_are() -> None:
    assert formats_of("JSON, markdown,tex") == ("md", "json", "latex")
    for wrong in ("", "md,docx"):
        with pytest.raises(ConfigurationError, match=r"expected formats to be one or more of md,csv,json,html,.*; got"):
            formats_of(wrong)


class Counted(ToMi):
    """A benchmark whose headline is no mean of its questions, and whose tables say more than figures."""

    def headline(self, outcomes: object) -> MetricRow:
        return MetricRow(label="mean of halves", units=[ScoredUnit(score=0.5, id=str(number)) for number in range(3)])

    def tables(self, outcomes: object) -> list[MetricTable]:
        units = [
            ScoredUnit(score=1, correct_answer="a", given="a"),
            ScoredUnit(score=0, correct_answer="a", given="", failed=True),
        ]
        return [
            MetricTable(title="empty", rows=[]),
            MetricTable(title="only said", rows=[], notes=["two sets without gold"]),
            MetricTable(
                title="figures",
                rows=[
                    MetricRow(label="All*", units=units, note="not available: needs an encoder"),
                    MetricRow(
                        label="twos",
                        units=units,
                        measure=lambda counts: counts.get(("a", "a"), 0) / sum(counts.values()),
                    ),
                ],
            ),
        ]


def test_a_report_takes_headline_notes_and_measures_from_the_benchmark() -> None:
    report = make_report(Counted("counted", "tomi_sample.jsonl"), [])
    assert (report.overall.label, report.overall.right, report.overall.value) == ("mean of halves", 1.5, 0.5)
    assert [(table.title, table.notes) for table in report.tables] == [
        ("only said", ("two sets without gold",)),
        ("figures", ()),
    ]
    without, measured = report.tables[1].rows
    assert (without.value, without.interval, without.note) == (None, None, "not available: needs an encoder")
    assert (measured.value, measured.value_answered, measured.failed) == (0.5, 1.0, 1)


def test_a_report_of_no_outcomes_has_no_figures() -> None:
    report = make_report(get_benchmark("tomi"), [])
    assert (report.overall.n, report.overall.value, report.overall.interval) == (0, None, None)


def test_failures_count_as_wrong_and_answered_only_stands_beside() -> None:
    outcomes = [
        ItemResult(index="1", status="answered", is_correct=True),
        ItemResult(index="2", status="error", is_correct=None),
    ]
    overall = make_report(get_benchmark("tomi"), outcomes).overall
    assert (overall.value, overall.value_answered, overall.failed) == (0.5, 1.0, 1)
