"""The report of one run: accuracies with confidence intervals. Failures count as wrong and have a column."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import overload

from social_world_model.benchmarks import Benchmark
from social_world_model.benchmarks.counting import RECONSTRUCTED, ItemResult, MetricRow, MetricTable, ScoredUnit
from social_world_model.experiments.baselines import trivial_results
from social_world_model.experiments.datasets import benchmark_of
from social_world_model.experiments.progress import RunResult
from social_world_model.reports.displayed import Displayed
from social_world_model.reports.statistics import Interval, estimate, interval

INFERRED = "the labels are inferred from presence, so the values are not comparable with published values"


@dataclass(frozen=True, kw_only=True)
class ReportRow:
    """One row of a report.

    Parameters
    ----------
    label
        Name of the row.
    n
        Number of scored units. A unit is a question, or a story or set with a joint score.
    right
        Sum of the scores of the units. In most rows, this is the number of correct answers.
    failed
        Number of units without an answer. The score of such a unit is 0.
    uncertain
        Number of units with an answer that the symbolic model had to guess.
    value
        Score of the row, from 0 to 1. In most rows, this is the accuracy. Failures count as wrong. None if the row has
        no score.
    value_answered
        Score of the row over the answered units only.
    value_certain
        Score of the row without the uncertain units; None if no unit is certain.
    interval
        95 % confidence interval of `value`.
    note
        Reason why the row has no value. Empty if the row has a value.
    baselines
        Scores of the trivial baselines on the same units, by name. Units that a baseline does not answer count as
        wrong. A baseline that answers fewer than half of the units is not included.
    lower_is_better
        Whether `value` is an error rate.
    lenient
        Score of the row with the scorer `lenient`; None if the report has no such scores.
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
    lenient: float | None = None
    uncertain: int = 0
    value_certain: float | None = None

    @property
    def best_baseline(self) -> tuple[str, float] | None:
        """Name and score of the best trivial baseline.

        If several baselines are equally good, this is the first one. None if the row has no baselines.
        """
        if not self.baselines:
            return None
        best = (min if self.lower_is_better else max)(self.baselines.values())
        return next((name, value) for name, value in self.baselines.items() if value == best)

    @property
    def accuracy(self) -> float | None:
        """The same as `value`, which is the accuracy in most rows."""
        return self.value

    @property
    def accuracy_answered(self) -> float | None:
        """The same as `value_answered`."""
        return self.value_answered


@dataclass(frozen=True, kw_only=True)
class ReportTable:
    """A group of rows with a title, and notes for the reader."""

    title: str
    rows: tuple[ReportRow, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report(Displayed):
    """The report of a run.

    Parameters
    ----------
    overall
        Row of the headline metric.
    tables
        Groups of rows, each with a title.
    baselines
        Names of the trivial baselines that have a score in at least one row.
    caution
        Reason why the values cannot be compared with published values. Empty if no reason is known.
    read_differently
        Number of replies that the scorers `official` and `lenient` read differently, and number of replies that both
        scorers read. None if the run has only one reading of each reply.
    """

    overall: ReportRow
    tables: tuple[ReportTable, ...] = ()
    baselines: tuple[str, ...] = ()
    caution: str = ""
    read_differently: tuple[int, int] | None = None

    @property
    def rows(self) -> Iterator[ReportRow]:
        """All rows, starting with the headline."""
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
    baseline_rows: BaselineRows | None = None,
) -> Report: ...
def make_report(
    of: RunResult | Benchmark,
    outcomes: Sequence[ItemResult] = (),
    seed: int = 0,
    baselines: Mapping[str, Sequence[ItemResult]] | None = None,
    inferred: bool = False,
    baseline_rows: BaselineRows | None = None,
) -> Report:
    """Make the report of a run.

    Parameters
    ----------
    of
        Result of a run, without further arguments; or benchmark with the options of the run.
    outcomes
        Results of all questions that were asked.
    seed
        Random seed of the bootstrap for confidence intervals of metrics such as F1.
    baselines
        Results of the trivial baselines on the same questions, by name, as from `trivial_results`.
    inferred
        True if the labels are known to be inferred. If False, the outcomes are checked for inferred labels.
    baseline_rows
        Cache of metric rows of baselines, if several runs are reported.

    Returns
    -------
    Report
        The headline and the tables of the benchmark. Tables that have no rows and no notes are omitted.
    """
    if isinstance(of, RunResult):
        asked = {outcome.index for outcome in of.outcomes}
        rows = [row for row in of.dataset.rows if row.index in asked]
        benchmark = benchmark_of(of.settings)
        trivial = trivial_results(benchmark, rows, of.settings.scorer)
        return make_report(benchmark, of.outcomes, of.settings.seed or 0, trivial)
    beside = _Beside(of, baselines or {}, baseline_rows or BaselineRows())
    lenient = _lenient_rows(of, outcomes)

    def row(title: str, found: MetricRow) -> ReportRow:
        return replace(beside.row(title, found, seed), lenient=lenient.get((title, found.label)))

    overall = row("", of.headline(outcomes))
    tables = tuple(
        ReportTable(
            title=table.title,
            rows=tuple(row(table.title, found) for found in table.rows),
            notes=tuple(table.notes),
        )
        for table in of.tables(outcomes)
        if table.rows or table.notes
    )
    return Report(
        overall=overall,
        tables=tables,
        baselines=beside.used,
        caution=caution_of(outcomes, inferred),
        read_differently=_read_differently(outcomes),
    )


def caution_of(outcomes: Sequence[ItemResult], inferred: bool = False) -> str:
    """Return the reason why the values of a run cannot be compared with published values; empty if none is known.

    Parameters
    ----------
    outcomes
        Results of all questions that were asked.
    inferred
        True if the labels are known to be inferred. If False, the outcomes are checked for inferred labels.
    """
    return INFERRED if inferred or any(RECONSTRUCTED in outcome.fields for outcome in outcomes) else ""


def counted(row: MetricRow, seed: int = 0) -> ReportRow:
    """Return the report row of a metric row.

    Parameters
    ----------
    row
        Metric row with its scored units.
    seed
        Random seed of the bootstrap for the confidence interval of a metric such as F1.
    """
    answered = [unit for unit in row.units if not unit.failed]
    certain = [unit for unit in row.units if not unit.uncertain]
    there = not row.note
    return ReportRow(
        label=row.label,
        n=len(row.units),
        right=math.fsum(unit.score for unit in row.units),
        failed=len(row.units) - len(answered),
        value=estimate(row.units, row.measure) if there else None,
        value_answered=estimate(answered, row.measure) if there else None,
        interval=interval(row.units, seed, row.measure) if there else None,
        note=row.note,
        lower_is_better=row.lower_is_better,
        uncertain=len(row.units) - len(certain),
        value_certain=estimate(certain, row.measure) if there else None,
    )


class BaselineRows:
    """Metric rows of trivial baselines. Runs on the same questions share these rows, so the rows are made only once."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], tuple[Sequence[ItemResult], dict[tuple[str, str], MetricRow]]] = {}

    def of(self, benchmark: Benchmark, trivial: Sequence[ItemResult]) -> dict[tuple[str, str], MetricRow]:
        """Return the metric rows of one baseline, by title of the table and label of the row.

        Parameters
        ----------
        benchmark
            Benchmark, configured with the options of the run.
        trivial
            Results of the baseline. Results are the same if they are the same objects, as in `TrivialResults`.
        """
        options = tuple(benchmark.option(name) for name in benchmark.options)
        key = (benchmark.name, options, *map(id, trivial))
        if key not in self._known:
            rows = _rows_of(benchmark.headline(trivial), benchmark.tables(trivial))
            self._known[key] = (trivial, rows)  # the ids stay valid as long as the results exist
        return self._known[key][1]


class _Beside:
    """Finds the score of each trivial baseline on the units of a row."""

    def __init__(
        self, benchmark: Benchmark, baselines: Mapping[str, Sequence[ItemResult]], known: BaselineRows
    ) -> None:
        self._rows = {name: known.of(benchmark, trivial) for name, trivial in baselines.items()}
        self._used: set[str] = set()

    @property
    def used(self) -> tuple[str, ...]:
        """Names of the baselines that had a score in some row so far."""
        return tuple(name for name in self._rows if name in self._used)

    def row(self, title: str, row: MetricRow, seed: int) -> ReportRow:
        """Return a report row with the scores of the baselines that answer most units of the row."""
        values = {name: _baseline_value(row, rows.get((title, row.label))) for name, rows in self._rows.items()}
        there = {name: value for name, value in values.items() if value is not None}
        self._used |= set(there)
        return replace(counted(row, seed), baselines=there)


def _baseline_value(row: MetricRow, trivial: MetricRow | None) -> float | None:
    """Return the score of a baseline on the units of a row. Units without an answer of the baseline count as wrong.

    Return None if the row has no score, or if the baseline answers fewer than half of the units. Units that failed
    both in the run and for the baseline are not counted for this share.
    """
    if trivial is None or row.note or trivial.note:
        return None
    units = _same_units(row.units, trivial.units)
    missed = [one.failed and not own.failed for one, own in zip(units, row.units, strict=True)]
    answered = sum(not one.failed for one in units)
    if answered < max(1, sum(missed)):
        return None
    wrong = 1.0 if row.lower_is_better else 0.0
    units = [replace(one, score=wrong) if missing else one for one, missing in zip(units, missed, strict=True)]
    return estimate(units, row.measure)


def _lenient_rows(benchmark: Benchmark, outcomes: Sequence[ItemResult]) -> dict[tuple[str, str], float | None]:
    """Return the scores of all rows with the scorer `lenient`, by title of the table and label of the row."""
    if all(outcome.lenient is None for outcome in outcomes):
        return {}
    lenient = [outcome.lenient or outcome for outcome in outcomes]
    rows = _rows_of(benchmark.headline(lenient), benchmark.tables(lenient))
    return {key: None if row.note else estimate(row.units, row.measure) for key, row in rows.items()}


def _read_differently(outcomes: Sequence[ItemResult]) -> tuple[int, int] | None:
    read = [outcome for outcome in outcomes if outcome.lenient is not None]
    return (sum(outcome.read_differently for outcome in read), len(read)) if read else None


def _rows_of(headline: MetricRow, tables: Sequence[MetricTable]) -> dict[tuple[str, str], MetricRow]:
    return {("", headline.label): headline} | {(table.title, row.label): row for table in tables for row in table.rows}


def _same_units(wanted: Sequence[ScoredUnit], found: Sequence[ScoredUnit]) -> list[ScoredUnit]:
    """Return a baseline's units in the order of a run's units. A unit that the baseline does not have is failed.

    Units without an id are matched by cluster.
    """
    by_id: dict[tuple[str, str], list[ScoredUnit]] = {}
    for unit in reversed(found):
        by_id.setdefault(_place_of(unit), []).append(unit)
    return [
        units.pop() if (units := by_id.get(_place_of(one))) else replace(one, given="", failed=True) for one in wanted
    ]


def _place_of(unit: ScoredUnit) -> tuple[str, str]:
    return (unit.id, "" if unit.id else unit.cluster_id)
