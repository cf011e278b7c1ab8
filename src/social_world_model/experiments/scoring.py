"""Score existing replies: score a file of predictions, or score the stored replies of a run with another scorer."""

from __future__ import annotations

import math
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from social_world_model.benchmarks import Benchmark
from social_world_model.benchmarks.counting import ItemResult
from social_world_model.choices import Scorer
from social_world_model.contracts import BadRow, Item, Reply
from social_world_model.data.reading import read_file
from social_world_model.errors import ConfigurationError, DatasetError, shortened
from social_world_model.experiments.datasets import Questions, benchmark_of, questions_of
from social_world_model.experiments.item_results import item_result_of, scored
from social_world_model.experiments.progress import RunResult
from social_world_model.experiments.samples import every, majority
from social_world_model.experiments.stored import read_stored_run
from social_world_model.experiments.verdicts import DAMAGE, rescored, uncountable
from social_world_model.runs.manifest import FILE_NAME, Manifest, write_data
from social_world_model.runs.names import file_stem, run_folder
from social_world_model.runs.reading import StoredResults
from social_world_model.runs.results import Result
from social_world_model.runs.store import ResultStore
from social_world_model.settings import RunSettings

MODE = "predictions"
NAMED = 5
"""Maximum number of indices that an error names."""


@dataclass(frozen=True, kw_only=True)
class Rescored:
    """Result of rescoring a run with another scorer.

    Parameters
    ----------
    before, after
        Folder of the run, and new folder with the new scores.
    changed
        Indices of the questions that have a different score now.
    kept
        Indices of results without a stored reply. The scores of these results are unchanged.
    unusable
        One line per file that cannot be scored. Such files are copied unchanged.
    aside
        Folder to which earlier results of this scorer were moved; None if there were no earlier results.
    """

    before: Path
    after: Path
    changed: tuple[str, ...]
    kept: tuple[str, ...]
    unusable: tuple[str, ...] = ()
    aside: Path | None = None


def score_predictions(settings: RunSettings, predictions: Path) -> RunResult:
    """Score a file of replies without calling a model. The results are stored like the results of a run.

    Parameters
    ----------
    settings
        Settings with benchmark, options, data set and output folder. `model_name` is the name of the model that gave
        the replies.
    predictions
        File of rows with the columns ``index`` and ``response``. A list of responses means several samples. A response
        of null means a failed call.

    Raises
    ------
    DatasetError
        If a file cannot be read, if an index is unknown or repeated, or if a column is missing.
    """
    started = _now()
    benchmark = benchmark_of(settings)
    questions = questions_of(settings, benchmark, None)
    dataset = questions.dataset
    given, sha256 = _read_predictions(predictions)
    _check_known(given, [row.index for row in dataset.rows], predictions, benchmark, settings)
    store = ResultStore(run_folder(settings.output_dir, benchmark.name, MODE, settings.model_name, dataset.name, None))
    notes, errors = list(dataset.notes), list[str]()
    outcomes: list[ItemResult] = []
    about = {"file": predictions.name, "sha256": sha256}
    with store.locked():
        if (aside := store.move_aside()) is not None:
            notes.append(f"earlier results were moved to {aside}")
        store.open()
        _manifest(settings, questions, about, {}, started).write(store.folder)  # contains the number of questions
        for row in dataset.rows:
            result = _result(row, given.pop(row.index, _MISSING), benchmark, settings.scorer)
            store.write(result)
            outcomes.append(item_result_of(result))
            errors += [f"{result.index!r}: {result.error}"] if result.error else []
        counts = Counter[str](outcome.status for outcome in outcomes)
        _manifest(settings, questions, about, counts, started).write(store.folder)
    return RunResult(
        settings=replace(settings, mode=MODE),
        dataset=dataset,
        no_gold=questions.no_gold,
        outcomes=tuple(outcomes),
        folder=store.folder,
        kept=0,
        contexts_found=0,
        contexts_made=0,
        errors=tuple(errors),
        notes=tuple(notes),
    )


def _manifest(
    settings: RunSettings,
    questions: Questions,
    predictions: Mapping[str, str],
    counts: Mapping[str, int],
    started: str,
) -> Manifest:
    """Return the manifest for results from a file of predictions."""
    return Manifest(
        version=version("social-world-model"),
        command=list(settings.command),
        benchmark=settings.benchmark,
        mode=MODE,
        model=settings.model_name,
        context_model=None,
        dataset=questions.dataset.name,
        data_sha256=questions.dataset.sha256,
        seed=settings.seed,
        settings={
            "options": dict(settings.options),
            "protocol": settings.protocol,
            "scorer": settings.scorer,
            "questions": len(questions.dataset.rows),
            "no_gold": questions.no_gold,
            "predictions": dict(predictions),
        },
        started=started,
        ended=_now(),
        counts=dict(counts),
    )


_MISSING = object()


def _read_predictions(path: Path) -> tuple[dict[str, Any], str]:
    file = read_file(path)
    given: dict[str, Any] = {}
    repeated: list[str] = []
    for number, row in enumerate(file.rows):
        if isinstance(row, BadRow):
            raise DatasetError(f"expected predictions in {path}: {row.message}")
        if "index" not in row or "response" not in row:
            raise DatasetError(
                f"expected each prediction to have index and response, got {_named(list(row)) or 'nothing'} in row "
                f"{number} of {path}"
            )
        index = _index(row["index"], number, path)
        if index in given:
            repeated.append(index)
        given[index] = _response(row["response"], number, path)
    if repeated:
        raise DatasetError(
            f"expected each index once in {path}, got repeated indices: {_named(repeated)}. Give several replies "
            'to one question as a list: {"index": 1, "response": ["…", "…"]}'
        )
    return given, file.sha256


def _index(value: Any, number: int, path: Path) -> str:
    """Return an index as text. A float without a fraction, such as 3.0, becomes an integer."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool | float) or not isinstance(value, str | int) or value == "":
        raise DatasetError(
            f"expected an index to be text or a whole number, got {value!r:.60} in row {number} of {path}"
        )
    return str(value)


def _response(value: Any, number: int, path: Path) -> Any:
    """Return a response, a list of responses, or None for a failed call. NaN counts as a failed call."""
    several = value if isinstance(value, list) else [value]
    if wrong := [one for one in several if not isinstance(one, str | int | float | None)]:
        raise DatasetError(
            f"expected a response to be text, a list of texts (several samples) or null (a failed call), got "
            f"{wrong[0]!r:.60} in row {number} of {path}"
        )
    read = [None if isinstance(one, float) and math.isnan(one) else one for one in several]
    return read if isinstance(value, list) else read[0]


def _check_known(
    given: Mapping[str, Any], asked: Iterable[str], path: Path, benchmark: Benchmark, settings: RunSettings
) -> None:
    known = set(asked)
    unknown = [index for index in given if index not in known]
    if not unknown:
        return
    loaded = {row.index for row in benchmark.load(settings.dataset_path).rows}
    left_out = [index for index in unknown if index in loaded]
    others = "1 unknown index" if len(unknown) == 1 else f"{len(unknown)} unknown indices"
    number = f"; number of indices in the data set but not asked (no gold answer, or above limit): {len(left_out)}"
    why = number if left_out else ""
    raise DatasetError(
        f"expected indices of the data set in {path}, got {others}: {_named(unknown)}{why}. "
        "Remove these rows, or set dataset_path to the data set that contains them",
        parameters=("dataset_path", "limit") if left_out else ("dataset_path",),
    )


def _named(indices: Sequence[str]) -> str:
    shown = [
        shortened("".join(char if char.isprintable() else repr(char)[1:-1] for char in one[:60]), 40)
        for one in indices[:NAMED]
    ]
    return ", ".join(shown) + (", …" if len(indices) > NAMED else "")


def _result(row: Item | BadRow, response: Any, benchmark: Benchmark, scorer: Scorer) -> Result:
    if isinstance(row, BadRow):
        return Result(index=row.index, status="error", error=row.message)
    blank = Result.of(row, "error")
    if response is _MISSING:
        return replace(blank, error="expected a prediction for this question, got none")
    if not isinstance(response, list):
        return _scored(row, response, blank, benchmark, scorer)
    if not response:
        return replace(blank, error="expected a response, got an empty list")
    draws = [_scored(row, one, blank, benchmark, scorer) for one in response]
    return majority(draws) if benchmark.votes else every(draws)


def _scored(item: Item, response: Any, blank: Result, benchmark: Benchmark, scorer: Scorer) -> Result:
    if response is None:
        return replace(blank, error="expected a response, got null, which means a failed call")
    return scored(benchmark, item, blank, Reply(response=str(response)), scorer)


def rescore(folder: Path, scorer: Scorer) -> Rescored:
    """Score the stored replies of a run with another scorer. The run is unchanged; the new scores are in a copy.

    Parameters
    ----------
    folder
        Folder of the run. The name of the new folder is ``<folder>+scorer=<scorer>``.
    scorer
        Name of the new scorer.

    Raises
    ------
    DatasetError
        If `folder` is not the folder of a run, or if `run.json` cannot be read.
    ConfigurationError
        If the run is a rescored copy, if another process writes to the folder, or if earlier results cannot be moved.
    """
    folder = folder if folder.name not in ("", "..") else folder.resolve()
    run, store = read_stored_run(folder), ResultStore(folder.with_name(f"{folder.name}+scorer={scorer}"))
    if run.manifest_is_broken:
        raise DatasetError(
            f"expected {folder / FILE_NAME} to be a JSON object with the settings of the run, got other content: "
            "repeat the same swm run to write the file again"
        )
    if "rescored_from" in run.settings:
        raise ConfigurationError(
            f"expected an original run, got {folder}, which is a rescored copy: give the folder of the original run"
        )
    changed, kept, unusable = [], [], []
    with ResultStore(folder).locked(), store.locked():
        aside = store.move_aside()
        store.open()
        stored = StoredResults(folder)
        settings = {"questions": run.questions, **run.settings, "scorer": scorer, "rescored_from": folder.name}
        manifest = {"benchmark": run.benchmark.name, **stored.manifest, "settings": settings}
        manifest["usage"] = {role: asdict(used) for role, used in run.usage.items()}
        write_data(store.folder / FILE_NAME, manifest)
        for result in stored.results:
            if result.status == "parsed":
                continue
            try:
                again = rescored(run.benchmark, result, scorer)
            except DAMAGE as error:
                again = result
                unusable.append(f"{file_stem(result.index)}.json: {uncountable(error)}")
            if again is None:
                kept.append(result.index)
            elif (again.status, again.is_correct) != (result.status, result.is_correct):
                changed.append(result.index)
            store.write(again or result)
        for file in stored.unreadable:
            shutil.copyfile(file.path, store.folder / file.path.name)  # reports then name the file for both folders
    return Rescored(
        before=folder,
        after=store.folder,
        changed=tuple(changed),
        kept=tuple(kept),
        unusable=(*map(str, stored.unreadable), *unusable),
        aside=aside,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
