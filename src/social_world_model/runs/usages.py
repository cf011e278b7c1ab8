"""Check and combine usage that files contain."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from social_world_model.usage import NO_USAGE, Usage

LARGEST = 10**15
"""Largest number of requests, tokens or US$ that is accepted. Larger numbers come from damaged files."""
_COUNTS = ("requests", "input_tokens", "output_tokens")


def read_usage(data: Any) -> Usage:
    """Return the usage that a file contains. A missing number counts as 0, and a missing cost is unknown.

    Parameters
    ----------
    data
        Parsed JSON.

    Raises
    ------
    ValueError
        If a value has the wrong type, or if a number is negative or too large.

    Examples
    --------
    >>> read_usage({"requests": 1, "input_tokens": 5}).input_tokens
    5
    >>> read_usage({"requests": -1})
    Traceback (most recent call last):
    ValueError: expected requests to be a whole number from 0 to 1000000000000000, got -1
    """
    if not isinstance(data, Mapping):
        raise ValueError(f"expected usage as an object, got {data!r:.80}")
    taken: dict[str, Any] = {name: data[name] for name in (*_COUNTS, "cost") if data.get(name) is not None}
    for name, value in taken.items():
        kinds = int | float if name == "cost" else int
        if isinstance(value, bool) or not isinstance(value, kinds) or not 0 <= value <= LARGEST:
            number = "a number" if name == "cost" else "a whole number"
            raise ValueError(f"expected {name} to be {number} from 0 to {LARGEST}, got {value!r:.80}")
    return Usage(**taken)


def usage_data(usage: Mapping[str, Usage]) -> dict[str, Any]:
    """Return usage by role as data for a manifest, with the total.

    Parameters
    ----------
    usage
        Usage by role.
    """
    return {role: vars(used) for role, used in [*usage.items(), ("total", sum(usage.values(), NO_USAGE))]}


def missing_usage(known: Usage, spent: Usage) -> Usage:
    """Return the usage that is missing in a known usage.

    Parameters
    ----------
    known
        Usage that was counted.
    spent
        Usage of stored replies. The counted usage must include it.

    Examples
    --------
    >>> missing_usage(Usage(requests=3, input_tokens=50), Usage(requests=5, input_tokens=40))
    Usage(requests=2, input_tokens=0, output_tokens=0, cost=None)
    """
    lacks = {name: max(0, getattr(spent, name) - getattr(known, name)) for name in _COUNTS}
    if not any(lacks.values()):
        return NO_USAGE
    known_cost = 0.0 if known == NO_USAGE else known.cost
    cost = None if known_cost is None or spent.cost is None else max(0.0, spent.cost - known_cost)
    return Usage(**lacks, cost=cost)


def is_number(value: Any) -> bool:
    """Return whether a JSON value is a finite number that is not too large to count with."""
    return not isinstance(value, bool) and isinstance(value, int | float) and _is_finite(value)


def _is_finite(value: float) -> bool:
    return math.isfinite(value) if isinstance(value, float) else abs(value) <= LARGEST
