"""The processes that an engine begins: found, ended, and never left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
from contextlib import suppress

WATCH = 'cat >/dev/null; kill "$@" 2>/dev/null'
"""Waits until standard input ends, as it does with the process at its other end, however that one ends."""


class Processes:
    """The processes that were begun since this was made.

    vLLM's engine outlives a process that is killed, and keeps the whole memory of a GPU; so somebody watches.
    """

    def __init__(self) -> None:
        self._before = {process.pid for process in multiprocessing.active_children()}
        self._watcher: subprocess.Popen[bytes] | None = None

    def terminate(self) -> None:
        """End them."""
        for process in multiprocessing.active_children():
            if process.pid not in self._before:
                process.terminate()

    def watch(self) -> None:
        """Let them be ended as soon as this process is gone, whatever ends it."""
        pids = [str(process.pid) for process in multiprocessing.active_children() if process.pid not in self._before]
        if pids:
            command = ["/bin/sh", "-c", WATCH, "sh", *pids]
            with suppress(OSError):  # where there is no shell, there is no watcher
                self._watcher = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
                )

    def unwatch(self) -> None:
        """End the watcher: they have ended."""
        if self._watcher is not None and self._watcher.stdin is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._watcher.pid, signal.SIGKILL)
            self._watcher.stdin.close()
            self._watcher.wait()
            self._watcher = None
