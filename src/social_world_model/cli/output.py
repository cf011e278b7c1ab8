"""What the commands print: progress on stderr, results on stdout."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from social_world_model.errors import shortened
from social_world_model.experiments import Progress, Report, ReportLine, RunResult, make_report
from social_world_model.modes import get_mode

ERRORS_SHOWN = 5
LOG_SECONDS = 10.0


@contextmanager
def progress() -> Iterator[Callable[[Progress], None]]:
    """Show a bar in a terminal, and a plain line now and then elsewhere."""
    if sys.stderr is not None and sys.stderr.isatty():
        with _bar() as on_progress:
            yield on_progress
    else:
        yield _log_lines()


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def on_progress(now: Progress) -> None:
            words = f"{now.failed} failed" + (f", {now.kept} kept" if now.kept else "")
            bar.update(task, total=now.total, completed=now.done + now.kept, description=words)

        yield on_progress


def _log_lines() -> Callable[[Progress], None]:
    last = time.monotonic()

    def on_progress(now: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= LOG_SECONDS:
            last = time.monotonic()
            print(f"{now.done + now.kept}/{now.total} done, {now.failed} failed", file=sys.stderr, flush=True)

    return on_progress


def show_result(result: RunResult) -> None:
    """Print a run's report and where its records are."""
    settings = result.settings
    source = "bundled sample" if settings.dataset_path is None else "data set"
    mode = get_mode(settings.mode)
    models = ([settings.model_name] if mode.answers else []) + (
        [f"contexts by {settings.context_model}"] if mode.uses_context else []
    )
    print(" · ".join([settings.benchmark, settings.mode, *models, f"{source} {result.dataset.name}"]))
    for note in result.notes:
        print(f"note: {note}")
    print()
    if not mode.answers:
        parsed = sum(outcome.status == "parsed" for outcome in result.outcomes)
        print(f"{parsed} of {len(result.outcomes)} questions have a context; {result.failed} failed")
    else:
        _show_report(make_report(result))
    _show_errors(result)
    print()
    if result.kept:
        print(f"questions: {result.kept} kept from an earlier run, {len(result.outcomes) - result.kept} new")
    if result.contexts_found or result.contexts_made:
        print(f"contexts: {result.contexts_made} made, {result.contexts_found} reused (one per story)")
    print(f"results: {result.folder}" if result.folder is not None else "results: not saved (--no-save)")


def _show_report(report: Report) -> None:
    lines = [report.overall, *(line for _, group in report.groups for line in group)]
    width = max(24, *(len(line.label) + 2 for line in lines))
    head = f"{'':{width}} {'right':>6} {'n':>6}  {'accuracy':>8}  {'95 % interval':>14}  {'failed':>6}"
    if any(line.failed for line in lines):
        head += f"  {'of answered':>11}"
    print(head)
    print(_row(report.overall, width, indent=""))
    for title, group in report.groups:
        print(title)
        for line in group:
            print(_row(line, width, indent="  "))


def _row(line: ReportLine, width: int, indent: str) -> str:
    accuracy = "–" if line.accuracy is None else f"{line.accuracy:.3f}"
    ends = "–" if line.interval is None else f"{line.interval.low:.3f} – {line.interval.high:.3f}"
    row = f"{indent + line.label:{width}} {line.right:>6} {line.n:>6}  {accuracy:>8}  {ends:>14}  {line.failed:>6}"
    if line.failed:
        answered = "–" if line.accuracy_answered is None else f"{line.accuracy_answered:.3f}"
        row += f"  {answered:>11}"
    return row


def _printable(error: str) -> str:
    """Return the first line of a message, without what a terminal would obey, and not longer than a few lines."""
    line = error.partition("\n")[0]
    return shortened("".join(char if char.isprintable() else repr(char)[1:-1] for char in line), limit=300)


def _show_errors(result: RunResult) -> None:
    if not result.errors:
        return
    print()
    for error in result.errors[:ERRORS_SHOWN]:
        print(f"failed: {_printable(error)}")
    if (more := len(result.errors) - ERRORS_SHOWN) > 0:
        print(f"failed: … and {more} more; each record says why")
