"""What a run came to, in lines that can be published: failures are wrong, and shown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from social_world_model.benchmarks import Benchmark
from social_world_model.benchmarks.counting import Line, Outcome, Table
from social_world_model.experiments.datasets import benchmark_of
from social_world_model.experiments.settings import RunResult
from social_world_model.reports.statistics import Interval, estimate, interval


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """One line of a report.

    Parameters
    ----------
    label
        What is counted.
    n
        Number of units: items, or stories or sets for joint figures.
    right
        Sum of their scores; for most lines, how many are right.
    failed
        How many were never answered; they score nothing.
    value
        The line's figure, 0–1, failures counted as wrong; None if there is none.
    value_answered
        The same over the answered units alone.
    interval
        95 %, of the value.
    note
        Why there is no figure, where that is so.
    """

    label: str
    n: int
    right: float
    failed: int
    value: float | None
    value_answered: float | None
    interval: Interval | None
    note: str = ""

    @property
    def accuracy(self) -> float | None:
        """The value, under the name that it has for most lines."""
        return self.value

    @property
    def accuracy_answered(self) -> float | None:
        """The value over the answered units alone."""
        return self.value_answered


@dataclass(frozen=True, kw_only=True)
class ReportTable:
    """A titled group of lines, and what their reader must know."""

    title: str
    lines: tuple[ReportLine, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """A run's report: its headline, and titled groups of lines."""

    overall: ReportLine
    tables: tuple[ReportTable, ...] = ()

    @property
    def lines(self) -> Iterator[ReportLine]:
        """Every line, the headline first."""
        yield self.overall
        for table in self.tables:
            yield from table.lines


@overload
def make_report(of: RunResult, /) -> Report: ...
@overload
def make_report(of: Benchmark, outcomes: Sequence[Outcome], seed: int = 0) -> Report: ...
def make_report(of: RunResult | Benchmark, outcomes: Sequence[Outcome] = (), seed: int = 0) -> Report:
    """Count what a run came to.

    Parameters
    ----------
    of
        A result, which brings outcomes and seed along; or a benchmark under the options of the run.
    outcomes
        Of every question that was asked.
    seed
        Of the intervals' resampling: the same seed gives the same intervals.

    Returns
    -------
    Report
        The benchmark's headline, and its groups of lines; a group without lines and notes is left out.
    """
    if isinstance(of, RunResult):
        return make_report(benchmark_of(of.settings), of.outcomes, of.settings.seed or 0)
    return Report(
        overall=counted(of.headline(outcomes), seed),
        tables=tuple(_table(table, seed) for table in of.tables(outcomes) if table.lines or table.notes),
    )


def counted(line: Line, seed: int = 0) -> ReportLine:
    """Count a line's units."""
    answered = [unit for unit in line.units if not unit.failed]
    there = not line.note
    return ReportLine(
        label=line.label,
        n=len(line.units),
        right=math.fsum(unit.score for unit in line.units),
        failed=len(line.units) - len(answered),
        value=estimate(line.units, line.measure) if there else None,
        value_answered=estimate(answered, line.measure) if there else None,
        interval=interval(line.units, seed, line.measure) if there else None,
        note=line.note,
    )


def _table(table: Table, seed: int) -> ReportTable:
    lines = tuple(counted(line, seed) for line in table.lines)
    return ReportTable(title=table.title, lines=lines, notes=tuple(table.notes))
