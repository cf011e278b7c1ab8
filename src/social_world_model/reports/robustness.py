"""One table for a run and its perturbed variants: accuracy, change in accuracy, and changed answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from social_world_model.benchmarks.counting import MetricRow
from social_world_model.errors import DatasetError
from social_world_model.experiments.datasets import benchmark_of
from social_world_model.experiments.progress import RunResult
from social_world_model.experiments.robustness import Changes, changes
from social_world_model.reports.comparing import Difference, differ
from social_world_model.reports.displayed import Displayed
from social_world_model.reports.report import Report, ReportRow, make_report
from social_world_model.reports.sign_flip import about_tests, adjusted


@dataclass(frozen=True, kw_only=True)
class VariantRow:
    """A run in a robustness table.

    Parameters
    ----------
    variant
        Name of the perturbation. None means the original run, which has no perturbation.
    overall
        Headline row in the report of the run.
    difference
        Headline of the variant minus headline of the original run, over the same questions. None for the original run,
        or if no question is in both runs.
    changes
        Answers that differ from the original run. None for the original run.
    adjusted
        The p value of the difference, adjusted by Holm's method over all variants. None if there is no test.
    """

    variant: str | None
    overall: ReportRow
    difference: Difference | None = None
    changes: Changes | None = None
    adjusted: float | None = None


@dataclass(frozen=True, kw_only=True)
class RobustnessReport(Displayed):
    """A run and its variants.

    Parameters
    ----------
    label
        Name of the headline metric.
    rows
        One row per run. The original run is first.
    notes
        Notes for the reader of the table.
    """

    label: str
    rows: tuple[VariantRow, ...]
    notes: tuple[str, ...]


def robustness_report(results: Sequence[RunResult]) -> RobustnessReport:
    """Compare a run with its perturbed variants.

    Parameters
    ----------
    results
        Result of the original run, followed by the results of the variants. The original run must have outcomes.
        Variants without outcomes are omitted.
    """
    original = results[0]
    headline = benchmark_of(original.settings).headline(original.outcomes)
    answered = [result for result in results if result.outcomes]
    reports = [make_report(result) for result in answered]
    rows = [_row(original, headline, result, report) for result, report in zip(answered, reports, strict=True)]
    tests = [None if row.difference is None else row.difference.test for row in rows]
    return RobustnessReport(
        label=headline.label,
        rows=tuple(replace(row, adjusted=p) for row, p in zip(rows, adjusted(tests), strict=True)),
        notes=tuple(dict.fromkeys([*_notes(reports), *about_tests(tests)])),
    )


def _row(original: RunResult, headline: MetricRow, result: RunResult, report: Report) -> VariantRow:
    variant = result.settings.variant
    if variant is None:
        return VariantRow(variant=None, overall=report.overall)
    after = benchmark_of(result.settings).headline(result.outcomes)
    not_asked = original.not_asked, result.not_asked
    try:
        difference = differ(headline, after, not_asked, original.settings.seed or 0)
    except DatasetError:  # no question was asked in both runs
        difference = None
    return VariantRow(variant=variant, overall=report.overall, difference=difference, changes=changes(original, result))


def _notes(reports: Sequence[Report]) -> Iterator[str]:
    for report in reports:
        yield from (told for told in (report.overall.note, report.caution) if told)
    if names := dict.fromkeys(name for report in reports for name in report.baselines):
        yield f"trivial baseline: the best score of these simple rules: {', '.join(names)}"
    yield "change: accuracy of the variant minus accuracy of the original run, over the same questions"
    yield (
        "changed answers: answers that differ from the original run; before the comparison, renamed people get their "
        "original names back"
    )
