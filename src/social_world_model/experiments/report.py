"""What a run came to, in lines that can be published: failures are wrong, and shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from social_world_model.benchmarks import get_benchmark
from social_world_model.benchmarks.base import unit
from social_world_model.contracts import Line, Unit
from social_world_model.experiments.settings import RunResult
from social_world_model.experiments.statistics import Interval, interval


@dataclass(frozen=True)
class ReportLine:
    """One line of a report.

    Parameters
    ----------
    label
        What is counted.
    n
        Number of units: items, or stories for joint figures.
    right
        How many are right.
    failed
        How many were never answered; they count as wrong.
    interval
        95 %, of right / n.
    """

    label: str
    n: int
    right: int
    failed: int
    interval: Interval | None

    @property
    def accuracy(self) -> float | None:
        """Share of right units, failures counted as wrong; None if there are no units."""
        return self.right / self.n if self.n else None

    @property
    def accuracy_answered(self) -> float | None:
        """Share of right units among the answered; None if none was answered."""
        return self.right / (self.n - self.failed) if self.n > self.failed else None


@dataclass(frozen=True)
class Report:
    """A run's report: its overall line, and titled groups of lines."""

    overall: ReportLine
    groups: tuple[tuple[str, tuple[ReportLine, ...]], ...]


def make_report(result: RunResult) -> Report:
    """Count what a run came to.

    Parameters
    ----------
    result
        Of a run that answers.

    Returns
    -------
    Report
        The overall line, and the benchmark's groups of lines; the same result gives the same intervals.
    """
    seed = result.settings.seed or 0
    tables = get_benchmark(result.settings.benchmark).tables(result.outcomes)
    overall = Line(label="all", units=[unit(outcome) for outcome in result.outcomes])
    return Report(
        overall=_counted(overall, seed),
        groups=tuple(
            (table.title, tuple(_counted(line, seed) for line in table.lines)) for table in tables if table.lines
        ),
    )


def _counted(line: Line, seed: int) -> ReportLine:
    units: Sequence[Unit] = line.units
    return ReportLine(
        label=line.label,
        n=len(units),
        right=sum(one.correct for one in units),
        failed=sum(one.failed for one in units),
        interval=interval(units, seed),
    )
