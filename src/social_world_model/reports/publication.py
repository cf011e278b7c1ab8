"""The tables of a written report: models by benchmarks, and for each benchmark all runs and all metrics."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from social_world_model.reports.columns import Column, shown
from social_world_model.reports.documents import Document, Heading, TextTable, headings_of, text_table
from social_world_model.reports.figures import NOTHING, accuracy, short_name
from social_world_model.reports.overviews import Entry, Overview, trivial_of
from social_world_model.reports.published import Published, meanings_of, published_columns
from social_world_model.reports.report import ReportRow
from social_world_model.reports.tables import OVERVIEW

METRICS_ACROSS = 6
"""Maximum number of metrics side by side. More metrics are split over several tables."""
HEADING_WIDTH = 18
"""Maximum length of one line of a heading, in characters."""
CELLS = "value (95 % confidence interval); failures count as wrong answers; bold: the best run of a column"
UNFINISHED = "* the run did not ask all questions"
BASELINE = "trivial baseline"
_IDENTITY = ("model", "mode", "context_model", "scorer")
"""Columns of the overview that name a run."""


def document(overview: Overview, published: Sequence[Published] = ()) -> Document:
    """Return an overview as the document that report files contain.

    Parameters
    ----------
    overview
        Overview of the runs.
    published
        The runs next to published results.
    """
    sections = list(overview.sections)
    tables = [_models_by_benchmarks(sections)]
    for title, entries in sections:
        tables += [_runs(title, entries), *_details(title, entries)]
    if published:
        compared = [one for one in published if one.value is not None]
        columns = published_columns(published)
        tables.append(text_table("Published results", columns, compared, meanings_of(published)))
    more = (
        "accuracy: failures count as wrong answers; questions that were not asked are not included",
        f"random seed of resampling: {overview.seed}; report.json has all rows of all runs",
    )
    folders = [f"folder: {entry.run.folder}" for entry in overview.entries]
    return Document(title="Runs", tables=tuple(tables), notes=(*overview.notes, *more, *folders))


def _models_by_benchmarks(sections: Sequence[tuple[str, Sequence[Entry]]]) -> TextTable:
    """Return one row per model and mode, and one column per benchmark and data set."""
    everyone = [entry for _, entries in sections for entry in entries]
    columns = _identity(everyone)
    rows: dict[tuple[tuple[str, ...], int], dict[int, Entry]] = {}
    for number, (_, entries) in enumerate(sections):
        for entry in entries:
            name = _names(columns, entry)
            several = sum(number in cells for (other, _), cells in rows.items() if other == name)
            rows.setdefault((name, several), {})[number] = entry
    ordered = sorted(rows.items(), key=lambda row: row[0][0][:1])
    return _grid(
        "Models and benchmarks",
        columns,
        [Heading(lines=_heading(title, entries)) for title, entries in sections],
        [(name, [row.get(number) for number in range(len(sections))]) for (name, _), row in ordered],
        [{} if (trivial := trivial_of(entries)) is None else trivial.values for _, entries in sections],
        [lambda entry: entry.report.overall] * len(sections),
    )


def _grid(
    title: str,
    columns: Sequence[Column[Entry]],
    headings: Sequence[Heading],
    rows: Sequence[tuple[tuple[str, ...], Sequence[Entry | None]]],
    baselines: Sequence[Mapping[str, float]],
    metrics: Sequence[Any],
    notes: Sequence[str] = (),
) -> TextTable:
    """Return a table of values with intervals. Trivial baselines are the first rows, and the best runs are marked.

    Parameters
    ----------
    title
        Title of the table.
    columns, headings
        Columns that name a run, and headings of the columns with values.
    rows
        For each row, the name of the run, and the run of each column with values.
    baselines
        Values of the trivial baselines, for each column with values.
    metrics
        For each column with values: function that returns the report row of a run, or None.
    notes
        Further notes.
    """
    names = list(dict.fromkeys(name for values in baselines for name in values))
    first = [
        (BASELINE, name, *[""] * (len(columns) - 2), *(accuracy(values.get(name)) for values in baselines))
        for name in names
    ]
    found = [
        [None if entry is None else metric(entry) for entry, metric in zip(row, metrics, strict=True)]
        for _, row in rows
    ]
    stars = [["*" if entry is not None and entry.run.not_asked else "" for entry in row] for _, row in rows]
    cells = [
        (*name, *(f"{_with_interval(one)}{star}" for one, star in zip(values, marks, strict=True)))
        for (name, _), values, marks in zip(rows, found, stars, strict=True)
    ]
    best = frozenset(
        (len(first) + row, len(columns) + column)
        for column in range(len(headings))
        for row in _best_rows([values[column] for values in found])
    )
    unfinished = [UNFINISHED] * any(star for row in stars for star in row)
    return TextTable(
        title=title,
        headings=(*headings_of(columns), *headings),
        rows=(*first, *cells),
        notes=(CELLS, *unfinished, *notes),
        best=best,
    )


def _identity(entries: Sequence[Entry]) -> list[Column[Entry]]:
    columns = [column for column in shown(OVERVIEW, entries) if column.key in _IDENTITY]
    return sorted(columns, key=lambda column: _IDENTITY.index(column.key))


def _names(columns: Sequence[Column[Entry]], entry: Entry) -> tuple[str, ...]:
    return tuple(short_name(column.cell(entry)) for column in columns)


def _heading(title: str, entries: Sequence[Entry]) -> tuple[str, ...]:
    units = {entry.report.overall.n for entry in entries}
    return (*title.split(" · "), *(f"n = {n}" for n in units if len(units) == 1))


def _with_interval(row: ReportRow | None) -> str:
    if row is None or row.interval is None:
        return NOTHING if row is None else accuracy(row.value)
    return f"{accuracy(row.value)} ({row.interval.low:.3f} – {row.interval.high:.3f})"


def _best_rows(rows: Sequence[ReportRow | None]) -> list[int]:
    """Return the places of the best values. If all values are equal, no value is the best."""
    values = {place: row.value for place, row in enumerate(rows) if row is not None and row.value is not None}
    if len(set(values.values())) < 2:
        return []
    lower = any(row.lower_is_better for row in rows if row is not None)
    best = (min if lower else max)(values.values())
    return [place for place, value in values.items() if value == best]


def _runs(title: str, entries: Sequence[Entry]) -> TextTable:
    """Return one row per run on a data set, with all columns of the overview."""
    columns, trivial = shown(OVERVIEW, entries), trivial_of(entries)
    rows = [
        tuple({"mode": BASELINE, "model": name, "value": accuracy(value)}.get(column.key, "") for column in columns)
        for name, value in (() if trivial is None else trivial.values.items())
    ]
    rows += [tuple(short_name(column.cell(entry)) for column in columns) for entry in entries]
    return TextTable(title=f"{title}: all runs", headings=headings_of(columns), rows=tuple(rows))


def _details(title: str, entries: Sequence[Entry]) -> Iterator[TextTable]:
    """Yield each metric table of a benchmark, for example by order or by question type, with one row per run."""
    for name in dict.fromkeys(table.title for entry in entries for table in entry.report.tables):
        labels = list(dict.fromkeys(label for entry in entries for label in _metrics(entry, name)))
        parts = [labels[start : start + METRICS_ACROSS] for start in range(0, len(labels), METRICS_ACROSS)]
        for number, part in enumerate(parts, start=1):
            which = f" ({number} of {len(parts)})" if len(parts) > 1 else ""
            told = _told(entries, name) if number == len(parts) else []
            yield _metric_table(f"{title}: {name}{which}", name, part, entries, told)


def _told(entries: Sequence[Entry], name: str) -> list[str]:
    """Return the notes of a metric table in all runs. Equal notes are given once."""
    tables = [table for entry in entries for table in entry.report.tables if table.title == name]
    return list(dict.fromkeys(note for table in tables for note in table.notes))


def _metric_table(
    title: str, name: str, labels: Sequence[str], entries: Sequence[Entry], told: Sequence[str]
) -> TextTable:
    columns = _identity(entries)
    found = [[row for entry in entries if (row := _metrics(entry, name).get(label))] for label in labels]
    most = [max(rows, key=lambda row: row.n) for rows in found]
    missing = [f"{row.label}: {row.note}" for rows in found for row in rows if row.note]
    return _grid(
        title,
        columns,
        [Heading(lines=_wrapped(label, {row.n for row in rows})) for label, rows in zip(labels, found, strict=True)],
        [(_names(columns, entry), [entry] * len(labels)) for entry in entries],
        [row.baselines for row in most],
        [_metric_of(name, label) for label in labels],
        list(dict.fromkeys([*missing, *told])),
    )


def _metric_of(name: str, label: str) -> Any:
    return lambda entry: _metrics(entry, name).get(label)


def _metrics(entry: Entry, name: str) -> Mapping[str, ReportRow]:
    """Return the rows of a metric table of a run, by label."""
    return {row.label: row for table in entry.report.tables if table.title == name for row in table.rows}


def _wrapped(label: str, units: set[int]) -> tuple[str, ...]:
    """Return a label as a heading of several lines, with the number of units if all runs have the same number."""
    lines = textwrap.wrap(label.replace("_", "_ "), HEADING_WIDTH, break_on_hyphens=False)
    lines = [line.replace("_ ", "_") for line in lines]
    return (*lines, *(f"n = {n}" for n in units if len(units) == 1))
