"""A folder of results: each file is written whole, or not at all."""

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
"""Seconds after which a temporary file that nobody has written to is taken for one of a dead process."""

_LOCK_NAME = 120  # characters


class ResultStore:
    """The results of one run.

    Parameters
    ----------
    folder
        Where they lie. It is made by `open`, not before.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._is_locked = False

    def open(self) -> None:
        """Make the folder ready for writing and clear away what a killed process left half-written.

        While the folder is `locked`, all temporary files go: no other run is at it, and a process that only adds a
        context writes its file again. Otherwise those go that nobody has written to for an hour.

        Raises
        ------
        ConfigurationError
            If the folder cannot be made or written to.
        """
        probe = self.folder / f"{TEMPORARY}{os.urandom(4).hex()}-probe"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(b"")
            probe.unlink(missing_ok=True)
            for leftover in self.folder.glob(f"{TEMPORARY}*"):
                with suppress(OSError):  # gone meanwhile; or it is open, and the system does not remove open files
                    if self._is_locked or time.time() - leftover.stat().st_mtime > ABANDONED:
                        leftover.unlink()
        except OSError as error:
            raise _not_writable(self.folder, error) from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs from writing here, and so from paying for the same; a process that dies lets go.

        Raises
        ------
        ConfigurationError
            If another run writes here now.
        """
        from filelock import FileLock, Timeout  # slow to import

        lock = FileLock(self.folder.parent / f".{self.folder.name[:_LOCK_NAME]}.lock", timeout=0)
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise ConfigurationError(
                f"expected to write to {self.folder} alone, and another run is at it: wait for it, or stop it"
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
        """Move results to ``<folder>.old-N``, so that nothing is written over them.

        Parameters
        ----------
        indices
            Whose files; None for the whole folder.

        Returns
        -------
        Path or None
            Where they are now; None if there was nothing to move.

        Raises
        ------
        ConfigurationError
            If they cannot be moved.
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
        """Tell whether there is a file of this index, whatever it holds."""
        return self._path(index).exists()

    def write(self, result: Result) -> Path:
        """Write a result so that a reader finds the old file, or the new one, and never a part.

        Raises
        ------
        ConfigurationError
            If it cannot be written.
        """
        path = self._path(result.index)
        write_whole(path, result.to_json())
        return path

    def read(self, index: str) -> Result | None:
        """Return the result of an item; None where there is none, or none that can be read."""
        try:
            return read_result(self._path(index).read_bytes())
        except (OSError, DatasetError):
            return None

    def _path(self, index: str) -> Path:
        return self.folder / f"{file_stem(index)}.json"


def _not_writable(folder: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"expected an output folder that can be written, got {folder}: {error.strerror or error}")
