"""The base class of benchmarks, and helpers that read cells of a data file."""

from __future__ import annotations

import copy
import hashlib
import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from social_world_model.benchmarks.counting import RECONSTRUCTED, ItemResult, MetricRow, MetricTable, ScoredUnit
from social_world_model.benchmarks.scoring import ReplyScoring
from social_world_model.contracts import BadRow, Dataset, Item
from social_world_model.data.reading import Row, cell, literal, read_file
from social_world_model.errors import ConfigurationError, DatasetError, did_you_mean
from social_world_model.s3ap.prose import closed


class Benchmark(ReplyScoring, ABC):
    """A benchmark. To add a benchmark, write a subclass and register it with `register`.

    The methods that extract and score answers are inherited from `ReplyScoring`.

    Attributes
    ----------
    name
        Name of the benchmark on the command line.
    required
        Columns that a data file must have. A tuple lists alternative names of one column.
    prompt_parts
        Additional texts for the prompts of language models, by name.
    sample
        File name of the bundled sample; empty if the benchmark has no sample.
    options
        Maps the name of each option to its possible values. The first value is the default.
    paper
        Option values that arXiv 2509.00559 used and that are not the default.
    needs_gold
        Whether a question needs a gold answer to be scored.
    votes
        How several samples of one question are scored. If True, the majority answer is scored. If False, every sample
        is scored.
    unkeyed
        Names of the item fields that affect neither the prompt nor the score. Stored answers stay valid if such a field
        changes. A subclass may add names of fields.
    """

    name: str
    required: Sequence[str | tuple[str, ...]] = ("story", "question")
    prompt_parts: Mapping[str, str] = {}
    sample: str = ""
    options: Mapping[str, Sequence[str]] = {}
    paper: Mapping[str, str] = {}
    needs_gold: bool = True
    votes: bool = True
    unkeyed: Sequence[str] = (RECONSTRUCTED,)
    _chosen: Mapping[str, str] = {}

    @property
    def guidance(self) -> str:
        """Instructions for parsing and answering. A context stores these instructions in its manual."""
        return ""

    def configured(self, chosen: Mapping[str, str]) -> Self:
        """Return a copy of this benchmark with other option values.

        Parameters
        ----------
        chosen
            Value of each option, by name. All other options keep their default value.

        Raises
        ------
        ConfigurationError
            If an option or a value is unknown.
        """
        for name, value in chosen.items():
            if value not in self.options.get(name, ()):
                raise _unknown_option(self, name, value)
        other = copy.copy(self)
        other._chosen = dict(chosen)
        return other

    def option(self, name: str) -> str:
        """Return the current value of an option."""
        return self._chosen.get(name, self.options[name][0])

    def variant(self, base: Mapping[str, str] | None = None) -> str:
        """Return the option values that differ from `base`, as text for a folder name.

        By default, `base` has the default values.
        """
        usual = {name: values[0] for name, values in self.options.items()} | dict(base or {})
        return "".join(f"+{name}={value}" for name in usual if (value := self.option(name)) != usual[name])

    def load(self, path: Path | None = None) -> Dataset:
        """Read a data set.

        Parameters
        ----------
        path
            Path of the data file; None reads the bundled sample.

        Raises
        ------
        DatasetError
            If the file is unreadable, if a required column is missing, if no row is usable, or if two rows have the
            same index.
        """
        if path is None and not self.sample:
            raise DatasetError(f"expected a data file for {self.name}, which has no bundled sample; got none")
        source = path if path is not None else Path(str(files(__package__).joinpath("samples", self.sample)))
        file = read_file(source)
        _check_columns(self, source, file.rows)
        rows, notes = self.select(file.rows)
        loaded = tuple(item for number, row in enumerate(rows) for item in _items_or_bad(self, number, row))
        if not loaded:
            raise DatasetError(f"expected rows of {self.name} in {source}, got no usable row ({'; '.join(notes)})")
        _check_indices(source, loaded)
        return Dataset(name=file.name, rows=loaded, sha256=file.sha256, notes=tuple(notes))

    def select(self, rows: Sequence[Row | BadRow]) -> tuple[Sequence[Row | BadRow], list[str]]:
        """Return the rows of the benchmark, and one note for each group of rows that is left out."""
        return rows, []

    @abstractmethod
    def items(self, index: str, row: Row) -> Iterable[Item]:
        """Return the questions of a row. Most benchmarks have one question per row.

        Parameters
        ----------
        index
            Index of the row in the data set. If the row has no index, this is the position of the row.
        row
            Cells of the row, by column.

        Raises
        ------
        DatasetError
            If the row is unusable. The run then stores one `error` result for the row.
        """

    def headline(self, outcomes: Sequence[ItemResult]) -> MetricRow:
        """Return the main metric of a run. Comparisons of two runs use this metric."""
        return MetricRow(label="all", units=[unit(outcome) for outcome in outcomes])

    def tables(self, outcomes: Sequence[ItemResult]) -> list[MetricTable]:
        """Return additional tables for the report. By default, there are none."""
        return []


def _items_or_bad(benchmark: Benchmark, number: int, row: Row | BadRow) -> Sequence[Item | BadRow]:
    if isinstance(row, BadRow):
        return [row]
    index = row_index(row, number)
    try:
        json.dumps(row, ensure_ascii=False, default=str).encode()  # a lone surrogate can be neither stored nor sent
        return list(benchmark.items(index, row))
    except UnicodeEncodeError:
        return [BadRow(index=f"row-{number}", message=f"row {number}: expected valid Unicode, got a lone surrogate")]
    except DatasetError as error:
        return [BadRow(index=index, message=f"row {number}: {error}")]


def _check_columns(benchmark: Benchmark, source: Path, rows: Iterable[Row | BadRow]) -> None:
    columns = dict.fromkeys(name for row in rows if not isinstance(row, BadRow) for name in row)
    for wanted in benchmark.required:
        names = (wanted,) if isinstance(wanted, str) else wanted
        if not any(name in columns for name in names):
            got = ", ".join(columns) or "no readable column"
            raise DatasetError(f"expected a column {' or '.join(names)} in {source} for {benchmark.name}; got: {got}")


def row_index(row: Row, number: int) -> str:
    """Return the cell `index` or `sample_id` of a row. If both are empty, return the position of the row.

    Parameters
    ----------
    row
        Cells of the row, by column.
    number
        Position of the row in the file, from 0.
    """
    for name in ("index", "sample_id"):
        if cell(row, name):
            return str(row[name])
    return str(number)


def text_cell(row: Row, *names: str) -> str:
    """Return the text of the first cell that is not empty, without surrounding white space.

    Parameters
    ----------
    row
        Cells of the row, by column.
    *names
        Columns to try, in this order.

    Raises
    ------
    DatasetError
        If all these cells are missing or empty.
    """
    text = gold_cell(row, *names)
    if text is None:
        raise DatasetError(f"expected text in {' or '.join(names)}, got nothing")
    return text


def gold_cell(row: Row, *names: str) -> str | None:
    """Return the text of the first cell that is not empty, or None if all are empty.

    Parameters
    ----------
    row
        Cells of the row, by column.
    *names
        Columns to try, in this order.
    """
    return next((text for name in names if (text := cell(row, name))), None)


def story_cell(row: Row, name: str = "story") -> str:
    """Return the narrative of a row. The sentences of a list are joined, and each sentence ends with a full stop.

    Parameters
    ----------
    row
        Cells of the row, by column.
    name
        Column of the narrative.

    Raises
    ------
    DatasetError
        If the cell is empty, or if the cell is a list with an entry that is not text.
    """
    told = literal(text) if (text := text_cell(row, name)).startswith("[") else row[name]
    if isinstance(told, str):
        if told.startswith("["):
            raise DatasetError(f"expected {name} to be text or a list of sentences, got {told[:60]!r}")
        return told.strip()
    if not isinstance(told, list) or not told or not all(isinstance(part, str) for part in told):
        raise DatasetError(f"expected {name} to be text or a list of sentences, got {told!r:.60}")
    return sys.intern(" ".join(closed(part.strip()) for part in told))  # several questions often repeat one story


def other_columns(row: Row, *taken: str) -> dict[str, Any]:
    """Return the columns of a row that are not in `taken`. Text that is a Python literal becomes a value.

    Parameters
    ----------
    row
        Cells of the row, by column.
    *taken
        Columns to leave out because the item already contains them.
    """
    held = {name: value for name, value in row.items() if value is not None and value == value}  # NaN is not itself
    return {name: literal(value) for name, value in held.items() if name not in taken}


def story_id(row: Row, narrative: str) -> str:
    """Return the ID that all rows about one narrative share: the cell `set_id`, or a hash of the narrative.

    Parameters
    ----------
    row
        Cells of the row, by column.
    narrative
        Text of the narrative.
    """
    return str(cell(row, "set_id") or hashlib.sha256(narrative.encode()).hexdigest()[:12])


def unit(outcome: ItemResult) -> ScoredUnit:
    """Return the scored unit of one item result."""
    return ScoredUnit(
        score=float(outcome.is_correct is True),
        failed=outcome.status != "answered",
        uncertain=outcome.uncertain,
        id=outcome.index,
        cluster_id=outcome.cluster_id,
    )


def rows_by(outcomes: Iterable[ItemResult], field: str) -> list[MetricRow]:
    """Return one metric row per value of a field, sorted by value. Items without this field are left out.

    Parameters
    ----------
    outcomes
        Results of all items.
    field
        Name of a field in `Item.fields`.
    """
    groups: dict[str, list[ScoredUnit]] = {}
    for outcome in outcomes:
        if (value := outcome.fields.get(field)) is not None:
            groups.setdefault(str(value), []).append(unit(outcome))
    return [MetricRow(label=label, units=groups[label]) for label in sorted(groups)]


def _unknown_option(benchmark: Benchmark, name: str, value: str) -> ConfigurationError:
    options = benchmark.options
    known = "; ".join(f"{option}={'|'.join(values)}" for option, values in options.items())
    near = did_you_mean(value, options[name]) if name in options else did_you_mean(name, options)
    return ConfigurationError(
        f"expected an option of {benchmark.name} ({known or 'it has no options'}); got {name}={value}{near}"
    )


def _check_indices(source: Path, rows: Iterable[Item | BadRow]) -> None:
    seen: dict[str, int] = {}
    for number, row in enumerate(rows):
        if (before := seen.setdefault(row.index, number)) != number:
            raise DatasetError(
                f"expected each index once in {source}, got {row.index!r} in rows {before} and {number}: "
                "their results would overwrite each other"
            )
