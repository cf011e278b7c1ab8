"""Find and stop the processes that a vLLM engine starts."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
from contextlib import suppress

WATCH = 'cat >/dev/null; kill "$@" 2>/dev/null'
"""Shell command that waits until standard input closes, and then kills the given processes.

Standard input closes when this process ends, even if this process is killed.
"""


class Processes:
    """The processes that were started after this object was created.

    If this process is killed, the processes of vLLM continue and keep the memory of the GPU. A watcher process then
    kills the processes of vLLM.
    """

    def __init__(self) -> None:
        self._before = {process.pid for process in multiprocessing.active_children()}
        self._watcher: subprocess.Popen[bytes] | None = None

    def terminate(self) -> None:
        """Terminate the processes."""
        for process in multiprocessing.active_children():
            if process.pid not in self._before:
                process.terminate()

    def watch(self) -> None:
        """Start a watcher process, which kills the processes of vLLM when this process ends."""
        pids = [str(process.pid) for process in multiprocessing.active_children() if process.pid not in self._before]
        if pids:
            command = ["/bin/sh", "-c", WATCH, "sh", *pids]
            with suppress(OSError):  # without a shell, there is no watcher
                self._watcher = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
                )

    def unwatch(self) -> None:
        """Stop the watcher process. Call this method after the processes of vLLM have ended."""
        if self._watcher is not None and self._watcher.stdin is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._watcher.pid, signal.SIGKILL)
            self._watcher.stdin.close()
            self._watcher.wait()
            self._watcher = None
