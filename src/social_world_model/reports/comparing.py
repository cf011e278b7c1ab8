"""Compare two runs item by item: the difference, its confidence interval, a test, and the items with changed scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from social_world_model.benchmarks.counting import Metric, MetricRow, MetricTable, ScoredUnit
from social_world_model.errors import ConfigurationError, DatasetError, shortened
from social_world_model.experiments.stored import StoredRun
from social_world_model.reports.displayed import Displayed
from social_world_model.reports.power import smallest_difference
from social_world_model.reports.report import ReportRow, counted
from social_world_model.reports.sign_flip import PairedTest, adjusted, paired_test
from social_world_model.reports.statistics import Interval, difference


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """The scored units of two runs A and B, paired by id. A unit is a question, or a story or set with a joint score.

    Parameters
    ----------
    pairs
        Each pair has the same unit from A and from B.
    wrong_a, wrong_b
        Ids of units that A (or B) should have asked but did not reach. These units are in `pairs`, and count as wrong
        in that run.
    left_out_a, left_out_b
        Ids of units that only A (or only B) includes. These units are not in `pairs`.
    """

    pairs: tuple[tuple[ScoredUnit, ScoredUnit], ...]
    wrong_a: tuple[str, ...] = ()
    wrong_b: tuple[str, ...] = ()
    left_out_a: tuple[str, ...] = ()
    left_out_b: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The difference between a row of run A and the same row of run B.

    Parameters
    ----------
    pairs
        Pairs of units that are compared.
    a, b
        Row of run A, and row of run B. Only paired units are included.
    value
        Value of B minus value of A. Failures count as wrong. None if A or B has no value.
    interval
        95 % confidence interval of the difference.
    only_a, only_b
        Ids of units that only A answers correctly, and ids of units that only B answers correctly. Empty if
        `whole` is False.
    test
        Test of the difference. None if there is no difference.
    smallest
        Smallest difference that the pairs can show with probability 0.8. None if the row is no mean score, or if there
        are too few clusters for a test.
    why
        Reason why there is no difference. Empty if there is a difference.
    whole
        Whether the row is a mean of scores of 0 and 1.
    """

    pairs: Pairs
    a: ReportRow
    b: ReportRow
    value: float | None
    interval: Interval | None
    only_a: tuple[str, ...] = ()
    only_b: tuple[str, ...] = ()
    test: PairedTest | None = None
    smallest: float | None = None
    why: str = ""
    whole: bool = True

    @property
    def p(self) -> float | None:
        """The p value of the test."""
        return None if self.test is None else self.test.p

    def as_row(self) -> RowDifference:
        """Return this difference as a row of a comparison."""
        return RowDifference(
            title="",
            label=self.a.label,
            a=self.a,
            b=self.b,
            difference=self.value,
            interval=self.interval,
            test=self.test,
        )


@dataclass(frozen=True, kw_only=True)
class RowDifference:
    """A row of a comparison.

    Parameters
    ----------
    title, label
        Title of the table (empty for the headline), and label of the row.
    a, b
        The row in the report of run A, and in the report of run B. None if the run does not have this row.
    difference, interval
        Value of B minus value of A over the paired units, and the 95 % confidence interval of this difference. None if
        no units are paired.
    test
        Test of the difference. None if there is no difference.
    adjusted
        The p value, adjusted by Holm's method over all rows of the tables. None for the headline.
    """

    title: str
    label: str
    a: ReportRow | None
    b: ReportRow | None
    difference: float | None = None
    interval: Interval | None = None
    test: PairedTest | None = None
    adjusted: float | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison(Displayed):
    """A comparison of two runs on the same data: the headline of the benchmark, and all rows of all tables."""

    a: StoredRun
    b: StoredRun
    headline: Difference
    rows: tuple[RowDifference, ...]


def compare(a: StoredRun, b: StoredRun, seed: int = 0) -> Comparison:
    """Compare two runs.

    Parameters
    ----------
    a, b
        Runs of the same benchmark on the same data, with the same scorer.
    seed
        Random seed of resampling.

    Raises
    ------
    ConfigurationError
        If the runs differ in benchmark, data or scorer.
    DatasetError
        If the units of the headline cannot be paired.
    """
    check_comparable(a, b)
    headlines = a.benchmark.headline(a.outcomes), b.benchmark.headline(b.outcomes)
    not_asked = a.not_asked, b.not_asked
    rows = [*_by_row(a.benchmark.tables(a.outcomes), b.benchmark.tables(b.outcomes), not_asked, seed)]
    raised = adjusted([row.test for row in rows])
    return Comparison(
        a=a,
        b=b,
        headline=differ(*headlines, not_asked, seed),
        rows=tuple(replace(row, adjusted=p) for row, p in zip(rows, raised, strict=True)),
    )


def check_comparable(a: StoredRun, b: StoredRun) -> None:
    """Check that two runs can be compared.

    Parameters
    ----------
    a, b
        Stored runs to compare.

    Raises
    ------
    ConfigurationError
        If the runs differ in benchmark, data set, data file or scorer.
    """
    told = {
        "benchmark": (a.benchmark.name, b.benchmark.name),
        "data set": (a.dataset, b.dataset),
        "SHA-256 of the data": (a.data_sha256, b.data_sha256),
        "scorer": (a.scorer, b.scorer),
    }
    for what, (one, other) in told.items():
        if one != other:
            raise ConfigurationError(
                f"expected two runs with the same {what}, got {one or 'an unknown value'} in {a.folder} and "
                f"{other or 'an unknown value'} in {b.folder}" + (": see swm rescore" if what == "scorer" else "")
            )


def differ(a: MetricRow, b: MetricRow, not_asked: tuple[int, int] = (0, 0), seed: int = 0) -> Difference:
    """Compare the same metric row of two runs.

    Parameters
    ----------
    a, b
        The metric row of run A, and the metric row of run B.
    not_asked
        Number of questions that each run should have asked but did not reach.
    seed
        Random seed of resampling.

    Raises
    ------
    DatasetError
        If the ids of units are not unique, or if no unit is in both runs.
    """
    pairs = paired(a.units, b.units, not_asked)
    if not pairs.pairs:
        raise DatasetError(f"expected {a.label!r} to have questions in both runs, got no question that both runs have")
    note = a.note or b.note
    ends = None if note else difference(pairs.pairs, seed, a.measure)
    value, interval = (None, None) if ends is None else ends
    whole = a.measure is None and all(unit.score in (0, 1) for pair in pairs.pairs for unit in pair)
    flipped = pairs.pairs if whole and not note else ()
    return Difference(
        pairs=pairs,
        a=_row_of(a.label, [one for one, _ in pairs.pairs], a.measure, note, seed),
        b=_row_of(b.label, [other for _, other in pairs.pairs], a.measure, note, seed),
        value=value,
        interval=interval,
        only_a=tuple(one.id for one, other in flipped if one.score > other.score),
        only_b=tuple(one.id for one, other in flipped if one.score < other.score),
        test=None if value is None else paired_test(pairs.pairs, seed, a.measure),
        smallest=None if value is None or a.measure is not None else smallest_difference(pairs.pairs),
        why=note,
        whole=whole,
    )


def _row_of(label: str, units: Sequence[ScoredUnit], measure: Metric | None, note: str, seed: int) -> ReportRow:
    return counted(MetricRow(label=label, units=list(units), measure=measure, note=note), seed)


def paired(a: Sequence[ScoredUnit], b: Sequence[ScoredUnit], not_asked: tuple[int, int] = (0, 0)) -> Pairs:
    """Pair the units of two runs by id.

    Let n be the number of units that only one run has. If the other run stopped early and left at least n questions
    unasked, these n units count as wrong in the other run. Otherwise, these n units are not paired.

    Parameters
    ----------
    a, b
        Units of run A, and units of run B. Within a run, each unit needs a unique id.
    not_asked
        Number of questions that each run should have asked but did not reach.

    Raises
    ------
    DatasetError
        If an id is empty, or if an id occurs twice.
    """
    first, second = _by_id(a), _by_id(b)
    only_a = [one for one in first.values() if one.id not in second]
    only_b = [one for one in second.values() if one.id not in first]
    wrong_a = only_b if len(only_b) <= not_asked[0] else []
    wrong_b = only_a if len(only_a) <= not_asked[1] else []
    both = [(one, second[one.id]) for one in first.values() if one.id in second]
    both += [(one, _missed(one)) for one in wrong_b] + [(_missed(one), one) for one in wrong_a]
    return Pairs(
        pairs=tuple(both),
        wrong_a=_ids(wrong_a),
        wrong_b=_ids(wrong_b),
        left_out_a=() if wrong_b else _ids(only_a),
        left_out_b=() if wrong_a else _ids(only_b),
    )


def _ids(units: Sequence[ScoredUnit]) -> tuple[str, ...]:
    return tuple(unit.id for unit in units)


def _missed(unit: ScoredUnit) -> ScoredUnit:
    """Return a failed unit for a question that a run should have asked but did not reach."""
    return ScoredUnit(
        score=0.0, failed=True, id=unit.id, cluster_id=unit.cluster_id, correct_answer=unit.correct_answer
    )


def _by_id(units: Sequence[ScoredUnit]) -> Mapping[str, ScoredUnit]:
    found = {unit.id: unit for unit in units}
    if len(found) < len(units) or "" in found:
        twice, times = Counter(unit.id for unit in units).most_common(1)[0]
        raise DatasetError(
            f"expected each unit to have a unique id, got {shortened(twice)!r} for {times} of {len(units)} units"
        )
    return found


def _by_row(
    a: Sequence[MetricTable], b: Sequence[MetricTable], not_asked: tuple[int, int], seed: int
) -> Iterator[RowDifference]:
    first = {(table.title, row.label): row for table in a for row in table.rows}
    second = {(table.title, row.label): row for table in b for row in table.rows}
    for title, label in dict.fromkeys([*first, *second]):
        one, other = first.get((title, label)), second.get((title, label))
        found = None if one is None or other is None else _paired_row(one, other, not_asked, seed)
        yield RowDifference(
            title=title,
            label=label,
            a=None if one is None else counted(one, seed),
            b=None if other is None else counted(other, seed),
            difference=None if found is None else found.value,
            interval=None if found is None else found.interval,
            test=None if found is None else found.test,
        )


def _paired_row(a: MetricRow, b: MetricRow, not_asked: tuple[int, int], seed: int) -> Difference | None:
    try:
        return differ(a, b, not_asked, seed)
    except DatasetError:  # units without ids: the values are shown without a difference
        return None
