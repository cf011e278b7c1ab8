"""Columns of tables, and functions that convert tables to csv and plain data."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from social_world_model.reports.escaping import csv_value
from social_world_model.reports.figures import NOTHING

Row = TypeVar("Row")
Other = TypeVar("Other")


def _text(value: Any) -> str:
    return NOTHING if value is None or value == "" else str(value)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _always(rows: Sequence[Any]) -> bool:
    return True


def _never(row: Any) -> bool:
    return False


@dataclass(frozen=True, kw_only=True)
class Column(Generic[Row]):
    """A column of a table, declared once for the terminal, Markdown, csv and JSON.

    Parameters
    ----------
    key
        Name of the column in csv and JSON.
    value
        Function that returns the unrounded value of a row. A value of None means that the row has no value.
    title
        Heading in the terminal and in Markdown. None means that only csv and JSON include the column.
    text
        Function that formats a value for the terminal and for Markdown.
    data
        Function that converts a value for csv and JSON. By default, a tuple becomes a list, and other values stay.
    parts
        Names for the elements of values that are tuples. csv and JSON use these names instead of `key`.
    number
        Whether the column is aligned to the right.
    priority
        In a narrow terminal, the columns with the highest priority number are dropped first. Columns with priority 0
        are always shown.
    blank
        Function that takes a row, and returns whether the cell is empty in the terminal and in Markdown.
    when
        Function that takes all rows of a table, and returns whether the table shows the column.
    """

    key: str
    value: Callable[[Row], Any]
    title: str | None = None
    text: Callable[[Any], str] = _text
    data: Callable[[Any], Any] = _plain
    parts: tuple[str, ...] = ()
    number: bool = True
    priority: int = 0
    blank: Callable[[Row], bool] = _never
    when: Callable[[Sequence[Row]], bool] = _always

    def cell(self, row: Row) -> str:
        """Return the text of this column for a row."""
        return "" if self.blank(row) else self.text(self.value(row))

    def record(self, row: Row) -> dict[str, Any]:
        """Return the value of a row as a dict: under `key`, or with one entry for each name in `parts`."""
        value = self.value(row)
        if not self.parts:
            return {self.key: self.data(value)}
        return dict(zip(self.parts, [None] * len(self.parts) if value is None else value, strict=True))

    def of(
        self, row_of: Callable[[Other], Row], priority: int | None = None, parts: tuple[str, ...] = ()
    ) -> Column[Other]:
        """Return a copy of this column for rows of another type. Such a row must contain a row of the original type.

        Parameters
        ----------
        row_of
            Function that takes a row of the other type, and returns the original row that it contains.
        priority, parts
            Priority and parts of the new column. The defaults are the priority and the parts of this column.
        """
        return Column(
            key=self.key,
            value=lambda other: self.value(row_of(other)),
            title=self.title,
            text=self.text,
            data=self.data,
            parts=parts or self.parts,
            number=self.number,
            priority=self.priority if priority is None else priority,
            blank=lambda other: self.blank(row_of(other)),
            when=lambda others: self.when([row_of(other) for other in others]),
        )


def shown(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> list[Column[Row]]:
    """Return the columns that the terminal and Markdown show.

    Parameters
    ----------
    columns
        All declared columns of the table.
    rows
        Rows of the table. Some columns are shown only if the rows have certain values.
    """
    return [column for column in columns if column.title is not None and column.when(rows)]


def records(columns: Sequence[Column[Row]], rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return a table as plain data: one dict per row, with unrounded values.

    Parameters
    ----------
    columns
        All declared columns of the table, with or without a title.
    rows
        Rows of the table.
    """
    return [{name: value for column in columns for name, value in column.record(row).items()} for row in rows]


def as_csv(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> str:
    """Return a table as csv with unrounded values. Unknown values are empty, and no text is a formula.

    Parameters
    ----------
    columns
        All declared columns of the table, with or without a title.
    rows
        Rows of the table. If there are no rows, the header is empty too.
    """
    found = records(columns, rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(found[0]) if found else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: csv_value(value) for name, value in one.items()} for one in found)
    return text.getvalue()
