"""Find long gaps between the times of transcript lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

LONG_GAP = 60
"""Minimum length of a long gap, in minutes."""
LONGER_THAN_USUAL = 10
"""A long gap is at least this many times as long as the median time between two lines."""

_CLOCK = re.compile(
    r"(?<!\d)(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?(?!\d|[-./]\d)"
    r" ?(?:(?P<half>[ap])\.? ?m)?",
    re.IGNORECASE,
)
_MINUTES_OF_A_DAY = 24 * 60


class _Time(NamedTuple):
    line: int
    day: str
    minutes: float


def after_gaps(times: Sequence[str]) -> list[int]:
    """Return the numbers (from 0) of the lines that follow a long gap.

    Parameters
    ----------
    times
        The time of each line as written; an empty text for a line without a time. Times that start with the hour 0 and
        have no date are minutes and seconds since the start of a recording.

    Examples
    --------
    >>> after_gaps(["9:00", "9:01", "", "9:02", "2:30 pm"]), after_gaps(["0:03", "5:40", "5:48"])
    ([4], [])
    """
    read = [time for line, text in enumerate(times) if (time := _read(line, text))]
    if len(read) < 2:
        return []
    if read[0].minutes < 60 and not any(time.day for time in read):
        read = [time._replace(minutes=time.minutes / 60) for time in read]
    lengths = [_between(early, later) for early, later in pairwise(read)]
    least = max(LONG_GAP, LONGER_THAN_USUAL * median(lengths))
    return [later.line for length, later in zip(lengths, read[1:], strict=True) if length >= least]


def _read(line: int, text: str) -> _Time | None:
    found = _CLOCK.search(text)
    if found is None:
        return None
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"] in "pP" else 0)
    minutes = 60 * hour + int(found["minute"]) + int(found["second"] or 0) / 60
    return _Time(line, text[: found.start()].strip(" ,T[("), minutes)


def _between(early: _Time, later: _Time) -> float:
    """Return the minutes between two times. Another date, or an earlier clock time, belongs to the next day."""
    days = early.day != later.day or later.minutes < early.minutes
    return days * _MINUTES_OF_A_DAY + later.minutes - early.minutes
