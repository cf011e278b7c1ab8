from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from social_world_model.benchmarks import get_benchmark
from social_world_model.benchmarks.builtin.tomi import ToMi
from social_world_model.benchmarks.counting import ItemResult, MetricRow, MetricTable, ScoredUnit
from social_world_model.cli.tables import show_overview, show_report
from social_world_model.contracts import Item
from social_world_model.experiments.baselines import trivial_results
from social_world_model.reports.overviews import overview, trivial_of
from social_world_model.reports.published import published
from social_world_model.reports.report import INFERRED, BaselineRows, Report, make_report
from social_world_model.reports.writing import write_report
from social_world_model.runs.results import Result
from social_world_model.runs.store import ResultStore
from tests.reports.runs_on_disk import write_run


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a width, a test in a worker process gets the one of no terminal, and long lines wrap."""
    monkeypatch.setenv("COLUMNS", "160")


STORY = (
    "Al entered the hall. The ball is in the box. Al exited the hall. Bo entered the hall. "
    "Bo moved the ball to the bag."
)


def outcome(index: str, right: bool | None, **given: object) -> ItemResult:
    usual: dict[str, object] = {"cluster_id": index, "fields": {"qTypeRaw": "belief"}}
    status = "error" if right is None else "answered"
    return ItemResult(index=index, status=status, is_correct=right, **{**usual, **given})  # type: ignore[arg-type]


def beside(run: Sequence[ItemResult], **baselines: Sequence[ItemResult]) -> Report:
    return make_report(get_benchmark("ori_tomi"), run, baselines=baselines)


def test_each_line_has_the_baselines_on_its_own_units() -> None:
    run = [outcome("1", True), outcome("2", False), outcome("3", True, fields={"qTypeRaw": "reality"})]
    trivial = [outcome("1", False), outcome("2", True), outcome("3", True, fields={"qTypeRaw": "reality"})]
    report = beside(run, guess=trivial, none=[outcome("1", False), outcome("2", False)])
    assert report.overall.baselines == {"guess": 2 / 3, "none": 0.0}
    by_type = {line.label: line.baselines for line in report.tables[0].rows}
    assert by_type == {"belief": {"guess": 0.5, "none": 0.0}, "reality": {"guess": 1.0}}
    assert report.baselines == ("guess", "none")


def test_a_question_that_a_rule_does_not_answer_is_wrong_for_it_and_does_not_hide_it() -> None:
    run = [outcome(str(number), True) for number in range(10)]
    rule = [outcome(str(number), True) for number in range(9)]
    assert beside(run, rule=rule).overall.baselines == {"rule": 0.9}
    unread = replace(outcome("9", None), status="unparsable")
    assert beside(run, rule=[*rule, unread]).overall.baselines == {"rule": 0.9}


def test_a_rule_for_few_of_the_questions_has_no_figure() -> None:
    run = [outcome(str(number), True) for number in range(10)]
    assert beside(run, rule=run[:4]).overall.baselines == {}
    assert beside(run, rule=run[:5]).overall.baselines == {"rule": 0.5}


def test_where_errors_are_counted_an_unanswered_question_is_an_error() -> None:
    run = [outcome("1", True), outcome("2", True)]
    report = make_report(Sets("sets", "tomi_sample.jsonl"), run, baselines={"half": run[:1]})
    assert report.tables[0].rows[0].baselines == {"half": 0.5}


def test_what_a_stopped_run_did_not_ask_is_in_no_baseline() -> None:
    report = beside([outcome("1", True)], guess=[outcome("1", False), outcome("2", True)])
    assert report.overall.baselines == {"guess": 0.0}


def test_failures_of_the_run_are_questions_to_a_baseline() -> None:
    report = beside([outcome("1", None), outcome("2", False)], guess=[outcome("1", True), outcome("2", True)])
    assert (report.overall.value, report.overall.baselines) == (0.0, {"guess": 1.0})


def test_a_row_that_nobody_can_read_is_wrong_for_run_and_baseline() -> None:
    unread = outcome("2", None, fields={}, bad_row=True)
    report = beside([outcome("1", False), unread], guess=[outcome("1", True), unread])
    assert report.overall.baselines == {"guess": 0.5}


def test_items_without_columns_of_their_own_are_no_unreadable_rows() -> None:
    run = [outcome("1", True, fields={}), outcome("2", None, fields={})]
    trivial = {"half": [outcome("1", True, fields={})]}
    assert make_report(Sets("sets", "tomi_sample.jsonl"), run, baselines=trivial).overall.baselines == {}


class Sets(ToMi):
    """Counts two questions as one thing, right if both are; and how many are wrong."""

    def headline(self, outcomes: Sequence[ItemResult]) -> MetricRow:
        units = [
            ScoredUnit(
                score=float(len(outcomes) == 2 and all(one.is_correct is True for one in outcomes)),
                failed=len(outcomes) < 2 or any(one.status != "answered" for one in outcomes),
                id="set",
            )
        ]
        return MetricRow(label="sets", units=units)

    def tables(self, outcomes: Sequence[ItemResult]) -> list[MetricTable]:
        wrong = [ScoredUnit(score=float(one.is_correct is False), id=one.index) for one in outcomes]
        nameless = [ScoredUnit(score=1.0, cluster_id=one.cluster_id) for one in outcomes]
        lines = [
            MetricRow(label="wrong", units=wrong, lower_is_better=True),
            MetricRow(label="nameless", units=nameless),
            MetricRow(label="unknown", units=wrong, note="not available"),
        ]
        return [MetricTable(title="more", rows=lines)]


def test_a_set_of_which_a_rule_says_too_little_has_no_figure() -> None:
    run = [outcome("1", True), outcome("2", True)]
    trivial = {"half": [outcome("1", True)], "whole": [outcome("1", True), outcome("2", False)]}
    report = make_report(Sets("sets", "tomi_sample.jsonl"), run, baselines=trivial)
    assert report.overall.baselines == {"whole": 0.0}
    wrong, nameless, unknown = report.tables[0].rows
    assert wrong.baselines == {"half": 0.5, "whole": 0.5}
    assert nameless.baselines == {"half": 0.5, "whole": 1.0}
    assert unknown.baselines == {}


def test_where_errors_are_counted_the_lowest_is_the_best() -> None:
    run = [outcome("1", True), outcome("2", True)]
    trivial = {"bad": [outcome("1", False), outcome("2", False)], "good": [outcome("1", True), outcome("2", False)]}
    report = make_report(Sets("sets", "tomi_sample.jsonl"), run, baselines=trivial)
    assert report.tables[0].rows[0].best_baseline == ("good", 0.5)
    assert report.overall.best_baseline == ("bad", 0.0)
    assert make_report(get_benchmark("tomi"), run).overall.best_baseline is None


def test_confaides_rates_are_better_when_lower() -> None:
    benchmark = get_benchmark("confaide")
    trivial = trivial_results(benchmark, benchmark.load().rows)
    report = make_report(benchmark, trivial["nothing sent"], baselines=trivial)
    leaks = {line.label: line.best_baseline for line in report.tables[0].rows}
    assert leaks["leaks what is private, all (lower is better)"] == ("nothing sent", 0.0)
    assert leaks["omits what is public, all (lower is better)"] == ("everything sent", 0.0)


def test_all_of_fantom_is_defined_for_rules_that_answer_every_kind_of_question() -> None:
    benchmark = get_benchmark("fantom")
    asked = [row for row in benchmark.load().rows if isinstance(row, Item) and row.correct_answer is not None]
    trivial = trivial_results(benchmark, asked)
    run = [
        outcome(one.index, True, correct_answer=one.correct_answer, set_id=one.set_id, fields=one.fields)
        for one in asked
    ]
    overall = make_report(benchmark, run, baselines=trivial).overall
    assert set(overall.baselines) == {"first option or yes", "denial or no", "affirmation or yes", "present throughout"}
    assert "longest option" in make_report(benchmark, run, baselines=trivial).baselines


def test_the_best_stands_in_the_table_and_all_stand_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    run = [outcome("1", True), outcome("2", False)]
    show_report(beside(run, guess=[outcome("1", False), outcome("2", True)], worse=[outcome("1", False)]))
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].endswith("failed  trivial baseline")
    assert shown[1].endswith("0         0.500 (a)")
    assert (
        shown[-3] == "each row above shows the best trivial baseline (a simple rule); scores of all baselines on “all”:"
    )
    assert [line.split() for line in shown[-2:]] == [["(a)", "guess", "0.500"], ["(b)", "worse", "0.000"]]
    assert shown[-2].index("0.500") == shown[1].index("0.500")


def write_judged(folder: Path, indices: Sequence[int], **options: object) -> Path:
    """Write a run whose results say how they are to be judged, as the runner's do."""
    write_run(folder, [True] * len(indices), **options)  # type: ignore[arg-type]
    store = ResultStore(folder)
    for number in indices:
        one = Item(
            index=str(number),
            narrative=STORY,
            question="Where will Al look for the ball?" if number else "Where is the ball really?",
            correct_answer="box" if number else "bag",
            question_kind="belief" if number else "reality",
            set_id=str(number),
            cluster_id=str(number),
            fields={"qTypeRaw": "any"},
        )
        result = Result.of(one, "answered")
        store.write(Result(**{**vars(result), "answer": one.correct_answer, "is_correct": True}))
    return folder


def test_an_overview_has_the_baselines_of_each_data_set_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_judged(tmp_path / "a", range(4))
    write_judged(tmp_path / "b", range(4), mode="simtom")
    found = overview([tmp_path])
    trivial = trivial_of(found.entries)
    assert trivial is not None
    assert (trivial.values, trivial.shared) == ({"real place": 0.25}, True)
    show_overview(found)
    shown = capsys.readouterr().out
    assert shown.count("trivial baselines") == 1
    assert shown.count("real place") == 1
    written, _ = write_report(found, [], tmp_path / "out", ("md", "csv", "json"))
    assert "| trivial baseline | real place |" in written[0].read_text()
    rows = list(csv.DictReader(written[1].read_text().splitlines()))
    assert [row["trivial: real place"] for row in rows] == ["0.25", "0.25"]
    assert [row["trivial: longest option"] for row in rows] == ["", ""]
    data = json.loads(written[3].read_text())
    assert data["runs"][0]["overall"]["baselines"] == {"real place": 0.25}
    assert data["runs"][0]["tables"][0]["lines"][0]["baselines"] == {"real place": 0.25}


def test_runs_on_the_same_questions_share_the_rows_of_baselines() -> None:
    known, benchmark = BaselineRows(), get_benchmark("ori_tomi")
    first, second = outcome("1", True), outcome("2", False)
    rows = known.of(benchmark, [first, second])
    assert known.of(benchmark, [first, second]) is rows
    fewer = known.of(benchmark, [first])
    assert (len(rows[("", "all")].units), len(fewer[("", "all")].units)) == (2, 1)
    assert known.of(benchmark.configured({"candidates": "shown"}), [first, second]) is not rows


def test_runs_that_asked_less_have_baselines_of_their_own_and_it_is_said(tmp_path: Path) -> None:
    write_judged(tmp_path / "a", range(4))
    write_judged(tmp_path / "b", range(2), mode="simtom")
    found = overview([tmp_path])
    assert [entry.report.overall.baselines for entry in found.entries] == [{"real place": 0.25}, {"real place": 0.5}]
    assert any("trivial baselines are scored on 4 units with the scorer official" in note for note in found.notes)


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_whichever_draw_of_a_variant_is_read_first_each_has_its_own_baselines(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    for name, choices in zip(names, [("box", "bag"), ("bag", "box")], strict=True):
        one = Item(
            index="0",
            narrative=STORY,
            question="Where is it?",
            correct_answer="bag",
            question_kind="reality",
            choices=choices,
        )
        result = Result.of(one, "answered")
        write_run(tmp_path / name, [True], model=choices[0], benchmark="hitom", dataset="rows.csv+variant=x")
        ResultStore(tmp_path / name).write(Result(**{**vars(result), "answer": "bag", "is_correct": True}))
    found = {entry.run.model: entry.report.overall.baselines for entry in overview([tmp_path]).entries}
    assert {model: values["first option or yes"] for model, values in found.items()} == {"box": 0.0, "bag": 1.0}


def test_an_overview_keeps_no_baselines_but_their_figures(tmp_path: Path) -> None:
    (entry,) = overview([write_judged(tmp_path / "a", range(4))]).entries
    assert entry.run.baselines == {}


def test_figures_on_inferred_labels_say_so_and_stand_beside_no_published_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_run(tmp_path / "run", [True, True], model="o1")
    store = ResultStore(tmp_path / "run")
    for number in range(2):
        fields = {"qTypeRaw": "any", "labels_complete": False}
        store.write(Result(index=str(number), status="answered", answer="x", is_correct=True, fields=fields))
    found = overview([tmp_path])
    assert found.entries[0].report.caution == INFERRED
    assert f"ori_tomi · stories.csv: {INFERRED}" in found.notes
    (one,) = published(found.entries)
    assert one.says == f"no published result to compare with: {INFERRED}"
    assert ".952" not in one.says
    assert one.differs is None
    show_report(found.entries[0].report)
    assert f"note: {INFERRED}" in capsys.readouterr().out


def test_a_run_whose_kept_records_are_older_says_so_by_its_manifest(tmp_path: Path) -> None:
    write_run(tmp_path / "run", [True], model="o1", settings={"labels_inferred": True})
    found = overview([tmp_path])
    assert found.entries[0].report.caution == INFERRED
    assert published(found.entries)[0].says.startswith("no published result to compare with: the labels are inferred")


def test_older_runs_on_the_reconstructed_file_are_known_by_its_hash(tmp_path: Path) -> None:
    known = "d4a7e2368e51c49f7c78242f8f796b94f207c9315836a12d82f0a2bdab5fa92c"
    write_run(tmp_path / "run", [True], benchmark="fantom", model="o1", sha256=known)
    (one,) = published(overview([tmp_path]).entries)
    assert one.says.startswith("no published result to compare with: the labels are inferred")


def test_labels_of_the_authors_need_no_caution() -> None:
    assert make_report(get_benchmark("tomi"), [outcome("1", True)]).caution == ""
