"""Print reports of episodes in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from social_world_model.cli.terminal import Cells, Line, Words, draw, note
from social_world_model.reports.columns import Column, Row, shown
from social_world_model.reports.episodes.columns import CELLS, JUDGES, MODEL, SEATS
from social_world_model.reports.episodes.comparing import COMPARED, CellComparison, ComparedRow, about_comparison
from social_world_model.reports.episodes.published import PublishedCell, columns_of, notes_of
from social_world_model.reports.episodes.report import CellReport, CellRow

NOTES_SHOWN = 16


def show_cells(report: CellReport, published: Sequence[PublishedCell] | None = None) -> None:
    """Print cells side by side, then by seat and by judge, with as many columns as fit into the terminal.

    Parameters
    ----------
    report
        The report.
    published
        Cells beside published values. None means that published values are not printed.
    """
    columns = [column for column in shown(CELLS, report.rows) if column is not MODEL]
    dropped = draw(columns, _cell_lines(report, columns))
    if report.seats:
        _table(SEATS, report.seats, "by seat")
        print()
    if report.judges:
        _table(JUDGES, report.judges, "by judge")
        print()
    if dropped:
        note(f"the terminal is too narrow for these columns: {', '.join(dropped)}; the written files have all columns")
    for told in report.notes[:NOTES_SHOWN]:
        note(told)
    if (more := len(report.notes) - NOTES_SHOWN) > 0:
        note(f"… and {more} more notes in episodes.md")
    if published is not None:
        print()
        _show_published(published)


def _cell_lines(report: CellReport, columns: Sequence[Column[CellRow]]) -> Iterator[Line]:
    for title, rows in report.sections:
        yield Words(text=title)
        for model, group in groupby(rows, lambda row: row.cell.name.model):
            if model:
                yield Words(text=model, indent=2)
            for row in group:
                yield Cells(cells=[column.cell(row) for column in columns], indent=4 if model else 2)
        yield Words()


def _table(columns: Sequence[Column[Row]], rows: Sequence[Row], corner: str) -> None:
    found = shown(columns, rows)
    draw(found, [Cells(cells=[column.cell(row) for column in found]) for row in rows], corner=corner)


def _show_published(published: Sequence[PublishedCell]) -> None:
    if published:
        columns = columns_of(published)
        draw(columns, [Cells(cells=[column.cell(one) for column in columns]) for one in published], corner="published")
    for told in notes_of(published):
        note(told)
    note("report files in the format md, html or latex have all 56 published values")


def show_cell_comparison(comparison: CellComparison) -> None:
    """Print how two runs of episodes differ.

    Parameters
    ----------
    comparison
        The comparison.
    """
    print(f"{comparison.a.name.title} · {comparison.dimension}")
    for name, cell in (("A", comparison.a), ("B", comparison.b)):
        print(f"{name}  {cell.name.player}: {', '.join(map(str, cell.folders))}")
    if comparison.a.name.condition != comparison.b.name.condition:
        note(f"the conditions differ: A has {comparison.a.name.title}, and B has {comparison.b.name.title}")
    print()
    columns = shown(COMPARED, comparison.rows)
    dropped = draw(columns, _compared_lines(comparison, columns))
    for told in about_comparison(comparison):
        note(told)
    if dropped:
        note(f"the terminal is too narrow for these columns: {', '.join(dropped)}")


def _compared_lines(comparison: CellComparison, columns: Sequence[Column[ComparedRow]]) -> Iterator[Line]:
    for kind, rows in groupby(comparison.rows, lambda row: row.kind):
        if kind != "all":
            yield Words(text=f"by {kind}")
        for row in rows:
            yield Cells(cells=[column.cell(row) for column in columns], indent=0 if kind == "all" else 2)
        yield Words()
