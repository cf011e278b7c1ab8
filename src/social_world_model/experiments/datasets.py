"""A run's benchmark under its options, and the rows of its data set that are asked."""

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
"""Narratives that show whether the symbolic model can read a data set."""
NAMED = 3
"""Indices that a note names."""


@dataclass(frozen=True, kw_only=True)
class Questions:
    """What a run asks.

    Parameters
    ----------
    dataset
        With the rows that are asked, and its name as folders have it: with whatever is not at its default.
    no_gold
        Number of rows left out because nobody knows the answer.
    """

    dataset: Dataset
    no_gold: int = 0


def benchmark_of(settings: RunSettings) -> Benchmark:
    """Return a run's benchmark, under the options of its protocol and its own.

    Raises
    ------
    ConfigurationError
        If there is no such benchmark or option.
    """
    benchmark = get_benchmark(settings.benchmark)
    protocol = benchmark.paper if settings.protocol == "paper" else {}
    return benchmark.configured({**protocol, **settings.options})


def questions_of(settings: RunSettings, benchmark: Benchmark, mode: Mode | None) -> Questions:
    """Read a run's data set.

    Parameters
    ----------
    mode
        In which it is asked; None where replies are there already.

    Raises
    ------
    ConfigurationError
        If it is limited to no row.
    DatasetError
        If it cannot be read, or has no question that can be asked.
    MeaninglessError
        If none of its questions can be asked in this mode, or is any other in this variant.
    """
    dataset = loaded(benchmark, settings.dataset_path)
    rows = dataset.rows[: settings.limit]
    notes = list(dataset.notes)
    no_gold: list[str] = []
    if benchmark.needs_gold and (mode is None or mode.answers):
        no_gold = [row.index for row in rows if isinstance(row, Item) and row.correct_answer is None]
        rows = _without(rows, no_gold)
        if no_gold:
            notes.append(f"no gold: {_counted(no_gold)} without a right answer: not asked, and in no figure")
    if mode is not None and mode.needs_options:
        rows = _with_options(rows, dataset.name, mode.name, notes)
    if settings.variant is not None and rows:
        rows = _varied(rows, dataset, settings.variant, settings.seed or 0, notes)
    if not rows:
        raise DatasetError("; ".join([f"expected questions that can be asked in {dataset.name}, got none", *notes]))
    name = _full_name(dataset.name, settings, benchmark)
    return Questions(dataset=replace(dataset, name=name, rows=rows, notes=tuple(notes)), no_gold=len(no_gold))


def _with_options(
    rows: Sequence[Item | BadRow], dataset: str, mode: str, notes: list[str]
) -> tuple[Item | BadRow, ...]:
    """Return the rows whose questions have options, and note how many have none."""
    others = [row.index for row in rows if isinstance(row, Item) and not row.choices]
    kept = _without(rows, others)
    if others and not kept:
        raise MeaninglessError(f"expected questions with options for {mode}, got none in {dataset}")
    if others:
        notes.append(f"{_counted(others)} without options: not asked in {mode}")
    return kept


def _full_name(dataset: str, settings: RunSettings, benchmark: Benchmark) -> str:
    """Return a data set's name with everything that is not at its default."""
    paper = settings.protocol == "paper"
    name = f"{dataset}{'+protocol=paper' * paper}{benchmark.variant(benchmark.paper if paper else None)}"
    if settings.variant is None:
        return name
    # Another seed gives other questions.
    return f"{name}{MARK}{settings.variant}" + (f"+seed={settings.seed}" if settings.seed else "")


def _varied(
    rows: Sequence[Item | BadRow], dataset: Dataset, variant: Variant, seed: int, notes: list[str]
) -> tuple[Item | BadRow, ...]:
    """Return rows in a variant, and note how many are no others in it."""
    found = varied(rows, variant, seed, dataset.rows)
    same = [row.index for row, before in zip(found, rows, strict=True) if row == before and isinstance(row, Item)]
    if len(same) == sum(isinstance(row, Item) for row in rows):
        raise MeaninglessError(f"expected {MEANS[variant]} for {variant}, got none in {dataset.name}")
    if same:
        notes.append(f"{variant}: {_counted(same)} as they were")
    return found


def check_readable(dataset: Dataset, parameter: str) -> None:
    """Refuse to let the symbolic model read what is not in its English, before every question fails for it.

    Parameters
    ----------
    parameter
        Which names another model.

    Raises
    ------
    MeaninglessError
        If it can read none of the first narratives.
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
            f"expected {parameter} to name a language model: symbolic reads templated stories, flats with a walk "
            f"through them, and transcripts, and none of the first {len(narratives)} narratives of {dataset.name} "
            f"({error})",
            parameters=(parameter,),
        )


_last: dict[tuple[object, ...], Dataset] = {}
"""The data set that was read last: the runs of a sweep ask one after the other."""


def loaded(benchmark: Benchmark, path: Path | None) -> Dataset:
    """Read a data set, all rows, as it is; not again if it is the one that was read last, byte for byte."""
    try:
        content = "" if path is None else hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return benchmark.load(path)  # which says what is wrong
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
