"""Show the progress and the messages of a command on stderr. The progress is a bar or a line every few seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from social_world_model.cli.signatures import in_flags
from social_world_model.cli.streams import raw
from social_world_model.errors import shortened
from social_world_model.printable import printable

if TYPE_CHECKING:
    from social_world_model.experiments import Progress
    from social_world_model.usage import Usage

CALL_PARAMETERS = ("max_cost", "max_total_tokens", "max_output_tokens", "vllm_args")
"""Names of settings that may occur in a message about model calls."""
LOG_SECONDS = 10.0
MESSAGES_SHOWN = 10
WIDE = 100
"""Minimum width of the terminal, in columns, to show a bar next to the numbers."""


@dataclass(frozen=True)
class Shown:
    """Callbacks for the progress and the problems of a run."""

    on_progress: Callable[[Progress], None]
    on_problem: Callable[[str], None]


class _Display(Protocol):
    """Shows the latest progress only."""

    def update(self, finished: int, total: int, kept: int, words: str) -> None:
        """Show how many items are finished, how many of these come from an earlier run, and further details."""

    def problem(self, line: str) -> None:
        """Show a problem on a separate line."""


@contextmanager
def progress() -> Iterator[Shown]:
    """Show the progress of model calls. Each problem is printed on a separate line."""
    with _display("done") as display:

        def on_progress(now: Progress) -> None:
            display.update(now.done + now.kept, now.total, now.kept, in_words(now))

        yield Shown(on_progress, lambda problem: display.problem(f"problem: {told(problem)}"))


@contextmanager
def counted(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show how many items are processed.

    Parameters
    ----------
    what
        Plural noun for the counted items, such as ``"contexts"``.
    """
    with _display(what) as display:
        yield lambda finished, total: display.update(finished, total, 0, "")


@contextmanager
def _display(what: str) -> Iterator[_Display]:
    if sys.stderr is not None and sys.stderr.isatty():
        with _bar(what) as display:
            yield display
    else:
        yield _Log(what)


@contextmanager
def _bar(what: str) -> Iterator[_Display]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar
    from rich.table import Column

    def whole(width: int) -> Column:
        return Column(no_wrap=True, min_width=width)

    console = Console(file=raw(sys.stderr))
    columns = (
        *([BarColumn(bar_width=20)] if console.width >= WIDE else []),
        MofNCompleteColumn(table_column=whole(9)),
        TimeRemainingColumn(table_column=whole(7)),
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        class Display:
            def update(self, finished: int, total: int, kept: int, words: str) -> None:
                bar.update(task, total=total, completed=finished, description=words or what)

            def problem(self, line: str) -> None:
                bar.console.print(printable(line), markup=False, highlight=False)

        yield Display()


class _Log:
    """Prints a line every few seconds, with an estimate of the remaining time."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._begun = self._last = time.monotonic()

    def update(self, finished: int, total: int, kept: int, words: str) -> None:
        """Print a line if the last line is at least `LOG_SECONDS` old."""
        now = time.monotonic()
        if now - self._last < LOG_SECONDS:
            return
        self._last = now
        new = finished - kept
        left = (now - self._begun) / new * (total - finished) if new else None
        end = [] if left is None else [f"{left / 60:.0f} min left" if left >= 60 else f"{left:.0f} s left"]
        line = " · ".join([f"{finished:,}/{total:,} {self._what}", *([words] if words else []), *end])
        print(line, file=sys.stderr, flush=True)

    def problem(self, line: str) -> None:
        """Print a problem immediately."""
        print(line, file=sys.stderr, flush=True)


def in_words(now: Progress) -> str:
    """Describe the progress. Counts of zero are omitted, except the number of failures.

    >>> from social_world_model.experiments import Progress
    >>> in_words(Progress(total=9, kept=0, done=3, failed=1, in_flight=8, per_minute=120))
    '1 failed · 8 concurrent calls · 120/min'
    """
    tokens = now.usage.input_tokens + now.usage.output_tokens
    parts = [f"{now.failed} failed"]
    if now.kept:
        parts.append(f"{now.kept} reused")
    if now.in_flight or now.per_minute:
        parts += [f"{now.in_flight} concurrent calls", f"{now.per_minute}/min"]
    if now.retries:
        parts.append(f"{now.retries} {'retry' if now.retries == 1 else 'retries'}")
    if tokens:
        parts += [f"{tokens:,} tokens", *([dollars(now.usage)] if now.usage.cost is not None else [])]
    return " · ".join(parts)


def dollars(usage: Usage) -> str:
    """Return a cost in US$, or "price unknown".

    >>> from social_world_model.usage import Usage
    >>> dollars(Usage(requests=1, cost=0.13)), dollars(Usage(requests=1))
    ('$0.13', 'price unknown')
    """
    if usage.cost is None:
        return "price unknown" if usage.requests else "$0"
    return f"${usage.cost:.2f}" if usage.cost >= 0.01 or not usage.cost else f"${usage.cost:.4f}"


def show_messages(title: str, messages: Sequence[str]) -> None:
    """Print messages on stderr, one per line. If there are many messages, the others are counted.

    Parameters
    ----------
    title
        Word before each message, such as ``"skipped"``.
    messages
        The messages.
    """
    for message in messages[:MESSAGES_SHOWN]:
        print(f"{title}: {told(message)}", file=sys.stderr)
    if len(messages) > MESSAGES_SHOWN:
        print(f"{title}: … and {len(messages) - MESSAGES_SHOWN} more", file=sys.stderr)


def told(problem: str) -> str:
    """Return a message about model calls as one line. Names of parameters are replaced by names of options."""
    line = in_flags(problem, CALL_PARAMETERS).partition("\n")[0]
    return shortened(printable(line), limit=300)
