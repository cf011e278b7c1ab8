"""Store the replies for unfinished items, so that a killed run does not lose paid replies.

A run writes the result of an item when the item is finished. Some items need several calls, for example ten samples.
The journal stores each reply as soon as the reply arrives, one JSON line per reply. The next run reuses the replies for
unfinished items instead of repeating the calls.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from social_world_model.choices import Status
from social_world_model.contracts import Reply
from social_world_model.runs.stored_json import TemporaryLines, read_lines
from social_world_model.runs.usages import read_usage
from social_world_model.usage import NO_USAGE, Usage

FILE_NAME = "unfinished.jsonl"
_OLDER_NAMES = {"text": "response"}  # field names of replies in version 0.1.0


class Journal:
    """The replies for the unfinished items of one run.

    Parameters
    ----------
    folder
        Folder of the run; None means that nothing is stored.

    Attributes
    ----------
    damaged
        Number of lines that could not be read. The method `open` skips these lines.
    """

    def __init__(self, folder: Path | None) -> None:
        self._lines = TemporaryLines(None if folder is None else folder / FILE_NAME)
        self._replies: dict[str, Reply] = {}
        self.damaged = 0

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
        if self._lines.path is None:
            return
        lines, self.damaged = _entries(self._lines.path)
        kept = [line for line in lines if line["item"] in unfinished]
        self._replies = {line["key"]: line["reply"] for line in kept}
        self._lines.start({**line, "reply": asdict(line["reply"])} for line in kept)

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
        self._lines.write({"item": item, "key": key, "reply": asdict(reply)})

    def forget(self, item: str) -> None:
        """Discard the stored replies for an item, because the replies gave no usable result."""
        self._lines.write({"item": item, "over": True})

    def close(self, *, finished: bool) -> None:
        """Close the file. If the run is finished, delete the file."""
        self._lines.close(finished=finished)


def journaled_usage(folder: Path, finished: Collection[str]) -> Usage:
    """Return the usage of the stored replies that no result contains.

    Parameters
    ----------
    folder
        Folder of the run.
    finished
        Keys of the items that have a result.
    """
    lines, _ = _entries(folder / FILE_NAME)
    return sum((line["reply"].usage for line in lines if line["item"] not in finished), NO_USAGE)


def _entries(path: Path) -> tuple[list[dict[str, Any]], int]:
    """Return the stored replies that were not discarded, and the number of damaged lines."""
    lines, damaged = read_lines(path)
    kept: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        item, key = line.get("item"), line.get("key")
        if isinstance(item, str) and "over" in line:
            kept.pop(item, None)
            continue
        reply = _reply(line.get("reply"))
        if reply is None or not isinstance(item, str) or not isinstance(key, str):
            damaged += 1
            continue
        kept.setdefault(item, []).append({"item": item, "key": key, "reply": reply})
    return [line for of_item in kept.values() for line in of_item], damaged


def _reply(data: Any) -> Reply | None:
    """Return a stored reply; None if the data are damaged."""
    if not isinstance(data, dict):
        return None
    fields: dict[str, Any] = {_OLDER_NAMES.get(name, str(name)): value for name, value in data.items()}
    try:
        fields["usage"] = read_usage(fields.get("usage"))
        fields["evidence"] = tuple(fields.get("evidence", ()))
        reply = Reply(**fields)
    except (TypeError, ValueError):  # an unknown field, or no response
        return None
    texts = (reply.response, reply.reasoning or "", reply.raw or "", reply.finish_reason or "", reply.error, reply.why)
    are_fit = all(isinstance(text, str) for text in (*texts, *reply.evidence)) and isinstance(reply.certain, bool)
    return reply if are_fit and reply.status in get_args(Status) else None
