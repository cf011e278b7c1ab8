"""The folder in which several processes share contexts. One process at a time makes a context; the others wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

from social_world_model.errors import ConfigurationError
from social_world_model.runs.locks import LockFile
from social_world_model.runs.results import Result
from social_world_model.runs.store import ResultStore

FIRST_WAIT, LONGEST_WAIT = 0.02, 0.5
"""Seconds between two attempts to take a lock. Each wait is twice as long as the wait before."""
_LOCK = ".lock"


class SharedFolder:
    """Folder of contexts that several processes read and write.

    Parameters
    ----------
    folder
        The folder. The method `open` creates the folder.
    on_wait
        Callback that receives a message when another process makes a context that this process needs. The message is
        sent once.
    """

    def __init__(self, folder: Path, on_wait: Callable[[str], None] = lambda _: None) -> None:
        self.store = ResultStore(folder)
        self._on_wait = on_wait
        self._has_waited = False

    def open(self) -> None:
        """Create the folder, and delete the lock files of killed processes.

        Raises
        ------
        ConfigurationError
            If the folder cannot be created or written to.
        """
        self.store.open()
        for path in self.store.folder.glob(f".*{_LOCK}"):
            lock = LockFile(path)
            with suppress(OSError):
                if lock.acquire():
                    lock.release(remove=True)

    @asynccontextmanager
    async def locked(self, key: str) -> AsyncIterator[None]:
        """Wait until no other process makes the context with this key, and lock the key inside the ``with`` block.

        Raises
        ------
        ConfigurationError
            If the lock file cannot be opened.
        """
        lock = LockFile(self.store.folder / f".{key}{_LOCK}")
        wait = FIRST_WAIT
        while not self._acquired(lock):
            if not self._has_waited:
                self._has_waited = True
                self._on_wait(f"{self.store.folder}: waiting for contexts that another process makes")
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)
        try:
            yield
        finally:
            lock.release(remove=True)

    def _acquired(self, lock: LockFile) -> bool:
        try:
            return lock.acquire()
        except OSError as error:
            raise ConfigurationError(f"expected to lock {lock.path}: {error.strerror or error}") from None

    def find(self, key: str, indices: Sequence[str]) -> Result | None:
        """Return the stored context with a key; None if no process has stored the context.

        Parameters
        ----------
        key
            Key of the context.
        indices
            Indices of the items that share the context. The name of the file contains one of these indices.
        """
        for index in indices:
            for name in (index, _second_name(index, key)):
                found = self.store.read(name)
                if found is not None and found.context_key == key and found.socialized_context is not None:
                    return found
        return None

    def write(self, result: Result) -> None:
        """Store a context. Stored answers are never overwritten.

        Raises
        ------
        ConfigurationError
            If the file cannot be written.
        """
        there = self.store.read(result.index)
        if there is not None and there.status in ("answered", "refused"):
            result = replace(result, index=_second_name(result.index, result.context_key or ""))
        self.store.write(result)


def _second_name(index: str, key: str) -> str:
    """Return the index of a context if a file with the index of the item has other contents."""
    return f"{index}-{key[:8]}"
