"""Read stored runs for reports. Only the item results stay in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

from social_world_model.benchmarks import Benchmark, ItemResult, get_benchmark
from social_world_model.benchmarks.registry import BENCHMARKS
from social_world_model.choices import Scorer
from social_world_model.contracts import BadRow
from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.experiments.baselines import TrivialResults, by_baseline
from social_world_model.experiments.context_warnings import WarnedContexts
from social_world_model.experiments.item_results import is_of_bad_row, item_result_of
from social_world_model.experiments.verdicts import DAMAGE, Verdicts, countable, uncountable
from social_world_model.modes import MODES
from social_world_model.runs.manifest import FILE_NAME, source_of
from social_world_model.runs.names import RESULTS, file_stem
from social_world_model.runs.reading import StoredResults
from social_world_model.runs.results import Result
from social_world_model.usage import NO_USAGE, Usage


class UnreportedFolderError(DatasetError):
    """Error for a folder that contains contexts or episodes, but no answers. Such a folder has nothing to report."""


@dataclass(frozen=True, kw_only=True)
class StoredRun:
    """Stored run, read from a folder.

    Parameters
    ----------
    folder
        Folder of the run.
    manifest
        Content of `run.json`; empty if older software wrote the folder.
    benchmark
        Benchmark, configured with the options of the run.
    outcomes
        Item results of all answered questions, in the order of file names.
    unreadable
        One line per file that cannot be used.
    usage
        Usage of all runs that wrote to the folder, by role.
    shared_contexts
        Usage of the contexts that the run uses and other runs paid for. The field `usage` does not include it.
    baselines
        Item results of the trivial baselines for the same questions, by name of the baseline. The map is empty if
        baselines are not requested.
    notes
        Remarks for readers of the report.
    manifest_is_broken
        Whether `run.json` exists but is not a JSON object.
    """

    folder: Path
    manifest: Mapping[str, Any]
    benchmark: Benchmark
    outcomes: tuple[ItemResult, ...]
    unreadable: tuple[str, ...] = ()
    usage: Mapping[str, Usage] = field(default_factory=dict)
    shared_contexts: Usage = NO_USAGE
    baselines: Mapping[str, Sequence[ItemResult]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    manifest_is_broken: bool = False

    @property
    def mode(self) -> str:
        """Mode of the run. If older software wrote the folder, the mode is the name of the folder."""
        return str(self.manifest.get("mode") or self.folder.name)

    @property
    def model(self) -> str:
        """Name of the model that answered."""
        return str(self.manifest.get("model") or "")

    @property
    def context_model(self) -> str:
        """Name of the model that made the contexts; empty if there are no contexts."""
        return str(self.manifest.get("context_model") or "")

    @property
    def dataset(self) -> str:
        """Name of the data set, with all non-default options."""
        return str(self.manifest.get("dataset") or "")

    @property
    def data_sha256(self) -> str:
        """SHA-256 of the data file, in hexadecimal; empty if unknown."""
        return str(self.manifest.get("data_sha256") or "")

    @property
    def scorer(self) -> str:
        """Name of the scorer."""
        return scorer_of(self.manifest)

    @property
    def protocol(self) -> str:
        """Protocol of the run: ``"own"`` or ``"paper"``."""
        return protocol_of(self.manifest)

    @property
    def settings(self) -> Mapping[str, Any]:
        """Other settings of the run."""
        return _mapping(self.manifest.get("settings"))

    @property
    def labels_inferred(self) -> bool:
        """Whether some labels of the data set are inferred instead of given by the authors; False if unknown."""
        return self.settings.get("labels_inferred") is True

    @property
    def questions(self) -> int:
        """Number of questions of the run, including questions that were not asked."""
        number = self.settings.get("questions")
        return number if isinstance(number, int) else len(self.outcomes)

    @property
    def not_asked(self) -> int:
        """Number of questions that a stopped run did not ask."""
        return max(0, self.questions - len(self.outcomes))

    @property
    def total(self) -> Usage:
        """Usage of all calls that the run needs, including the calls for contexts that other runs paid for."""
        return sum(self.usage.values(), self.shared_contexts)

    @property
    def counts(self) -> Counter[str]:
        """Number of questions by status."""
        return Counter(outcome.status for outcome in self.outcomes)


def read_stored_run(folder: Path, trivial: TrivialResults | None = None) -> StoredRun:
    """Read a run with its benchmark and the result of each question.

    Parameters
    ----------
    folder
        Folder of the run.
    trivial
        Cache of baseline results. The function adds results to the cache. None means that there are no baselines.

    Raises
    ------
    DatasetError
        If the folder contains no answer, or if the benchmark is unknown. If the folder contains only contexts, or
        episodes, the error is an `UnreportedFolderError`.
    """
    stored = StoredResults(folder)
    reading = _Reading(stored, trivial)
    for result in stored.results:
        reading.add(result)
    if not reading.outcomes and not reading.problems:
        raise _no_answers(stored, reading.has_contexts)
    try:
        outcomes, uncounted = countable(reading.benchmark, reading.outcomes)
    except DAMAGE as error:
        raise DatasetError(f"{folder}: {uncountable(error)}") from None
    counted = {outcome.index for outcome in outcomes}
    beside = [row for of, row in zip(reading.outcomes, reading.baselines, strict=True) if of.index in counted]
    problems = [*map(str, stored.unreadable), *reading.problems, *uncounted]
    if not outcomes:
        raise DatasetError(f"expected the folder of a run with answers, got {folder}: {'; '.join(problems[:3])}")
    return StoredRun(
        folder=folder,
        manifest=stored.manifest,
        benchmark=reading.benchmark,
        outcomes=outcomes,
        unreadable=tuple(problems),
        usage=stored.usage,
        shared_contexts=stored.shared_contexts,
        baselines=by_baseline(beside),
        notes=(*reading.warned.notes(), *reading.verdicts.notes()),
        manifest_is_broken=stored.manifest_is_broken,
    )


class _Reading:
    """The results of a run while its files are read one at a time."""

    def __init__(self, stored: StoredResults, trivial: TrivialResults | None) -> None:
        self.stored = stored
        self.trivial = trivial
        self.outcomes: list[ItemResult] = []
        self.baselines: list[Mapping[str, ItemResult]] = []
        self.problems: list[str] = []
        self.warned = WarnedContexts()
        self.has_contexts = False

    @cached_property
    def verdicts(self) -> Verdicts:
        """Checker of the stored verdicts. The benchmark is looked up when the first answer is read."""
        return verdicts_of_run(self.stored)

    @property
    def benchmark(self) -> Benchmark:
        """Benchmark of the run."""
        return self.verdicts.benchmark

    def add(self, result: Result) -> None:
        """Count a result. A result with columns that cannot be scored is left out and named."""
        if result.status == "parsed":
            self.has_contexts = True
            return
        verdicts = self.verdicts  # an unknown benchmark ends the reading
        try:
            outcome = item_result_of(verdicts.checked(result))
            baselines = {} if self.trivial is None else self._baselines(self.trivial, result)
        except DAMAGE as error:
            self.problems.append(f"{file_stem(result.index)}.json: {uncountable(error)}")
            return
        self.outcomes.append(outcome)
        self.baselines.append(baselines)
        self.warned.add(result)

    def _baselines(self, trivial: TrivialResults, result: Result) -> Mapping[str, ItemResult]:
        """Return the results of the trivial baselines for the question of a stored result, by name of the baseline."""
        if self.verdicts.scorer is None:  # an unknown scorer
            return {}
        if is_of_bad_row(result):
            return trivial.of(self.benchmark, BadRow(index=result.index, message=""), self.verdicts.scorer)
        # Results of other software lack the fields that scoring needs.
        return {} if result.question_kind is None else trivial.of(self.benchmark, result.item(), self.verdicts.scorer)


def _no_answers(stored: StoredResults, has_contexts: bool) -> DatasetError:
    """Return an error that says what a folder without answers contains."""
    expected = f"expected the folder of a run with answers, got {stored.folder}"
    if stored.manifest.get("kind") == "episodes":
        return UnreportedFolderError(f"{expected}, which contains episodes: see `swm report` and `swm agents compare`")
    if stored.unreadable:
        files = "1 file" if len(stored.unreadable) == 1 else f"{len(stored.unreadable)} files"
        return DatasetError(f"{expected} with {files} that cannot be read")
    if not has_contexts:
        return DatasetError(f"{expected}, which contains no answers")
    mode = MODES.find(str(stored.manifest.get("mode")))
    if mode is not None and mode.answers:
        return DatasetError(f"{expected}, which contains contexts but no answers yet")
    return UnreportedFolderError(f"{expected}, which contains only contexts")


def benchmark_of_run(stored: StoredResults) -> Benchmark:
    """Return the benchmark of a run, configured with the options of the run.

    Raises
    ------
    DatasetError
        If the benchmark is unknown.
    """
    folder, manifest, name = stored.folder, stored.manifest, stored.benchmark_name
    if name is None:
        raise DatasetError(
            f"expected a benchmark in {folder / FILE_NAME}, or a parent folder called NAME{RESULTS}, got neither"
        )
    if BENCHMARKS.find(name) is None:
        raise DatasetError(f"{folder}: {BENCHMARKS.unknown(name)}; {source_of('benchmark', name, manifest)}")
    options = _mapping(_mapping(manifest.get("settings")).get("options"))
    try:
        benchmark = get_benchmark(name)
        protocol = benchmark.paper if protocol_of(manifest) == "paper" else {}
        return benchmark.configured({**protocol, **options})
    except ConfigurationError as error:
        raise DatasetError(f"{folder}: {error}") from None


def verdicts_of_run(stored: StoredResults) -> Verdicts:
    """Return the checker of the stored verdicts of a run.

    Raises
    ------
    DatasetError
        If the benchmark is unknown.
    """
    named = scorer_of(stored.manifest)
    return Verdicts(benchmark_of_run(stored), next((known for known in get_args(Scorer) if known == named), None))


def scorer_of(manifest: Mapping[str, Any]) -> str:
    """Return the name of the scorer that a manifest contains."""
    return str(_mapping(manifest.get("settings")).get("scorer") or "official")


def protocol_of(manifest: Mapping[str, Any]) -> str:
    """Return the name of the protocol that a manifest contains."""
    return str(_mapping(manifest.get("settings")).get("protocol") or "own")


def _mapping(data: Any) -> Mapping[str, Any]:
    return data if isinstance(data, dict) else {}
