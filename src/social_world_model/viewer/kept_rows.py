"""The rows of all runs in memory, for a server. A folder is scanned again only after some time."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from social_world_model.viewer.folders import Snapshot, scanned
from social_world_model.viewer.index import RowsReader, RunRows

SECONDS = 1.0
"""Shortest time between two looks at the folder of a run."""
SHARE = 10
"""The time between two looks is at least this number of times of what a look takes."""
MOST = 16
"""Maximum number of runs whose rows stay in memory."""


def pause_after(seconds: float, shortest: float = SECONDS) -> float:
    """Return the time to wait after work, so that work that is done again and again takes a small part of the time.

    Parameters
    ----------
    seconds
        How long the work took.
    shortest
        Shortest time to wait.

    Examples
    --------
    >>> pause_after(0.03), pause_after(0.5)
    (1.0, 5.0)
    """
    return max(shortest, SHARE * seconds)


@dataclass
class _Kept:
    reader: RowsReader
    lock: threading.Lock = field(default_factory=threading.Lock)
    rows: RunRows | None = None
    until: float = 0.0


class KeptRows:
    """The rows of runs in memory. Threads may use this object at the same time.

    Parameters
    ----------
    folders
        Folders of runs by id.
    cache
        Whether to use the cache folder of the user.
    """

    def __init__(self, folders: Mapping[str, Path], *, cache: bool = True) -> None:
        self._folders = folders
        self._cache = cache
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def of(self, id: str, snapshot: Snapshot | None = None, *, keep: bool = True) -> RunRows:
        """Return the rows of a run.

        Parameters
        ----------
        id
            Id of the run.
        snapshot
            Files of the folder, if they were just scanned.
        keep
            Whether to write the cache file.

        Raises
        ------
        DatasetError
            If the folder cannot be read, or if a newer version of this package wrote ``run.json``.
        """
        kept = self._of(id)
        with kept.lock:
            if snapshot is None and kept.rows is not None and time.monotonic() < kept.until:
                return kept.rows
            begun = time.monotonic()
            found = snapshot or scanned(kept.reader.folder)
            if kept.rows is None or kept.rows.stamp != found.stamp:
                kept.rows = kept.reader.read(found, keep=keep)
            ended = time.monotonic()
            kept.until = ended + pause_after(ended - begun)
            return kept.rows

    def _of(self, id: str) -> _Kept:
        with self._lock:
            kept = self._kept.pop(id, None) or _Kept(RowsReader(self._folders[id], cache=self._cache))
            self._kept[id] = kept  # the run that was used last comes last
            for other in list(self._kept)[:-MOST]:
                del self._kept[other]
            return kept
