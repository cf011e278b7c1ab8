"""Code that several commands share: the option ``--dry-run``, and the handling of Ctrl+C and SIGTERM."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated, Any, TypeVar

import typer

T = TypeVar("T")

INTERRUPTED = 130
RESUME_HINT = "finished results are saved; resume with --continue-mode continue"
NOTHING_SAVED = "nothing was saved"
EPISODES_SAVED = "finished episodes and calls are saved; run the same command to continue"

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only print an estimate of calls, tokens and cost. No model is called.")
]


@contextmanager
def ended_by_ctrl_c(kept: str) -> Iterator[None]:
    """If the user presses Ctrl+C, or if the process gets SIGTERM, print what is saved, then exit."""
    try:
        yield
    except KeyboardInterrupt:
        print(f"interrupted: {kept}", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None


def run_until_stopped(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end. SIGTERM stops the coroutine in the same way as Ctrl+C.

    Raises
    ------
    KeyboardInterrupt
        If Ctrl+C or SIGTERM stopped the coroutine.
    """
    import asyncio  # slow to import

    is_stopped = False

    async def whole() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()

        def stop(_number: int, _frame: FrameType | None) -> None:
            nonlocal is_stopped
            is_stopped = True
            assert task is not None
            task.cancel("terminated by the signal SIGTERM")
            loop.call_soon_threadsafe(lambda: None)  # the loop may be waiting

        with _handled(stop):
            return await work

    try:
        return asyncio.run(whole())
    except asyncio.CancelledError:
        if is_stopped:
            raise KeyboardInterrupt from None
        raise


@contextmanager
def _handled(stop: Any) -> Iterator[None]:
    """Call a function when the process gets SIGTERM. Only the main thread may handle signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
