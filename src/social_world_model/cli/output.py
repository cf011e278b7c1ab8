"""What the commands print: progress on stderr, results on stdout."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from social_world_model.cli.tables import show_report as show_report
from social_world_model.errors import shortened
from social_world_model.experiments import Estimate, Progress, RunResult, RunSettings
from social_world_model.experiments.settings import is_failure
from social_world_model.modes import get_mode, mode_names
from social_world_model.reports import make_report
from social_world_model.usage import NO_USAGE, Usage

ERRORS_SHOWN = 5
LOG_SECONDS = 10.0
WIDE = 100
"""Columns of a terminal from which on there is room for a bar beside the figures."""


@dataclass(frozen=True)
class Shown:
    """Where a run tells how far it is, and what went wrong."""

    on_progress: Callable[[Progress], None]
    on_problem: Callable[[str], None]


@contextmanager
def progress() -> Iterator[Shown]:
    """Show a bar in a terminal, and a plain line now and then elsewhere; problems each on a line of its own."""
    if sys.stderr is not None and sys.stderr.isatty():
        with _bar() as shown:
            yield shown
    else:
        yield Shown(_log_lines(), _log_problem)


@contextmanager
def _bar() -> Iterator[Shown]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar
    from rich.table import Column

    def whole(width: int) -> Column:
        return Column(no_wrap=True, min_width=width)

    console = Console(stderr=True)
    columns = (
        *([BarColumn(bar_width=20)] if console.width >= WIDE else []),
        MofNCompleteColumn(table_column=whole(9)),
        TimeRemainingColumn(table_column=whole(7)),
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def on_progress(now: Progress) -> None:
            bar.update(task, total=now.total, completed=now.done + now.kept, description=in_words(now))

        def on_problem(problem: str) -> None:
            bar.console.print(f"problem: {printable(problem)}", markup=False, highlight=False)

        yield Shown(on_progress, on_problem)


def in_words(now: Progress) -> str:
    """Say what goes on, without what is nothing.

    >>> in_words(Progress(total=9, kept=0, done=3, failed=1, in_flight=8, per_minute=120))
    '1 failed · 8 in flight · 120/min'
    """
    tokens = now.usage.input_tokens + now.usage.output_tokens
    parts = [f"{now.failed} failed"]
    if now.kept:
        parts.append(f"{now.kept} kept")
    if now.in_flight or now.per_minute:
        parts += [f"{now.in_flight} in flight", f"{now.per_minute}/min"]
    if now.retries:
        parts.append(f"{now.retries} {'retry' if now.retries == 1 else 'retries'}")
    if tokens:
        parts += [f"{tokens:,} tokens", *([dollars(now.usage)] if now.usage.cost is not None else [])]
    return " · ".join(parts)


def dollars(usage: Usage) -> str:
    """Return a cost; where no price is known, that.

    >>> dollars(Usage(requests=1, cost=0.125)), dollars(Usage(requests=1))
    ('$0.13', 'price unknown')
    """
    if usage.cost is None:
        return "price unknown" if usage.requests else "$0"
    return f"${usage.cost:.2f}" if usage.cost >= 0.01 or not usage.cost else f"${usage.cost:.4f}"


def _log_lines() -> Callable[[Progress], None]:
    begun = last = time.monotonic()

    def on_progress(now: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= LOG_SECONDS:
            last = time.monotonic()
            left = (last - begun) / now.done * (now.total - now.done - now.kept) if now.done else None
            end = "" if left is None else f" · {left / 60:.0f} min left" if left >= 60 else f" · {left:.0f} s left"
            print(f"{now.done + now.kept}/{now.total} done · {in_words(now)}{end}", file=sys.stderr, flush=True)

    return on_progress


def _log_problem(problem: str) -> None:
    print(f"problem: {printable(problem)}", file=sys.stderr, flush=True)


def show_estimate(estimate: Estimate, settings: RunSettings) -> None:
    """Print what a run would take."""
    kept = f", {estimate.kept} kept from an earlier run" if estimate.kept else ""
    asked = "1 question" if estimate.items == 1 else f"{estimate.items:,} questions"
    print(f"dry run: {asked} to go through{kept}; nothing is called, nothing is written")
    if not estimate.roles:
        print("no calls of language models")
        return
    print(f"{'':10} {'calls':>8} {'tokens in':>12} {'tokens out':>12}  {'cost':>13}")
    for role, usage in [*estimate.roles.items(), *([("all", estimate.total)] if len(estimate.roles) > 1 else [])]:
        print(_usage_row(role, usage))
    print("tokens are characters / 4, replies a guess: models that think at length write many times more;")
    print("retries, and asking again for replies that do not fit, come on top")
    cost = estimate.total.cost
    if settings.max_cost is not None and cost is not None and cost > settings.max_cost:
        print(f"--max-cost {settings.max_cost:g} will stop it before the end")
    if settings.rpm is not None and estimate.total.requests > settings.rpm:
        print(f"--rpm {settings.rpm} makes it last {estimate.total.requests / settings.rpm:,.0f} minutes at least")


def _usage_row(role: str, usage: Usage) -> str:
    return f"{role:10} {usage.requests:>8,} {usage.input_tokens:>12,} {usage.output_tokens:>12,}  {dollars(usage):>13}"


def show_result(result: RunResult) -> None:
    """Print a run's report and where its records are."""
    settings = result.settings
    source = "bundled sample" if settings.dataset_path is None else "data set"
    mode = get_mode(settings.mode) if settings.mode in mode_names() else None  # replies from a file have none
    models = ([settings.model_name] if mode is None or mode.answers else []) + (
        [f"contexts by {settings.context_model}"] if mode is not None and mode.uses_context else []
    )
    print(" · ".join([settings.benchmark, settings.mode, *models, f"{source} {result.dataset.name}"]))
    for note in result.notes:
        print(f"note: {note}")
    print()
    if mode is not None and not mode.answers:
        parsed = sum(outcome.status == "parsed" for outcome in result.outcomes)
        print(f"{parsed} of {len(result.dataset.rows)} questions have a context; {result.failed} failed")
    elif result.outcomes:
        if result.not_asked:
            print(f"of the {len(result.outcomes)} questions that were asked, out of {len(result.dataset.rows)}:")
        show_report(make_report(result))
    _show_errors(result)
    _show_stop(result)
    print()
    if result.kept:
        print(f"questions: {result.kept} kept from an earlier run, {len(result.outcomes) - result.kept} new")
    if result.contexts_found or result.contexts_made:
        print(f"contexts: {result.contexts_made} made, {result.contexts_found} reused (one per story)")
    if result.usage:
        used = sum(result.usage.values(), NO_USAGE)
        roles = ", ".join(f"{usage.requests} {role}" for role, usage in result.usage.items())
        print(f"calls: {roles}; {used.input_tokens:,} tokens in, {used.output_tokens:,} out; {dollars(used)}")
    print(f"results: {result.folder}" if result.folder is not None else "results: not saved (--no-save)")


def _show_stop(result: RunResult) -> None:
    """Say why a run ended early, and how much is there."""
    if result.stopped is None:
        return
    done = sum(not is_failure(outcome.status) for outcome in result.outcomes)
    if result.outcomes:
        print()
    print(f"stopped: {printable(result.stopped)}")
    again = "the same command goes on from there" if result.folder is not None else "nothing was saved"
    print(f"{done} of {len(result.dataset.rows)} questions are done; {again}")


def printable(error: str) -> str:
    """Return the first line of a message, without what a terminal would obey, and not longer than a few lines."""
    line = error.partition("\n")[0]
    return shortened("".join(char if char.isprintable() else repr(char)[1:-1] for char in line), limit=300)


def _show_errors(result: RunResult) -> None:
    """Print each problem once, with the first item that had it."""
    if not result.errors:
        return
    items: dict[str, list[str]] = {}
    for error in result.errors:
        item, _, why = error.partition(": ")
        items.setdefault(why, []).append(item)
    print()
    for why, having in list(items.items())[:ERRORS_SHOWN]:
        more = f" and {len(having) - 1} more" if len(having) > 1 else ""
        print(f"failed: {printable(f'{having[0]}{more}: {why}')}")
    if (left := sum(map(len, list(items.values())[ERRORS_SHOWN:]))) > 0:
        print(f"failed: … and {left} more; each record says why")
