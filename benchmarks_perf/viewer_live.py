"""Measure a run under way in the viewer: from a result on disk to its event, and the memory of the server."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

from social_world_model.runs.reading import result_files
from social_world_model.viewer.catalogue import Catalogue
from social_world_model.viewer.server import server_of

SINGLE, BURST = 20, 500
"""Number of results that are written one at a time, and number of results that are written at once."""
EVENT_SECONDS = 3.0
KB_PER_ROW = 2.0
"""Budget of the growth of memory per result, in kB: one row with its texts, and the time and size of its file."""


class RunUnderWay:
    """The folder of a run under way. Results of another run are added to it.

    Parameters
    ----------
    folder
        New folder.
    source
        Folder of the other run.
    """

    def __init__(self, folder: Path, source: Path) -> None:
        about = json.loads((source / "run.json").read_text(encoding="utf-8"))
        folder.mkdir()
        (folder / "run.json").write_text(json.dumps({**about, "ended": None, "counts": {}}), encoding="utf-8")
        self.folder = folder
        self.written = 0
        self._files = result_files(source)

    def add(self, number: int) -> None:
        """Add results in the same way as runs store them."""
        for path in self._files[self.written : self.written + number]:
            (self.folder / ".new").write_bytes(path.read_bytes())
            (self.folder / ".new").replace(self.folder / path.name)
            self.written += 1

    @property
    def left(self) -> int:
        """Number of results that are not added yet."""
        return len(self._files) - self.written


def measure_live(folder: Path, source: Path) -> int:
    """Add all results of a run while a page listens; return the number of budgets that are exceeded."""
    run = RunUnderWay(folder, source)
    server, bound, address = server_of(Catalogue(runs={"r1": folder}), cache=False)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    connection = HTTPConnection("127.0.0.1", bound.getsockname()[1])
    connection.request("GET", "/api/live", headers={"x-swm-token": address.partition("#token=")[2]})
    lines = iter(connection.getresponse())
    until_event(run, lines, 1)
    single = sorted(until_event(run, lines, 1) for _ in range(SINGLE))
    burst = until_event(run, lines, BURST)
    slow = max(1000, run.left // 10)
    before, begun = resident(), run.written
    late = []
    while run.left:
        late.append(until_event(run, lines, slow))
    grown = (resident() - before) * 1000 / max(1, run.written - begun)
    last = until_again(run, lines)
    connection.close()
    server.should_exit = True
    thread.join()
    print(f"disk to event, {SINGLE} single results  {single[SINGLE // 2]:.2f} s median, {single[-1]:.2f} s at most")
    print(f"disk to event, {BURST} at once          {burst:.2f} s")
    print(f"disk to event, {slow} at once, at most {max(late, default=0.0):.2f} s; one of {run.written}: {last:.2f} s")
    print(f"memory per result             {grown:.2f} kB   budgets: {EVENT_SECONDS} s, {KB_PER_ROW} kB")
    return sum(seconds > EVENT_SECONDS for seconds in (single[-1], burst, last)) + (grown > KB_PER_ROW)


def until_event(run: RunUnderWay, lines: Iterator[bytes], number: int) -> float:
    """Add results; return the seconds until an event counts them."""
    run.add(number)
    begun = time.perf_counter()
    while f'"done": {run.written},' not in next(lines).decode():
        pass
    return time.perf_counter() - begun


def until_again(run: RunUnderWay, lines: Iterator[bytes]) -> float:
    """Write a result of a large run again; return the seconds until the next event."""
    path = next(iter(result_files(run.folder)))
    (run.folder / ".new").write_bytes(path.read_bytes())
    (run.folder / ".new").replace(path)
    begun = time.perf_counter()
    while not next(lines).startswith(b"data:"):
        pass
    return time.perf_counter() - begun


def resident() -> float:
    """Return the resident memory of this process in MB. Only Linux tells it."""
    status = Path("/proc/self/statm")
    return (
        int(status.read_text(encoding="utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
        if status.exists()
        else 0.0
    )
