"""The columns of every type of table. To add a column, add an entry to one of these lists.

`REPORT` is for the report of one run. `OVERVIEW` is for many runs, `COMPARISON` is for two runs, and `ROBUSTNESS` is
for a run with its variants. `DETAILS` is for the metrics of many runs. Tables in the terminal and in files are made
from these lists.
"""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from social_world_model.experiments.baselines import BASELINES
from social_world_model.reports.columns import Column, records, shown
from social_world_model.reports.comparing import Difference, RowDifference
from social_world_model.reports.figures import NOTHING, accuracy, amount, ends, money, probability, signed, signed_ends
from social_world_model.reports.gains import title_of
from social_world_model.reports.overviews import Entry
from social_world_model.reports.report import Report, ReportRow
from social_world_model.reports.robustness import VariantRow
from social_world_model.reports.sign_flip import MCNEMAR, PairedTest


def _score_sum(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.1f}"


LABEL = Column[ReportRow](key="label", title="", value=lambda row: row.label, number=False)
CORRECT = Column[ReportRow](key="right", title="correct", value=lambda row: row.right, text=_score_sum, priority=1)
N = Column[ReportRow](key="n", title="n", value=lambda row: row.n)
ACCURACY = Column[ReportRow](key="value", title="accuracy", value=lambda row: row.value, text=accuracy)
INTERVAL = Column[ReportRow](key="interval", title="95 % CI", value=lambda row: row.interval, text=ends)
FAILED = Column[ReportRow](key="failed", title="failed", value=lambda row: row.failed)
OF_ANSWERED = Column[ReportRow](
    key="value_answered",
    title="accuracy of answered",
    value=lambda row: row.value_answered,
    text=accuracy,
    priority=2,
    blank=lambda row: not row.failed,
    when=lambda rows: any(row.failed for row in rows),
)
UNCERTAIN = Column[ReportRow](
    key="uncertain",
    title="uncertain",
    priority=1,
    value=lambda row: row.uncertain,
    when=lambda rows: any(row.uncertain for row in rows),
)
OF_CERTAIN = Column[ReportRow](
    key="value_certain",
    title="accuracy of certain",
    value=lambda row: row.value_certain,
    text=accuracy,
    priority=2,
    blank=lambda row: not row.uncertain,
    when=lambda rows: any(row.uncertain for row in rows),
)
BEST_BASELINE = Column[ReportRow](
    key="best_baseline",
    title="trivial baseline",
    value=lambda row: row.best_baseline,
    text=lambda best: NOTHING if best is None else accuracy(best[1]),
    data=lambda best: None if best is None else best[0],
    when=lambda rows: any(row.baselines for row in rows),
)

LENIENT = Column[ReportRow](
    key="lenient",
    title="lenient",
    value=lambda row: row.lenient,
    text=accuracy,
    priority=1,
    when=lambda rows: any(row.lenient is not None for row in rows),
)

REPORT: tuple[Column[ReportRow], ...] = (
    LABEL,
    CORRECT,
    N,
    ACCURACY,
    INTERVAL,
    LENIENT,
    FAILED,
    OF_ANSWERED,
    UNCERTAIN,
    OF_CERTAIN,
    BEST_BASELINE,
    Column(key="note", value=lambda row: row.note),
    Column(key="baselines", value=lambda row: dict(row.baselines)),
    Column(key="lower_is_better", value=lambda row: row.lower_is_better),
)


def _overall(entry: Entry) -> ReportRow:
    return entry.report.overall


def _gain(entry: Entry) -> Difference | None:
    return None if entry.gain is None else entry.gain.difference


def _without_gain(entry: Entry) -> bool:
    return entry.gain is None


def _some_gain(entries: Sequence[Entry]) -> bool:
    return any(entry.gain is not None for entry in entries)


def _test(entry: Entry) -> Difference | None:
    gain = _gain(entry)
    return None if gain is None or gain.why or not gain.whole else gain


def _test_name(test: PairedTest | None) -> str | None:
    return None if test is None else test.name


def _mcnemar(gain: Difference | None) -> float | None:
    return None if gain is None or _test_name(gain.test) != MCNEMAR else gain.p


def _scorer(found: tuple[str, str]) -> str:
    scorer, protocol = found
    return scorer if protocol == "own" else f"{scorer}, protocol {protocol}"


def _of_all(found: tuple[int, int] | None) -> str:
    return NOTHING if found is None else f"{found[0]} of {found[1]}"


OVERVIEW: tuple[Column[Entry], ...] = (
    Column(key="benchmark", value=lambda entry: entry.run.benchmark.name),
    Column(key="dataset", value=lambda entry: entry.run.dataset),
    Column(key="data_sha256", value=lambda entry: entry.run.data_sha256),
    Column(key="mode", title="mode", value=lambda entry: entry.run.mode, number=False),
    Column(
        key="model",
        title="model",
        value=lambda entry: entry.run.model,
        text=lambda model: model or "unknown",
        number=False,
    ),
    Column(
        key="context_model",
        title="contexts by",
        value=lambda entry: entry.run.context_model,
        number=False,
        priority=4,
        when=lambda entries: any(entry.run.context_model for entry in entries),
    ),
    Column(
        key="scorer",
        title="scorer",
        value=lambda entry: (entry.run.scorer, entry.protocol),
        text=_scorer,
        parts=("scorer", "protocol"),
        number=False,
        priority=3,
        when=lambda entries: any((entry.run.scorer, entry.protocol) != ("official", "own") for entry in entries),
    ),
    Column(key="headline", value=lambda entry: entry.report.overall.label),
    N.of(_overall),
    ACCURACY.of(_overall),
    INTERVAL.of(_overall, priority=1, parts=("low", "high")),
    LENIENT.of(_overall),
    Column(
        key="read_differently",
        title="read differently",
        value=lambda entry: entry.report.read_differently,
        text=_of_all,
        parts=("read_differently", "read_by_both"),
        priority=4,
        when=lambda entries: any(entry.report.read_differently is not None for entry in entries),
    ),
    FAILED.of(_overall),
    OF_ANSWERED.of(_overall),
    UNCERTAIN.of(_overall),
    OF_CERTAIN.of(_overall),
    Column(
        key="not_asked",
        title="not asked",
        value=lambda entry: entry.run.not_asked,
        priority=2,
        when=lambda entries: any(entry.run.not_asked for entry in entries),
    ),
    Column(key="caution", value=lambda entry: entry.report.caution or None),
    Column(
        key="trivial",
        value=lambda entry: tuple(entry.report.overall.baselines.get(baseline.name) for baseline in BASELINES),
        parts=tuple(f"trivial: {baseline.name}" for baseline in BASELINES),
    ),
    Column(
        key="calls_per_question",
        title="calls/q",
        value=lambda entry: entry.calls_per_question,
        text=amount,
        priority=7,
    ),
    Column(
        key="tokens_per_question",
        title="tokens/q",
        value=lambda entry: entry.tokens_per_question,
        text=amount,
        priority=5,
    ),
    Column(key="dollars", title="US$", value=lambda entry: entry.dollars, text=money, priority=6),
    Column(
        key="gain",
        title="gain",
        value=lambda entry: None if (gain := _gain(entry)) is None else gain.value,
        text=signed,
        blank=_without_gain,
        when=_some_gain,
    ),
    Column(
        key="gain_interval",
        title="95 % CI of gain",
        value=lambda entry: None if (gain := _gain(entry)) is None else gain.interval,
        text=signed_ends,
        parts=("gain_low", "gain_high"),
        priority=3,
        blank=_without_gain,
        when=_some_gain,
    ),
    Column(key="only_vanilla_right", value=lambda entry: None if (gain := _test(entry)) is None else len(gain.only_a)),
    Column(key="only_this_right", value=lambda entry: None if (gain := _test(entry)) is None else len(gain.only_b)),
    Column(key="p_mcnemar", value=lambda entry: _mcnemar(_gain(entry))),
    Column(key="test", value=lambda entry: None if (gain := _gain(entry)) is None else _test_name(gain.test)),
    Column(key="p", value=lambda entry: None if (gain := _gain(entry)) is None else gain.p),
    Column(
        key="p_holm",
        title="p (Holm)",
        value=lambda entry: None if entry.gain is None else entry.gain.adjusted,
        text=probability,
        priority=2,
        blank=_without_gain,
        when=_some_gain,
    ),
    Column(key="gain_over", value=lambda entry: None if entry.gain is None else str(entry.gain.over)),
    Column(key="folder", value=lambda entry: str(entry.run.folder)),
)

SECTION = Column[Entry](key="section", title="benchmark and data set", value=title_of, number=False)
"""This column is only in written tables, because one such table contains the runs on all data sets."""


@dataclass(frozen=True, kw_only=True)
class Detail:
    """A row of a report, with its run and the title of its table. The title is empty for the headline metric."""

    entry: Entry
    table: str
    row: ReportRow


def details_of(entries: Sequence[Entry]) -> list[Detail]:
    """Return all report rows of runs. In each run, the headline metric is first."""
    return [
        Detail(entry=entry, table=title, row=row)
        for entry in entries
        for title, rows in (
            ("", (entry.report.overall,)),
            *((table.title, table.rows) for table in entry.report.tables),
        )
        for row in rows
    ]


def _entry(detail: Detail) -> Entry:
    return detail.entry


def _row(detail: Detail) -> ReportRow:
    return detail.row


DETAILS: tuple[Column[Detail], ...] = (
    *(
        column.of(_entry)
        for column in OVERVIEW
        if column.key in ("benchmark", "dataset", "mode", "model", "context_model", "scorer")
    ),
    Column(key="table", value=lambda detail: detail.table),
    *(column.of(_row) for column in REPORT if column.key not in ("interval", "best_baseline", "baselines")),
    INTERVAL.of(_row, parts=("low", "high")),
    BEST_BASELINE.of(_row, parts=("best_baseline", "best_baseline_value")),
    Column(key="folder", value=lambda detail: str(detail.entry.run.folder)),
)
"""Columns of ``rows.csv``: one row per run and metric."""


def row_data(row: ReportRow | None) -> dict[str, Any] | None:
    """Return a row of a report as data for JSON."""
    return None if row is None else records(REPORT, [row])[0]


def _value(row: ReportRow | None) -> str:
    return accuracy(None if row is None else row.value)


COMPARISON: tuple[Column[RowDifference], ...] = (
    Column(key="table", value=lambda row: row.title),
    Column(key="label", title="", value=lambda row: row.label, number=False),
    Column(key="a", title="A", value=lambda row: row.a, text=_value, data=row_data),
    Column(key="b", title="B", value=lambda row: row.b, text=_value, data=row_data),
    Column(key="difference", title="B - A", value=lambda row: row.difference, text=signed),
    Column(key="interval", title="95 % CI", value=lambda row: row.interval, text=signed_ends),
    Column(key="test", value=lambda row: _test_name(row.test)),
    Column(key="p", value=lambda row: None if row.test is None else row.test.p),
    Column(
        key="p_holm",
        title="p (Holm)",
        value=lambda row: row.adjusted,
        text=probability,
        priority=1,
        blank=lambda row: not row.title,
        when=lambda rows: any(row.adjusted is not None for row in rows),
    ),
)


def _overall_of_variant(row: VariantRow) -> ReportRow:
    return row.overall


def _original(row: VariantRow) -> bool:
    return row.variant is None


ROBUSTNESS: tuple[Column[VariantRow], ...] = (
    Column(
        key="variant",
        title="",
        value=lambda row: row.variant,
        text=lambda variant: variant or "original",
        number=False,
    ),
    N.of(_overall_of_variant),
    ACCURACY.of(_overall_of_variant),
    INTERVAL.of(_overall_of_variant, priority=3, parts=("low", "high")),
    replace(FAILED.of(_overall_of_variant), when=lambda rows: any(row.overall.failed for row in rows)),
    Column(
        key="change",
        title="change",
        value=lambda row: None if row.difference is None else row.difference.value,
        text=signed,
        blank=_original,
    ),
    Column(
        key="change_interval",
        title="95 % CI of change",
        value=lambda row: None if row.difference is None else row.difference.interval,
        text=signed_ends,
        parts=("change_low", "change_high"),
        priority=1,
        blank=_original,
    ),
    Column(
        key="p_holm",
        title="p (Holm)",
        value=lambda row: row.adjusted,
        text=probability,
        priority=3,
        blank=_original,
    ),
    Column(
        key="changed_answers",
        title="changed answers",
        value=lambda row: None if row.changes is None else (len(row.changes.changed), row.changes.compared),
        text=_of_all,
        parts=("changed_answers", "compared_answers"),
        blank=_original,
    ),
    BEST_BASELINE.of(_overall_of_variant, priority=2),
)


def marks_of(report: Report) -> dict[str, str]:
    """Return footnote marks by name of the trivial baseline: ``"(a)"``, ``"(b)"`` and so on."""
    return {name: f"({letter})" for name, letter in zip(report.baselines, string.ascii_lowercase, strict=False)}


def report_columns(report: Report) -> list[Column[ReportRow]]:
    """Return the columns of a report. A footnote mark names the best trivial baseline of each row."""
    marks = marks_of(report)

    def marked(best: tuple[str, float] | None) -> str:
        return NOTHING if best is None else f"{accuracy(best[1])} {marks[best[0]]}"

    columns = [replace(column, text=marked) if column is BEST_BASELINE else column for column in REPORT]
    return shown(columns, list(report.rows))
