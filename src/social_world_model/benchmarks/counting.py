"""What a report counts: the outcomes of items, and the tables of lines of units that a benchmark makes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from social_world_model.choices import Status

Metric = Callable[[Mapping[tuple[str, str], int]], float | None]
"""A figure, 0–1, of how often each answer was given for each gold, by ``(gold, given)``; None if there is none."""

RECONSTRUCTED = "labels_complete"
"""The column of files whose labels are not the authors' but inferred; it says whether a row has all of them."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """How good an answer is.

    Parameters
    ----------
    correct
        Whether it is right; None where that cannot be told here.
    values
        Further figures by name, 0–1, e.g. an overlap of words.
    """

    correct: bool | None
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """What a benchmark makes of a reply.

    Parameters
    ----------
    answer
        As extracted; None where the reply commits to no answer.
    score
        How good the answer is.
    extracted_by
        Name of the rule that read the answer; None where there is none.
    """

    answer: str | None
    score: Score
    extracted_by: str | None


@dataclass(frozen=True, kw_only=True)
class ItemResult:
    """How one item ended, as reports see it.

    Parameters
    ----------
    index
        As in `Item`; so are `gold`, `set_id`, `cluster_id` and `fields`, all empty for a row that cannot be used.
    status
        How it ended.
    is_correct
        Whether the answer is right; None where there is none, or where that cannot be told.
    answer
        As extracted.
    scores
        The values of its `Score`, or their means over the draws.
    draws
        The values of each draw, where a question was asked several times and no vote was taken.
    bad_row
        Whether it is of a row that cannot be used, so that nothing was asked.
    """

    index: str
    status: Status
    is_correct: bool | None
    answer: str | None = None
    correct_answer: str | None = None
    set_id: str = ""
    cluster_id: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)
    draws: tuple[Mapping[str, float], ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    bad_row: bool = False


@dataclass(frozen=True, kw_only=True)
class ScoredUnit:
    """One thing that is counted: an item, or a whole set for set metrics; a failure scores nothing.

    Parameters
    ----------
    score
        0–1; for most metrics right or wrong.
    failed
        Whether it was never answered.
    id
        By which the same thing is found in another run.
    cluster_id
        What it was drawn with.
    correct_answer, given
        What a `Metric` counts.
    """

    score: float
    failed: bool = False
    id: str = ""
    cluster_id: str = ""
    correct_answer: str = ""
    given: str = ""


@dataclass(frozen=True, kw_only=True)
class MetricRow:
    """A line of a report.

    Parameters
    ----------
    label
        What is counted.
    units
        In it.
    measure
        The figure that is made of their golds and answers; None: the mean of their scores.
    note
        Why there is no figure, where that is so.
    lower_is_better
        Whether the figure counts errors.
    """

    label: str
    units: Sequence[ScoredUnit]
    measure: Metric | None = None
    note: str = ""
    lower_is_better: bool = False


@dataclass(frozen=True, kw_only=True)
class MetricTable:
    """A titled group of lines, and what their reader must know."""

    title: str
    rows: Sequence[MetricRow]
    notes: Sequence[str] = ()
