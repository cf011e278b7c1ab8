"""The reader of result folders: one result at a time, and no file is left out without a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from social_world_model.choices import AnswerForm, QuestionKind
from social_world_model.errors import DatasetError, shortened
from social_world_model.runs.manifest import FILE_NAME, read_manifest, usage_of
from social_world_model.runs.names import RESULTS, file_stem, is_moved_aside
from social_world_model.runs.results import Result, read_result
from social_world_model.usage import Usage

OnUnreadable = Callable[[Path, str], None]
"""Called with each file that cannot be used, and the reason."""


@dataclass(frozen=True)
class UnreadableFile:
    """A file in a results folder that cannot be used.

    Parameters
    ----------
    path
        The file.
    reason
        What was expected, and what came.
    """

    path: Path
    reason: str

    def __str__(self) -> str:
        """Return the file's name and the reason on one line."""
        return f"{self.path.name}: {self.reason}"


class StoredResults:
    """A results folder, read from disk.

    Parameters
    ----------
    folder
        A folder that `swm run` or `swm score` has written.

    Attributes
    ----------
    folder
        As given.
    manifest
        What `run.json` says; empty for a folder of older software.

    Raises
    ------
    DatasetError
        If there is no such folder, or a newer version of this package wrote its `run.json`.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise DatasetError(f"expected the folder of a run, got {folder}, which is none")
        self.folder = folder
        self.manifest: Mapping[str, Any] = read_manifest(folder)
        self.manifest_is_broken = not self.manifest and (folder / FILE_NAME).exists()
        self._unreadable: tuple[UnreadableFile, ...] | None = None

    @property
    def results(self) -> Iterable[Result]:
        """The results in the order of their file names; each loop reads the files again, one at a time."""
        return _Loop(self._read)

    @property
    def unreadable(self) -> tuple[UnreadableFile, ...]:
        """The files that no result could be read from; known after a loop over `results`, or by one of its own."""
        if self._unreadable is None:
            for _ in self.results:
                pass
        return self._unreadable or ()

    @property
    def benchmark_name(self) -> str | None:
        """Name of the benchmark, from the manifest or from the folder above; None where neither has it."""
        return benchmark_name(self.folder, self.manifest)

    @property
    def usage(self) -> dict[str, Usage]:
        """What all runs into the folder used, by role."""
        return usage_of(self.manifest)

    def _read(self) -> Iterator[Result]:
        unreadable: list[UnreadableFile] = []
        if self.manifest_is_broken:
            unreadable.append(UnreadableFile(self.folder / FILE_NAME, "expected a JSON object, got none"))
        yield from usable_results(self.folder, lambda path, why: unreadable.append(UnreadableFile(path, why)))
        self._unreadable = tuple(unreadable)


@dataclass(frozen=True)
class _Loop(Iterable[Result]):
    """Results that can be looped over more than once."""

    start: Callable[[], Iterator[Result]]

    def __iter__(self) -> Iterator[Result]:
        return self.start()


def read_run(folder: str | Path) -> StoredResults:
    """Read the results of a run.

    Parameters
    ----------
    folder
        A folder that `swm run` or `swm score` has written, for example
        ``data/tomi_results/vanilla_gpt-4o_stories.csv``.

    Returns
    -------
    StoredResults
        Its `results` are read one at a time, so a folder of any size fits into memory.

    Raises
    ------
    DatasetError
        If there is no such folder, it has no JSON file, or a newer version of this package wrote it.

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
        raise DatasetError(f"expected the folder of a run, got {folder} with no answer in it")
    return run


def result_files(folder: Path) -> list[Path]:
    """Return the JSON files of a folder that may hold a result, by name; nothing where there is no such folder.

    The manifest and hidden files, which may be half written, are left out.
    """
    return sorted(path for path in folder.glob("*.json") if path.name != FILE_NAME and not path.name.startswith("."))


def read_result_file(path: Path) -> Result | None:
    """Read a file.

    Returns
    -------
    Result or None
        None for JSON that is no result.

    Raises
    ------
    DatasetError
        If it cannot be read.
    """
    try:
        return read_result(path.read_bytes())
    except OSError as error:
        raise DatasetError(f"expected a file that can be read, got {error.strerror or error}") from None


def read_results(folder: Path, on_unreadable: OnUnreadable | None = None) -> Iterator[tuple[Path, Result]]:
    """Yield each file of a folder with its result, in the order of file names; other JSON files are skipped."""
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
    """Yield the results of a folder that can be counted and scored: each index once, each field of its kind."""
    seen: set[str] = set()
    for path, result in read_results(folder, on_unreadable):
        own = folder / f"{file_stem(result.index)}.json"
        if result.index in seen or (own != path and own.is_file()):
            on_unreadable(path, f"expected each index once, got {shortened(result.index, 40)!r} again")
        elif why := _unsound(result):
            on_unreadable(path, why)
        else:
            seen.add(result.index)
            texts: dict[str, Any] = {
                name: str(value) for name in _TEXTS if (value := getattr(result, name)) is not None
            }
            yield replace(result, **texts)


_TEXTS = ("question", "answer", "correct_answer", "reasoning", "raw", "error")


def _unsound(result: Result) -> str | None:
    """Return which field of a result is not as runs write it; None if all are."""
    checks: Mapping[str, tuple[bool, str]] = {
        **{
            name: (getattr(result, name) is None or isinstance(getattr(result, name), str | int | float), "text")
            for name in _TEXTS
        },
        "is_correct": (result.is_correct is None or isinstance(result.is_correct, bool), "true or false"),
        "scores": (_are_numbers(result.scores or {}), "numbers by name"),
        "samples": (all(isinstance(sample, dict) for sample in result.samples or ()), "objects"),
        "choices": (all(isinstance(choice, str) for choice in result.choices or ()), "texts"),
        "belief_chain": (all(isinstance(name, str) for name in result.belief_chain or ()), "names"),
        "question_kind": (
            result.question_kind in (None, *get_args(QuestionKind)),
            f"one of {', '.join(get_args(QuestionKind))}",
        ),
        "answer_form": (
            result.answer_form in (None, *get_args(AnswerForm)),
            f"one of {', '.join(get_args(AnswerForm))}",
        ),
    }
    wrong = next((name for name, (fits, _) in checks.items() if not fits), None)
    return None if wrong is None else f"expected {wrong} to be {checks[wrong][1]}, got {getattr(result, wrong)!r:.80}"


def _are_numbers(scores: Mapping[str, Any]) -> bool:
    return all(isinstance(value, int | float) for value in scores.values())


def folders_below(root: Path) -> list[Path]:
    """Return every folder below a folder, in order."""
    return sorted(path for path in root.rglob("*") if path.is_dir())


def run_folders(root: Path) -> Iterator[Path]:
    """Yield every folder at or below a place that holds JSON files, except those that were moved aside.

    Raises
    ------
    DatasetError
        If there is no such place.
    """
    if not root.is_dir():
        raise DatasetError(f"expected a folder with results, got {root}, which is none")
    for folder in sorted([root, *folders_below(root)]):
        # The folder of a run on a .json file ends like a file.
        if not is_moved_aside(folder.relative_to(root)) and any(path.is_file() for path in folder.glob("*.json")):
            yield folder


def benchmark_name(folder: Path, manifest: Mapping[str, Any]) -> str | None:
    """Return the benchmark of a results folder: from its manifest, else from a folder ``NAME_results`` above."""
    above = [part.name.removesuffix(RESULTS) for part in folder.absolute().parents if part.name.endswith(RESULTS)]
    name = manifest.get("benchmark") or next(iter(above), None)
    return None if name is None else str(name)
