"""Write a report of cells of episodes: Markdown, csv, JSON, HTML and LaTeX."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from social_world_model.files import write_whole
from social_world_model.reports.columns import Column, as_csv, records, shown
from social_world_model.reports.documents import Document, TextTable, headings_of, text_table
from social_world_model.reports.episodes.columns import CELLS, JUDGES, NAMES, SEATS
from social_world_model.reports.episodes.published import PublishedCell, columns_of, notes_of, published_table
from social_world_model.reports.episodes.report import CellReport, CellRow
from social_world_model.reports.figures import short_name
from social_world_model.reports.renderers import as_html, as_latex, as_markdown
from social_world_model.reports.writing import made_folder

COSTS = (
    *("judges", "forecast", "calls_per_turn", "tokens_per_turn", "seconds_per_turn"),
    *("slope", "slope_interval", "alpha"),
)
"""Columns that a second table shows, so that a page is wide enough for each table."""
Row = TypeVar("Row")
NAME = "episodes"
"""Beginning of the names of all files."""


def cells_document(report: CellReport, published: Sequence[PublishedCell] | None = None) -> Document:
    """Return a report of cells as the document that files contain.

    Parameters
    ----------
    report
        The report.
    published
        Cells beside published values. None means that the document has no published values.
    """
    costs = [column for column in CELLS if column.key in COSTS]
    scores = [column for column in CELLS if column not in costs]
    tables = []
    for title, rows in report.sections:
        tables.append(_table(title, scores, rows))
        tables.append(_table(f"{title}: costs and judges", [*NAMES, *costs], rows))
    if report.seats:
        tables.append(_table("By seat", SEATS, report.seats))
    if report.judges:
        tables.append(_table("By judge", JUDGES, report.judges))
    if published is not None:
        if published:
            tables.append(text_table("Beside published values", columns_of(published), published, notes_of(published)))
        tables.append(published_table())
    folders = [f"folder: {folder}" for row in report.rows for folder in row.cell.folders]
    return Document(title="Episodes", tables=tuple(tables), notes=(*report.notes, *folders))


def _table(title: str, columns: Sequence[Column[Row]], rows: Sequence[Row]) -> TextTable:
    found = shown(columns, rows)
    texts = tuple(
        tuple(column.cell(row) if column.number else short_name(column.cell(row)) for column in found) for row in rows
    )
    return TextTable(title=title, headings=headings_of(found), rows=texts)


def write_cells(
    report: CellReport, published: Sequence[PublishedCell] | None, folder: Path, formats: Sequence[str]
) -> list[Path]:
    """Write a report of cells as files. There are no plots.

    Parameters
    ----------
    report
        The report.
    published
        Cells beside published values. None means that the files have no published values.
    folder
        Folder for the files. If the folder does not exist, it is created. Files of an earlier report are replaced.
    formats
        File formats to write: see `FORMATS`. Formats of plots are ignored.

    Raises
    ------
    ConfigurationError
        If a file cannot be written.
    """
    made_folder(folder)
    written = []
    for name, text in _texts(report, published, formats):
        written.append(folder / name)
        write_whole(written[-1], text)
    return written


def _texts(
    report: CellReport, published: Sequence[PublishedCell] | None, formats: Sequence[str]
) -> Iterator[tuple[str, str]]:
    document = cells_document(report, published)
    if "md" in formats:
        yield f"{NAME}.md", as_markdown(document)
    if "csv" in formats:
        yield f"{NAME}.csv", as_csv(CELLS, report.rows)
        if report.seats:
            yield f"{NAME}_seats.csv", as_csv(SEATS, report.seats)
        if report.judges:
            yield f"{NAME}_judges.csv", as_csv(JUDGES, report.judges)
    if "json" in formats:
        yield f"{NAME}.json", json.dumps(cells_data(report, published), ensure_ascii=False, indent=1, default=str)
    if "html" in formats:
        yield f"{NAME}.html", as_html(document)
    if "latex" in formats:
        yield f"{NAME}.tex", as_latex(document)


def cells_data(report: CellReport, published: Sequence[PublishedCell] | None = None) -> dict[str, Any]:
    """Return a report of cells as data for JSON, with the settings and all scores of each cell.

    Parameters
    ----------
    report
        The report.
    published
        Cells beside published values.
    """
    return {
        "version": version("social-world-model"),
        "seed": report.seed,
        "cells": [{**records(CELLS, [row])[0], **_more(row)} for row in report.rows],
        "seats": records(SEATS, report.seats),
        "judges": records(JUDGES, report.judges),
        "published": records(columns_of(published), published) if published else [],
        "notes": list(report.notes),
    }


def _more(row: CellRow) -> dict[str, Any]:
    return {
        "judges": list(row.cell.judges),
        "folders": [str(folder) for folder in row.cell.folders],
        "settings": dict(row.cell.settings),
        "scores": {
            name: {"mean": one.mean, "n": one.n, "environments": one.clusters, "interval": one.interval}
            for name, one in row.summary.scores.items()
        },
    }
