"""Configure the benchmark of a run, and select the questions to ask."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from social_world_model.benchmarks import Benchmark, get_benchmark
from social_world_model.choices import Variant
from social_world_model.contracts import BadRow, Dataset, Item
from social_world_model.errors import DatasetError, MeaninglessError, NarrativeError
from social_world_model.modes import Mode
from social_world_model.settings import RunSettings
from social_world_model.symbolic import parse_narrative
from social_world_model.variants import MARK, MEANS, varied

TRIED = 5
"""Number of narratives that `check_readable` tries to read."""
NAMED = 3
"""Maximum number of indices that a note names."""


@dataclass(frozen=True, kw_only=True)
class Questions:
    """Questions of a run.

    Parameters
    ----------
    dataset
        Data set with the rows to ask. The name of the data set lists all non-default options, and becomes part of
        folder names.
    no_gold
        Number of rows that are not asked because they have no gold answer.
    """

    dataset: Dataset
    no_gold: int = 0


def benchmark_of(settings: RunSettings) -> Benchmark:
    """Return the benchmark of a run, configured with the options of the protocol and of the run.

    Raises
    ------
    ConfigurationError
        If the benchmark or an option is unknown.
    """
    benchmark = get_benchmark(settings.benchmark)
    protocol = benchmark.paper if settings.protocol == "paper" else {}
    return benchmark.configured({**protocol, **settings.options})


def questions_of(settings: RunSettings, benchmark: Benchmark, mode: Mode | None) -> Questions:
    """Read the data set of a run, and select the rows to ask.

    Parameters
    ----------
    settings
        Settings with data file, limit, variant and seed.
    benchmark
        Benchmark of the run, already configured.
    mode
        Mode of the run; None if the replies exist already.

    Raises
    ------
    DatasetError
        If the data cannot be read, or if there is no question to ask.
    MeaninglessError
        If no question can be asked in this mode, or if the variant changes no question.
    """
    dataset = loaded(benchmark, settings.dataset_path)
    rows = dataset.rows[: settings.limit]
    notes = list(dataset.notes)
    no_gold: list[str] = []
    if benchmark.needs_gold and (mode is None or mode.answers):
        no_gold = [row.index for row in rows if isinstance(row, Item) and row.correct_answer is None]
        rows = _without(rows, no_gold)
        if no_gold:
            notes.append(f"not asked and not scored, because there is no gold answer: {_counted(no_gold)}")
    if mode is not None and mode.needs_options:
        rows = _with_options(rows, dataset.name, mode.name, notes)
    if settings.variant is not None and rows:
        rows = _varied(rows, dataset, settings.variant, settings.seed or 0, notes)
    if not rows:
        raise DatasetError("; ".join([f"expected questions to ask in {dataset.name}, got none", *notes]))
    name = _full_name(dataset.name, settings, benchmark)
    return Questions(dataset=replace(dataset, name=name, rows=rows, notes=tuple(notes)), no_gold=len(no_gold))


def _with_options(
    rows: Sequence[Item | BadRow], dataset: str, mode: str, notes: list[str]
) -> tuple[Item | BadRow, ...]:
    """Return the rows with options, and add a note about questions without options."""
    others = [row.index for row in rows if isinstance(row, Item) and not row.choices]
    kept = _without(rows, others)
    if others and not kept:
        raise MeaninglessError(f"expected questions with options for {mode}, got none in {dataset}")
    if others:
        notes.append(f"not asked in mode {mode}, because there are no options: {_counted(others)}")
    return kept


def _full_name(dataset: str, settings: RunSettings, benchmark: Benchmark) -> str:
    """Return the name of a data set with all non-default options."""
    paper = settings.protocol == "paper"
    name = f"{dataset}{'+protocol=paper' * paper}{benchmark.variant(benchmark.paper if paper else None)}"
    if settings.variant is None:
        return name
    # The questions depend on the seed.
    return f"{name}{MARK}{settings.variant}" + (f"+seed={settings.seed}" if settings.seed else "")


def _varied(
    rows: Sequence[Item | BadRow], dataset: Dataset, variant: Variant, seed: int, notes: list[str]
) -> tuple[Item | BadRow, ...]:
    """Return the rows of a variant, and add a note about unchanged questions."""
    found = varied(rows, variant, seed, dataset.rows)
    same = [row.index for row, before in zip(found, rows, strict=True) if row == before and isinstance(row, Item)]
    if len(same) == sum(isinstance(row, Item) for row in rows):
        raise MeaninglessError(f"expected {MEANS[variant]} for {variant}, got none in {dataset.name}")
    if same:
        notes.append(f"{variant}: {_counted(same)} unchanged")
    return found


def check_readable(dataset: Dataset, parameter: str) -> None:
    """Check that the symbolic model can read a data set, because otherwise every question would fail.

    Parameters
    ----------
    dataset
        Data set of the run.
    parameter
        Name of the parameter that selects the model. The error message contains this name.

    Raises
    ------
    MeaninglessError
        If the symbolic model can read none of the first narratives.
    """
    narratives = list(dict.fromkeys(row.narrative for row in dataset.rows if isinstance(row, Item)))[:TRIED]
    error = None
    for narrative in narratives:
        try:
            parse_narrative(narrative)
        except NarrativeError as unread:
            error = error or unread
        else:
            return
    if error is not None:
        raise MeaninglessError(
            f"expected {parameter} to be a language model, got symbolic, which reads only templated stories, household "
            f"descriptions and transcripts. It cannot read any of the first {len(narratives)} narratives of "
            f"{dataset.name}: {error}",
            parameters=(parameter,),
        )


_last: dict[tuple[object, ...], Dataset] = {}
"""The last data set that was read. Consecutive runs of a sweep reuse this data set."""


def loaded(benchmark: Benchmark, path: Path | None) -> Dataset:
    """Read all rows of a data set. If the file is unchanged, the last data set is reused.

    Parameters
    ----------
    benchmark
        Benchmark of the data set, already configured.
    path
        Path of the data file. None means the sample of the benchmark.
    """
    try:
        content = "" if path is None else hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return benchmark.load(path)  # which raises an error with the reason
    options = tuple(benchmark.option(name) for name in benchmark.options)
    key = (type(benchmark), benchmark.name, options, path, content)
    if key not in _last:
        dataset = benchmark.load(path)
        _last.clear()
        _last[key] = dataset
    return _last[key]


def _without(rows: Sequence[Item | BadRow], indices: Sequence[str]) -> tuple[Item | BadRow, ...]:
    left_out = set(indices)
    return tuple(row for row in rows if row.index not in left_out)


def _counted(indices: Sequence[str]) -> str:
    more = ", …" if len(indices) > NAMED else ""
    word = "question" if len(indices) == 1 else "questions"
    return f"{len(indices)} {word} ({', '.join(indices[:NAMED])}{more})"
