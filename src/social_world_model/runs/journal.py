"""Replies to items that are not finished yet: what was paid for outlives a kill.

An item's result is written when the item is done. Until then, an item of several calls (a retelling and an
answer, ten samples) has its replies here, one JSON line each, and the next run takes them instead of asking.
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
_OLDER_NAMES = {"text": "response"}  # of a reply's fields, as version 0.1.0 wrote them


class Journal:
    """The replies to one run's unfinished items.

    Parameters
    ----------
    folder
        The run's; None to keep nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / FILE_NAME
        self._file: IO[str] | None = None
        self._replies: dict[str, Reply] = {}

    def open(self, unfinished: Collection[str]) -> None:
        """Take up what a stopped run left, as far as it belongs to one of these items.

        Parameters
        ----------
        unfinished
            Keys of the items that are to be asked.

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
        """Number of replies of a stopped run that are still to be found."""
        return len(self._replies)

    def find(self, key: str) -> Reply | None:
        """Return the reply that a stopped run got to a question; it is given once."""
        return self._replies.pop(key, None)

    def keep(self, item: str, key: str, reply: Reply) -> None:
        """Write a reply down."""
        self._write({"item": item, "key": key, "reply": asdict(reply)})

    def forget(self, item: str) -> None:
        """Note that an item's replies so far came to nothing: they are asked for again."""
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
        """Close the file; when no reply in it can be of use any more, it goes."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if finished and self._path is not None:
            self._path.unlink(missing_ok=True)


def _lines(path: Path) -> list[dict[str, Any]]:
    """Return the whole lines of a journal; the last one may be half, if its writer was killed."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    lines: list[dict[str, Any]] = []
    for line in text.split("\n"):  # splitlines() would also split at what a reply may hold, such as U+2028
        try:
            data = json.loads(line)
        except ValueError:
            continue
        if isinstance(data, dict) and "item" in data and ("over" in data or {"key", "reply"} <= data.keys()):
            lines.append(data)
    return lines


def _kept(lines: list[dict[str, Any]], unfinished: Collection[str]) -> list[dict[str, Any]]:
    """Return the replies to unfinished items, without those that came to nothing."""
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
