"""What to run, how far it is, and what it came to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from social_world_model.contracts import Dataset, Outcome, Status

ContinueMode = Literal["new", "continue"]


def is_failure(status: Status) -> bool:
    """Tell whether an item ended without an answer, or a context where only that was asked for."""
    return status not in ("answered", "parsed")


@dataclass(frozen=True, kw_only=True)
class RunSettings:
    """What to run.

    Parameters
    ----------
    benchmark, mode, model_name, context_model
        By name.
    dataset_path
        The data file; None for the bundled sample.
    batch_size
        Number of model calls in flight.
    save
        Whether to store records; without, nothing is written at all.
    continue_mode
        ``"continue"``: keep what is answered; ``"new"``: move an existing folder aside and begin again.
    context_dir
        A folder of contexts to look into first.
    example
        Text of a worked example for a language model that parses.
    limit
        Number of rows to take from the beginning; None for all.
    output_dir
        Where all results go.
    seed
        Of the intervals' resampling, and of whatever a model draws.
    command
        The command line, for the manifest.
    """

    benchmark: str
    mode: str = "vanilla"
    model_name: str = "symbolic"
    context_model: str = "symbolic"
    dataset_path: Path | None = None
    batch_size: int = 8
    save: bool = True
    continue_mode: ContinueMode = "continue"
    context_dir: Path | None = None
    example: str | None = None
    limit: int | None = None
    output_dir: Path = Path("data")
    seed: int = 0
    command: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a run is, in items."""

    total: int
    kept: int
    done: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class RunResult:
    """What a run came to.

    Parameters
    ----------
    settings, dataset
        What was run, on what.
    outcomes
        Of every row, in the data set's order.
    folder
        Where the records are; None if nothing was saved.
    kept
        Number of items that an earlier run had answered.
    contexts_found, contexts_made
        Number of stories whose context was found, and parsed.
    errors
        A line for each item that failed in this run, with its index.
    notes
        What the reader of the report must know.
    """

    settings: RunSettings
    dataset: Dataset
    outcomes: tuple[Outcome, ...]
    folder: Path | None
    kept: int
    contexts_found: int
    contexts_made: int
    errors: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def failed(self) -> int:
        """Number of items without what was asked for."""
        return sum(is_failure(outcome.status) for outcome in self.outcomes)
