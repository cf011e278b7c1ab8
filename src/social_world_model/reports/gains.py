"""Runs with their headline, and the gain of each run over the reference mode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from social_world_model.benchmarks.counting import MetricRow
from social_world_model.errors import DatasetError
from social_world_model.experiments.stored import StoredRun
from social_world_model.modes import mode_names
from social_world_model.reports.comparing import Difference, differ
from social_world_model.reports.sign_flip import adjusted
from social_world_model.usage import Usage

REFERENCE_MODE = "vanilla"
"""Gains are differences from the run in this mode."""


@dataclass(frozen=True, kw_only=True)
class Gain:
    """The gain of a run over the reference run: a run in `REFERENCE_MODE` with the same model and data.

    Parameters
    ----------
    over
        Folder of the reference run.
    difference
        Difference between the two runs: the run minus the reference run.
    adjusted
        The p value, adjusted by Holm's method over all tests of the overview. None if there is no test.
    """

    over: Path
    difference: Difference
    adjusted: float | None = None


@dataclass(frozen=True, kw_only=True)
class Headlined:
    """A run with its headline.

    Parameters
    ----------
    run
        The stored run. The outcomes contain only the fields that reports need.
    headline
        Headline metric row of the run, with its units.
    """

    run: StoredRun
    headline: MetricRow

    @classmethod
    def of(cls, run: StoredRun) -> Headlined:
        """Return a run with its headline, without the data that only its report needs.

        Parameters
        ----------
        run
            Stored run.
        """
        return Headlined(run=slimmed(run), headline=run.benchmark.headline(run.outcomes))

    @property
    def protocol(self) -> str:
        """Protocol of the run: ``"own"`` or ``"paper"``."""
        return self.run.protocol

    @property
    def usage(self) -> Usage | None:
        """Usage of all model calls that the run needs, including contexts that other runs paid for. None if unknown."""
        symbolic = {self.run.model, self.run.context_model} <= {"symbolic", ""}
        known = self.run.usage or self.run.shared_contexts.requests or (symbolic and self.run.model)
        return self.run.total if known else None

    @property
    def calls_per_question(self) -> float | None:
        """Number of model calls per asked question; None if the usage is unknown."""
        return None if self.usage is None else self.usage.requests / len(self.run.outcomes)

    @property
    def tokens_per_question(self) -> float | None:
        """Number of input and output tokens per asked question; None if the usage is unknown."""
        if self.usage is None:
            return None
        return (self.usage.input_tokens + self.usage.output_tokens) / len(self.run.outcomes)

    @property
    def dollars(self) -> float | None:
        """Total cost in US$; None if a price is unknown."""
        return None if self.usage is None else self.usage.cost if self.usage.requests else 0.0


def slimmed(run: StoredRun) -> StoredRun:
    """Return a run without the data that only its report needs."""
    outcomes = (replace(outcome, fields={}, draws=(), answer=None, lenient=None) for outcome in run.outcomes)
    return replace(run, outcomes=tuple(outcomes), baselines={})


def title_of(entry: Headlined) -> str:
    """Return the title of a section: benchmark, data set, and the headline metric if its label is not ``"all"``."""
    label = entry.headline.label
    parts = [entry.run.benchmark.name, entry.run.dataset or "unknown data set", *([] if label == "all" else [label])]
    return " · ".join(parts)


def place_of(entry: Headlined) -> tuple[object, ...]:
    """Return the key that sorts runs: by benchmark, data set, model and mode."""
    run, modes = entry.run, mode_names()
    place = modes.index(run.mode) if run.mode in modes else len(modes)
    return (run.benchmark.name, run.dataset, run.model, place, run.mode, run.context_model, str(run.folder))


def reference_key(run: StoredRun) -> tuple[str, ...]:
    """Return the properties that two runs must share for a gain: benchmark, data, model, scorer and protocol."""
    return (run.benchmark.name, run.dataset, run.data_sha256, run.model, run.scorer, run.protocol)


def gains_of(entries: Sequence[Headlined], seed: int = 0) -> tuple[list[Gain | None], list[str]]:
    """Compare each run with the reference run of the same model, data and scorer. Adjust p values for several tests.

    Parameters
    ----------
    entries
        Runs with their headlines. The first run in `REFERENCE_MODE` of a group is the reference.
    seed
        Random seed of resampling.

    Returns
    -------
    tuple
        The gain of each run (None for a reference, and without a reference), and notes for the reader.
    """
    references: dict[tuple[str, ...], list[Headlined]] = {}
    for entry in entries:
        if entry.run.mode == REFERENCE_MODE:
            references.setdefault(reference_key(entry.run), []).append(entry)
    notes = [
        f"{len(several)} runs of {several[0].run.model} in mode {REFERENCE_MODE} on {title_of(several[0])}: "
        f"the reference for gains is {several[0].run.folder}"
        for several in references.values()
        if len(several) > 1
    ]
    gains: list[Gain | None] = []
    for entry in entries:
        reference = (
            None if entry.run.mode == REFERENCE_MODE else next(iter(references.get(reference_key(entry.run), [])), None)
        )
        try:
            gains.append(None if reference is None else _gain(entry, reference, seed))
        except DatasetError as error:
            notes.append(f"{entry.run.folder}: no gain over {REFERENCE_MODE}: {error}")
            gains.append(None)
    return list(_adjusted(gains)), notes


def _gain(entry: Headlined, reference: Headlined, seed: int) -> Gain:
    not_asked = reference.run.not_asked, entry.run.not_asked
    return Gain(over=reference.run.folder, difference=differ(reference.headline, entry.headline, not_asked, seed))


def _adjusted(gains: Sequence[Gain | None]) -> Iterator[Gain | None]:
    raised = adjusted([None if gain is None else gain.difference.test for gain in gains])
    for gain, p in zip(gains, raised, strict=True):
        yield None if gain is None else replace(gain, adjusted=p)
