"""Scores, item results, and the metric tables of a report."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from social_world_model.benchmarks.rules import AUTHORS_RULE
from social_world_model.choices import Status
from social_world_model.contracts import Item

Metric = Callable[[Mapping[tuple[str, str], int]], float | None]
"""Computes a metric from 0 to 1.

The input has the number of answers for each pair ``(gold, given)``. If the metric is undefined, the result is None.
"""

RECONSTRUCTED = "labels_complete"
"""Name of a column that says whether a row has all labels. Only data files with inferred labels have this column."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """The score of one answer.

    Parameters
    ----------
    correct
        Whether the answer is correct; None if the scorer cannot decide.
    values
        Further values from 0 to 1, by name, for example the token F1.
    """

    correct: bool | None
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """The answer that was extracted from a reply, and its score.

    Parameters
    ----------
    answer
        The extracted answer; None if the reply commits to no answer.
    score
        The score of the answer.
    extracted_by
        Name of the rule that read the answer; None if there is no answer.
    """

    answer: str | None
    score: Score
    extracted_by: str | None

    @classmethod
    def by_authors(cls, answer: str, correct: bool | None, values: Mapping[str, float] | None = None) -> Assessment:
        """Return the assessment of a reply that is read in the same way as in the authors' code.

        Parameters
        ----------
        answer
            The part of the reply that the authors' code uses; empty if there is no such part.
        correct
            Whether the answer is correct; None if the scorer cannot decide.
        values
            Further values of the score.
        """
        return cls(answer=answer, score=Score(correct=correct, values=values or {}), extracted_by=AUTHORS_RULE)


@dataclass(frozen=True, kw_only=True)
class ItemResult:
    """The result of one item, as reports use it.

    Parameters
    ----------
    index, correct_answer, set_id, cluster_id, fields
        These fields have the same meaning as in `Item`. If the data row is unusable, only `index` is set.
    status
        Status of the item: answered, or the reason why it has no answer.
    is_correct
        Whether the answer is correct; None if there is no answer or if the scorer cannot decide.
    answer
        The extracted answer.
    extracted_by
        Name of the rule that read the answer; None if there is no answer.
    scores
        The values of the `Score`. If there are several samples, each value is a mean over the samples.
    draws
        If a question was asked several times without a majority vote: the values of each sample.
    bad_row
        Whether the data row was unusable. If True, no question was asked.
    uncertain
        Whether the symbolic model had to guess the answer.
    lenient
        The same item with the scorer `lenient`; None if this scorer is not known to differ from the scorer of the run.
    read_differently
        Whether the scorers `official` and `lenient` read the reply differently.
    """

    index: str
    status: Status
    is_correct: bool | None
    answer: str | None = None
    extracted_by: str | None = None
    correct_answer: str | None = None
    set_id: str = ""
    cluster_id: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)
    draws: tuple[Mapping[str, float], ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    bad_row: bool = False
    uncertain: bool = False
    lenient: ItemResult | None = None
    read_differently: bool = False

    @classmethod
    def of(cls, item: Item, assessed: Assessment) -> ItemResult:
        """Return the result of a reply that no model gave, such as the reply of a baseline.

        Parameters
        ----------
        item, assessed
            The item, and the assessment of the reply.
        """
        return cls(
            index=item.index,
            status="unparsable" if assessed.answer is None else "answered",
            is_correct=assessed.score.correct,
            answer=assessed.answer,
            correct_answer=item.correct_answer,
            set_id=item.set_id,
            cluster_id=item.cluster_id,
            scores=assessed.score.values,
            fields=item.fields,
        )


@dataclass(frozen=True, kw_only=True)
class ScoredUnit:
    """One unit of a metric: an item, or a whole set of questions. A failed unit has the score 0.

    Parameters
    ----------
    score
        Score from 0 to 1. For most metrics, the score is 0 (wrong) or 1 (correct).
    failed
        Whether the unit has no answer.
    uncertain
        Whether the symbolic model had to guess an answer of the unit.
    id
        ID of the unit. Comparisons use this ID to find the same unit in another run.
    cluster_id
        ID of the cluster for confidence intervals, for example the ID of the story.
    correct_answer, given
        The gold answer and the given answer. A `Metric` counts such pairs.
    """

    score: float
    failed: bool = False
    uncertain: bool = False
    id: str = ""
    cluster_id: str = ""
    correct_answer: str = ""
    given: str = ""


@dataclass(frozen=True, kw_only=True)
class MetricRow:
    """One row of a metric table.

    Parameters
    ----------
    label
        Name of the metric or of the group of questions. The name identifies the row in report files.
    units
        The units from which the metric is computed.
    measure
        Computes the metric from gold and given answers. None means that the metric is the mean score of the units.
    note
        Reason why the metric is not available; empty if the metric is available.
    lower_is_better
        Whether the metric is an error rate.
    """

    label: str
    units: Sequence[ScoredUnit]
    measure: Metric | None = None
    note: str = ""
    lower_is_better: bool = False


@dataclass(frozen=True, kw_only=True)
class MetricTable:
    """A group of metric rows.

    Parameters
    ----------
    title
        Title of the table. The title identifies the table in report files.
    rows
        The rows, in the order of the report.
    notes
        Notes that are printed below the rows.
    """

    title: str
    rows: Sequence[MetricRow]
    notes: Sequence[str] = ()


def annotated(title: str, rows: Sequence[MetricRow], meanings: Mapping[str, str]) -> MetricTable:
    """Return a table with notes that explain its labels. Labels with the same explanation share a note.

    Parameters
    ----------
    title, rows
        Title and rows of the table.
    meanings
        Maps regular expressions to explanations. The explanations of all expressions that match a part of a label
        explain this label.

    >>> rows = [MetricRow(label=label, units=[]) for label in ("0", "1", "2")]
    >>> annotated("by order", rows, {"0": "reality", "[12]": "belief"}).notes
    ('0: reality', '1, 2: belief')
    """
    labels: dict[str, list[str]] = {}
    for row in rows:
        if explained := "; ".join(text for pattern, text in meanings.items() if re.search(pattern, row.label)):
            labels.setdefault(explained, []).append(row.label)
    notes = tuple(f"{', '.join(those)}: {explained}" for explained, those in labels.items())
    return MetricTable(title=title, rows=rows, notes=notes)
