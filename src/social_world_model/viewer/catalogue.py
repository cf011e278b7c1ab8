"""Find everything that can be shown below some paths: contexts and runs, each with an id, and what was left out."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

from social_world_model.errors import DatasetError, SocialWorldModelError, shortened
from social_world_model.experiments.showing import stored_result
from social_world_model.modes import MODES
from social_world_model.runs.manifest import FILE_NAME as MANIFEST
from social_world_model.runs.names import is_moved_aside
from social_world_model.runs.reading import StoredResults
from social_world_model.viewer.opening import Opened, as_text, open_result, open_text, read_text
from social_world_model.viewer.payload import Payload, context_entry

STANDARD_INPUT = "-"
MOST = 500
"""Maximum number of contexts outside runs. Each is opened once when the catalogue is made."""


class UnknownIdError(DatasetError):
    """Error for an id that is neither a context nor a run of the catalogue."""


@dataclass(frozen=True)
class LeftOut:
    """A file or folder that is not shown.

    Parameters
    ----------
    name
        Name of the file or folder, relative to the given path.
    why
        What was expected, and what is there.
    """

    name: str
    why: str


@dataclass(frozen=True)
class ContextSource:
    """A context that can be opened. The file is read again each time.

    Parameters
    ----------
    id, title
        Id in the catalogue, and title for the reader.
    open
        Opens the context. It raises a `SocialWorldModelError` if the file has changed and cannot be used.
    """

    id: str
    title: str
    open: Callable[[], Opened]

    def load(self) -> Payload:
        """Return the context as the pages read it.

        Raises
        ------
        SocialWorldModelError
            If the context cannot be used.
        """
        return self.open().payload(self.id, self.title)


@dataclass
class Catalogue:
    """Everything that can be shown.

    Attributes
    ----------
    contexts
        Contexts outside runs, by id.
    entries
        Entries of these contexts, by id.
    runs
        Folders of runs, by id.
    left_out
        Files and folders that are not shown, with the reason.
    """

    contexts: dict[str, ContextSource] = field(default_factory=dict)
    entries: dict[str, Payload] = field(default_factory=dict)
    runs: dict[str, Path] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)

    def context(self, id: str) -> ContextSource:
        """Return a context by its id: a context outside runs, or the context of an item.

        Parameters
        ----------
        id
            Id of the context, or the id that `item_context_id` returns.

        Raises
        ------
        UnknownIdError
            If there is no context with this id.
        """
        if id in self.contexts:
            return self.contexts[id]
        run, dot, index = id.partition(".")
        if not dot or run not in self.runs:
            raise UnknownIdError(f"expected the id of a context, got {shortened(id, 40)!r}")
        return ContextSource(id, f"Item {index}", lambda: _of_item(self.runs[run], index))

    def add(self, title: str, opened: Callable[[], Opened]) -> None:
        """Add a context.

        Parameters
        ----------
        title
            Name of the file.
        opened
            Opens the context.

        Raises
        ------
        SocialWorldModelError
            If the context cannot be used, or if the catalogue already has `MOST` contexts.
        """
        if len(self.contexts) == MOST:
            raise DatasetError(f"expected at most {MOST} contexts; give single files or a smaller folder")
        try:
            first = opened()
            source = ContextSource(f"c{len(self.contexts) + 1}", self._title(first.name, title), opened)
            self.entries[source.id] = context_entry(first.context, id=source.id, title=source.title)
        except RecursionError:
            raise DatasetError("expected JSON with few levels, got JSON that is nested too deeply") from None
        self.contexts[source.id] = source

    def _title(self, name: str, file: str) -> str:
        """Return the title of a context. Several episodes of one task have the same name."""
        taken = {source.title for source in self.contexts.values()}
        return _writable(f"{name} ({file})" if name in taken else name or file)

    def add_or_leave_out(self, title: str, opened: Callable[[], Opened]) -> None:
        """Add a context, or leave it out with the reason if it cannot be used.

        Parameters
        ----------
        title, opened
            The same as in `add`.
        """
        try:
            self.add(title, opened)
        except SocialWorldModelError as error:
            self.leave_out(title, str(error))

    def leave_out(self, name: str, why: str) -> None:
        """Note a file or folder that is not shown.

        Parameters
        ----------
        name
            Name of the file or folder.
        why
            What was expected, and what is there.
        """
        self.left_out.append(LeftOut(_writable(name), _writable(shortened(" ".join(why.split()), 300))))


def _writable(text: str) -> str:
    """Return a text with question marks for lone surrogates, which stand for bytes of file names that are not UTF-8."""
    return text.encode("utf-8", "replace").decode()


def item_context_id(run: str, index: str) -> str:
    """Return the id of the context of an item.

    Parameters
    ----------
    run
        Id of the run.
    index
        Index of the item.
    """
    return f"{run}.{index}"


def discover(paths: Iterable[str | Path]) -> Catalogue:
    """Find everything that can be shown below some paths.

    Parameters
    ----------
    paths
        Files and folders: stories, chats, contexts, results of items, episodes, runs. ``-`` is standard input.

    Returns
    -------
    Catalogue
        Contexts and runs in the order of the paths and of the names. Everything else is in `left_out`, except hidden
        files.
    """
    catalogue = Catalogue()
    files: list[_File] = []
    seen: set[Path] = set()
    for path in map(Path, paths):
        if str(path) == STANDARD_INPUT:
            _add_standard_input(catalogue)
        elif path.is_dir():
            _look_into(catalogue, files, path, path.resolve(), seen)
        else:
            files.append(_File(str(path), path))
    files = list({os.path.realpath(file.path): file for file in files}.values())
    times = Counter(file.path.name for file in files)
    for file in files:
        title = file.path.name if times[file.path.name] == 1 else file.name
        catalogue.add_or_leave_out(title, partial(_opened, file.path))
    return catalogue


class _File(NamedTuple):
    """A file that may contain a context, and its name relative to the given path."""

    name: str
    path: Path


def _opened(path: Path) -> Opened:
    return open_text(read_text(path))


def _add_standard_input(catalogue: Catalogue) -> None:
    """Add the text of standard input, which can be read only once."""
    data = sys.stdin.buffer.read()
    catalogue.add_or_leave_out("standard input", lambda: open_text(as_text(data)))


def _look_into(catalogue: Catalogue, files: list[_File], folder: Path, root: Path, seen: set[Path]) -> None:
    """Look for runs and files in a folder and its subfolders. The files of a run belong to the run."""
    name = os.path.relpath(folder, root) if folder.resolve() != root else folder.name
    if is_moved_aside(Path(folder.name)):
        catalogue.leave_out(name, "old results: a later run moved this folder aside")
        return
    if folder.resolve() in seen:  # a link, or a folder that is given twice
        return
    seen.add(folder.resolve())
    try:
        folders, names = _entries(folder)
        stored = StoredResults(folder) if any(name.endswith(".json") for name in names) else None
    except (SocialWorldModelError, OSError) as error:
        catalogue.leave_out(name, str(error))
        return
    of_benchmark = stored is not None and _is_of_benchmark(stored)
    only_contexts = of_benchmark and stored is not None and _has_only_contexts(stored)
    if only_contexts and folder.resolve() != root:
        seen.discard(folder.resolve())
        catalogue.leave_out(name, "contexts that runs share: to see them, give this folder as a path")
    elif of_benchmark and not only_contexts:
        catalogue.runs[f"r{len(catalogue.runs) + 1}"] = folder
    else:
        of_episodes = stored is not None and _is_of_episodes(stored)
        for file in names:
            if not ((of_episodes or only_contexts) and _is_bookkeeping(file)):
                files.append(_File(os.path.relpath(folder.resolve() / file, root), folder / file))
    for below in folders:
        _look_into(catalogue, files, folder / below, root, seen)


def _entries(folder: Path) -> tuple[list[str], list[str]]:
    """Return the names of the folders and of the files in a folder, without hidden ones."""
    with os.scandir(folder) as found:
        visible = sorted((entry.name, _is_folder(entry)) for entry in found if not entry.name.startswith("."))
    return [name for name, is_folder in visible if is_folder], [name for name, is_folder in visible if not is_folder]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _is_of_episodes(stored: StoredResults) -> bool:
    return stored.manifest.get("kind") == "episodes"


def _is_of_benchmark(stored: StoredResults) -> bool:
    """Return whether a folder is the folder of a run on a benchmark. Folders of early versions have no manifest."""
    return not _is_of_episodes(stored) and (stored.benchmark_name is not None or stored.manifest_is_broken)


def _has_only_contexts(stored: StoredResults) -> bool:
    """Return whether a folder contains contexts and no answers. A folder that runs share has no manifest."""
    mode = MODES.find(str(stored.manifest.get("mode")))
    if mode is not None:
        return not mode.answers
    first = next(iter(stored.results), None)
    return first is not None and first.status == "parsed"


def _is_bookkeeping(file: str) -> bool:
    """Return whether a file of a run of episodes contains no episode: the manifest, the journal or the usage."""
    return file == MANIFEST or not file.endswith(".json")


def _of_item(folder: Path, index: str) -> Opened:
    return open_result(stored_result(StoredResults(folder), index))
