"""Print reports, overviews, comparisons and robustness tables in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from social_world_model.cli.terminal import Cells, Line, Remark, Words, draw, note
from social_world_model.reports.columns import Column, shown
from social_world_model.reports.comparing import Comparison, Difference, RowDifference
from social_world_model.reports.figures import accuracy, probability
from social_world_model.reports.overviews import Entry, Overview, trivial_of
from social_world_model.reports.power import about_power
from social_world_model.reports.published import Published, meanings_of, published_columns
from social_world_model.reports.report import Report, ReportRow
from social_world_model.reports.robustness import RobustnessReport
from social_world_model.reports.sign_flip import about_tests
from social_world_model.reports.tables import COMPARISON, OVERVIEW, ROBUSTNESS, marks_of, report_columns

NOTES_SHOWN = 12
FLIPPED_SHOWN = 20
IN_HEADINGS = ("context_model", "n")
"""Columns that move into the headings of data sets if all runs on the same data have the same value."""
FAILURES = "failures count as wrong answers; “accuracy of answered” is the accuracy without failures"
GUESSES = "{0} of {1} answers are uncertain: the symbolic model had to guess; “accuracy of certain” leaves them out"
READERS = "the scorers official and lenient read {0} of {1} replies differently; “lenient” shows the other score"
BASELINES = "each row above shows the best trivial baseline (a simple rule); scores of all baselines on “{label}”:"


def show_report(report: Report) -> None:
    """Print the report of a run."""
    columns = report_columns(report)
    _dropped(draw(columns, _report_lines(report, columns)), "")


def _report_lines(report: Report, columns: Sequence[Column[ReportRow]]) -> Iterator[Line]:
    yield _report_line(columns, report.overall, 0)
    for table in report.tables:
        yield Words(text=table.title)
        for row in table.rows:
            yield _report_line(columns, row, 2)
        for told in table.notes:
            yield Words(text=told, indent=2, first="note: ")
    if any(column.key == "value_answered" for column in columns):
        yield Words(text=FAILURES, first="note: ")
    if report.overall.uncertain:
        yield Words(text=GUESSES.format(report.overall.uncertain, report.overall.n), first="note: ")
    if report.read_differently is not None:
        yield Words(text=READERS.format(*report.read_differently), first="note: ")
    if report.caution:
        yield Words(text=report.caution, first="note: ")
    if marks := marks_of(report):
        yield Words(text=BASELINES.format(label=report.overall.label))
        for name, mark in marks.items():
            cells = {"label": f"{mark} {name}", "value": accuracy(report.overall.baselines.get(name))}
            yield Cells(cells=[cells.get(column.key, "") for column in columns], indent=2)


def _report_line(columns: Sequence[Column[ReportRow]], row: ReportRow, indent: int) -> Line:
    if row.note:
        return Remark(label=row.label, text=row.note, indent=indent)
    return Cells(cells=[column.cell(row) for column in columns], indent=indent)


def show_overview(overview: Overview, published: Sequence[Published] = ()) -> None:
    """Print runs side by side, with as many columns as fit into the terminal."""
    columns = [column for column in shown(OVERVIEW, overview.entries) if column.key != "model"]
    sections = list(overview.sections)
    lifted = [column for column in columns if column.key in IN_HEADINGS and _same(column, sections)]
    columns = [column for column in columns if column not in lifted]
    _dropped(
        draw(columns, _overview_lines(sections, columns, lifted)), "; the files that swm report writes have all columns"
    )
    for told in overview.notes[:NOTES_SHOWN]:
        note(told)
    if (more := len(overview.notes) - NOTES_SHOWN) > 0:
        note(f"… and {more} more notes in report.md")
    if published:
        print()
        _show_published(published)


def _show_published(published: Sequence[Published]) -> None:
    """Print the runs next to published results as one table. Notes explain the labels of differences."""
    compared = [one for one in published if one.value is not None]
    if compared:
        columns = published_columns(published)
        rows = [Cells(cells=[column.cell(one) for column in columns]) for one in compared]
        _dropped(draw(columns, rows, corner="published results"), "")
    for told in meanings_of(published):
        note(told)


def _overview_lines(
    sections: Sequence[tuple[str, list[Entry]]], columns: Sequence[Column[Entry]], lifted: Sequence[Column[Entry]]
) -> Iterator[Line]:
    for title, entries in sections:
        yield Words(text=" · ".join([title, *(f"{column.title} {column.cell(entries[0])}" for column in lifted)]))
        trivial = trivial_of(entries)
        if trivial is not None:
            yield Words(text="trivial baselines", indent=2)
            for name, value in trivial.values.items():
                cells = {"mode": name, "value": accuracy(value)}
                yield Cells(cells=[cells.get(column.key, "") for column in columns], indent=4)
        for model, group in groupby(entries, lambda entry: entry.run.model):
            yield Words(text=model or "unknown model", indent=2)
            for entry in group:
                yield Cells(cells=[column.cell(entry) for column in columns], indent=4)
        yield Words()


def _same(column: Column[Entry], sections: Sequence[tuple[str, Sequence[Entry]]]) -> bool:
    """Return whether a column has only one value for each data set."""
    return all(len({column.cell(entry) for entry in entries}) == 1 for _, entries in sections)


def show_comparison(comparison: Comparison) -> None:
    """Print how two runs differ, and which items only one run answers correctly."""
    print(f"{comparison.a.benchmark.name} · {comparison.a.dataset}")
    print(f"A  {comparison.a.folder}")
    print(f"B  {comparison.b.folder}")
    print()
    columns = shown(COMPARISON, comparison.rows)
    _dropped(draw(columns, _comparison_lines(comparison, columns)), "")


def _comparison_lines(comparison: Comparison, columns: Sequence[Column[RowDifference]]) -> Iterator[Line]:
    yield _comparison_line(columns, comparison.headline.as_row(), 0)
    yield Words()
    yield from _test_lines(comparison.headline)
    yield Words()
    for title, rows in groupby(comparison.rows, lambda row: row.title):
        yield Words(text=title)
        for row in rows:
            yield _comparison_line(columns, row, 2)
    for told in about_tests([row.test for row in comparison.rows]):
        yield Words(text=told, first="note: ")


def _comparison_line(columns: Sequence[Column[RowDifference]], row: RowDifference, indent: int) -> Line:
    why = next((one.note for one in (row.a, row.b) if one is not None and one.note), "")
    if why:
        return Remark(label=row.label, text=why, indent=indent)
    return Cells(cells=[column.cell(row) for column in columns], indent=indent)


def _test_lines(found: Difference) -> Iterator[Words]:
    """Yield the details of the headline difference: the pairs, the test, and the items that differ."""
    pairs = found.pairs
    yield Words(
        text=f"compared pairs: {len(pairs.pairs)}; failed: {found.a.failed} in A, {found.b.failed} in B "
        "(failures count as wrong)"
    )
    if found.why:
        yield Words(text=found.why)
    if found.test is not None:
        p = "p < 0.001" if found.test.p < 0.001 else f"p = {probability(found.test.p)}"
        flipped = f"only A correct: {len(found.only_a)}; only B correct: {len(found.only_b)}; " if found.whole else ""
        yield Words(text=f"{flipped}{found.test.over}: {p}")
        for told in about_power(found.smallest, found.test.clusters):
            yield Words(text=told)
    yield from _listed("correct in A and wrong in B", found.only_a)
    yield from _listed("correct in B and wrong in A", found.only_b)
    yield from _listed("not asked in A, so counted as wrong in A", pairs.wrong_a)
    yield from _listed("not asked in B, so counted as wrong in B", pairs.wrong_b)
    yield from _listed("not compared, because only A has these items", pairs.left_out_a)
    yield from _listed("not compared, because only B has these items", pairs.left_out_b)


def _listed(said: str, ids: Sequence[str]) -> Iterator[Words]:
    if ids:
        more = f", … and {len(ids) - FLIPPED_SHOWN} more" if len(ids) > FLIPPED_SHOWN else ""
        yield Words(text=f"{said}: {', '.join(ids[:FLIPPED_SHOWN])}{more}")


def show_robustness(report: RobustnessReport) -> None:
    """Print a run and its perturbed variants, one row per run."""
    columns = shown(ROBUSTNESS, report.rows)
    rows = [Cells(cells=[column.cell(row) for column in columns]) for row in report.rows]
    _dropped(draw(columns, rows, corner=report.label), "")
    for told in report.notes:
        note(told)


def _dropped(titles: Sequence[str], more: str) -> None:
    if titles:
        note(f"the terminal is too narrow for these columns: {', '.join(titles)}{more}")
