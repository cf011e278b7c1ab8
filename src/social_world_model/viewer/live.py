"""Tell pages what changes: server-sent events about runs under way, about branches, and about the list of runs."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from social_world_model.errors import DatasetError
from social_world_model.runs.manifest import FILE_NAME
from social_world_model.viewer.folders import scanned
from social_world_model.viewer.kept_rows import SECONDS, KeptRows, pause_after
from social_world_model.viewer.summaries import run_entry

COMMENT_SECONDS = 15.0
"""A comment is sent if there was no event for this time, so that a dead connection is noticed."""

Entries = Mapping[str, Mapping[str, Any]]
"""Entries of runs by id."""


class Scan(NamedTuple):
    """The entries of all runs that can be read, and how long the look at their folders took, without reading."""

    entries: Entries
    seconds: float


class RunScanner:
    """Finds out which runs have changed. Only result files with a new time are read, and only of runs under way.

    Parameters
    ----------
    folders
        Folders of runs by id.
    rows
        Rows of these runs.
    """

    def __init__(self, folders: Mapping[str, Path], rows: KeptRows) -> None:
        self._folders = folders
        self._rows = rows
        self._seen: dict[str, tuple[tuple[int, ...], Mapping[str, Any]]] = {}
        self._lock = threading.Lock()
        self._seconds = 0.0

    def scan(self) -> Scan:
        """Return the entries of all runs that can be read."""
        with self._lock:
            self._seconds = 0.0
            for id, folder in self._folders.items():
                try:
                    times = _times(folder)
                    known = self._seen.get(id)
                    if known is None or known[0] != times or known[1]["state"] == "running":
                        self._seen[id] = (times, self._entry(id, folder))
                except (DatasetError, OSError):
                    self._seen.pop(id, None)
            return Scan({id: entry for id, (_, entry) in self._seen.items()}, self._seconds)

    def _entry(self, id: str, folder: Path) -> Mapping[str, Any]:
        begun = time.monotonic()
        snapshot = scanned(folder)
        self._seconds += time.monotonic() - begun
        entry = run_entry(folder, id, snapshot=snapshot)
        if entry["state"] == "running":
            entry["failed"] = self._rows.of(id, snapshot, keep=False).failed
        return entry


def _times(folder: Path) -> tuple[int, ...]:
    """Return times that change if a file is written into a folder, or if its manifest changes."""
    times = [folder.stat().st_mtime_ns]
    with suppress(FileNotFoundError):
        times.append((folder / FILE_NAME).stat().st_mtime_ns)
    return tuple(times)


class Live:
    """Sends events to all listeners. Runs are scanned only while somebody listens.

    A listener that is slow gets only the newest event about each run, so memory does not grow.

    Parameters
    ----------
    scan
        Function that returns the entries of all runs. It is called in a thread.
    interval, comment_seconds
        Shortest time between two scans in seconds, and seconds without an event before a comment is sent.
    """

    def __init__(
        self, scan: Callable[[], Scan], *, interval: float = SECONDS, comment_seconds: float = COMMENT_SECONDS
    ) -> None:
        self._scan, self._interval, self._comment_seconds = scan, interval, comment_seconds
        self._epoch, self._number = secrets.token_hex(4), 0
        self._newest: dict[tuple[str, str], tuple[int, Any]] = {}
        self._entries: Entries | None = None
        self._listeners: set[asyncio.Event] = set()
        self._scanning: asyncio.Task[None] | None = None
        self._closed = False

    def send(self, event: str, about: str, data: Any) -> None:
        """Send an event. Call this method in the event loop of the server.

        Parameters
        ----------
        event
            Kind of the event: ``"run"``, ``"branch"`` or ``"index"``.
        about
            Id of the run or of the branch; empty for the index. A newer event about the same id replaces this event.
        data
            Data of the event.
        """
        self._number += 1
        self._newest[event, about] = (self._number, data)
        self._wake()

    async def blocks(self, last_id: str | None = None) -> AsyncIterator[str]:
        """Yield events in the form of server-sent events, until the server ends.

        Parameters
        ----------
        last_id
            Id of the last event that the listener got before the connection broke. None for a new listener.
        """
        number = self._start_of(last_id)
        changed = asyncio.Event()
        self._listeners.add(changed)
        try:
            if self._scanning is None:
                self._scanning = asyncio.create_task(self._scan_on())
            yield ": connected\n\n"
            while not self._closed:
                changed.clear()
                for (event, _), (sent, data) in sorted(self._newest.items(), key=lambda one: one[1][0]):
                    if sent > number:
                        number = sent
                        yield f"event: {event}\nid: {self._epoch}-{sent}\ndata: {json.dumps(data)}\n\n"
                try:
                    await asyncio.wait_for(changed.wait(), self._comment_seconds)
                except TimeoutError:
                    yield ": still connected\n\n"
        finally:
            self._listeners.discard(changed)
            if not self._listeners and self._scanning is not None:
                self._scanning.cancel()
                self._scanning = None

    def close(self) -> None:
        """End all connections."""
        self._closed = True
        self._wake()

    def _start_of(self, last_id: str | None) -> int:
        """Return the number after which events are sent. A new listener gets the newest event about each run.

        A listener of an earlier server also gets an ``index`` event.
        """
        epoch, _, number = (last_id or "").partition("-")
        if epoch == self._epoch and number.isdecimal():
            return int(number)
        if last_id:
            self.send("index", "", None)
        return 0

    def _wake(self) -> None:
        for listener in self._listeners:
            listener.set()

    async def _scan_on(self) -> None:
        while not self._closed:
            found = await asyncio.to_thread(self._scan)
            self._tell(found.entries)
            await asyncio.sleep(pause_after(found.seconds, self._interval))

    def _tell(self, entries: Entries) -> None:
        """Send events about what has changed since the last scan. After the first scan, runs under way are sent."""
        before = self._entries
        self._entries = entries
        for id, entry in entries.items():
            known = None if before is None else before.get(id)
            if entry != known and (known is not None or entry["state"] == "running"):
                self.send("run", id, entry)
        if before is not None and before.keys() != entries.keys():
            self.send("index", "", None)
