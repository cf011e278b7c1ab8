"""Read the results in a folder one at a time. For each unusable file, a reason is reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from social_world_model.errors import DatasetError, shortened
from social_world_model.files import file_bytes
from social_world_model.frames import data_frame
from social_world_model.runs.journal import journaled_usage
from social_world_model.runs.ledger import Recorded, read_ledger
from social_world_model.runs.manifest import FILE_NAME, checked_manifest, shared_contexts_of, usage_of
from social_world_model.runs.names import RESULTS, file_stem, is_moved_aside
from social_world_model.runs.results import Result, flaw_of, read_result, with_texts
from social_world_model.runs.usages import missing_usage
from social_world_model.usage import NO_USAGE, Usage

if TYPE_CHECKING:
    import pandas

UNRECORDED = "unrecorded"
"""Role of usage that results contain, but no record. The role of these calls is unknown."""
OnUnreadable = Callable[[Path, str], None]
"""Function that is called with the path of each unusable file, and with the reason."""


@dataclass(frozen=True)
class UnreadableFile:
    """A file in a results folder that cannot be used.

    Parameters
    ----------
    path
        Path of the file.
    reason
        Description of the problem: "expected ..., got ...".
    """

    path: Path
    reason: str

    def __str__(self) -> str:
        """Return the file's name and the reason on one line."""
        return f"{self.path.name}: {self.reason}"


class StoredResults:
    """The results folder of a run.

    Parameters
    ----------
    folder
        Folder that `swm run` or `swm score` wrote.

    Attributes
    ----------
    folder
        Path of the folder.
    manifest
        Valid fields of ``run.json``; empty for a folder of older software.

    Raises
    ------
    DatasetError
        If the folder does not exist, or if a newer version of this package wrote the file ``run.json``.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise DatasetError(f"expected the folder of a run, got {folder}, which is not a folder")
        self.folder = folder
        self.manifest: Mapping[str, Any]
        self.manifest, flaws = checked_manifest(folder)
        self.manifest_is_broken = not self.manifest and bool(flaws)
        self._flaws = [UnreadableFile(folder / FILE_NAME, flaw) for flaw in flaws]
        self._unreadable: tuple[UnreadableFile, ...] | None = None
        self._spent = NO_USAGE

    @property
    def results(self) -> Iterable[Result]:
        """The results in the order of file names; each iteration reads the files again, one at a time."""
        return _Loop(self._read)

    @property
    def unreadable(self) -> tuple[UnreadableFile, ...]:
        """The files that contain no usable result. An iteration over `results` finds these files."""
        if self._unreadable is None:
            for _ in self.results:
                pass
        return self._unreadable or ()

    @property
    def benchmark_name(self) -> str | None:
        """Name of the benchmark, from the manifest or a parent folder; None if neither contains a name."""
        return benchmark_name(self.folder, self.manifest)

    @property
    def usage(self) -> dict[str, Usage]:
        """Usage by role, over all runs that wrote to the folder. It is at least the usage of all stored replies."""
        return dict(self._recorded.usage)

    @property
    def shared_contexts(self) -> Usage:
        """Usage of the contexts that the run uses and other runs paid for."""
        return self._recorded.shared_contexts

    @cached_property
    def _recorded(self) -> Recorded:
        if self._unreadable is None:
            for _ in self.results:
                pass
        return recorded_usage(self.folder, self.manifest, self._spent)

    def to_pandas(self) -> pandas.DataFrame:
        """Return the results as a pandas DataFrame with one row per item. Contexts and raw replies are not included.

        Raises
        ------
        ConfigurationError
            If pandas is not installed.
        """
        return data_frame(map(_row_of, self.results))

    def _read(self) -> Iterator[Result]:
        unreadable = list(self._flaws)
        spent, answered, finished = NO_USAGE, False, set[str]()
        for result in usable_results(self.folder, lambda path, why: unreadable.append(UnreadableFile(path, why))):
            spent += result.usage
            finished.add(result.item_key or "")
            answered |= result.status != "parsed"
            yield result
        # Other runs may have paid for the contexts in a folder without answers.
        self._spent = spent + journaled_usage(self.folder, finished) if answered else NO_USAGE
        self._unreadable = tuple(unreadable)


_NOT_IN_FRAMES = ("socialized_context", "context_raw", "raw", "samples", "schema", "item_key", "context_key")


def _row_of(result: Result) -> Mapping[str, Any]:
    """Return the row of a result in a DataFrame."""
    own = {name: value for name, value in vars(result).items() if name not in _NOT_IN_FRAMES}
    return own | {"usage": vars(result.usage), "scores": result.scores or {}}


def recorded_usage(folder: Path, manifest: Mapping[str, Any], spent: Usage = NO_USAGE) -> Recorded:
    """Return the usage of all runs that wrote to a folder.

    The usage comes from the ledger of a stopped run, or from the manifest. If stored replies cost more, the difference
    has the role ``unrecorded``.

    Parameters
    ----------
    folder
        Folder of the run.
    manifest
        Valid fields of ``run.json`` in the folder.
    spent
        Usage of all stored replies.
    """
    ledger = read_ledger(folder)
    recorded = Recorded(usage=usage_of(manifest), charged={"": shared_contexts_of(manifest)})
    if ledger is not None:
        recorded = ledger[0]
    lacks = missing_usage(recorded.total, spent)
    if lacks == NO_USAGE:
        return recorded
    return replace(recorded, usage={**recorded.usage, UNRECORDED: recorded.usage.get(UNRECORDED, NO_USAGE) + lacks})


@dataclass(frozen=True)
class _Loop(Iterable[Result]):
    """Results that can be iterated more than once."""

    start: Callable[[], Iterator[Result]]

    def __iter__(self) -> Iterator[Result]:
        return self.start()


def read_run(folder: str | Path) -> StoredResults:
    """Read the results of a run.

    Parameters
    ----------
    folder
        Folder that `swm run` or `swm score` wrote, for example ``data/tomi_results/vanilla_gpt-4o_stories.csv``.

    Returns
    -------
    StoredResults
        The stored run. Its `results` are read one at a time, so large folders need little memory.

    Raises
    ------
    DatasetError
        If the folder does not exist, if the folder contains no JSON file, or if a newer version of this package wrote
        the results.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     text = '{"schema": 2, "index": "1", "status": "answered", "question": "Where is it?", "answer": "box"}'
    ...     _ = Path(folder, "1.json").write_text(text, encoding="utf-8")
    ...     _ = Path(folder, "2.json").write_text("half a fi", encoding="utf-8")
    ...     run = read_run(folder)
    ...     print([(result.index, result.item().question, result.answer) for result in run.results])
    ...     print([file.path.name for file in run.unreadable])
    [('1', 'Where is it?', 'box')]
    ['2.json']
    """
    run = StoredResults(Path(folder))
    if not run.manifest and not result_files(run.folder) and not run.manifest_is_broken:
        raise DatasetError(f"expected the folder of a run, got {folder}, which contains no results")
    return run


def result_files(folder: Path) -> list[Path]:
    """Return the JSON files of a folder that can contain a result, sorted by name.

    Return no files if the folder does not exist.

    The manifest is not included. Hidden files are not included, because they can be incomplete.
    """
    return sorted(path for path in folder.glob("*.json") if path.name != FILE_NAME and not path.name.startswith("."))


def read_result_file(path: Path) -> Result | None:
    """Read a result from a file.

    Returns
    -------
    Result or None
        The result; None if the JSON file is not a result.

    Raises
    ------
    DatasetError
        If the file cannot be read.
    """
    try:
        return read_result(file_bytes(path))
    except OSError as error:
        raise DatasetError(f"expected a readable file, got an error: {error.strerror or error}") from None


def read_results(folder: Path, on_unreadable: OnUnreadable | None = None) -> Iterator[tuple[Path, Result]]:
    """Yield the path and the result of each result file in a folder, in the order of file names.

    JSON files that are not results are skipped.

    Parameters
    ----------
    folder
        Folder of results.
    on_unreadable
        Function that is called with the path of each unreadable file, and with the reason. None means that these files
        are skipped without a message.
    """
    for path in result_files(folder):
        try:
            result = read_result_file(path)
        except DatasetError as error:
            if on_unreadable is not None:
                on_unreadable(path, str(error))
            continue
        if result is not None:
            yield path, result


def usable_results(folder: Path, on_unreadable: OnUnreadable) -> Iterator[Result]:
    """Yield all results in a folder that can be counted and scored.

    Each index is yielded once. A result with a field of the wrong type is skipped.

    Parameters
    ----------
    folder
        Folder of results.
    on_unreadable
        Function that is called with the path of each unusable file, and with the reason.
    """
    seen: set[str] = set()
    for path, result in read_results(folder, on_unreadable):
        own = f"{file_stem(result.index)}.json"
        if result.index in seen or (own != path.name and (folder / own).is_file()):
            on_unreadable(path, f"expected each index once, got a second result with {shortened(result.index, 40)!r}")
        elif why := flaw_of(result):
            on_unreadable(path, why)
        else:
            seen.add(result.index)
            yield with_texts(result)


def folders_below(root: Path) -> list[Path]:
    """Return all subfolders of a folder, at any depth, sorted."""
    return sorted(path for path in root.rglob("*") if path.is_dir())


def run_folders(root: Path) -> Iterator[Path]:
    """Yield those folders that contain JSON files: the given folder and its subfolders. Folders ``.old-N`` are skipped.

    Raises
    ------
    DatasetError
        If the folder does not exist.
    """
    if not root.is_dir():
        raise DatasetError(f"expected a folder with results, got {root}, which is not a folder")
    for folder in sorted([root, *folders_below(root)]):
        # The folder of a run on a .json file has a name that ends in .json too.
        if not is_moved_aside(folder.relative_to(root)) and any(path.is_file() for path in folder.glob("*.json")):
            yield folder


def benchmark_name(folder: Path, manifest: Mapping[str, Any]) -> str | None:
    """Return the name of the benchmark of a results folder; None if the name is unknown.

    Parameters
    ----------
    folder
        Results folder. If the manifest contains no name, a parent folder ``NAME_results`` gives the name.
    manifest
        Contents of the file ``run.json`` in the folder; may be empty.
    """
    above = [part.name.removesuffix(RESULTS) for part in folder.absolute().parents if part.name.endswith(RESULTS)]
    name = manifest.get("benchmark") or next(iter(above), None)
    return None if name is None else str(name)
