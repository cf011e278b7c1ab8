"""Runs as they lie on disk, read back for reports: outcomes only, so that memory is linear in questions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

from social_world_model.benchmarks import Benchmark, ItemResult, get_benchmark
from social_world_model.choices import AnswerForm, QuestionKind, Scorer
from social_world_model.contracts import BadRow
from social_world_model.errors import ConfigurationError, DatasetError, shortened
from social_world_model.experiments.baselines import TrivialOutcomes, by_baseline
from social_world_model.experiments.outcomes import is_of_no_item, outcome_of
from social_world_model.runs.manifest import FILE_NAME, usage_so_far
from social_world_model.runs.names import file_stem
from social_world_model.runs.results import Result, read_result
from social_world_model.usage import NO_USAGE, Usage

RESULTS = "_results"
"""How folders of a benchmark's results end."""


@dataclass(frozen=True, kw_only=True)
class StoredRun:
    """A run, read from its folder.

    Parameters
    ----------
    folder
        Where it lies.
    manifest
        As `run.json` has it; empty for a folder of older software.
    benchmark
        Under the options of the run.
    outcomes
        Of every question with a record, by the order of file names.
    unreadable
        A line for each file that is no record.
    usage
        By role, of all runs into the folder.
    baselines
        What trivial baselines come to on the same questions, by name; empty where nobody wanted to know.
    """

    folder: Path
    manifest: Mapping[str, Any]
    benchmark: Benchmark
    outcomes: tuple[ItemResult, ...]
    unreadable: tuple[str, ...] = ()
    usage: Mapping[str, Usage] = field(default_factory=dict)
    baselines: Mapping[str, Sequence[ItemResult]] = field(default_factory=dict)

    @property
    def mode(self) -> str:
        """Its mode; for a folder of older software, the folder's name."""
        return str(self.manifest.get("mode") or self.folder.name)

    @property
    def model(self) -> str:
        """Who answered."""
        return str(self.manifest.get("model") or "")

    @property
    def context_model(self) -> str:
        """Who made the contexts; empty where there are none."""
        return str(self.manifest.get("context_model") or "")

    @property
    def dataset(self) -> str:
        """Name of the data set, with the options that are not at their defaults."""
        return str(self.manifest.get("dataset") or "")

    @property
    def data_sha256(self) -> str:
        """Of the data file."""
        return str(self.manifest.get("data_sha256") or "")

    @property
    def scorer(self) -> str:
        """Whose rule said what is right."""
        return scorer_of(self.manifest)

    @property
    def settings(self) -> Mapping[str, Any]:
        """All other options."""
        return _mapping(self.manifest.get("settings"))

    @property
    def labels_inferred(self) -> bool:
        """Whether its data say that their labels are not the authors' own; kept records of older runs may not."""
        return self.settings.get("labels_inferred") is True

    @property
    def questions(self) -> int:
        """Number of questions that were to be asked, whether or not all were."""
        number = self.settings.get("questions")
        return number if isinstance(number, int) else len(self.outcomes)

    @property
    def not_asked(self) -> int:
        """Number of questions that a stopped run did not come to."""
        return max(0, self.questions - len(self.outcomes))

    @property
    def total(self) -> Usage:
        """What all its calls took."""
        return sum(self.usage.values(), NO_USAGE)

    @property
    def counts(self) -> Counter[str]:
        """Questions by status."""
        return Counter(outcome.status for outcome in self.outcomes)


def read_run(folder: Path, trivial: TrivialOutcomes | None = None) -> StoredRun:
    """Read a run.

    Parameters
    ----------
    folder
        Where it lies.
    trivial
        What is known of trivial baselines; it is added to, and told of the run. None: they are not wanted.

    Raises
    ------
    DatasetError
        If the folder holds no answered question, or it is not told of which benchmark.
    """
    if not folder.is_dir():
        raise DatasetError(f"expected the folder of a run, got {folder}, which is none")
    manifest = read_manifest(folder)
    unreadable = [f"{FILE_NAME}: expected a JSON object, got none"] if is_broken(folder) else []
    records = usable_records(folder, lambda path, why: unreadable.append(f"{path.name}: {why}"))
    judge: _BaselineScorer | None = None
    outcomes: list[ItemResult] = []
    beside: list[Mapping[str, ItemResult]] = []
    contexts_alone = False
    for record in records:
        if record.status == "parsed":
            contexts_alone = True
            continue
        outcomes.append(outcome_of(record))
        if trivial is not None:
            judge = judge or _BaselineScorer(trivial, folder, manifest)
            beside.append(judge.of(record))
    if not outcomes:
        files = "1 file" if len(unreadable) == 1 else f"{len(unreadable)} files"
        what = (
            f"{files} that cannot be read" if unreadable else "contexts alone" if contexts_alone else "no answer in it"
        )
        raise DatasetError(f"expected the folder of a run, got {folder} with {what}")
    return StoredRun(
        folder=folder,
        manifest=manifest,
        benchmark=_benchmark(folder, manifest),
        outcomes=tuple(outcomes),
        unreadable=tuple(unreadable),
        usage=usage_so_far(folder),
        baselines=by_baseline(beside),
    )


class _BaselineScorer:
    """Tells what trivial baselines come to on the questions of a run's records."""

    def __init__(self, trivial: TrivialOutcomes, folder: Path, manifest: Mapping[str, Any]) -> None:
        self.trivial = trivial
        self.benchmark = _benchmark(folder, manifest)
        named = scorer_of(manifest)
        self.scorer: Scorer | None = next((known for known in get_args(Scorer) if known == named), None)

    def of(self, record: Result) -> Mapping[str, ItemResult]:
        """Return the outcomes of a record's question by the name of the baseline."""
        if self.scorer is None:  # a rule that is not known here
            return {}
        if is_of_no_item(record):
            return self.trivial.of(self.benchmark, BadRow(index=record.index, message=""), self.scorer)
        # What other software wrote does not say how it is to be judged.
        return {} if record.question_kind is None else self.trivial.of(self.benchmark, record.item(), self.scorer)


def usable_records(folder: Path, on_unusable: Callable[[Path, str], None]) -> Iterator[Result]:
    """Yield the records of a folder that can be counted and judged; what cannot be is told, and never just left out."""
    seen: set[str] = set()
    for path in sorted(folder.glob("*.json")):
        if path.name == FILE_NAME:
            continue
        try:
            record = read_result(path.read_bytes())
        except (DatasetError, OSError) as error:
            on_unusable(path, str(error))
            continue
        if record is None:
            continue
        own = folder / f"{file_stem(record.index)}.json"
        if record.index in seen or (own != path and own.is_file()):
            on_unusable(path, f"expected each index once, got {shortened(record.index, 40)!r} again")
        elif why := _unsound(record):
            on_unusable(path, why)
        else:
            seen.add(record.index)
            texts: dict[str, Any] = {
                name: str(value) for name in _TEXTS if (value := getattr(record, name)) is not None
            }
            yield replace(record, **texts)


_TEXTS = ("question", "answer", "correct_answer", "reasoning", "raw", "error")


def _unsound(record: Result) -> str | None:
    """Return what of a record is not as runs write it; None if all is."""
    checks: Mapping[str, tuple[bool, str]] = {
        **{
            name: (getattr(record, name) is None or isinstance(getattr(record, name), str | int | float), "text")
            for name in _TEXTS
        },
        "is_correct": (record.is_correct is None or isinstance(record.is_correct, bool), "true or false"),
        "scores": (_are_numbers(record.scores or {}), "numbers by name"),
        "samples": (all(isinstance(sample, dict) for sample in record.samples or ()), "objects"),
        "choices": (all(isinstance(choice, str) for choice in record.choices or ()), "texts"),
        "belief_chain": (all(isinstance(name, str) for name in record.belief_chain or ()), "names"),
        "question_kind": (
            record.question_kind in (None, *get_args(QuestionKind)),
            f"one of {', '.join(get_args(QuestionKind))}",
        ),
        "answer_form": (
            record.answer_form in (None, *get_args(AnswerForm)),
            f"one of {', '.join(get_args(AnswerForm))}",
        ),
    }
    wrong = next((name for name, (fits, _) in checks.items() if not fits), None)
    return None if wrong is None else f"expected {wrong} to be {checks[wrong][1]}, got {getattr(record, wrong)!r:.80}"


def _are_numbers(scores: Mapping[str, Any]) -> bool:
    return all(isinstance(value, int | float) for value in scores.values())


def run_folders(root: Path) -> Iterator[Path]:
    """Yield every folder below (or at) a place that holds files as runs write them, but what was moved aside.

    Raises
    ------
    DatasetError
        If there is no such place.
    """
    if not root.is_dir():
        raise DatasetError(f"expected a folder with results, got {root}, which is none")
    for folder in sorted([root, *(path for path in root.rglob("*") if path.is_dir())]):
        aside = any(part.rpartition(".old-")[2].isdigit() for part in folder.relative_to(root).parts if ".old-" in part)
        if not aside and any(path.is_file() for path in folder.glob("*.json")):  # runs of a .json are called so too
            yield folder


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """Return what `run.json` of a folder says; nothing where there is none."""
    try:
        return _mapping(json.loads((folder / FILE_NAME).read_bytes()))
    except (OSError, ValueError, RecursionError):
        return {}


def is_broken(folder: Path) -> bool:
    """Tell whether a folder has a `run.json` that says nothing."""
    return (folder / FILE_NAME).exists() and not read_manifest(folder)


def _benchmark(folder: Path, manifest: Mapping[str, Any]) -> Benchmark:
    """Return whose run it is: what the manifest says, else what the folder above is called."""
    above = [part.name.removesuffix(RESULTS) for part in folder.absolute().parents if part.name.endswith(RESULTS)]
    name = manifest.get("benchmark") or next(iter(above), None)
    if name is None:
        raise DatasetError(
            f"expected {folder / FILE_NAME} to name a benchmark, or a folder NAME{RESULTS} above, got none"
        )
    options = _mapping(_mapping(manifest.get("settings")).get("options"))
    try:
        benchmark = get_benchmark(str(name))
        protocol = benchmark.paper if _mapping(manifest.get("settings")).get("protocol") == "paper" else {}
        return benchmark.configured({**protocol, **options})
    except ConfigurationError as error:
        raise DatasetError(f"{folder}: {error}") from None


def scorer_of(manifest: Mapping[str, Any]) -> str:
    """Return by whose rule a run was judged."""
    return str(_mapping(manifest.get("settings")).get("scorer") or "official")


def _mapping(data: Any) -> Mapping[str, Any]:
    return data if isinstance(data, dict) else {}
