"""What to run, how far it is, and what it came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from social_world_model.benchmarks.counting import ItemResult
from social_world_model.choices import Status
from social_world_model.contracts import Dataset
from social_world_model.settings import RunSettings
from social_world_model.usage import NO_USAGE, Usage


def is_failure(status: Status) -> bool:
    """Tell whether an item ended without an answer, or a context where only that was asked for."""
    return status not in ("answered", "parsed")


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a run is.

    Parameters
    ----------
    total, kept, done, failed
        Items: all, answered by an earlier run, ended in this one, and of these, without an answer.
    in_flight
        Calls under way.
    per_minute
        Requests sent in the last sixty seconds.
    retries
        Tries that followed a failed one.
    usage
        What was spent in this run.
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
    """What a run came to.

    Parameters
    ----------
    settings, dataset
        What was run, on what.
    no_gold
        Number of questions without a right answer: they are not asked, and in no figure.
    outcomes
        Of every row that was asked, in the data set's order.
    folder
        Where the results are; None if nothing was saved.
    kept
        Number of items that an earlier run had answered.
    contexts_found, contexts_made
        Number of stories whose context was found, and parsed.
    errors
        A line for each item that failed in this run, with its index.
    usage
        What this run's calls took, by role.
    stopped
        Why it ended before all was asked; None if it did not. What was not asked has no outcome.
    notes
        What the reader of the report must know.
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
    stopped: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def not_asked(self) -> int:
        """Number of rows that a stopped run did not come to."""
        return len(self.dataset.rows) - len(self.outcomes)

    @property
    def failed(self) -> int:
        """Number of items without what was asked for."""
        return sum(is_failure(outcome.status) for outcome in self.outcomes)
