"""Every type of report as HTML for notebooks, and as rows for pandas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from social_world_model.frames import data_frame
from social_world_model.reports.columns import records, shown
from social_world_model.reports.comparing import Comparison
from social_world_model.reports.displayed import Displayed
from social_world_model.reports.documents import Document, text_table
from social_world_model.reports.episodes.columns import CELLS
from social_world_model.reports.episodes.documents import cells_document
from social_world_model.reports.episodes.report import CellReport
from social_world_model.reports.figures import accuracy
from social_world_model.reports.overviews import Overview
from social_world_model.reports.publication import document
from social_world_model.reports.renderers import as_html_part
from social_world_model.reports.report import Report, ReportRow
from social_world_model.reports.robustness import RobustnessReport
from social_world_model.reports.tables import (
    COMPARISON,
    INTERVAL,
    OVERVIEW,
    REPORT,
    ROBUSTNESS,
    marks_of,
    report_columns,
)

if TYPE_CHECKING:
    import pandas


def html_of(report: Displayed) -> str:
    """Return the tables of a report as HTML."""
    return as_html_part(_DOCUMENTS[type(report)](report))


def frame_of(report: Displayed) -> pandas.DataFrame:
    """Return the rows of a report as a DataFrame.

    Raises
    ------
    ConfigurationError
        If pandas is not installed.
    """
    return data_frame(_RECORDS[type(report)](report))


def _of_report(report: Report) -> Document:
    columns = report_columns(report)
    parts: list[tuple[str, Sequence[ReportRow], Sequence[str]]] = [("", (report.overall,), ())]
    parts += [(table.title, table.rows, table.notes) for table in report.tables]
    baselines = [
        f"{mark} {name}: {accuracy(report.overall.baselines.get(name))}" for name, mark in marks_of(report).items()
    ]
    return Document(
        title="Report",
        tables=tuple(
            text_table(title, columns, rows, [*(f"{row.label}: {row.note}" for row in rows if row.note), *notes])
            for title, rows, notes in parts
        ),
        notes=(*filter(None, [report.caution]), *(f"trivial baseline {told}" for told in baselines)),
    )


def _of_comparison(comparison: Comparison) -> Document:
    rows = [comparison.headline.as_row(), *comparison.rows]
    folders = (f"A: {comparison.a.folder}", f"B: {comparison.b.folder}")
    return Document(title="Comparison", tables=(text_table("", shown(COMPARISON, rows), rows),), notes=folders)


def _of_robustness(report: RobustnessReport) -> Document:
    return Document(
        title="Robustness",
        tables=(text_table(report.label, shown(ROBUSTNESS, report.rows), report.rows, report.notes),),
    )


_DOCUMENTS: Mapping[type[Displayed], Callable[[Any], Document]] = {
    Report: _of_report,
    Overview: document,
    Comparison: _of_comparison,
    RobustnessReport: _of_robustness,
    CellReport: cells_document,
}
_REPORT = tuple(replace(column, parts=("low", "high")) if column is INTERVAL else column for column in REPORT)


def _report_records(report: Report) -> list[dict[str, Any]]:
    tables = [("", (report.overall,)), *((table.title, table.rows) for table in report.tables)]
    return [{"table": title, **one} for title, rows in tables for one in records(_REPORT, rows)]


_RECORDS: Mapping[type[Displayed], Callable[[Any], Sequence[Mapping[str, Any]]]] = {
    Report: _report_records,
    Overview: lambda overview: records(OVERVIEW, overview.entries),
    Comparison: lambda comparison: records(COMPARISON, [comparison.headline.as_row(), *comparison.rows]),
    RobustnessReport: lambda report: records(ROBUSTNESS, report.rows),
    CellReport: lambda report: records(CELLS, report.rows),
}
