"""A column of a table, and tables of such columns as Markdown, csv and plain data."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

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
        Its name in csv and JSON.
    value
        The value of a row, unrounded; None if it has none.
    title
        Its heading for people; None for a column that is only in csv and JSON.
    text
        The value as people see it.
    data
        The value as JSON holds it; by default a tuple becomes a list, other values stay as they are.
    parts
        Names in csv and JSON of the elements of a value that is a tuple, in place of `key`.
    number
        Whether it is set to the right.
    priority
        In a narrow terminal, the columns with the highest number are left out first; 0 is always shown.
    blank
        Whether the cell of a row is empty for people.
    when
        Whether the column is shown to people in a table of these rows.
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
        """Return the text of a row's cell."""
        return "" if self.blank(row) else self.text(self.value(row))

    def record(self, row: Row) -> dict[str, Any]:
        """Return the value of a row by its name, or the elements of the value by theirs."""
        value = self.value(row)
        if not self.parts:
            return {self.key: self.data(value)}
        return dict(zip(self.parts, [None] * len(self.parts) if value is None else value, strict=True))

    def of(
        self, row_of: Callable[[Other], Row], priority: int | None = None, parts: tuple[str, ...] = ()
    ) -> Column[Other]:
        """Return the column for rows of another kind that hold one of this kind.

        Parameters
        ----------
        row_of
            Returns the row of this kind.
        priority, parts
            Of the new column; by default those of this one.
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
    """Return the columns that people see in a table of these rows."""
    return [column for column in columns if column.title is not None and column.when(rows)]


def records(columns: Sequence[Column[Row]], rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return a table as plain data, a dict per row with unrounded values."""
    return [{name: value for column in columns for name, value in column.record(row).items()} for row in rows]


def as_csv(columns: Sequence[Column[Row]], rows: Sequence[Row]) -> str:
    """Return a table as csv with unrounded values; unknown values are empty."""
    found = records(columns, rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(found[0]) if found else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    return text.getvalue()


def as_markdown(columns: Sequence[Column[Row]], cells: Iterable[Sequence[str]]) -> list[str]:
    """Return a table as lines of Markdown.

    Parameters
    ----------
    columns
        As `shown` returns them.
    cells
        A text for each column, row by row: `Column.cell`, or what a row of another kind shows there.
    """
    titles = [column.title or "" for column in columns]
    rules = ["---:" if column.number else "---" for column in columns]
    return [_markdown_row(row) for row in (titles, rules, *cells)]


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
