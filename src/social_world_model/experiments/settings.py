"""What to run, how far it is, and what it came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from social_world_model.benchmarks.counting import ItemResult
from social_world_model.contracts import Dataset, Scorer, Status
from social_world_model.generation_utils.calls import TIMEOUT
from social_world_model.s3ap.rendering import CONTEXT_FIELDS, ContextField, Form
from social_world_model.usage import NO_USAGE, Usage
from social_world_model.variants import Variant

ContinueMode = Literal["new", "continue"]
Protocol = Literal["own", "paper"]


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
    options
        Of the benchmark, by name.
    protocol
        ``"paper"``: everything but the wording as for the figures of arXiv 2509.00559: the benchmark's options, whole
        JSON with its manual for contexts, and that software's rule of what is right.
    variant
        How questions are put otherwise than the data set has them, drawn by `seed`; None: as it has them.
    batch_size
        Number of model calls in flight, of any role.
    samples, context_samples
        How often a question is answered, and a story parsed; the answer given most often counts.
    save
        Whether to store records; without, nothing is written at all.
    continue_mode
        ``"continue"``: keep what is answered; ``"new"``: move an existing folder aside and begin again.
    context_dir
        A folder of contexts to look into first.
    context_fields
        What is shown of contexts, for ablations.
    example
        Text of a worked example for a language model that parses.
    prompt_template
        A wording of the user's own for questions.
    base_url
        Another endpoint for bare model names.
    vllm_args
        What vLLM's engine is made with, where it runs in this process.
    temperature
        Of answers; None for 0, or 0.7 where a question is asked several times. Contexts are drawn at 0.7.
    max_output_tokens
        Bound on each reply.
    timeout
        Seconds that one try of a call may take.
    rpm, tpm
        Requests, and tokens, per minute.
    max_cost, max_total_tokens
        US$, and tokens, that this command may spend.
    limit
        Number of rows to take from the beginning; None for all.
    output_dir
        Where all results go.
    seed
        Of the intervals' resampling (None is 0 there), and passed to models that take one.
    command
        The command line, for the manifest.
    """

    benchmark: str
    mode: str = "vanilla"
    model_name: str = "symbolic"
    context_model: str = "symbolic"
    dataset_path: Path | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    protocol: Protocol = "own"
    variant: Variant | None = None
    batch_size: int = 8
    samples: int = 1
    context_samples: int = 1
    save: bool = True
    continue_mode: ContinueMode = "continue"
    context_dir: Path | None = None
    context_fields: tuple[ContextField, ...] = CONTEXT_FIELDS
    example: str | None = None
    prompt_template: str | None = None
    base_url: str | None = None
    vllm_args: Mapping[str, Any] = field(default_factory=dict)
    temperature: float | None = None
    max_output_tokens: int | None = None
    timeout: float = TIMEOUT
    rpm: int | None = None
    tpm: int | None = None
    max_cost: float | None = None
    max_total_tokens: int | None = None
    limit: int | None = None
    output_dir: Path = Path("data")
    seed: int | None = None
    command: tuple[str, ...] = ()

    @property
    def scorer(self) -> Scorer:
        """Whose rule says what is right."""
        return "paper" if self.protocol == "paper" else "official"

    @property
    def form(self) -> Form:
        """How contexts are shown in JSON."""
        return "full_json" if self.protocol == "paper" else "json"


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
        Where the records are; None if nothing was saved.
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
