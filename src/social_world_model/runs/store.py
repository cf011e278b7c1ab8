"""Write the results of a run to a folder; every file is written atomically."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.files import TEMPORARY, write_whole
from social_world_model.runs.names import aside_folder, file_stem
from social_world_model.runs.results import Result, read_result

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
        probe = self.folder / f"{TEMPORARY}{os.urandom(4).hex()}-probe"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(b"")
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
        from filelock import FileLock, Timeout  # slow to import

        lock = FileLock(self.folder.parent / f".{self.folder.name[:_LOCK_NAME]}.lock", timeout=0)
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise ConfigurationError(
                f"expected a folder that no other run uses, got {self.folder}: another process is writing to this "
                "folder; wait until that process ends, or stop it"
            ) from None
        except OSError as error:
            if isinstance(error, PermissionError) or not Path(lock.lock_file).exists():
                raise _not_writable(self.folder, error) from None
            # Some network file systems cannot lock.
        self._is_locked = lock.is_locked
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
        moved = [self.folder] if indices is None else [self._path(index) for index in indices]
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
        return self._path(index).exists()

    def write(self, result: Result) -> Path:
        """Write a result atomically: a reader finds the old file or the complete new file.

        Raises
        ------
        ConfigurationError
            If the file cannot be written.
        """
        path = self._path(result.index)
        write_whole(path, result.to_json())
        return path

    def read(self, index: str) -> Result | None:
        """Return the result of an item; None if the file is missing or not readable."""
        try:
            return read_result(self._path(index).read_bytes())
        except (OSError, DatasetError):
            return None

    def _path(self, index: str) -> Path:
        return self.folder / f"{file_stem(index)}.json"


def _not_writable(folder: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"expected a writable output folder, got {folder}: {error.strerror or error}")
