"""The rows of a run: one row per question. Rows are cached, so that only changed result files are read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from sys import intern
from typing import Any, Literal

from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.experiments.stored import verdicts_of_run
from social_world_model.experiments.verdicts import DAMAGE
from social_world_model.runs.keys import content_key
from social_world_model.runs.manifest import checked_manifest
from social_world_model.runs.names import file_stem
from social_world_model.runs.reading import StoredResults, read_result_file
from social_world_model.runs.results import Result, flaw_of, with_texts
from social_world_model.viewer.cache import CacheFile
from social_world_model.viewer.folders import Changed, Snapshot, scanned

Verdict = tuple[str, str | None, bool | None] | tuple[str, str | None, bool | None, Literal[True]]
"""Status, answer, and whether the answer is correct. A verdict without a score has None. If the model had to guess the
answer, a fourth value is True."""
Row = tuple[str, str, str | None, str | None, int | None, Verdict]
"""Index, question, gold answer, kind of question, order of belief, and verdict."""
FAILED = frozenset({"refused", "unparsable", "error"})
"""Statuses of questions without an answer."""
FILTERS = ("all", "a", "b", "wrong", "fail")
"""Names of the filters of item pages, as in `ItemFilter` of the pages."""


@dataclass(frozen=True)
class ItemQuery:
    """What a page of items shows.

    Parameters
    ----------
    f
        Name of a filter: ``all``; ``a`` or ``b``: only this run is correct; ``wrong``: both runs are wrong; ``fail``:
        one of the runs has no answer.
    q
        Text that the question, the index, the gold answer or an answer must contain.
    offset, limit
        Number of rows to skip, and maximum number of rows.

    Raises
    ------
    ConfigurationError
        If the filter is unknown, or if a number is negative.
    """

    f: str = "all"
    q: str = ""
    offset: int = 0
    limit: int = 200

    def __post_init__(self) -> None:
        if self.f not in FILTERS:
            raise ConfigurationError(f"expected f to be one of {', '.join(FILTERS)}; got {self.f!r:.40}")
        if self.offset < 0 or self.limit < 0:
            raise ConfigurationError(f"expected offset and limit from 0 on, got {self.offset} and {self.limit}")


@dataclass(frozen=True)
class RunRows:
    """The rows of a run.

    Parameters
    ----------
    rows
        Rows in the order of file names; numbers in file names count as numbers.
    stamp
        Stamp of the folder when the rows were read.
    """

    rows: Sequence[Row]
    stamp: str

    def page(self, other: RunRows | None, query: ItemQuery) -> dict[str, Any]:
        """Return a page of items: the number of matching rows, the numbers by filter, and the rows of the page.

        Parameters
        ----------
        other
            Rows of run B; None if there is only run A.
        query
            What the page shows.
        """
        beside = {row[0]: row[5] for row in other.rows} if other else {}
        pairs = [(row, beside.get(row[0])) for row in self.rows]
        if words := query.q.strip().lower():
            pairs = [(row, b) for row, b in pairs if _contains(row, b, words)]
        kept = {
            name: [pair for pair in pairs if _passes(name, pair[0][5], pair[1], other is not None)] for name in FILTERS
        }
        shown = kept[query.f][query.offset : query.offset + query.limit]
        return {
            "total": len(kept[query.f]),
            "counts": {name: len(found) for name, found in kept.items()},
            "rows": [_item_row(row, b) for row, b in shown],
        }

    @property
    def failed(self) -> int:
        """Number of questions without an answer."""
        return sum(row[5][0] in FAILED for row in self.rows)


def _item_row(row: Row, b: Verdict | None) -> dict[str, Any]:
    names = ("index", "question", "gold", "asks", "order", "a")
    return {**dict(zip(names, row, strict=True)), "b": b}


def _contains(row: Row, b: Verdict | None, words: str) -> bool:
    texts = (row[0], row[1], row[2], row[5][1], b[1] if b else None)
    return any(text is not None and words in text.lower() for text in texts)


def _correct(verdict: Verdict | None) -> bool | None:
    """Return whether an answer counts as correct; None if it is not scored. A failure counts as wrong."""
    if verdict is None:
        return None
    return False if verdict[0] in FAILED else verdict[2]


def _passes(name: str, a: Verdict, b: Verdict | None, two: bool) -> bool:
    one, other = _correct(a), _correct(b)
    rules: Mapping[str, bool] = {
        "all": True,
        "a": one is True and other is False,
        "b": one is False and other is True,
        "wrong": one is False and (not two or other is False),
        "fail": a[0] in FAILED or (b is not None and b[0] in FAILED),
    }
    return rules[name]


class RowsReader:
    """Reads the rows of a run, again and again. Result files that did not change are not read again.

    Parameters
    ----------
    folder
        Folder of the run.
    cache
        Whether to keep the rows in the cache folder of the user.
    """

    def __init__(self, folder: Path, *, cache: bool = True) -> None:
        self.folder = folder
        self._file = CacheFile("rows", folder) if cache else None
        self._entries: dict[str, tuple[Changed, Row | None]] = {}
        self._kept: Snapshot | None = None
        self._key = ""

    def read(self, snapshot: Snapshot | None = None, *, keep: bool = True) -> RunRows:
        """Return the rows of the run.

        Parameters
        ----------
        snapshot
            Files of the folder, if they are known. None means that the folder is scanned.
        keep
            Whether to write the cache file if it is older than the rows.

        Raises
        ------
        DatasetError
            If the folder cannot be read, or if a newer version of this package wrote ``run.json``.
        """
        found, key = snapshot or scanned(self.folder), _scoring_key(self.folder)
        if key != self._key:
            self._key, self._kept = key, None
            self._entries = _checked(self._file.read(key)) if self._file else {}
        known, one = self._entries, _reader(self.folder)
        self._entries = {
            name: before
            if (before := known.get(name)) and before[0] == changed
            else (changed, one(found.folder / name))
            for name, changed in found.files.items()
        }
        if self._file and keep and self._kept != found:
            if self._entries != known:
                self._file.write(key, self._entries)
            self._kept = found
        return RunRows(sorted(_unique(self._entries), key=_place), found.stamp)


def read_rows(folder: Path, *, cache: bool = True) -> RunRows:
    """Return the rows of a run. Result files that did not change since the last call are not read again.

    Parameters
    ----------
    folder
        Folder of the run.
    cache
        Whether to read and write a file in the cache folder of the user.

    Raises
    ------
    DatasetError
        If the folder cannot be read, or if a newer version of this package wrote ``run.json``.
    """
    return RowsReader(folder, cache=cache).read()


def _scoring_key(folder: Path) -> str:
    """Return a hash of the settings that decide verdicts."""
    manifest, _ = checked_manifest(folder)
    settings = manifest.get("settings") or {}
    scoring = {name: settings.get(name) for name in ("protocol", "options", "scorer")}
    return content_key(benchmark=manifest.get("benchmark"), **scoring)


def _checked(data: Any) -> dict[str, tuple[Changed, Row | None]]:
    """Return the entries of a cache file; no entries if one of them has another form."""
    try:
        return {name: ((int(at), int(size)), _row_of(row)) for name, ((at, size), row) in data.items()}
    except (AttributeError, TypeError, ValueError):
        return {}


def _row_of(data: Any) -> Row | None:
    if data is None:
        return None
    index, question, gold, asks, order, (status, answer, correct, *uncertain) = data
    fits = isinstance(index, str) and isinstance(question, str) and isinstance(status, str)
    if not fits or not all(isinstance(text, str | None) for text in (gold, asks, answer)):
        raise ValueError("expected a row of texts")
    verdict = _verdict(status, answer, correct, uncertain == [True])
    return (index, question, _shared(gold), _shared(asks), order, verdict)


def _reader(folder: Path) -> Callable[[Path], Row | None]:
    """Return a function that reads the row of a result file; None for a file without a usable answer."""
    try:
        verdicts = verdicts_of_run(StoredResults(folder))
    except DatasetError:  # an unknown benchmark: the stored verdicts are used
        return lambda path: _row(path, lambda result: result)
    return lambda path: _row(path, verdicts.checked)


def _row(path: Path, checked: Callable[[Result], Result]) -> Row | None:
    try:
        result = read_result_file(path)
        if result is None or result.status == "parsed" or flaw_of(result) is not None:
            return None
        result = checked(with_texts(result))
    except DAMAGE:
        return None
    correct = result.is_correct if result.status == "answered" else None
    verdict = _verdict(result.status, result.answer, correct, result.uncertain is True)
    gold, asks = _shared(result.correct_answer), _shared(result.question_kind)
    return (result.index, result.question or "", gold, asks, _order(result), verdict)


def _verdict(status: str, answer: str | None, correct: bool | None, uncertain: bool) -> Verdict:
    found = (intern(status), _shared(answer), correct)
    return (*found, True) if uncertain else found


def _shared(text: str | None) -> str | None:
    """Return a text as one object for all rows that have this text, which saves memory."""
    return None if text is None else intern(text)


def _order(result: Result) -> int | None:
    """Return the number of agents in the chain of a question; 0 for a question about reality, otherwise None."""
    if result.belief_chain:
        return len(result.belief_chain)
    return 0 if result.question_kind == "reality" else None


def _unique(entries: Mapping[str, tuple[Changed, Row | None]]) -> Iterator[Row]:
    """Yield each question once. If two files have the same index, the file with the name of the index counts."""
    seen: set[str] = set()
    for name, (_, row) in entries.items():
        if row is None or row[0] in seen:
            continue
        own = f"{file_stem(row[0])}.json"
        if own == name or own not in entries:
            seen.add(row[0])
            yield row


def _place(row: Row) -> tuple[bool, int, str]:
    index = row[0]
    number = index.isdecimal() and len(index) < 20
    return (not number, int(index) if number else 0, index)
