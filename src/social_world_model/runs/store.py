"""A folder of records: written whole, read back, never half."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.files import TEMPORARY, write_whole
from social_world_model.runs.names import file_stem
from social_world_model.runs.results import Result, read_result

_LOCK_NAME = 120  # characters


class ResultStore:
    """The records of one run.

    Parameters
    ----------
    folder
        Where they lie. It is made by `open`, not before.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> None:
        """Make the folder ready for writing and clear away what a killed run left half-written.

        Raises
        ------
        ConfigurationError
            If the folder cannot be made or written to.
        """
        probe = self.folder / f"{TEMPORARY}{os.getpid()}-probe"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(b"")
            probe.unlink()
            for leftover in self.folder.glob(f"{TEMPORARY}*"):
                if not _is_being_written(leftover):
                    leftover.unlink(missing_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"expected an output folder that can be written, got {self.folder}: {error.strerror or error}"
            ) from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs from writing here, and so from paying for the same; a process that dies lets go.

        Raises
        ------
        ConfigurationError
            If another run writes here now.
        """
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            lock = (self.folder.parent / f".{self.folder.name[:_LOCK_NAME]}.lock").open("w")
        except OSError as error:
            raise ConfigurationError(
                f"expected an output folder that can be written, got {self.folder}: {error.strerror or error}"
            ) from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ConfigurationError(
                    f"expected to write to {self.folder} alone, and another run is at it: wait for it, or stop it"
                ) from None
            except OSError:  # some network file systems cannot lock
                pass
            yield

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
        number = 1
        while (target := self.folder.with_name(f"{self.folder.name}.old-{number}")).exists():
            number += 1
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

    def write(self, record: Result) -> Path:
        """Write a record so that a reader finds the old file, or the new one, and never a part.

        Raises
        ------
        ConfigurationError
            If it cannot be written.
        """
        path = self._path(record.index)
        write_whole(path, record.to_json())
        return path

    def read(self, index: str) -> Result | None:
        """Return the record of an item; None where there is none, or none that can be read."""
        try:
            return read_result(self._path(index).read_bytes())
        except (OSError, DatasetError):
            return None

    def _path(self, index: str) -> Path:
        return self.folder / f"{file_stem(index)}.json"

    def records(self, on_unreadable: Callable[[Path, str], None] | None = None) -> Iterator[Result]:
        """Yield every record, by file name; other files are skipped, unreadable ones reported."""
        if not self.folder.is_dir():
            return
        for path in sorted(self.folder.glob("*.json")):
            if path.name == "run.json":
                continue
            try:
                record = read_result(path.read_bytes())
            except (DatasetError, OSError) as error:
                if on_unreadable is not None:
                    on_unreadable(path, str(error))
                continue
            if record is not None:
                yield record


def _is_being_written(temporary: Path) -> bool:
    """Tell whether another process, still alive, made a temporary file."""
    number = temporary.name.removeprefix(TEMPORARY).split("-")[0]
    if not number.isdigit() or int(number) == os.getpid():
        return False
    try:
        os.kill(int(number), 0)  # sends nothing: asks whether it is there
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # it is there, and somebody else's
    return True
