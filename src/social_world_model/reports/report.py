"""What a run came to, in lines that can be published: failures are wrong, and shown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

from social_world_model.benchmarks import Benchmark
from social_world_model.benchmarks.counting import RECONSTRUCTED, ItemResult, MetricRow, MetricTable, ScoredUnit
from social_world_model.experiments.baselines import trivial_results
from social_world_model.experiments.datasets import benchmark_of
from social_world_model.experiments.progress import RunResult
from social_world_model.reports.statistics import Interval, estimate, interval

INFERRED = "labels inferred from presence; not comparable with published figures"


@dataclass(frozen=True, kw_only=True)
class ReportRow:
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
    baselines
        What trivial baselines come to on the same units, by name; only those that say something about all of them.
    lower_is_better
        Whether the figure counts errors.
    """

    label: str
    n: int
    right: float
    failed: int
    value: float | None
    value_answered: float | None
    interval: Interval | None
    note: str = ""
    baselines: Mapping[str, float] = field(default_factory=dict)
    lower_is_better: bool = False

    @property
    def best_baseline(self) -> tuple[str, float] | None:
        """The best of the trivial baselines, the first of equals, and its figure; None if there is none."""
        if not self.baselines:
            return None
        best = (min if self.lower_is_better else max)(self.baselines.values())
        return next((name, value) for name, value in self.baselines.items() if value == best)

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
    rows: tuple[ReportRow, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """A run's report.

    Parameters
    ----------
    overall
        The headline.
    tables
        Titled groups of lines.
    baselines
        Names of the trivial baselines that say something about a line.
    caution
        Why its figures cannot be held against published ones; empty where nothing in the data is known to forbid it.
    """

    overall: ReportRow
    tables: tuple[ReportTable, ...] = ()
    baselines: tuple[str, ...] = ()
    caution: str = ""

    @property
    def lines(self) -> Iterator[ReportRow]:
        """Every line, the headline first."""
        yield self.overall
        for table in self.tables:
            yield from table.rows


@overload
def make_report(of: RunResult, /) -> Report: ...
@overload
def make_report(
    of: Benchmark,
    outcomes: Sequence[ItemResult],
    seed: int = 0,
    baselines: Mapping[str, Sequence[ItemResult]] | None = None,
    inferred: bool = False,
) -> Report: ...
def make_report(
    of: RunResult | Benchmark,
    outcomes: Sequence[ItemResult] = (),
    seed: int = 0,
    baselines: Mapping[str, Sequence[ItemResult]] | None = None,
    inferred: bool = False,
) -> Report:
    """Count what a run came to.

    Parameters
    ----------
    of
        A result, which brings outcomes, seed and baselines along; or a benchmark under the options of the run.
    outcomes
        Of every question that was asked.
    seed
        Of the intervals' resampling: the same seed gives the same intervals.
    baselines
        What trivial baselines came to on the same questions, by name, as `trivial_results` gives it.
    inferred
        Whether it is known that the labels were inferred; where it is not, outcomes may tell.

    Returns
    -------
    Report
        The benchmark's headline, and its groups of lines; a group without lines and notes is left out.
    """
    if isinstance(of, RunResult):
        asked = {outcome.index for outcome in of.outcomes}
        rows = [row for row in of.dataset.rows if row.index in asked]
        benchmark = benchmark_of(of.settings)
        trivial = trivial_results(benchmark, rows, of.settings.scorer)
        return make_report(benchmark, of.outcomes, of.settings.seed or 0, trivial)
    beside = _Beside(of, outcomes, baselines or {})
    overall = beside.line("", of.headline(outcomes), seed)
    tables = tuple(
        ReportTable(
            title=table.title,
            rows=tuple(beside.line(table.title, line, seed) for line in table.rows),
            notes=tuple(table.notes),
        )
        for table in of.tables(outcomes)
        if table.rows or table.notes
    )
    inferred = inferred or any(RECONSTRUCTED in outcome.fields for outcome in outcomes)
    return Report(overall=overall, tables=tables, baselines=beside.used, caution=INFERRED if inferred else "")


def counted(line: MetricRow, seed: int = 0) -> ReportRow:
    """Count a line's units."""
    answered = [unit for unit in line.units if not unit.failed]
    there = not line.note
    return ReportRow(
        label=line.label,
        n=len(line.units),
        right=math.fsum(unit.score for unit in line.units),
        failed=len(line.units) - len(answered),
        value=estimate(line.units, line.measure) if there else None,
        value_answered=estimate(answered, line.measure) if there else None,
        interval=interval(line.units, seed, line.measure) if there else None,
        note=line.note,
        lower_is_better=line.lower_is_better,
    )


class _Beside:
    """Finds what each baseline comes to on the units of a line."""

    def __init__(
        self, benchmark: Benchmark, outcomes: Sequence[ItemResult], baselines: Mapping[str, Sequence[ItemResult]]
    ) -> None:
        self._lines = {
            name: _lines_of(benchmark.headline(trivial), benchmark.tables(trivial))
            for name, trivial in baselines.items()
        }
        self._some_unread = any(outcome.bad_row for outcome in outcomes)
        self._used: set[str] = set()

    @property
    def used(self) -> tuple[str, ...]:
        """Names of those that said something so far."""
        return tuple(name for name in self._lines if name in self._used)

    def line(self, title: str, line: MetricRow, seed: int) -> ReportRow:
        """Count a line, with the baselines that say something about all its units."""
        values = {name: self._value(line, lines.get((title, line.label))) for name, lines in self._lines.items()}
        there = {name: value for name, value in values.items() if value is not None}
        self._used |= set(there)
        return replace(counted(line, seed), baselines=there)

    def _value(self, line: MetricRow, trivial: MetricRow | None) -> float | None:
        if trivial is None or line.note or trivial.note:
            return None
        units = _same_units(line.units, trivial.units)
        # A set fails where the rule says nothing about one of its questions, and else only where a row is unreadable.
        excused = {unit.id for unit in line.units if unit.failed} if self._some_unread else set()
        if any(unit.failed and unit.id not in excused for unit in units):
            return None
        return estimate(units, line.measure)


def _lines_of(headline: MetricRow, tables: Sequence[MetricTable]) -> dict[tuple[str, str], MetricRow]:
    return {("", headline.label): headline} | {
        (table.title, line.label): line for table in tables for line in table.rows
    }


def _same_units(wanted: Sequence[ScoredUnit], found: Sequence[ScoredUnit]) -> list[ScoredUnit]:
    """Return a baseline's units for those that a run counted; none if one is missing."""
    if all(unit.id for unit in wanted):
        by_id = {unit.id: unit for unit in found}
        return [by_id[unit.id] for unit in wanted] if all(unit.id in by_id for unit in wanted) else []
    whose = [Counter(unit.cluster_id for unit in units) for units in (wanted, found)]
    return list(found) if whose[0] == whose[1] else []
