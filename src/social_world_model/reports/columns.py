"""The columns of an overview, in words: the same for the terminal and for files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from social_world_model.reports.overviews import Entry
from social_world_model.reports.statistics import Interval


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of an overview.

    Parameters
    ----------
    title
        Its head.
    cell
        What it says of a run.
    number
        Whether it is set to the right.
    rank
        Who has to go first where there is little room: the highest; 0 stays.
    """

    title: str
    cell: Callable[[Entry], str]
    number: bool = True
    rank: int = 0


def columns_of(entries: Sequence[Entry]) -> list[Column]:
    """Return the columns that say something about these runs, but what they are compared on."""
    there = [
        (True, Column(title="mode", cell=lambda entry: entry.run.mode, number=False)),
        (True, Column(title="model", cell=lambda entry: entry.run.model or "unknown", number=False)),
        (
            any(entry.run.context_model for entry in entries),
            Column(title="contexts by", cell=lambda entry: entry.run.context_model or "–", number=False, rank=4),
        ),
        (
            any(rule_of(entry) != "official" for entry in entries),
            Column(title="scorer", cell=rule_of, number=False, rank=3),
        ),
        (True, Column(title="n", cell=lambda entry: str(entry.report.overall.n))),
        (True, Column(title="value", cell=lambda entry: share(entry.report.overall.value))),
        (True, Column(title="95 % interval", cell=lambda entry: ends(entry.report.overall.interval), rank=1)),
        (True, Column(title="failed", cell=lambda entry: str(entry.report.overall.failed))),
        (
            any(entry.report.overall.failed for entry in entries),
            Column(title="of answered", cell=_of_answered, rank=2),
        ),
        (
            any(entry.run.not_asked for entry in entries),
            Column(title="not asked", cell=lambda entry: str(entry.run.not_asked), rank=2),
        ),
        (True, Column(title="calls/q", cell=lambda entry: amount(entry.calls_per_question), rank=7)),
        (True, Column(title="tokens/q", cell=lambda entry: amount(entry.tokens_per_question), rank=5)),
        (True, Column(title="US$", cell=lambda entry: money(entry.dollars), rank=6)),
        (any(entry.gain for entry in entries), Column(title="gain", cell=_gain)),
        (any(entry.gain for entry in entries), Column(title="95 % of gain", cell=_gain_ends, rank=3)),
        (any(entry.gain for entry in entries), Column(title="p (Holm)", cell=_p, rank=2)),
    ]
    return [column for shown, column in there if shown]


def rule_of(entry: Entry) -> str:
    """Return whose rule and whose protocol a run goes by."""
    protocol = "" if entry.protocol == "own" else f", protocol {entry.protocol}"
    return f"{entry.run.scorer}{protocol}"


def share(value: float | None) -> str:
    """Return a share as reports show it.

    >>> share(0.5), share(None)
    ('0.500', '–')
    """
    return "–" if value is None else f"{value:.3f}"


def ends(interval: Interval | None) -> str:
    """Return an interval as reports show it.

    >>> ends(Interval(0.25, 1.0))
    '0.250 – 1.000'
    """
    return "–" if interval is None else f"{interval.low:.3f} – {interval.high:.3f}"


def signed(value: float | None) -> str:
    """Return a difference.

    >>> signed(0.25), signed(-0.125), signed(None)
    ('+0.250', '-0.125', '–')
    """
    return "–" if value is None else f"{value:+.3f}"


def signed_ends(interval: Interval | None) -> str:
    """Return the interval of a difference.

    >>> signed_ends(Interval(-0.125, 0.5))
    '-0.125 … +0.500'
    """
    return "–" if interval is None else f"{interval.low:+.3f} … {interval.high:+.3f}"


def probability(p: float | None) -> str:
    """Return a p value, to three places, or as smaller than what these can show.

    >>> probability(0.25), probability(1e-9), probability(None)
    ('0.250', '<0.001', '–')
    """
    return "–" if p is None else "<0.001" if p < 0.001 else f"{p:.3f}"


def amount(value: float | None) -> str:
    """Return a number of calls or tokens.

    >>> amount(1.0), amount(1.25), amount(12345.6), amount(None)
    ('1', '1.2', '12,346', '–')
    """
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 or float(value).is_integer() else f"{value:.1f}"


def money(value: float | None) -> str:
    """Return US$.

    >>> money(0.0), money(0.004), money(12.5), money(None)
    ('0', '0.0040', '12.50', '–')
    """
    if value is None:
        return "–"
    return "0" if not value else f"{value:.2f}" if value >= 0.01 else f"{value:.4f}"


def _of_answered(entry: Entry) -> str:
    line = entry.report.overall
    return share(line.value_answered) if line.failed else ""


def _gain(entry: Entry) -> str:
    return "" if entry.gain is None else signed(entry.gain.difference.value)


def _gain_ends(entry: Entry) -> str:
    return "" if entry.gain is None else signed_ends(entry.gain.difference.interval)


def _p(entry: Entry) -> str:
    return "" if entry.gain is None else probability(entry.gain.adjusted)
