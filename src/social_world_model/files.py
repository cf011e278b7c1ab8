"""Write UTF-8 text files atomically: a file is written completely, or not at all. Read files without waiting."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TypeVar

from social_world_model.errors import ConfigurationError

T = TypeVar("T")

TEMPORARY = ".swm-tmp-"
"""Prefix of the names of files that are still being written. A random number follows the prefix."""
TRANSIENT = frozenset({errno.EIO, errno.ESTALE, errno.EBUSY})
"""Errors of file systems that often disappear, for example on network file systems."""
WAITS = (0.05, 0.2, 0.8)
"""Seconds before each retry after a transient error."""
_UNSUPPORTED = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOSYS})
"""Errors of file systems that cannot flush a file to the disk."""


class _ClearedAwayError(OSError):
    """Another process removed the temporary file before it was renamed."""


def file_bytes(path: Path) -> bytes:
    """Return the content of a file. A pipe or a device is refused, because reading it could wait forever.

    Parameters
    ----------
    path
        File to read.

    Raises
    ------
    OSError
        If the file cannot be read, or if it is a pipe, a socket or a device.
    """
    kind = path.stat().st_mode
    if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
        raise OSError(errno.EINVAL, "this is not a regular file")
    return path.read_bytes()


def write_whole(path: Path, text: str, *, durable: bool = True) -> None:
    """Write a text file atomically. Transient errors of the file system are retried.

    Parameters
    ----------
    path
        File to write. An existing file is replaced.
    text
        Content of the file.
    durable
        Whether the file must survive a power failure. This takes several milliseconds on some disks.

    Raises
    ------
    ConfigurationError
        If the file cannot be written. In this case, an existing file stays unchanged.
    """

    def write() -> None:
        with _temporary_file(path, durable=durable) as file:
            file.write(text)

    with _reported(path):
        try:
            retried(write)
        except _ClearedAwayError:  # the process with the folder's lock removed temporary files at this moment
            write()


@contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """Open a temporary file for writing, and rename it to `path` when everything is written.

    Raises
    ------
    ConfigurationError
        If the file cannot be written. In this case, an existing file stays unchanged.
    """
    with _reported(path), _temporary_file(path) as file:
        yield file


def retried(action: Callable[[], T]) -> T:
    """Call a function, and call it again after a transient error of the file system.

    Parameters
    ----------
    action
        Function that reads or writes files. The function must be repeatable.

    Raises
    ------
    OSError
        If the error is not transient, or if the last attempt fails.
    """
    for wait in WAITS:
        try:
            return action()
        except OSError as error:
            if error.errno not in TRANSIENT:
                raise
            time.sleep(wait)
    return action()


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    """Raise errors of the file system as errors of this package."""
    try:
        yield
    except OSError as error:
        raise ConfigurationError(f"expected to write {path}: {error.strerror or error}") from None


@contextmanager
def _temporary_file(path: Path, *, durable: bool = True) -> Iterator[IO[str]]:
    if path.exists() and not path.is_file():  # renaming would replace a device or a folder by a file
        raise ConfigurationError(f"expected the path of a regular file, got {path}, which is not a regular file")
    temporary = path.with_name(f"{TEMPORARY}{os.urandom(8).hex()}-{path.name}")
    renamed = False
    try:
        # Mode x fails if the name exists, and follows no link. Some endpoints send incomplete characters. They are
        # written as question marks.
        with temporary.open("x", encoding="utf-8", errors="replace", newline="\n") as file:
            yield file
            file.flush()
            if durable:
                _flushed_to_disk(file.fileno())
        retried(lambda: _renamed(temporary, path))
        renamed = True
    finally:
        if not renamed:
            with suppress(OSError):  # the file does not exist
                temporary.unlink()
    if durable:
        _flush_folder(path.parent)


def _renamed(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except FileNotFoundError as error:
        raise _ClearedAwayError(error.errno, error.strerror) from None


def _flushed_to_disk(descriptor: int) -> None:
    """Wait until the disk has the file. After a power failure, a renamed file is then never empty."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise


def _flush_folder(folder: Path) -> None:
    """Wait until the disk has the new name of a file. Some systems, such as Windows, do not support this."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with suppress(OSError):  # the file itself is written
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
