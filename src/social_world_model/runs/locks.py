"""Locks between processes. The operating system releases a lock when its process ends, even after a kill."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from social_world_model.files import retried

_TAKEN = frozenset({errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK})
"""Errors that mean that another process has the lock."""


class LockFile:
    """An exclusive lock on a file.

    The file is opened without following links, and its content stays unchanged. Locks of the kind ``flock`` work on
    local file systems and on NFS. On a file system without locks, `acquire` succeeds, but `is_held` is False.

    Parameters
    ----------
    path
        File of the lock. The file is created if it does not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_held = False
        self._descriptor: int | None = None

    def acquire(self) -> bool:
        """Take the lock without waiting. Return False if another process has the lock.

        Raises
        ------
        OSError
            If the file cannot be opened, or if the path is not a regular file.
        """
        descriptor = retried(self._open)
        try:
            self.is_held = _locked(descriptor)
        except OSError as error:
            os.close(descriptor)
            if error.errno not in _TAKEN:
                raise
            return False
        if os.fstat(descriptor).st_nlink == 0:  # the owner of the lock removed the file at this moment
            os.close(descriptor)
            self.is_held = False
            return False
        self._descriptor = descriptor
        return True

    def release(self, *, remove: bool = False) -> None:
        """Release the lock.

        Parameters
        ----------
        remove
            Whether to delete the file. Processes that wait for the lock then use a new file.
        """
        if self._descriptor is None:
            return
        if remove and self.is_held:
            with suppress(OSError):  # Windows does not delete open files
                self.path.unlink()
        os.close(self._descriptor)
        self._descriptor = None
        self.is_held = False

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(self.path, flags | getattr(os, "O_CLOEXEC", 0), 0o666)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, f"{self.path.name} is not a regular file")
        return descriptor


def _locked(descriptor: int) -> bool:
    """Lock an open file without waiting. Return False if the system or the file system has no locks.

    Raises
    ------
    OSError
        If another process has the lock.
    """
    try:
        import fcntl
    except ImportError:
        return _locked_on_windows(descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _TAKEN:
            raise
        return False  # some network file systems cannot lock
    return True


def _locked_on_windows(descriptor: int) -> bool:
    try:
        import msvcrt
    except ImportError:
        return False
    msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    return True
