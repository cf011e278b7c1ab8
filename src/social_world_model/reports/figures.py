"""Format numbers for tables: accuracies, differences, confidence intervals, p values, amounts, US$."""

from __future__ import annotations

from social_world_model.reports.statistics import Interval

NOTHING = "–"
"""Text for a missing number."""


def accuracy(value: float | None) -> str:
    """Format an accuracy, from 0 to 1.

    >>> accuracy(0.5), accuracy(None)
    ('0.500', '–')
    """
    return NOTHING if value is None else f"{value:.3f}"


def ends(interval: Interval | None) -> str:
    """Format the confidence interval of an accuracy.

    >>> ends(Interval(0.25, 1.0))
    '0.250 – 1.000'
    """
    return NOTHING if interval is None else f"{interval.low:.3f} – {interval.high:.3f}"


def signed(value: float | None) -> str:
    """Format a difference, from -1 to 1.

    >>> signed(0.25), signed(-0.125), signed(None)
    ('+0.250', '-0.125', '–')
    """
    return NOTHING if value is None else f"{value:+.3f}"


def signed_ends(interval: Interval | None) -> str:
    """Format the confidence interval of a difference.

    >>> signed_ends(Interval(-0.125, 0.5))
    '-0.125 … +0.500'
    """
    return NOTHING if interval is None else f"{interval.low:+.3f} … {interval.high:+.3f}"


def score(value: float | None) -> str:
    """Format a score of episodes, such as 0 to 10.

    >>> score(6.041), score(None)
    ('6.04', '–')
    """
    return NOTHING if value is None else f"{value:.2f}"


def score_ends(interval: tuple[float, float] | None) -> str:
    """Format the confidence interval of a score of episodes.

    >>> score_ends((5.5, 6.25)), score_ends((-1, 1.5))
    ('5.50 – 6.25', '-1.00 … 1.50')
    """
    if interval is None:
        return NOTHING
    low, high = interval
    return f"{low:.2f} {'–' if low >= 0 else '…'} {high:.2f}"


def signed_score(value: float | None) -> str:
    """Format a difference between scores of episodes.

    >>> signed_score(0.334), signed_score(-0.5), signed_score(None)
    ('+0.33', '-0.50', '–')
    """
    return NOTHING if value is None else f"{value:+.2f}"


def signed_score_ends(interval: tuple[float, float] | None) -> str:
    """Format the confidence interval of a difference between scores of episodes.

    >>> signed_score_ends((-0.125, 0.5))
    '-0.12 … +0.50'
    """
    return NOTHING if interval is None else f"{interval[0]:+.2f} … {interval[1]:+.2f}"


def probability(p: float | None) -> str:
    """Format a p value with three decimals, or as ``<0.001``.

    >>> probability(0.25), probability(1e-9), probability(None)
    ('0.250', '<0.001', '–')
    """
    return NOTHING if p is None else "<0.001" if p < 0.001 else f"{p:.3f}"


def amount(value: float | None) -> str:
    """Format a number of calls or tokens.

    >>> amount(1.0), amount(1.25), amount(12345.6), amount(None)
    ('1', '1.2', '12,346', '–')
    """
    if value is None:
        return NOTHING
    return f"{value:,.0f}" if value >= 100 or float(value).is_integer() else f"{value:.1f}"


def money(value: float | None) -> str:
    """Format an amount in US$.

    >>> money(0.0), money(0.004), money(12.5), money(None)
    ('0', '0.0040', '12.50', '–')
    """
    if value is None:
        return NOTHING
    return "0" if not value else f"{value:.2f}" if value >= 0.01 else f"{value:.4f}"


LONGEST = 40
"""Maximum length of a name in plots and in written tables, in characters."""


def short_name(name: str, limit: int = LONGEST) -> str:
    """Shorten a long name in the middle.

    Parameters
    ----------
    name
        Name of a model or of a folder.
    limit
        Maximum length, in characters.

    >>> short_name("custom/some-very-long-name@http://localhost:8000/v1", 20)
    'custom/so…t:8000/v1'
    """
    return name if len(name) <= limit else f"{name[: limit // 2 - 1]}…{name[-(limit // 2 - 1) :]}"
