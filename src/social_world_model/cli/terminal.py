"""Draw tables in the terminal as plain text. Numbers are never wrapped or cut off, even in a narrow terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from social_world_model.reports.columns import Column

if TYPE_CHECKING:
    from rich.table import Table

NARROWEST = 28
"""Minimum width of the label column, in characters. Longer labels wrap in a narrow terminal."""
LONGEST_NAME = 28
"""Maximum width of a name in the other columns, in characters."""
GAP = 2


@dataclass(frozen=True, kw_only=True)
class Cells:
    """A row with one cell per column.

    Parameters
    ----------
    cells
        Texts of the cells. The first cell is the label.
    indent
        Number of spaces before the label.
    """

    cells: Sequence[str]
    indent: int = 0


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A row with a text instead of numbers."""

    label: str
    text: str
    indent: int = 0


@dataclass(frozen=True, kw_only=True)
class Words:
    """A text across the whole table, such as a heading or a note. An empty text gives an empty line."""

    text: str = ""
    indent: int = 0
    first: str = ""


Line = Cells | Remark | Words


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The columns that fit into the terminal.

    Parameters
    ----------
    places
        Positions of the columns that fit into the terminal. The first column has position 0.
    widths
        Widths of the columns that fit, in characters. The gaps between columns are not included.
    dropped
        Titles of the columns that do not fit into the terminal.
    """

    places: Sequence[int]
    widths: Sequence[int]
    dropped: Sequence[str]

    @property
    def total(self) -> int:
        """Width of a whole row."""
        return sum(self.widths) + GAP * (len(self.widths) - 1)


def draw(columns: Sequence[Column[Any]], lines: Iterable[Line], corner: str = "") -> Sequence[str]:
    """Print a table.

    Parameters
    ----------
    columns
        Columns of the table. The first column contains labels.
    lines
        Lines below the headings, from top to bottom.
    corner
        Heading of the label column.

    Returns
    -------
    sequence of str
        Titles of the columns that do not fit into the terminal.
    """
    lines = list(lines)
    titles = [corner, *(column.title or "" for column in columns[1:])]
    lines = [_short(columns, line) if isinstance(line, Cells) else line for line in lines]
    layout = _fitting(columns, titles, lines)
    _draw_cells(columns, layout, [Cells(cells=titles)], vertical="bottom")
    for _, group in groupby(lines, type):
        together = list(group)
        _draw_cells(columns, layout, [line for line in together if isinstance(line, Cells)])
        for line in together:
            if isinstance(line, Remark):
                _draw_remark(layout, line)
            elif isinstance(line, Words):
                write(line.text, indent=" " * line.indent, first=line.first)
    return layout.dropped


def write(text: str, indent: str = "", first: str = "") -> None:
    """Print a text, wrapped to the width of the terminal. An empty text gives an empty line."""
    print(
        textwrap.fill(
            text,
            width=max(40, terminal_width()),
            initial_indent=indent + first,
            subsequent_indent=indent + "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def note(text: str, indent: int = 0) -> None:
    """Print a note below a table."""
    write(text, indent=" " * indent, first="note: ")


def terminal_width() -> int:
    """Return the width of the terminal in characters, or 120 if there is no terminal."""
    return shutil.get_terminal_size(fallback=(120, 24)).columns


def shown_path(path: Path) -> str:
    """Return a path as text. A path inside the working directory is relative to this directory."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _short(columns: Sequence[Column[Any]], row: Cells) -> Cells:
    """Return a copy of a row. In the copy, long names are shortened in the middle."""
    label, *others = row.cells
    texts = (text if column.number else _ends(text) for column, text in zip(columns[1:], others, strict=True))
    return Cells(cells=[label, *texts], indent=row.indent)


def _ends(name: str) -> str:
    half = LONGEST_NAME // 2
    return name if len(name) <= LONGEST_NAME else f"{name[: half - 1]}…{name[-half:]}"


def _fitting(columns: Sequence[Column[Any]], titles: Sequence[str], lines: Sequence[Line]) -> Layout:
    """Find the columns that fit. First headings are wrapped, then the least important columns are dropped."""
    places = list(range(len(columns)))
    dropped: list[str] = []
    while True:
        for wrapped in (False, True):
            widths = [_width(place, titles, lines, wrapped) for place in places]
            room = terminal_width() - sum(widths[1:]) - GAP * (len(widths) - 1)
            if min(widths[0], NARROWEST) <= room:
                return Layout(places=places, widths=[min(widths[0], room), *widths[1:]], dropped=dropped)
        least = max(places, key=lambda place: columns[place].priority)
        if columns[least].priority == 0:
            return Layout(places=places, widths=[min(widths[0], NARROWEST), *widths[1:]], dropped=dropped)
        places.remove(least)
        dropped.append(titles[least])


def _width(place: int, titles: Sequence[str], lines: Sequence[Line], wrapped: bool) -> int:
    """Return the width of a column. A wrapped heading is as wide as its longest word."""
    heading = titles[place].split() if wrapped else [titles[place]]
    return max([*map(_cells, heading), *_widths_of(place, lines), 0])


def _widths_of(place: int, lines: Sequence[Line]) -> Iterator[int]:
    for line in lines:
        if isinstance(line, Cells):
            yield _cells(line.cells[place]) + (0 if place else line.indent)
        elif isinstance(line, Remark) and place == 0:
            yield _cells(line.label) + line.indent


def _cells(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def _draw_cells(columns: Sequence[Column[Any]], layout: Layout, rows: Sequence[Cells], vertical: str = "top") -> None:
    from rich.table import Table

    table = Table.grid(padding=(0, GAP, 0, 0))
    for place, width in zip(layout.places, layout.widths, strict=True):
        justify = "right" if columns[place].number else "left"
        table.add_column(width=width, justify=justify, vertical=vertical, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        label, *others = [row.cells[place] for place in layout.places]
        table.add_row(_label(label, row.indent, layout.widths[0]), *map(_plain, others))
    _print(table, layout.total)


def _draw_remark(layout: Layout, remark: Remark) -> None:
    from rich.table import Table

    width = layout.widths[0]
    rest = max(terminal_width() - width - GAP, NARROWEST)
    table = Table.grid(padding=(0, GAP, 0, 0))
    table.add_column(width=width, overflow="fold")
    table.add_column(width=rest, overflow="fold")
    table.add_row(_label(remark.label, remark.indent, width), _plain(remark.text))
    _print(table, width + GAP + rest)


def _plain(text: str) -> Any:
    """Return a text that rich prints unchanged, without reading markup."""
    from rich.text import Text

    return Text(text)


def _label(text: str, indent: int, width: int) -> Any:
    """Return a wrapped label. All lines after the first line are indented by two more spaces."""
    first, more = " " * indent, " " * (indent + 2)
    return _plain(textwrap.fill(text, width, initial_indent=first, subsequent_indent=more, break_on_hyphens=False))


def _print(table: Table, width: int) -> None:
    """Print a table as plain text without trailing spaces."""
    import io

    from rich.console import Console

    text = io.StringIO()
    Console(file=text, width=width, color_system=None, legacy_windows=False).print(table)
    for line in text.getvalue().splitlines():
        print(line.rstrip())
