"""Find runs and files that may contain contexts below some paths. Almost no file is read."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from social_world_model.errors import SocialWorldModelError
from social_world_model.modes import MODES
from social_world_model.runs.manifest import FILE_NAME as MANIFEST
from social_world_model.runs.names import is_moved_aside
from social_world_model.runs.reading import StoredResults
from social_world_model.symbolic.conversation.exports import is_chat_folder
from social_world_model.viewer.folders import Changed

STANDARD_INPUT = "-"


class FoundFile(NamedTuple):
    """A file that may contain a context: its name relative to the given path, its path, and when it changed."""

    name: str
    path: Path
    changed: Changed | None


@dataclass(frozen=True)
class Found:
    """What lies below some paths.

    Parameters
    ----------
    runs
        Folders of runs.
    files
        Files that may contain contexts.
    left_out
        Names of folders that are not shown, each with the reason.
    """

    runs: list[Path] = field(default_factory=list)
    files: list[FoundFile] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)


def found_below(paths: Iterable[Path], edit: Path | None = None) -> Found:
    """Return the runs and the files below some paths.

    Parameters
    ----------
    paths
        Files and folders. Standard input is left to the caller.
    edit
        Folder of the branches of what-if. Its branches are no other contexts.
    """
    found = Found()
    search = _Search(found, None if edit is None else edit.resolve())
    for path in paths:
        if str(path) == STANDARD_INPUT:
            continue
        if path.is_dir() and not is_chat_folder(path):
            search.look_into(path, path.resolve())
        else:
            found.files.append(FoundFile(str(path), path, _changed(path)))
    once = {os.path.realpath(file.path): file for file in found.files}
    found.files[:] = once.values()
    return found


class _Search:
    """A walk through folders. Each folder is visited once."""

    def __init__(self, found: Found, edit: Path | None) -> None:
        self._found, self._edit = found, edit
        self._seen: set[Path] = set()

    def look_into(self, folder: Path, root: Path) -> None:
        """Look for runs and files in a folder and its subfolders. The files of a run belong to the run."""
        real = folder.resolve()
        name = os.path.relpath(folder, root) if real != root else folder.name
        if is_moved_aside(Path(folder.name)):
            self._found.left_out.append((name, "old results: a later run moved this folder aside"))
            return
        if real in self._seen:  # a link, or a folder that is given twice
            return
        self._seen.add(real)
        try:
            folders, names = _entries(folder)
            if real == self._edit:
                names = [file for file in names if not _is_branch(folder, file)]
            stored = StoredResults(folder) if any(name.endswith(".json") for name in names) else None
            self._take(folder, root, name, names, stored)
        except (SocialWorldModelError, OSError) as error:
            self._found.left_out.append((name, str(error)))
            return
        for below in folders:
            self.look_into(folder / below, root)

    def _take(self, folder: Path, root: Path, name: str, names: list[str], stored: StoredResults | None) -> None:
        """Note a folder as a run, or note its files."""
        if stored is not None and stored.manifest.get("kind") == "verdicts":
            self._found.left_out.append((name, "verdicts of a judge: the transcripts are in the episodes"))
            return
        real = folder.resolve()
        of_benchmark = stored is not None and _is_of_benchmark(stored)
        only_contexts = of_benchmark and stored is not None and _has_only_contexts(stored)
        if only_contexts and real != root:
            self._seen.discard(real)
            self._found.left_out.append((name, "contexts that runs share: to see them, give this folder as a path"))
        elif of_benchmark and not only_contexts:
            self._found.runs.append(folder)
        elif real != root and is_chat_folder(folder):
            self._found.files.append(FoundFile(name, folder, _changed(folder)))
        else:
            of_episodes = stored is not None and _is_of_episodes(stored)
            for file in names:
                if not ((of_episodes or only_contexts) and _is_bookkeeping(file)):
                    path = folder / file
                    self._found.files.append(FoundFile(os.path.relpath(real / file, root), path, _changed(path)))


def _changed(path: Path) -> Changed | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _is_branch(folder: Path, file: str) -> bool:
    """Return whether a file is a branch of what-if: it has a small file about its origin beside it."""
    return (folder / f".{file.removesuffix('.json')}.branch.json").is_file()


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
