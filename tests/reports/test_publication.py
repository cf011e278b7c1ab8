"""The tables of written reports: models by benchmarks, and metrics across models."""

from __future__ import annotations

from pathlib import Path

from social_world_model.benchmarks import get_benchmark
from social_world_model.contracts import Item
from social_world_model.experiments.baselines import trivial_results
from social_world_model.reports.documents import TextTable
from social_world_model.reports.overviews import Overview, overview
from social_world_model.reports.publication import METRICS_ACROSS, UNFINISHED, document
from social_world_model.reports.published import published
from social_world_model.reports.report import ReportRow, ReportTable, make_report
from social_world_model.reports.writing import write_report
from tests.reports.runs_on_disk import write_run
from tests.reports.test_baselines_beside import write_judged


def tables_of(found: Overview) -> dict[str, TextTable]:
    return {table.title: table for table in document(found).tables}


def lines(table: TextTable) -> list[str]:
    return [" ".join(heading.lines) for heading in table.headings]


def test_models_are_rows_and_benchmarks_are_columns(tmp_path: Path) -> None:
    for benchmark in ("ori_tomi", "tomi"):
        for model, right in (("a", 12), ("b", 16)):
            write_run(tmp_path / benchmark / model, [True] * right + [False] * 4, benchmark=benchmark, model=model)
    write_run(tmp_path / "c", [True, False], model="c", questions=9)
    table = document(overview([tmp_path])).tables[0]
    assert lines(table) == ["model", "mode", "ori_tomi stories.csv", "tomi stories.csv"]
    assert [row[:2] for row in table.rows] == [("a", "vanilla"), ("b", "vanilla"), ("c", "vanilla")]
    assert [cell.partition(" ")[0] for cell in table.rows[1]] == ["b", "vanilla", "0.800", "0.800"]
    assert table.rows[2][2].startswith("0.500 (") and table.rows[2][2].endswith(")*")
    assert table.rows[2][3] == "–"
    assert table.best == {(1, 2), (1, 3)}
    assert UNFINISHED in table.notes


def test_two_runs_with_one_name_are_two_rows(tmp_path: Path) -> None:
    for name, right in (("one", 3), ("two", 4)):
        write_run(tmp_path / name, [True] * right + [False])
    table = document(overview([tmp_path])).tables[0]
    assert [row[0] for row in table.rows] == ["gpt-4o", "gpt-4o"]
    assert {row[2][:5] for row in table.rows} == {"0.750", "0.800"}


def test_baselines_are_the_first_rows_of_every_table(tmp_path: Path) -> None:
    write_judged(tmp_path / "a", range(4))
    for title, table in tables_of(overview([tmp_path])).items():
        if "all runs" not in title:
            assert table.rows[0][:2] == ("trivial baseline", "real place")
            assert table.rows[1][:2] == ("gpt-4o", "vanilla")


def test_each_type_of_question_is_a_column_with_its_number(tmp_path: Path) -> None:
    for model in "ab":
        write_run(tmp_path / model, [True] * 9 + [model == "a"], model=model)
    table = tables_of(overview([tmp_path]))["ori_tomi · stories.csv: by question type"]
    assert lines(table) == ["model", "mode", "first_order n = 5", "reality n = 5"]
    assert [row[2][:5] for row in table.rows] == ["1.000", "0.800"]
    assert table.best == {(0, 2)}
    assert "reality: where the object is at the end" in table.notes


def test_many_metrics_are_split_and_their_notes_stand_at_the_end(tmp_path: Path) -> None:
    write_run(tmp_path, [True, False])
    found = overview([tmp_path])
    rows = tuple(
        ReportRow(
            label=f"m{n}", n=2, right=1, failed=0, value=0.5, value_answered=0.5, interval=None, note="why" * (n == 0)
        )
        for n in range(METRICS_ACROSS + 1)
    )
    (entry,) = found.entries
    table = ReportTable(title="many", rows=rows, notes=("end",))
    report = make_report(entry.run.benchmark, entry.run.outcomes)
    vars(entry)["report"] = type(report)(overall=report.overall, tables=(table,))
    first, second = (table for title, table in tables_of(found).items() if ": many" in title)
    assert first.title.endswith("(1 of 2)") and second.title.endswith("(2 of 2)")
    assert len(first.headings) == 2 + METRICS_ACROSS and lines(second)[2:] == [f"m{METRICS_ACROSS} n = 2"]
    assert "m0: why" in first.notes and "end" not in first.notes
    assert "end" in second.notes


def test_where_errors_are_counted_the_lowest_is_marked(tmp_path: Path) -> None:
    benchmark = get_benchmark("confaide")
    asked = [row for row in benchmark.load().rows if isinstance(row, Item)]
    outcomes = trivial_results(benchmark, asked)
    found = overview([write_run(tmp_path / "a", [True]), write_run(tmp_path / "b", [True], model="b")])
    for entry, name in zip(found.entries, ("everything sent", "nothing sent"), strict=True):
        vars(entry)["report"] = make_report(benchmark, outcomes[name])
    rates = next(table for title, table in tables_of(found).items() if "mean over its texts" in title)
    leaks = next(n for n, heading in enumerate(rates.headings) if "leaks" in " ".join(heading.lines))
    values = [float(row[leaks].partition(" ")[0]) for row in rates.rows]
    assert {values[row] for row, column in rates.best if column == leaks} == {min(values)}


def test_html_and_latex_have_the_tables_and_the_plots(tmp_path: Path) -> None:
    evil = r"<b>\input{x}</b>"
    write_run(tmp_path / "in" / "a", [True] * 3 + [False], model=evil)
    found = overview([tmp_path / "in"])
    written, missing = write_report(found, published(found.entries), tmp_path, ("html", "latex", "pdf"))
    assert [path.name for path in written] == ["report.html", "report.tex", "accuracy.pdf"]
    assert [message.partition(":")[0] for message in missing] == ["gain.pdf", "cost.pdf"]
    page, text = (path.read_text() for path in written[:2])
    assert page.count("data:image/svg+xml;base64,") == 1
    assert evil not in page and evil not in text
    assert "Published results" in page and "Published results" in text
    assert r"\includegraphics[width=\linewidth,height=.9\textheight,keepaspectratio]{accuracy.pdf}" in text
