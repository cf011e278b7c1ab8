"""Write the results of a run to a folder; every file is written atomically."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.files import TEMPORARY, retried, write_whole
from social_world_model.runs.locks import LockFile
from social_world_model.runs.names import aside_folder, file_stem, older_file_stem
from social_world_model.runs.results import Result, flaw_of, read_result, with_texts

ABANDONED = 3600.0
"""Maximum age of a temporary file in seconds. The process that wrote an older file is assumed to be dead."""

_LOCK_NAME = 120  # characters


class ResultStore:
    """The results of one run.

    Parameters
    ----------
    folder
        Folder of the results. The method `open` creates the folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._is_locked = False

    def open(self) -> None:
        """Create the folder, and delete temporary files of killed processes.

        If this object has locked the folder, all temporary files are deleted. This is safe: no other run uses the
        folder, and a process that only adds a context repeats its write. If the folder is not locked, only temporary
        files that are older than one hour are deleted.

        Raises
        ------
        ConfigurationError
            If the folder cannot be created or written to.
        """
        probe = self.folder / f"{TEMPORARY}{os.urandom(8).hex()}-probe"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            probe.touch(exist_ok=False)
            probe.unlink(missing_ok=True)
            for leftover in self.folder.glob(f"{TEMPORARY}*"):
                with suppress(OSError):  # already deleted, or open on a system that cannot delete open files
                    if self._is_locked or time.time() - leftover.stat().st_mtime > ABANDONED:
                        leftover.unlink()
        except OSError as error:
            raise _not_writable(self.folder, error) from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the folder, so that no other run writes the same results. The lock ends when the process ends.

        Raises
        ------
        ConfigurationError
            If another run has locked the folder, or if the folder cannot be written to.
        """
        lock = LockFile(self.folder.parent / f".{_lock_name(self.folder.name)}.lock")
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            taken = not lock.acquire()
        except OSError as error:
            raise _not_writable(self.folder, error) from None
        if taken:
            raise ConfigurationError(
                f"expected a folder that no other run uses, got {self.folder}: another process is writing to this "
                "folder; wait until that process ends, or stop it"
            )
        self._is_locked = lock.is_held
        try:
            yield
        finally:
            self._is_locked = False
            lock.release()

    def move_aside(self, indices: Sequence[str] | None = None) -> Path | None:
        """Move results to ``<folder>.old-N``, so that the results are not overwritten.

        Parameters
        ----------
        indices
            Indices of the items whose files are moved. None means that the whole folder is moved.

        Returns
        -------
        Path or None
            New folder of the results; None if there was nothing to move.

        Raises
        ------
        ConfigurationError
            If the results cannot be moved.
        """
        moved = [self.folder] if indices is None else [path for index in indices for path in self._paths(index)]
        moved = [path for path in moved if path.exists()]
        if not moved:
            return None
        target = aside_folder(self.folder)
        try:
            if indices is None:
                self.folder.rename(target)
            else:
                target.mkdir()
                for path in moved:
                    path.rename(target / path.name)
        except OSError as error:
            raise ConfigurationError(f"cannot move {self.folder} to {target}: {error.strerror or error}") from None
        return target

    def has(self, index: str) -> bool:
        """Return whether a file for this index exists, valid or not."""
        return any(path.exists() for path in self._paths(index))

    def write(self, result: Result) -> Path:
        """Write a result atomically: a reader finds the old file or the complete new file.

        The file survives a power failure if the result has cost a model call. Other results can be made again.

        Raises
        ------
        ConfigurationError
            If the file cannot be written.
        """
        path, *older = self._paths(result.index)
        write_whole(path, result.to_json(), durable=result.usage.requests > 0)
        for other in older:
            with suppress(OSError):  # the results can still be read: the new file has priority
                other.unlink()
        return path

    def read(self, index: str) -> Result | None:
        """Return the result of an item; None if the file is missing, damaged, or about another item."""
        for path in self._paths(index):
            try:
                result = read_result(retried(path.read_bytes))
            except (OSError, DatasetError):
                continue
            if result is not None and result.index == index and flaw_of(result) is None:
                return with_texts(result)
        return None

    def _paths(self, index: str) -> list[Path]:
        """Return the file of an index. If version 0.1 wrote the result under another name, also return that file.

        On some systems, the files ``a.json`` and ``A.json`` are the same file, so the file must contain the index.
        """
        path = self.folder / f"{file_stem(index)}.json"
        older = self.folder / f"{older_file_stem(index)}.json"
        return [path, older] if older != path and _contains(older, index) else [path]


def _contains(path: Path, index: str) -> bool:
    """Return whether a file contains the result of an index."""
    try:
        result = read_result(path.read_bytes())
    except (OSError, DatasetError):
        return False
    return result is not None and result.index == index


def _lock_name(folder: str) -> str:
    """Return a name for the lock of a folder. Different folders have different names.

    >>> _lock_name("plain_m"), _lock_name("x" * 200) == _lock_name("x" * 201)
    ('plain_m', False)
    """
    if len(folder) <= _LOCK_NAME:
        return folder
    digest = hashlib.sha256(folder.encode(errors="surrogatepass")).hexdigest()[:16]
    return f"{folder[: _LOCK_NAME - len(digest) - 1]}~{digest}"


def _not_writable(folder: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"expected a writable output folder, got {folder}: {error.strerror or error}")
