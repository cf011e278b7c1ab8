"""Find everything that can be shown below some paths: contexts and runs, each with an id, and what was left out."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from social_world_model.errors import DatasetError, SocialWorldModelError, shortened
from social_world_model.experiments.showing import stored_result
from social_world_model.runs.reading import StoredResults
from social_world_model.symbolic import read_chat
from social_world_model.symbolic.conversation.exports import People
from social_world_model.viewer.finding import STANDARD_INPUT, FoundFile, found_below
from social_world_model.viewer.folders import Changed
from social_world_model.viewer.opening import Opened, as_text, open_path, open_result, open_text
from social_world_model.viewer.payload import Payload, context_entry

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
class _Known:
    """A file that was opened: when it had changed, the id of its context, and why it is left out."""

    changed: Changed | None
    id: str | None
    left_out: list[LeftOut]
    is_gone: bool = False


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
    paths, edit, people
        The same as for `discover`.
    """

    contexts: dict[str, ContextSource] = field(default_factory=dict)
    entries: dict[str, Payload] = field(default_factory=dict)
    runs: dict[str, Path] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    edit: Path | None = None
    people: People | None = None
    _files: dict[str, _Known] = field(default_factory=dict)
    _of_input: list[LeftOut] | None = None

    def look(self) -> bool:
        """Look again at what lies below the paths, and return whether anything but runs' results has changed.

        Ids stay: a context or run that goes and comes back has its former id. Only new and changed files are opened.
        """
        before = (list(self.runs), list(self.entries.items()), self.left_out)
        if self._of_input is None:  # standard input is read once
            self._of_input = self.left_out
        found = found_below(self.paths, self.edit)
        self.left_out = list(self._of_input)
        for name, why in found.left_out:
            self.leave_out(name, why)
        known = set(self.runs.values())
        for folder in found.runs:
            if folder not in known:
                self.runs[f"r{len(self.runs) + 1}"] = folder
        self._look_at(found.files)
        return before != (list(self.runs), list(self.entries.items()), self.left_out)

    def _look_at(self, files: Sequence[FoundFile]) -> None:
        """Open the files that are new or have changed. Entries of files that are gone are removed."""
        names = Counter(file.path.name for file in files)
        there = {os.path.realpath(file.path): file for file in files}
        for key, file in there.items():
            known = self._files.get(key)
            if known is None or known.changed != file.changed or known.is_gone:
                title = file.path.name if names[file.path.name] == 1 else file.name
                known = self._files[key] = self._known(title, file, known)
            self.left_out += known.left_out
        for key in self._files.keys() - there.keys():
            gone = self._files[key]
            gone.is_gone = True
            if gone.id is not None:
                self.entries.pop(gone.id, None)

    def _known(self, title: str, file: FoundFile, before: _Known | None) -> _Known:
        """Open a file and return what is known about it. A file that was shown before keeps its id and its title."""
        id = None if before is None else before.id
        others, self.left_out = self.left_out, []
        try:
            id = self.add(title, partial(_opened, file.path, self.people), id)
        except SocialWorldModelError as error:
            self.leave_out(title, str(error))
            if id is not None:
                self.entries.pop(id, None)
        left_out, self.left_out = self.left_out, others
        return _Known(file.changed, id, left_out)

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

    def add(self, title: str, opened: Callable[[], Opened], id: str | None = None) -> str:
        """Add a context, and return its id.

        Parameters
        ----------
        title
            Name of the file.
        opened
            Opens the context.
        id
            Id that the context already has; None for a new context.

        Raises
        ------
        SocialWorldModelError
            If the context cannot be used, or if the catalogue already has `MOST` contexts.
        """
        if id is None and len(self.contexts) == MOST:
            raise DatasetError(f"expected at most {MOST} contexts; give single files or a smaller folder")
        try:
            first = opened()
            if id is None:
                source = ContextSource(f"c{len(self.contexts) + 1}", self._title(first.name, title), opened)
            else:
                source = self.contexts[id]
            entry = context_entry(first.context, id=source.id, title=source.title)
        except RecursionError:
            raise DatasetError("expected JSON with few levels, got JSON that is nested too deeply") from None
        self.contexts[source.id], self.entries[source.id] = source, entry
        return source.id

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


def discover(paths: Iterable[str | Path], *, edit: Path | None = None, people: People | None = None) -> Catalogue:
    """Find everything that can be shown below some paths.

    Parameters
    ----------
    paths
        Files and folders: stories, chats, contexts, results of items, episodes, runs. ``-`` is standard input.
    edit
        Folder of the branches of what-if, which are left to `social_world_model.viewer.branches`.
    people
        Names and aliases of the people in chats.

    Returns
    -------
    Catalogue
        Contexts and runs in the order of the paths and of the names. Everything else is in `left_out`, except hidden
        files.
    """
    catalogue = Catalogue(paths=[*map(Path, paths)], edit=edit, people=people)
    if any(str(path) == STANDARD_INPUT for path in catalogue.paths):
        data = sys.stdin.buffer.read()
        catalogue.add_or_leave_out("standard input", lambda: _of_input(as_text(data), people))
    catalogue.look()
    return catalogue


def _opened(path: Path, people: People | None) -> Opened:
    return open_path(path, people)


def _of_input(text: str, people: People | None) -> Opened:
    return open_text(text, lambda: read_chat(text, people=people))


def _of_item(folder: Path, index: str) -> Opened:
    return open_result(stored_result(StoredResults(folder), index))
