"""Write UTF-8 text files atomically: a file is written completely, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from social_world_model.errors import ConfigurationError

TEMPORARY = ".swm-tmp-"
"""Prefix of the names of files that are still being written. A random number follows the prefix."""


class _ClearedAwayError(ConfigurationError):
    """Another process removed the temporary file before it was renamed."""


def write_whole(path: Path, text: str) -> None:
    """Write a text file atomically.

    Parameters
    ----------
    path
        File to write. An existing file is replaced.
    text
        Content of the file.

    Raises
    ------
    ConfigurationError
        If the file cannot be written. In this case, an existing file stays unchanged.
    """
    try:
        _write(path, text)
    except _ClearedAwayError:  # the process with the folder's lock removed temporary files at this moment
        _write(path, text)


def _write(path: Path, text: str) -> None:
    with whole_file(path) as file:
        file.write(text)


@contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """Open a temporary file for writing, and rename it to `path` when everything is written.

    Raises
    ------
    ConfigurationError
        If the file cannot be written. In this case, an existing file stays unchanged.
    """
    if path.exists() and not path.is_file():  # renaming would replace a device or a folder by a file
        raise ConfigurationError(f"expected the path of a regular file, got {path}, which is not a regular file")
    temporary = path.with_name(f"{TEMPORARY}{os.urandom(4).hex()}-{path.name}")
    renamed = False
    try:
        # Some endpoints send incomplete characters. They are written as question marks.
        with temporary.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
            yield file
        try:
            temporary.replace(path)
        except FileNotFoundError as error:
            raise _ClearedAwayError(f"expected to write {path}: {error.strerror or error}") from None
        renamed = True
    except OSError as error:
        raise ConfigurationError(f"expected to write {path}: {error.strerror or error}") from None
    finally:
        if not renamed:
            with suppress(OSError):  # the file does not exist
                temporary.unlink()
