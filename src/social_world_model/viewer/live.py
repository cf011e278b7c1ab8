"""Tell pages what changes: server-sent events about runs under way, about branches, and about the list of runs."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from social_world_model.errors import DatasetError
from social_world_model.runs.manifest import FILE_NAME
from social_world_model.viewer.folders import scanned
from social_world_model.viewer.kept_rows import SECONDS, SHARE, KeptRows, pause_after
from social_world_model.viewer.summaries import run_entry
from social_world_model.viewer.threads import ServerEndsError, Threads

AT_REST = 0.03
"""In each scan, runs at rest are looked at for about this number of seconds."""
LOOK_INTERVAL = 3.0
"""Seconds between two searches for new runs and contexts."""
FAILED_SECONDS = 15.0
"""Seconds before the next scan or search if one has failed."""
COMMENT_SECONDS = 15.0
"""A comment is sent if there was no event for this time, so that a dead connection is noticed."""

Entries = Mapping[str, Mapping[str, Any]]
"""Entries of runs by id."""


class Scan(NamedTuple):
    """The entries of all runs that can be read, and how long the look at their folders took, without reading.

    Time of waiting, for the disk or for the processor, counts as a tenth.
    """

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
        self._turn = ""

    def scan(self) -> Scan:
        """Return the entries of all runs that can be read.

        Runs at rest are looked at in turn, a few in each scan.
        """
        with self._lock:
            self._seconds = 0.0
            folders = list(self._folders.items())
            resting = [one for one in folders if not self._has_changed(*one)]
            for id, folder in folders:
                if (id, folder) not in resting:
                    self._look_at(id, folder)
            self._look_at_rest(resting)
            return Scan({id: self._seen[id][1] for id, _ in folders if id in self._seen}, self._seconds)

    def _has_changed(self, id: str, folder: Path) -> bool:
        """Return whether a run is under way, or whether files have come or gone."""
        known = self._seen.get(id)
        try:
            return known is None or known[0] != _times(folder) or known[1]["state"] == "running"
        except OSError:
            return True

    def _look_at_rest(self, resting: list[tuple[str, Path]]) -> None:
        """Look at runs at rest, beginning with the run whose turn it is. A file may have been edited in its place."""
        turn = next((place for place, (id, _) in enumerate(resting) if id == self._turn), 0)
        begun = time.monotonic()
        for id, folder in [*resting[turn:], *resting[:turn]]:
            self._turn = id
            if time.monotonic() - begun > AT_REST:
                break
            self._look_at(id, folder)

    def _look_at(self, id: str, folder: Path) -> None:
        try:
            self._seen[id] = (_times(folder), self._entry(id, folder))
        except (DatasetError, OSError):
            self._seen.pop(id, None)

    def _entry(self, id: str, folder: Path) -> Mapping[str, Any]:
        begun, worked = time.monotonic(), time.thread_time()
        snapshot = scanned(folder)
        # On a busy machine, most of the time is waiting, which takes nothing from others.
        self._seconds += max(time.thread_time() - worked, (time.monotonic() - begun) / SHARE)
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
    look
        Function that searches for new runs and contexts, and returns whether there is anything new. It is called in a
        thread.
    threads
        The threads.
    interval, look_interval, comment_seconds
        Seconds between two scans, seconds between two searches, and seconds without an event before a comment is sent.
    """

    def __init__(
        self,
        scan: Callable[[], Scan],
        *,
        look: Callable[[], bool] = lambda: False,
        threads: Threads | None = None,
        interval: float = SECONDS,
        look_interval: float = LOOK_INTERVAL,
        comment_seconds: float = COMMENT_SECONDS,
    ) -> None:
        self._scan, self._look, self._threads = scan, look, threads or Threads()
        self._interval, self._look_interval, self._comment_seconds = interval, look_interval, comment_seconds
        self._epoch, self._number = secrets.token_hex(4), 0
        self._newest: dict[tuple[str, str], tuple[int, Any]] = {}
        self._entries: Entries | None = None
        self._listeners: set[asyncio.Event] = set()
        self._work: list[asyncio.Task[None]] = []
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
            if not self._work:
                self._work = [
                    asyncio.create_task(self._repeat(self._scanned, self._interval)),
                    asyncio.create_task(self._repeat(self._looked, self._look_interval)),
                ]
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
            if not self._listeners:
                for task in self._work:
                    task.cancel()
                self._work = []

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

    async def _repeat(self, work: Callable[[], Awaitable[float]], interval: float) -> None:
        """Do work again and again. It returns its duration, and takes at most a small part of the time."""
        while not self._closed:
            try:
                pause = pause_after(await work(), interval)
            except ServerEndsError:
                return
            except Exception:  # the others must not lose their events
                logging.getLogger(__name__).exception("a scan of the files failed")
                pause = FAILED_SECONDS
            await asyncio.sleep(pause)

    async def _scanned(self) -> float:
        found = await self._threads.run(self._scan)
        self._tell(found.entries)
        return found.seconds

    async def _looked(self) -> float:
        begun = time.monotonic()
        if await self._threads.run(self._look):
            self.send("index", "", None)
        return time.monotonic() - begun

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
