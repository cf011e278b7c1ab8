"""Store the replies for unfinished items, so that a killed run does not lose paid replies.

A run writes the result of an item when the item is finished. Some items need several calls, for example ten samples.
The journal stores the replies for such an item until the item is finished, one JSON line per reply. The next run reuses
the stored replies instead of repeating the calls.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from social_world_model.contracts import Reply
from social_world_model.errors import ConfigurationError
from social_world_model.files import write_whole
from social_world_model.usage import Usage

FILE_NAME = "unfinished.jsonl"
_OLDER_NAMES = {"text": "response"}  # field names of replies in version 0.1.0


class Journal:
    """The replies for the unfinished items of one run.

    Parameters
    ----------
    folder
        Folder of the run; None means that nothing is stored.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / FILE_NAME
        self._file: IO[str] | None = None
        self._replies: dict[str, Reply] = {}

    def open(self, unfinished: Collection[str]) -> None:
        """Load the stored replies for unfinished items, and open the file for writing.

        Parameters
        ----------
        unfinished
            Keys of the items that this run will process.

        Raises
        ------
        ConfigurationError
            If the file cannot be written.
        """
        if self._path is None:
            return
        kept = _kept(_lines(self._path), unfinished)
        self._replies = {line["key"]: _reply(line["reply"]) for line in kept}
        write_whole(self._path, "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in kept))
        try:
            self._file = self._path.open("a", encoding="utf-8", errors="replace")
        except OSError as error:
            raise ConfigurationError(f"expected to write {self._path}: {error.strerror or error}") from None

    @property
    def replies(self) -> int:
        """Number of stored replies that were not reused yet. The replies come from a stopped run."""
        return len(self._replies)

    def find(self, key: str) -> Reply | None:
        """Return the stored reply with this key, and remove the reply; None if no reply has this key."""
        return self._replies.pop(key, None)

    def keep(self, item: str, key: str, reply: Reply) -> None:
        """Store a reply.

        Parameters
        ----------
        item
            Key of the item.
        key
            Key of the prompt.
        reply
            Reply of the model.

        Raises
        ------
        ConfigurationError
            If the file cannot be written.
        """
        self._write({"item": item, "key": key, "reply": asdict(reply)})

    def forget(self, item: str) -> None:
        """Discard the stored replies for an item, because the replies gave no usable result."""
        self._write({"item": item, "over": True})

    def _write(self, line: dict[str, Any]) -> None:
        if self._file is None:
            return
        try:
            self._file.write(f"{json.dumps(line, ensure_ascii=False)}\n")
            self._file.flush()
        except OSError as error:
            raise ConfigurationError(f"expected to write {self._path}: {error.strerror or error}") from None

    def close(self, *, finished: bool) -> None:
        """Close the file. If the run is finished, delete the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if finished and self._path is not None:
            self._path.unlink(missing_ok=True)


def _lines(path: Path) -> list[dict[str, Any]]:
    """Return the complete lines of a journal; the last line can be incomplete if the run was killed."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    lines: list[dict[str, Any]] = []
    for line in text.split("\n"):  # splitlines() would also split at U+2028, which a reply can contain
        try:
            data = json.loads(line)
        except ValueError:
            continue
        if isinstance(data, dict) and "item" in data and ("over" in data or {"key", "reply"} <= data.keys()):
            lines.append(data)
    return lines


def _kept(lines: list[dict[str, Any]], unfinished: Collection[str]) -> list[dict[str, Any]]:
    """Return the replies for unfinished items, without the discarded replies."""
    kept: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        if "over" in line:
            kept.pop(line["item"], None)
        elif line["item"] in unfinished:
            kept.setdefault(line["item"], []).append(line)
    return [line for of_item in kept.values() for line in of_item]


def _reply(data: dict[str, Any]) -> Reply:
    fields = {_OLDER_NAMES.get(name, name): value for name, value in data.items()}
    return Reply(**{**fields, "usage": Usage(**fields["usage"])})
