"""Text files that are written whole or not at all, always in UTF-8."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from social_world_model.errors import ConfigurationError

TEMPORARY = ".swm-tmp-"
"""How the names of files begin that are still being written; a random number follows."""


class _ClearedAwayError(ConfigurationError):
    """Another process removed the temporary file before it was renamed."""


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there whole, or not at all.

    Raises
    ------
    ConfigurationError
        If it cannot be written; what was there before is still there.
    """
    try:
        _write(path, text)
    except _ClearedAwayError:  # the process that holds the folder's lock cleared the folder at this very moment
        _write(path, text)


def _write(path: Path, text: str) -> None:
    with whole_file(path) as file:
        file.write(text)


@contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """Open a file under a temporary name, and rename it when everything is written.

    Raises
    ------
    ConfigurationError
        If it cannot be written; what was there before is still there.
    """
    if path.exists() and not path.is_file():  # renaming would put a file in the place of a device or a folder
        raise ConfigurationError(f"expected to write an ordinary file, got {path}, which is none")
    temporary = path.with_name(f"{TEMPORARY}{os.urandom(4).hex()}-{path.name}")
    renamed = False
    try:
        # Half a character, as some endpoints send it, becomes a question mark.
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
            with suppress(OSError):  # it was never made
                temporary.unlink()
