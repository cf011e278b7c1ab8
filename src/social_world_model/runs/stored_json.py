"""Read JSON that other processes wrote: one value, or one object per line."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from social_world_model.errors import ConfigurationError, shortened
from social_world_model.files import retried, write_whole


def stored_json(text: str | bytes, *, names_once: bool = False) -> Any:
    r"""Return the value of a JSON text. Lone surrogates, which cannot be written, become question marks.

    Parameters
    ----------
    text
        The JSON text.
    names_once
        Whether an object that contains a name twice is an error. Otherwise, the last value of the name counts.

    Raises
    ------
    ValueError
        If the text is not JSON.

    Examples
    --------
    >>> stored_json('["\\ud83d", "\\ud83d\\ude00"]')
    ['?', '😀']
    """
    if not names_once:
        with suppress(TypeError, ValueError):  # faster, but refuses lone surrogates, deep nesting and other encodings
            return from_json(text)
    try:
        data = json.loads(text, object_pairs_hook=_without_repetition if names_once else None)
    except RecursionError as error:
        raise ValueError(str(error)) from None
    escaped = "\\ud" if isinstance(text, str) else b"\\ud"
    return _writable(data) if escaped in text.lower() else data  # type: ignore[operator]


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"expected each name once in an object, got {shortened(twice)!r} twice")
    return data


def _writable(data: Any) -> Any:
    if isinstance(data, str):
        return data.encode("utf-8", "replace").decode()
    if isinstance(data, list):
        return [_writable(part) for part in data]
    if isinstance(data, dict):
        return {_writable(name): _writable(part) for name, part in data.items()}
    return data


def read_lines(path: Path) -> tuple[list[dict[str, Any]], int]:
    """Read a file with one JSON object per line.

    Parameters
    ----------
    path
        File to read. A missing file has no lines.

    Returns
    -------
    tuple
        The objects, and the number of damaged lines. The last line is not counted if it has no line end, because the
        process was killed while it wrote this line.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return [], 0
    objects: list[dict[str, Any]] = []
    damaged = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            data = stored_json(line.decode("utf-8", "replace"))
        except ValueError:
            damaged += number < len(lines)
            continue
        if isinstance(data, dict):
            objects.append(data)
        else:
            damaged += 1
    return objects, damaged


class LineWriter:
    """A file to which JSON objects are appended, one per line. A line is in the file as soon as `write` returns.

    Parameters
    ----------
    path
        File to write.

    Raises
    ------
    ConfigurationError
        If the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        flags |= sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"))
        try:
            self._descriptor = retried(lambda: os.open(path, flags, 0o666))
        except OSError as error:
            raise self._not_written(error) from None

    def write(self, data: Mapping[str, Any]) -> None:
        """Append an object.

        Raises
        ------
        ConfigurationError
            If the file cannot be written.
        """
        line = f"{json.dumps(data, ensure_ascii=False)}\n".encode("utf-8", "replace")
        left = line

        def write() -> None:
            nonlocal left
            while left:
                left = left[os.write(self._descriptor, left) :]

        try:
            retried(write)
        except OSError as error:
            raise self._not_written(error) from None

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _not_written(self, error: OSError) -> ConfigurationError:
        return ConfigurationError(f"expected to write {self._path}: {error.strerror or error}")


class TemporaryLines:
    """A file of JSON objects, one per line, that exists until a run is finished.

    Parameters
    ----------
    path
        File to write; None means that nothing is stored.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._file: LineWriter | None = None

    def start(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Replace the content of the file by these lines, and open the file for further lines.

        Raises
        ------
        ConfigurationError
            If the file cannot be written.
        """
        if self.path is not None:
            write_whole(self.path, "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines))
            self._file = LineWriter(self.path)

    def write(self, line: Mapping[str, Any]) -> None:
        """Append a line if the file is open."""
        if self._file is not None:
            self._file.write(line)

    def close(self, *, finished: bool) -> None:
        """Close the file. If the run is finished, delete the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if finished and self.path is not None:
            self.path.unlink(missing_ok=True)
