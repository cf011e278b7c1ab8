"""How reports, overviews and comparisons are printed."""

from __future__ import annotations

import shutil
import string
import textwrap
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path

from social_world_model.reports.columns import Column, columns_of, ends, probability, share, signed, signed_ends
from social_world_model.reports.comparing import Comparison, Difference
from social_world_model.reports.overviews import Entry, Overview, trivial_of
from social_world_model.reports.published import Published
from social_world_model.reports.report import Report, ReportRow
from social_world_model.reports.statistics import Interval

NARROWEST = 24
"""Characters of the column of labels."""
LONGEST_NAME = 28
"""Characters that are shown of a model's name."""
NOTES_SHOWN = 12
FLIPPED_SHOWN = 20
GAP = "  "


def show_report(report: Report) -> None:
    """Print a run's report; the figures over answered units only where something failed."""
    width = max(NARROWEST, *(len(line.label) + 2 for line in report.lines))
    some_failed = any(line.failed for line in report.lines)
    head = f"{'':{width}} {'right':>6} {'n':>6}  {'accuracy':>8}  {'95 % interval':>14}  {'failed':>6}"
    head += f"  {'of answered':>11}" if some_failed else ""
    print(head + (f"{'trivial':>8}" if report.baselines else ""))
    letters = dict(zip(report.baselines, string.ascii_lowercase, strict=False))
    print(_line(report.overall, width, "", letters, some_failed))
    for table in report.tables:
        print(table.title)
        for line in table.rows:
            print(_line(line, width, "  ", letters, some_failed))
        for told in table.notes:
            note(told, indent="  ")
    if report.caution:
        note(report.caution)
    if letters:
        print(f"trivial baselines, the best beside each line; {report.overall.label}:")
        for name, letter in letters.items():
            print(f"  {letter} {name:{width - 4}} {'':13}  {share(report.overall.baselines.get(name)):>8}")


def _line(line: ReportRow, width: int, indent: str, letters: Mapping[str, str], some_failed: bool) -> str:
    label = f"{indent + line.label:{width}}"
    if line.note:
        return f"{label} {line.note}"
    right = f"{line.right:.0f}" if float(line.right).is_integer() else f"{line.right:.1f}"
    row = f"{label} {right:>6} {line.n:>6}  {share(line.value):>8}  {ends(line.interval):>14}  {line.failed:>6}"
    row += f"  {share(line.value_answered) if line.failed else '':>11}" if some_failed else ""
    best = "" if line.best_baseline is None else f"{share(line.best_baseline[1])} {letters[line.best_baseline[0]]}"
    return (row + f"{best or '–':>8}" if letters else row).rstrip()


def show_overview(overview: Overview, published: Sequence[Published] = ()) -> None:
    """Print runs side by side, in as many columns as the terminal has room for."""
    columns = [column for column in columns_of(overview.entries) if column.title != "model"]
    sections = list(overview.sections)
    lifted = [column for column in columns if column.title in ("contexts by", "n") and _same(column, sections)]
    trivial = {title: trivial_of(entries) for title, entries in sections}
    names = [f"    {name}" for found in trivial.values() if found is not None for name in found.values]
    fitting, dropped = _fitting([column for column in columns if column not in lifted], overview.entries, names)
    widths = _widths(fitting, overview.entries, names)
    print(_row(["", *(column.title for column in fitting[1:])], fitting, widths))
    for title, entries in sections:
        _wrapped(" · ".join([title, *(f"{column.title} {column.cell(entries[0])}" for column in lifted)]))
        beside = trivial[title]
        if beside is not None:
            print("  trivial baselines")
            for name, value in beside.values.items():
                cells = {"mode": f"    {name}", "value": share(value)}
                print(_row([cells.get(column.title, "") for column in fitting], fitting, widths))
        for model, group in groupby(entries, lambda entry: entry.run.model):
            print(f"  {model or 'unknown model'}")
            for entry in group:
                print(_row([_cell(column, entry) for column in fitting], fitting, widths))
        print()
    if dropped:
        note(f"no room here for {', '.join(column.title for column in dropped)}: in a wider terminal, and in the files")
    for told in overview.notes[:NOTES_SHOWN]:
        note(told)
    if (more := len(overview.notes) - NOTES_SHOWN) > 0:
        note(f"… and {more} more, in report.md")
    if published:
        print()
    for one in published:
        _wrapped(one.run)
        _wrapped(one.says, indent="  ")
        if one.differs is not None:
            _wrapped(f"differs in: {one.differs}", indent="  ")


def show_comparison(comparison: Comparison) -> None:
    """Print how two runs differ, and what flipped."""
    found = comparison.headline
    print(f"{comparison.a.benchmark.name} · {comparison.a.dataset}")
    print(f"A  {comparison.a.folder}")
    print(f"B  {comparison.b.folder}")
    print()
    width = max(NARROWEST, *(len(line.label) + 2 for line in comparison.rows), len(found.a.label))
    print(f"{'':{width}} {'A':>6} {'B':>6}  {'B - A':>6}  95 % interval")
    print(_compared(found.a.label, width, (found.a, found.b), found.value, found.interval))
    _show_test(found)
    for title, lines in groupby(comparison.rows, lambda line: line.title):
        print(title)
        for line in lines:
            print(_compared(f"  {line.label}", width, (line.a, line.b), line.difference, line.interval))


def _show_test(found: Difference) -> None:
    """Print what lies behind the headline's difference."""
    print()
    print(f"pairs: {len(found.pairs.pairs)}; failed: {found.a.failed} in A, {found.b.failed} in B; both count as wrong")
    if found.why:
        _wrapped(found.why)
    else:
        p = "p < 0.001" if found.p is not None and found.p < 0.001 else f"p = {probability(found.p)}"
        print(f"only A right: {len(found.only_a)}; only B right: {len(found.only_b)}; McNemar's exact test: {p}")
        _listed("right in A and wrong in B", found.only_a)
        _listed("right in B and wrong in A", found.only_b)
        if found.shared:
            note("questions about one story are not independent: the interval takes that into account, p does not")
    for said, ids in (
        ("not asked in A, counted as wrong there", found.pairs.wrong_a),
        ("not asked in B, counted as wrong there", found.pairs.wrong_b),
        ("only in A, and not for B to ask: left out", found.pairs.left_out_a),
        ("only in B, and not for A to ask: left out", found.pairs.left_out_b),
    ):
        _listed(said, ids)
    print()


def _compared(
    label: str, width: int, lines: tuple[ReportRow | None, ...], value: float | None, interval: Interval | None
) -> str:
    note = next((line.note for line in lines if line is not None and line.note), "")
    if note:
        return f"{label:{width}} {note}"
    shown = [f"{share(None if line is None else line.value):>6}" for line in lines]
    return f"{label:{width}} {' '.join(shown)}  {signed(value):>6}  {signed_ends(interval)}"


def _listed(said: str, ids: Sequence[str]) -> None:
    if ids:
        more = f", … and {len(ids) - FLIPPED_SHOWN} more" if len(ids) > FLIPPED_SHOWN else ""
        _wrapped(f"{said}: {', '.join(ids[:FLIPPED_SHOWN])}{more}")


def _columns() -> int:
    return shutil.get_terminal_size(fallback=(120, 24)).columns


def _wrapped(text: str, indent: str = "", first: str = "") -> None:
    print(
        textwrap.fill(
            text,
            width=max(40, _columns()),
            initial_indent=indent + first,
            subsequent_indent=indent + "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def note(text: str, indent: str = "") -> None:
    """Print what the reader of a table must know."""
    _wrapped(text, indent=indent, first="note: ")


def _same(column: Column, sections: Sequence[tuple[str, Sequence[Entry]]]) -> bool:
    """Tell whether a column says the same of all runs on the same data, for every data set."""
    return all(len({column.cell(entry) for entry in entries}) == 1 for _, entries in sections)


def _fitting(
    columns: Sequence[Column], entries: Sequence[Entry], names: Sequence[str]
) -> tuple[list[Column], list[Column]]:
    """Leave out the columns that matter least, until the others fit."""
    kept = list(columns)
    dropped: list[Column] = []
    while sum(_widths(kept, entries, names)) + len(GAP) * (len(kept) - 1) > _columns():
        last = max(kept, key=lambda column: column.rank)
        if last.rank == 0:
            break
        kept.remove(last)
        dropped.append(last)
    return kept, dropped


def _widths(columns: Sequence[Column], entries: Sequence[Entry], names: Sequence[str]) -> list[int]:
    return [
        max(
            len(column.title),
            *(len(_cell(column, entry)) for entry in entries),
            *(len(name) for name in names if column.title == "mode"),
        )
        for column in columns
    ]


def _row(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    return GAP.join(
        f"{cell:>{width}}" if column.number else f"{cell:{width}}"
        for cell, column, width in zip(cells, columns, widths, strict=True)
    ).rstrip()


def _cell(column: Column, entry: Entry) -> str:
    """Return a cell; of a long name, both ends."""
    text = column.cell(entry)
    if column.title == "mode":
        text = f"    {text}"
    if len(text) <= LONGEST_NAME or column.number:
        return text
    return f"{text[: LONGEST_NAME // 2 - 1]}…{text[-LONGEST_NAME // 2 :]}"


def shown_path(path: Path) -> str:
    """Return a path as short as it can be said from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
