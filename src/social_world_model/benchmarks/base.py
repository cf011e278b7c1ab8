"""What a benchmark is: how its file is read, its answers scored, and what its report counts."""

from __future__ import annotations

import copy
import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

from social_world_model.benchmarks.counting import (
    RECONSTRUCTED,
    Assessment,
    ItemResult,
    MetricRow,
    MetricTable,
    Score,
    ScoredUnit,
)
from social_world_model.benchmarks.extraction import (
    ANSWER_RULES,
    BENCHMARK_RULE,
    OPTION_RULES,
    TEXT_RULES,
    VERBATIM_RULES,
    Extraction,
    ReplyText,
    Rule,
    extracted,
    normalised,
    same_answer,
)
from social_world_model.choices import Scorer
from social_world_model.contracts import BadRow, Dataset, Item
from social_world_model.data.reading import Row, cell, literal, read_file
from social_world_model.errors import ConfigurationError, DatasetError, did_you_mean
from social_world_model.s3ap.prose import closed


class Benchmark(ABC):
    """A benchmark: one subclass in one file, made known with `register`.

    Attributes
    ----------
    name
        What users type.
    required
        Columns that a file must have; each may be a tuple of names of which one suffices.
    prompt_parts
        Wording that it adds for language models.
    sample
        File name of the bundled sample; empty for none.
    options
        What users may choose, by name: the values, the default first.
    paper
        The values under which the figures of arXiv 2509.00559 were made, where they are not the default.
    needs_gold
        Whether a question without a right answer cannot be scored.
    votes
        Whether the answer given most often counts where a question is asked several times; else every draw does.
    unkeyed
        Of an item's `fields`, those that decide neither a prompt nor how an answer is judged, so that stored answers
        stay good whatever they say: those of all benchmarks, to which a subclass may add.
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
        """Domain instructions for whoever parses or answers; kept in the manual of contexts."""
        return ""

    def configured(self, chosen: Mapping[str, str]) -> Self:
        """Return this benchmark under other options.

        Parameters
        ----------
        chosen
            Values by option; what is not there has its default.

        Raises
        ------
        ConfigurationError
            If there is no such option, or it has no such value.
        """
        for name, value in chosen.items():
            if value not in self.options.get(name, ()):
                raise _unknown_option(self, name, value)
        other = copy.copy(self)
        other._chosen = dict(chosen)
        return other

    def option(self, name: str) -> str:
        """Return the value of an option."""
        return self._chosen.get(name, self.options[name][0])

    def variant(self, base: Mapping[str, str] | None = None) -> str:
        """Return the options that are not as in a base (by default: at their defaults), as names of folders have it."""
        usual = {name: values[0] for name, values in self.options.items()} | dict(base or {})
        return "".join(f"+{name}={value}" for name in usual if (value := self.option(name)) != usual[name])

    def load(self, path: Path | None = None) -> Dataset:
        """Read a data set.

        Parameters
        ----------
        path
            The file; None for the bundled sample.

        Raises
        ------
        DatasetError
            If the file cannot be read, lacks a column, has no usable row, or two rows share an index.
        """
        if path is None and not self.sample:
            raise DatasetError(f"expected a data file for {self.name}, which brings no sample; got none")
        source = path if path is not None else Path(str(files(__package__).joinpath("samples", self.sample)))
        file = read_file(source)
        _check_columns(self, source, file.rows)
        rows, notes = self.select(file.rows)
        loaded = tuple(item for number, row in enumerate(rows) for item in _items_or_bad(self, number, row))
        if not loaded:
            raise DatasetError(f"expected rows of {self.name} in {source}, got none ({'; '.join(notes)})")
        _check_indices(source, loaded)
        return Dataset(name=file.name, rows=loaded, sha256=file.sha256, notes=tuple(notes))

    def select(self, rows: Sequence[Row | BadRow]) -> tuple[Sequence[Row | BadRow], list[str]]:
        """Return the rows that belong to the benchmark, and a note about what was left out."""
        return rows, []

    @abstractmethod
    def items(self, index: str, row: Row) -> Iterable[Item]:
        """Give the questions that a row holds, most often one.

        Parameters
        ----------
        index
            The row's own, or its position.
        row
            By column.

        Raises
        ------
        DatasetError
            If the row cannot be used; it becomes one `error` result.
        """

    def rules(self, item: Item) -> Sequence[Rule]:
        """Return the rules that read a reply to an item, in order; by default those for options or short answers."""
        return OPTION_RULES if item.choices else ANSWER_RULES

    def people(self, item: Item) -> tuple[str, ...]:
        """Return whom a reply to an item may name, for rules that read names; by default nobody."""
        return ()

    def extract(self, reply: str, item: Item) -> str | None:
        """Return the answer that a reply commits to; None if it commits to none.

        By default one of the options, where there are any; else what the reply gives as its answer, whole.
        """
        return self._by_rules(reply, item).answer

    def extraction(self, reply: str, item: Item) -> Extraction:
        """Return the answer of a reply and the rule that read it: `benchmark` where `extract` is overridden."""
        if type(self).extract is Benchmark.extract:
            return self._by_rules(reply, item)
        return Extraction(self.extract(reply, item), BENCHMARK_RULE)

    def _by_rules(self, reply: str, item: Item) -> Extraction:
        return extracted(self.rules(item), ReplyText(reply, choices=tuple(item.choices), people=self.people(item)))

    def score(self, answer: str, item: Item) -> Score:
        """Score an extracted answer by the authors' rule: right if it is the gold as a whole, unless overridden."""
        return Score(correct=item.correct_answer is not None and same_answer(answer, item.correct_answer))

    def score_strictly(self, reply: str, item: Item) -> Score:
        """Score a reply that nothing is read into: it must be the answer, or the bare letter of the right option."""
        answer = _bare_option(reply, item.choices) if item.choices else reply
        return Score(correct=False) if answer is None else self.score(answer, item)

    def score_as_paper(self, reply: str, item: Item) -> Score:
        """Score a reply as the software behind the figures of arXiv 2509.00559 did; by default as `score` does."""
        answer = self.extract(reply, item)
        return Score(correct=False) if answer is None else self.score(answer, item)

    def assess(self, reply: str, item: Item, scorer: Scorer = "official") -> Assessment:
        """Return the answer that a reply commits to (None if it commits to none), and how good it is.

        Parameters
        ----------
        reply
            In the model's words.
        item
            With its gold.
        scorer
            Whose rule it is judged by; the other two take any reply for an answer.
        """
        if scorer == "official":
            found = self.extraction(reply, item)
            score = Score(correct=None) if found.answer is None else self.score(found.answer, item)
            return Assessment(answer=found.answer, score=score, extracted_by=found.extracted_by)
        score = (self.score_as_paper if scorer == "paper" else self.score_strictly)(reply, item)
        found = extracted(VERBATIM_RULES if item.answer_form == "text" else TEXT_RULES, ReplyText(reply))
        return Assessment(answer=found.answer or "", score=score, extracted_by=found.extracted_by)

    def holds_fact(self, reply: str, item: Item) -> bool:
        """Tell whether an agent that says this knows the fact behind a question of who knows it.

        Raises
        ------
        DatasetError
            If the data set does not say what the fact is.
        """
        if not item.fields.get("fact_answer"):
            raise DatasetError(
                f"expected the data to say what is known, in fact_answer, for {item.fact or item.index!r}"
            )
        return same_answer(reply, str(item.fields["fact_answer"]))

    def headline(self, outcomes: Sequence[ItemResult]) -> MetricRow:
        """Return the one line that stands for a run, and that two runs are compared on."""
        return MetricRow(label="all", units=[unit(outcome) for outcome in outcomes])

    def tables(self, outcomes: Sequence[ItemResult]) -> list[MetricTable]:
        """Return what the report counts beside the headline; by default nothing."""
        return []


def _items_or_bad(benchmark: Benchmark, number: int, row: Row | BadRow) -> Sequence[Item | BadRow]:
    if isinstance(row, BadRow):
        return [row]
    index = row_index(row, number)
    try:
        json.dumps(row, ensure_ascii=False, default=str).encode()  # half an emoji cannot be stored, nor sent
        return list(benchmark.items(index, row))
    except UnicodeEncodeError:
        return [BadRow(index=f"row-{number}", message=f"row {number}: expected text, got half a character")]
    except DatasetError as error:
        return [BadRow(index=index, message=f"row {number}: {error}")]


def _check_columns(benchmark: Benchmark, source: Path, rows: Iterable[Row | BadRow]) -> None:
    columns = dict.fromkeys(name for row in rows if not isinstance(row, BadRow) for name in row)
    for wanted in benchmark.required:
        names = (wanted,) if isinstance(wanted, str) else wanted
        if not any(name in columns for name in names):
            got = ", ".join(columns) or "none that can be read"
            raise DatasetError(f"expected a column {' or '.join(names)} in {source} for {benchmark.name}; got: {got}")


def row_index(row: Row, number: int) -> str:
    """Return the data set's own index of a row, else its 0-based position."""
    for name in ("index", "sample_id"):
        if cell(row, name):
            return str(row[name])
    return str(number)


def text_cell(row: Row, *names: str) -> str:
    """Return the first of these cells that is there, as text without blanks at its ends.

    Raises
    ------
    DatasetError
        If none is there, or all are empty.
    """
    text = gold_cell(row, *names)
    if text is None:
        raise DatasetError(f"expected text in {' or '.join(names)}, got nothing")
    return text


def gold_cell(row: Row, *names: str) -> str | None:
    """Return the first of these cells that holds something, as text; None if none does."""
    return next((text for name in names if (text := cell(row, name))), None)


def story_cell(row: Row, name: str = "story") -> str:
    """Return a narrative: text as it is, a list of sentences joined, each closed with a full stop.

    Raises
    ------
    DatasetError
        If the cell is empty, or a list that holds something else than sentences.
    """
    told = literal(text) if (text := text_cell(row, name)).startswith("[") else row[name]
    if isinstance(told, str):
        if told.startswith("["):
            raise DatasetError(f"expected {name} to be text or a list of sentences, got {told[:60]!r}")
        return told.strip()
    if not isinstance(told, list) or not told or not all(isinstance(part, str) for part in told):
        raise DatasetError(f"expected {name} to be text or a list of sentences, got {told!r:.60}")
    return " ".join(closed(part.strip()) for part in told)


def other_columns(row: Row, *taken: str) -> dict[str, Any]:
    """Return the columns that are not part of the question, with literals read."""
    held = {name: value for name, value in row.items() if value is not None and value == value}  # NaN is not itself
    return {name: literal(value) for name, value in held.items() if name not in taken}


def story_id(row: Row, narrative: str) -> str:
    """Return what the rows about one narrative share: the data set's own `set_id`, else a hash of the narrative."""
    return str(cell(row, "set_id") or hashlib.sha256(narrative.encode()).hexdigest()[:12])


def unit(outcome: ItemResult) -> ScoredUnit:
    """Count an item by itself."""
    return ScoredUnit(
        score=float(outcome.is_correct is True),
        failed=outcome.status != "answered",
        id=outcome.index,
        cluster_id=outcome.cluster_id,
    )


def rows_by(outcomes: Iterable[ItemResult], field: str) -> list[MetricRow]:
    """Return a line for each value of a field, in the order of their text; items without it are left to others."""
    groups: dict[str, list[ScoredUnit]] = {}
    for outcome in outcomes:
        if (value := outcome.fields.get(field)) is not None:
            groups.setdefault(str(value), []).append(unit(outcome))
    return [MetricRow(label=label, units=groups[label]) for label in sorted(groups)]


def _bare_option(reply: str, choices: Sequence[str]) -> str | None:
    """Return the option whose letter or text a reply is, and nothing else."""
    said = normalised(reply)
    return next((text for n, text in enumerate(choices) if said in (chr(ord("a") + n), normalised(text))), None)


def _unknown_option(benchmark: Benchmark, name: str, value: str) -> ConfigurationError:
    options = benchmark.options
    known = "; ".join(f"{option}={'|'.join(values)}" for option, values in options.items())
    near = did_you_mean(value, options[name]) if name in options else did_you_mean(name, options)
    return ConfigurationError(
        f"expected an option of {benchmark.name} out of {known or 'none at all'}; got {name}={value}{near}"
    )


def _check_indices(source: Path, rows: Iterable[Item | BadRow]) -> None:
    seen: dict[str, int] = {}
    for number, row in enumerate(rows):
        if (before := seen.setdefault(row.index, number)) != number:
            raise DatasetError(
                f"expected each index once in {source}, got {row.index!r} in rows {before} and {number}: "
                "their results would overwrite each other"
            )
