"""A report as data for all written formats: a title, tables of texts, and notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from social_world_model.reports.columns import Column, Row


@dataclass(frozen=True, kw_only=True)
class Heading:
    """The heading of a column.

    Parameters
    ----------
    lines
        Lines of the heading, from top to bottom.
    number
        Whether the column contains numbers, which are aligned to the right.
    """

    lines: tuple[str, ...]
    number: bool = True


@dataclass(frozen=True, kw_only=True)
class TextTable:
    """A table of texts.

    Parameters
    ----------
    title
        Title of the table.
    headings
        Headings of the columns.
    rows
        Texts of the cells, row by row.
    notes
        Notes below the table.
    best
        Row and column of each cell that is the best of its column. Both numbers start at 0.
    """

    title: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    best: frozenset[tuple[int, int]] = field(default_factory=frozenset)


@dataclass(frozen=True, kw_only=True)
class Document:
    """Tables with a common title, and notes for the reader."""

    title: str
    tables: tuple[TextTable, ...]
    notes: tuple[str, ...] = ()


def text_table(title: str, columns: Sequence[Column[Row]], rows: Sequence[Row], notes: Sequence[str] = ()) -> TextTable:
    """Return rows as a table of texts.

    Parameters
    ----------
    title
        Title of the table.
    columns
        Columns that `shown` returned.
    rows
        Rows of the table.
    notes
        Notes below the table.
    """
    return TextTable(
        title=title,
        headings=headings_of(columns),
        rows=tuple(tuple(column.cell(row) for column in columns) for row in rows),
        notes=tuple(notes),
    )


def headings_of(columns: Sequence[Column[Any]]) -> tuple[Heading, ...]:
    """Return the headings of columns."""
    return tuple(Heading(lines=(column.title or "",), number=column.number) for column in columns)
