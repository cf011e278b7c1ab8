"""`swm report` and `swm compare` as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from social_world_model.benchmarks import get_benchmark
from social_world_model.benchmarks.counting import MetricRow, ScoredUnit
from social_world_model.cli.tables import show_report
from social_world_model.contracts import Item
from social_world_model.reports.power import planned_difference
from social_world_model.reports.report import Report, ReportTable, counted
from social_world_model.usage import Usage
from tests.cli.test_commands import one_clear_line
from tests.commands import swm
from tests.reports.runs_on_disk import write_run

PLAIN = [True] * 70 + [False] * 30
BETTER = [False] * 4 + [True] * 91 + [None] * 5
TOOK = {"answer": Usage(requests=100, input_tokens=30000, output_tokens=9000, cost=1.5)}
LONG = "custom/a-rather-long-model-name-7b-instruct-v0.3@http://localhost:8000/v1"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    for model in ("gpt-4.1", LONG):
        name = model.partition("@")[0].replace("/", "-")
        write_run(tmp_path / "runs" / f"vanilla_{name}", PLAIN, model=model, usage=TOOK)
        write_run(
            tmp_path / "runs" / f"perspective_{name}",
            BETTER,
            model=model,
            mode="perspective",
            context_model="o3-2025-04-16",
            usage=TOOK,
        )
    return tmp_path / "runs"


def test_runs_of_the_runner_are_reported_and_compared(tmp_path: Path) -> None:
    for mode in ("vanilla", "perspective"):
        assert swm("run", "tomi", "--mode", mode, "--output-dir", tmp_path).returncode == 0
    assert swm("run", "tomi", "--mode", "generate_socialized_context", "--output-dir", tmp_path).returncode == 0
    done = swm("report", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "tomi · tomi_sample.jsonl" in done.stdout
    assert "left out" not in done.stdout and "only contexts" not in done.stdout
    assert sorted(path.name for path in (tmp_path / "report").iterdir()) == [
        *("accuracy.png", "gain.png", "report.csv", "report.json", "report.md", "rows.csv"),
    ]
    assert "not written: cost.png: no run has token counts" in done.stdout
    runs = sorted(path for path in (tmp_path / "tomi_results").iterdir() if path.is_dir())
    assert swm("compare", runs[-1], runs[0]).returncode == 0


@pytest.mark.parametrize("columns", [60, 80, 140, 200])
def test_a_table_never_runs_over_the_terminals_edge(results: Path, columns: int) -> None:
    done = swm("report", results, "--format", "csv", "--with-paper", columns=columns)
    assert done.returncode == 0, done.stderr
    table, _, _ = done.stdout.partition("note: ")
    assert all(len(line) <= columns or line.strip() == LONG for line in table.splitlines())
    rows = [line.split() for line in table.splitlines() if line.startswith(("    vanilla", "    perspective"))]
    assert [row[0] for row in rows] == ["vanilla", "perspective"] * 2
    assert all({"0.700", "0.910"} & set(row) for row in rows)
    assert ("too narrow for these columns" in done.stdout) is (columns < 140)
    assert ".882 (GPT-4.1)" in done.stdout


def test_a_wide_table_has_every_figure(results: Path) -> None:
    (line,) = [
        line
        for line in swm("report", results, "--format", "csv", columns=200).stdout.splitlines()
        if line.startswith("    perspective") and line.endswith("<0.001")
    ][:1]
    for figure in ("o3-2025-04-16", "0.910", "5", "0.958", "390", "1.50", "+0.210"):
        assert figure in line.split()


def test_only_the_wanted_files_are_written_where_they_are_wanted(results: Path, tmp_path: Path) -> None:
    done = swm("report", results, "--format", "md,json", "--out", tmp_path / "there")
    assert done.returncode == 0
    assert sorted(path.name for path in (tmp_path / "there").iterdir()) == ["report.json", "report.md"]
    assert not (results / "report").exists()


def test_bad_input_to_a_report_is_one_clear_line(results: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    run = next(results.glob("vanilla*"))
    one_clear_line(swm("report", tmp_path / "no"), "a folder with results", "which is not a folder")
    one_clear_line(swm("report", tmp_path / "empty"), "got no run with answers")
    one_clear_line(swm("report", results, "--format", "docx"), "md,csv,json,html,latex,png,svg,pdf", "docx")
    one_clear_line(swm("report", results, "--out", run), "outside the folders of runs")


def test_a_comparison_says_how_far_how_sure_and_what_flipped(results: Path, tmp_path: Path) -> None:
    a, b = results / "vanilla_gpt-4.1", results / "perspective_gpt-4.1"
    done = swm("compare", a, b, "--out", tmp_path / "out.json")
    assert done.returncode == 0, done.stderr
    assert "0.700  0.910  +0.210" in done.stdout
    assert "compared pairs: 100; failed: 0 in A, 5 in B (failures count as wrong)" in done.stdout
    assert "only A correct: 4; only B correct: 25; McNemar's test over 100 pairs: p < 0.001" in done.stdout
    assert "that these data can show with probability 0.8 (test at 0.05): 0.1" in " ".join(done.stdout.split())
    assert "adjusted by Holm's method for" in done.stdout
    assert "correct in A and wrong in B: 0, 1, 2, 3" in done.stdout
    assert ", … and 5 more" in " ".join(done.stdout.split())
    assert "by question type" in done.stdout
    data = json.loads((tmp_path / "out.json").read_text())
    assert len(data["headline"]["only_b_right"]) == 25
    assert data["a"] == str(a)


def test_runs_that_cannot_be_compared_are_refused_in_one_clear_line(results: Path, tmp_path: Path) -> None:
    a = results / "vanilla_gpt-4.1"
    (tmp_path / "empty").mkdir()
    other = write_run(tmp_path / "other", PLAIN, dataset="other.csv")
    judged = write_run(tmp_path / "judged", PLAIN, settings={"scorer": "strict"})
    one_clear_line(swm("compare", a, other), "same data set", "stories.csv", "other.csv")
    one_clear_line(swm("compare", a, judged), "same scorer", "swm rescore")
    one_clear_line(swm("compare", a, tmp_path / "empty"), "the folder of a run", "contains no answers")
    one_clear_line(swm("compare", a, tmp_path / "no"), "the folder of a run")


def test_a_report_shows_fractions_notes_and_why_a_figure_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    halves = MetricRow(label="mean of halves", units=[ScoredUnit(score=0.5, id=str(number)) for number in range(3)])
    without = MetricRow(label="All*", units=halves.units, note="not available: needs an encoder")
    table = ReportTable(title="figures", rows=(counted(without),), notes=("1 set is not whole",))
    show_report(Report(overall=counted(halves), tables=(table,)))
    head, overall, title, line, note = capsys.readouterr().out.splitlines()
    assert "accuracy of answered" not in head
    assert overall.split()[:6] == ["mean", "of", "halves", "1.5", "3", "0.500"]
    assert title == "figures"
    assert line == "  All*          not available: needs an encoder"
    assert note == "  note: 1 set is not whole"


def test_replies_from_a_file_are_reported_like_a_run(tmp_path: Path) -> None:
    replies = tmp_path / "replies.jsonl"
    items = [item for item in get_benchmark("tomi").load().rows if isinstance(item, Item)]
    rows = [{"index": item.index, "response": item.correct_answer} for item in items]
    replies.write_text("\n".join(map(json.dumps, rows)))
    scored = swm("score", "tomi", "--predictions", replies, "--model-name", "elsewhere", "--output-dir", tmp_path)
    assert scored.returncode == 0, scored.stderr
    done = swm("report", tmp_path, "--format", "md")
    assert done.returncode == 0, done.stderr
    assert "elsewhere" in done.stdout
    assert "predictions" in done.stdout


def test_one_item_is_shown_with_everything_about_it(tmp_path: Path) -> None:
    replies = tmp_path / "model.json"
    replies.write_text(json.dumps([{"reply": {"reasoning": "Because.", "answer": "bucket"}}]))
    command = ("run", "tomi", "--mode", "perspective", "--model-name", f"scripted/{replies}", "--limit", "2")
    assert swm(*command, "--output-dir", tmp_path).returncode == 0
    (run,) = (path.parent for path in tmp_path.rglob("run.json"))
    done = swm("show", run, "1")
    assert done.returncode == 0, done.stderr
    shown = done.stdout
    headings = ("ITEM", "QUESTION", "CORRECT ANSWER", "REASONING", "REPLY", "EXTRACTED ANSWER", "SCORE", "CONTEXT")
    places = [f"\n{shown}".index(f"\n{heading}") for heading in headings]
    assert places == sorted(places)
    assert "PROMPT (rebuilt from the stored item and the stored wording of the prompt" in shown
    assert "\n  wrong (status answered)\n  1 call, " in shown
    assert "(read by the rule whole_reply)" in shown
    one_clear_line(swm("show", run, "99"), "index of a result", "'99'")
    one_clear_line(swm("show", tmp_path / "no", "1"), "the folder of a run")


def test_a_dry_run_says_which_difference_the_data_can_show_and_what_it_assumes() -> None:
    told = " ".join(swm("run", "tomi", "--dry-run").stdout.split())
    whole = planned_difference([6] * 50)
    assert f"these data can show with probability 0.8 (test at 0.05): {whole:.3f}" in told
    assert "assumed for this difference: two runs disagree on 20 % of the questions" in told
    assert "needs at least 5 stories" in " ".join(swm("run", "tomi", "--limit", "20", "--dry-run").stdout.split())
    no_answers = swm("run", "tomi", "--mode", "generate_socialized_context", "--dry-run").stdout
    assert "difference" not in no_answers


def test_where_two_scorers_read_a_reply_both_readings_are_shown(tmp_path: Path) -> None:
    assert swm("run", "fantom", "--output-dir", tmp_path).returncode == 0
    (run,) = (path.parent for path in tmp_path.rglob("run.json"))
    index = next(path.stem for path in sorted(run.glob("*.json")) if "belief" in path.name)
    shown = swm("show", run, index).stdout
    assert "PROMPT\n  no prompt: the answer is from a rule-based model" in shown
    assert "\nNARRATIVE\n  " in shown
    assert "\nANSWER AND SCORE WITH THE SCORER LENIENT\n  " in shown
