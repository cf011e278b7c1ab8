"""Progress and result of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from social_world_model.choices import Status
from social_world_model.frames import data_frame
from social_world_model.settings import RunSettings
from social_world_model.usage import NO_USAGE, Usage

if TYPE_CHECKING:  # slow to import, and not needed to show the progress of episodes
    import pandas

    from social_world_model.benchmarks.counting import ItemResult
    from social_world_model.contracts import Dataset


def is_failure(status: Status) -> bool:
    """Return whether a status is a failure: neither an answer nor a context."""
    return status not in ("answered", "parsed")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Progress of a run.

    Parameters
    ----------
    total
        Number of all items.
    kept
        Number of items that an earlier run answered.
    done
        Number of items finished in this run, including failed items.
    failed
        Number of items finished in this run without an answer.
    in_flight
        Number of concurrent calls.
    per_minute
        Number of requests sent in the last 60 seconds.
    retries
        Number of retries so far.
    usage
        Usage of the calls so far in this run.
    """

    total: int
    kept: int
    done: int
    failed: int
    in_flight: int = 0
    per_minute: int = 0
    retries: int = 0
    usage: Usage = NO_USAGE


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """Result of a run.

    Parameters
    ----------
    settings, dataset
        Settings and data set of the run.
    no_gold
        Number of questions without a gold answer. Such questions are not asked and not scored.
    outcomes
        Item results of all rows that were asked, in the order of the data set.
    folder
        Folder of the results; None if nothing was saved.
    kept
        Number of items that an earlier run answered.
    contexts_found
        Number of stories for which a stored context was used.
    contexts_made
        Number of stories that were parsed in this run.
    errors
        One line per item that failed in this run. The line contains the index of the item and the reason.
    usage
        Usage of this run's calls, by role.
    shared_contexts
        Usage of the contexts that this run uses and another run paid for. The field `usage` does not include it.
    stopped
        Reason for an early stop; None if the run was not stopped. Rows that were not asked have no item result.
    notes
        Remarks for readers of the report.
    """

    settings: RunSettings
    dataset: Dataset
    outcomes: tuple[ItemResult, ...]
    no_gold: int
    folder: Path | None
    kept: int
    contexts_found: int
    contexts_made: int
    errors: tuple[str, ...]
    usage: Mapping[str, Usage] = field(default_factory=dict)
    shared_contexts: Usage = NO_USAGE
    stopped: str | None = None
    notes: tuple[str, ...] = ()

    def to_pandas(self) -> pandas.DataFrame:
        """Return the item results as a pandas DataFrame with one row per item.

        Raises
        ------
        ConfigurationError
            If pandas is not installed.
        """
        return data_frame(map(_row_of, self.outcomes))

    @property
    def not_asked(self) -> int:
        """Number of rows that a stopped run did not ask."""
        return len(self.dataset.rows) - len(self.outcomes)

    @property
    def failed(self) -> int:
        """Number of items without the requested answer or context."""
        return sum(is_failure(outcome.status) for outcome in self.outcomes)


def _row_of(outcome: ItemResult) -> dict[str, object]:
    """Return the row of an item result in a DataFrame. The other reading of the reply is one column per value."""
    lenient = outcome.lenient
    other = {} if lenient is None else {"answer": lenient.answer, "is_correct": lenient.is_correct}
    return {**vars(outcome), "lenient": other}
