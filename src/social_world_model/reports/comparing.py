"""Two runs compared item by item: the difference, its confidence interval, a test, and the answers that flipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from social_world_model.benchmarks.counting import MetricRow, MetricTable, ScoredUnit
from social_world_model.errors import ConfigurationError, DatasetError, shortened
from social_world_model.experiments.stored import StoredRun
from social_world_model.reports.report import ReportRow, counted
from social_world_model.reports.statistics import Interval, difference, mcnemar


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """What two runs counted, found in each other.

    Parameters
    ----------
    pairs
        The same thing in A and in B.
    wrong_a, wrong_b
        Ids of what the other run alone came to, and this one was to ask: among the pairs, wrong here.
    left_out_a, left_out_b
        Ids of what only A, and only B, was to ask: in no pair.
    """

    pairs: tuple[tuple[ScoredUnit, ScoredUnit], ...]
    wrong_a: tuple[str, ...] = ()
    wrong_b: tuple[str, ...] = ()
    left_out_a: tuple[str, ...] = ()
    left_out_b: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How a row of B differs from the same row of A.

    Parameters
    ----------
    pairs
        What is compared.
    a, b
        The row in each, over the pairs.
    value
        B less A, failures counted as wrong; None if either has no figure.
    interval
        95 % confidence interval, by a paired bootstrap over clusters.
    only_a, only_b
        Ids that only A, and only B, has correct; empty where scores are fractions.
    p
        Of McNemar's exact test; None without a test.
    why
        Why there is no test; empty if there is one.
    shared
        Whether several units belong to one cluster, which McNemar's test does not take into account.
    """

    pairs: Pairs
    a: ReportRow
    b: ReportRow
    value: float | None
    interval: Interval | None
    only_a: tuple[str, ...] = ()
    only_b: tuple[str, ...] = ()
    p: float | None = None
    why: str = ""
    shared: bool = False

    def as_row(self) -> RowDifference:
        """Return the row of a comparison that shows this difference."""
        return RowDifference(
            title="", label=self.a.label, a=self.a, b=self.b, difference=self.value, interval=self.interval
        )


@dataclass(frozen=True, kw_only=True)
class RowDifference:
    """A row of a comparison.

    Parameters
    ----------
    title, label
        Title of the table, empty for the headline; label of the row.
    a, b
        As each run reports it; None where only the other has it.
    difference, interval
        B less A over what can be paired; None where nothing can.
    """

    title: str
    label: str
    a: ReportRow | None
    b: ReportRow | None
    difference: float | None = None
    interval: Interval | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two runs on the same data, compared on the headline of their benchmark and on every row of their tables."""

    a: StoredRun
    b: StoredRun
    headline: Difference
    rows: tuple[RowDifference, ...]


def compare(a: StoredRun, b: StoredRun, seed: int = 0) -> Comparison:
    """Compare two runs.

    Parameters
    ----------
    a, b
        Of the same benchmark and data, judged by the same rule.
    seed
        Of the resampling.

    Raises
    ------
    ConfigurationError
        If they cannot be compared.
    DatasetError
        If what they count cannot be found in each other.
    """
    check_comparable(a, b)
    headlines = a.benchmark.headline(a.outcomes), b.benchmark.headline(b.outcomes)
    not_asked = a.not_asked, b.not_asked
    return Comparison(
        a=a,
        b=b,
        headline=differ(*headlines, not_asked, seed),
        rows=tuple(_by_row(a.benchmark.tables(a.outcomes), b.benchmark.tables(b.outcomes), not_asked, seed)),
    )


def check_comparable(a: StoredRun, b: StoredRun) -> None:
    """Tell runs that answer the same questions by the same rule from others.

    Raises
    ------
    ConfigurationError
        If benchmark, data set, data file or scorer differ.
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
                f"expected two runs with the same {what}, got {one or 'one that is not known'} in {a.folder} and "
                f"{other or 'one that is not known'} in {b.folder}" + (": see swm rescore" if what == "scorer" else "")
            )


def differ(a: MetricRow, b: MetricRow, not_asked: tuple[int, int] = (0, 0), seed: int = 0) -> Difference:
    """Compare a metric row of two runs.

    Parameters
    ----------
    a, b
        The same row in both.
    not_asked
        Number of questions that each run was to ask and did not come to.
    seed
        Of the resampling.

    Raises
    ------
    DatasetError
        If their units cannot be told apart, or none is in both.
    """
    pairs = paired(a.units, b.units, not_asked)
    if not pairs.pairs:
        raise DatasetError(f"expected {a.label!r} of two runs with something in common, got nothing that is in both")
    measure, note = a.measure, a.note or b.note
    ends = None if note else difference(pairs.pairs, seed, measure)
    whole = all(unit.score in (0, 1) for pair in pairs.pairs for unit in pair)
    why = note or ("" if whole and measure is None else _WHY_NOT)
    only_a = tuple(one.id for one, other in pairs.pairs if not why and one.score > other.score)
    only_b = tuple(one.id for one, other in pairs.pairs if not why and one.score < other.score)
    clusters = [one.cluster_id or other.cluster_id for one, other in pairs.pairs]
    known = [cluster for cluster in clusters if cluster]
    return Difference(
        pairs=pairs,
        a=counted(MetricRow(label=a.label, units=[one for one, _ in pairs.pairs], measure=measure, note=note), seed),
        b=counted(
            MetricRow(label=b.label, units=[other for _, other in pairs.pairs], measure=measure, note=note), seed
        ),
        value=None if ends is None else ends[0],
        interval=None if ends is None else ends[1],
        only_a=only_a,
        only_b=only_b,
        p=None if why else mcnemar(len(only_a), len(only_b)),
        why=why,
        shared=len(set(known)) < len(known),
    )


_WHY_NOT = "McNemar's test needs scores of 0 or 1, and some of these are fractions: bootstrap only"


def paired(a: Sequence[ScoredUnit], b: Sequence[ScoredUnit], not_asked: tuple[int, int] = (0, 0)) -> Pairs:
    """Find the units of two runs in each other, by id.

    What one run lacks is wrong there if that run stopped before it had asked as many; what it was never to ask, or
    may not have been, is in no pair.

    Raises
    ------
    DatasetError
        If an id is missing, or is there twice.
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
    """Return a unit that one run did not ask, though it was to ask it."""
    return ScoredUnit(
        score=0.0, failed=True, id=unit.id, cluster_id=unit.cluster_id, correct_answer=unit.correct_answer
    )


def _by_id(units: Sequence[ScoredUnit]) -> Mapping[str, ScoredUnit]:
    found = {unit.id: unit for unit in units}
    if len(found) < len(units) or "" in found:
        twice, times = Counter(unit.id for unit in units).most_common(1)[0]
        raise DatasetError(
            f"expected each unit to have an id of its own, got {shortened(twice)!r} for {times} of {len(units)}"
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
        )


def _paired_row(a: MetricRow, b: MetricRow, not_asked: tuple[int, int], seed: int) -> Difference | None:
    try:
        return differ(a, b, not_asked, seed)
    except DatasetError:  # units without names: their figures stand side by side
        return None
