"""``swm sweep``: execute many runs that one YAML file lists."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from social_world_model.cli.options import DryRun, ended_by_ctrl_c, run_until_stopped

if TYPE_CHECKING:
    from social_world_model.experiments import RunResult
    from social_world_model.experiments.sweep import Sweep
    from social_world_model.usage import Usage

REASONS_SHOWN = 3
_DETAIL = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")
"""Quoted texts and numbers. Reasons that differ only in these parts are counted together."""


def sweep(
    file: Annotated[
        Path,
        typer.Argument(
            help="YAML file with benchmarks, models, modes, context_models, and settings for all runs.",
            show_default=False,
        ),
    ],
    dry_run: DryRun = False,
) -> None:
    """Run all combinations of benchmarks, models and modes.

    The combinations are benchmarks x models x modes x context models. The command prints one line per run, and one
    table at the end. Use swm report to print the details. To resume, run the same command again.

    Exit status: 0 if all questions are answered; 1 if some questions failed; 2 after a usage, data or configuration
    error; 130 if interrupted.
    """
    import asyncio

    from social_world_model.cli.tables import show_overview
    from social_world_model.experiments.sweep import read_sweep
    from social_world_model.reports.overviews import overview

    planned = read_sweep(file, tuple(sys.argv), without_keys=dry_run)
    show_left_out(planned)
    if dry_run:
        asyncio.run(show_estimates(planned))
        return
    with ended_by_ctrl_c("finished results are saved; run the same command to resume"):
        results = run_until_stopped(execute(planned))
    folders = [result.folder for result in results if result.folder is not None and _has_answers(result)]
    if folders:
        print()
        show_overview(overview(folders))
    show_usage(results)
    whole = show_unfinished(planned, results)
    raise typer.Exit(0 if whole else 1)


def show_unfinished(planned: Sweep, results: Sequence[RunResult]) -> bool:
    """Print how many runs did not start or are incomplete. Return whether all runs are complete."""
    runs = len(planned.runs)
    if left := runs - len(results):
        print(f"stopped: the budget is spent; {left} of {runs} runs did not start")
    unfinished = sum(bool(result.failed or result.stopped) for result in results)
    if unfinished:
        print(f"{unfinished} of {runs} runs have failures or were stopped: to retry these runs, run the same command")
    return not (left or unfinished)


def show_usage(results: Sequence[RunResult]) -> None:
    """Print the usage of all model calls. Contexts that several runs use are counted once."""
    from social_world_model.usage import NO_USAGE

    paid = sum((usage for result in results for usage in result.usage.values()), NO_USAGE)
    shared = any(result.shared_contexts.requests for result in results)
    if paid.requests:
        note = "; contexts that several runs use are paid and counted once" if shared else ""
        print(f"all runs: {_in_words(paid)}{note}")


def _in_words(usage: Usage) -> str:
    from social_world_model.cli.progress import dollars

    tokens = f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out"
    return f"{usage.requests:,} calls, {tokens}, {dollars(usage)}" if usage.requests else "no calls"


def show_left_out(planned: Sweep) -> None:
    """Print the combinations that are not run, grouped by reason."""
    titles: dict[str, list[str]] = {}
    for line in planned.meaningless:
        title, _, why = line.partition(": ")
        titles.setdefault(why, []).append(title)
    for why, having in titles.items():
        print(f"left out: {'; '.join(having)}: {why}")
    for title in planned.repeated:
        print(f"listed more than once, but run only once: {title}")


async def show_estimates(planned: Sweep) -> None:
    """Print the estimated calls, tokens and cost of each run."""
    from social_world_model.experiments import estimate
    from social_world_model.usage import NO_USAGE

    print(f"dry run of {len(planned.runs)} runs; no model is called, and nothing is written")
    total, counted = NO_USAGE, set[str]()
    for number, (settings, name) in enumerate(zip(planned.runs, _titles(planned), strict=True), 1):
        one = await estimate(settings, counted)
        total += one.total
        kept = f", {one.kept} reused" if one.kept else ""
        shared = f", {one.shared_contexts} contexts of earlier runs" if one.shared_contexts else ""
        print(f"[{number}/{len(planned.runs)}] {name}: n {one.items}{kept}; {_in_words(one.total)}{shared}", flush=True)
    print(f"all: {_in_words(total)}")
    if total.requests:
        print("Tokens are estimated as characters / 4. Retries are not included.")
        print("The length of replies is a guess: reasoning models write many times more.")
        print("A context that several runs share is counted once, in the first of these runs.")
    bound = planned.runs[0].max_cost
    if bound is not None and total.cost is not None and total.cost > bound:
        print(f"max_cost {bound:g} will stop the sweep before the end")


async def execute(planned: Sweep) -> list[RunResult]:
    """Execute the runs, and print a line for each run, in the order of the sweep."""
    from social_world_model.cli.progress import progress
    from social_world_model.experiments.sweep_runs import run_sweep

    results: list[RunResult] = []
    titles = _titles(planned)
    told: set[str] = set()
    with progress() as shown:
        async for result in run_sweep(planned, shown.on_progress, shown.on_problem):
            place = f"[{len(results) + 1}/{len(planned.runs)}]"
            print(f"{place} {titles[len(results)]}: {_came_to(result)}")
            for line in asides(result):
                if line not in told:
                    print(f"    {line}")
            told.update(f"note: {note}" for note in result.notes)
            sys.stdout.flush()
            results.append(result)
    return results


def _titles(planned: Sweep) -> list[str]:
    """Return the titles of runs. If several runs have the same title, add the name of the data file."""
    from social_world_model.experiments.sweep import title

    titles = [title(settings) for settings in planned.runs]
    times = Counter(titles)
    return [
        name if times[name] == 1 or settings.dataset_path is None else f"{name} · {settings.dataset_path.name}"
        for name, settings in zip(titles, planned.runs, strict=True)
    ]


def _has_answers(result: RunResult) -> bool:
    return any(outcome.status != "parsed" for outcome in result.outcomes)


def _came_to(result: RunResult) -> str:
    """Summarize the result of a run in a few words."""
    from social_world_model.experiments.datasets import benchmark_of
    from social_world_model.modes import get_mode
    from social_world_model.reports import make_report

    if not result.outcomes:
        return "no question was answered"
    failed = [f"failed {result.failed}"] if result.failed else []
    if not get_mode(result.settings.mode).answers:
        made = sum(outcome.status == "parsed" for outcome in result.outcomes)
        return ", ".join([f"{made} of {len(result.outcomes)} questions have a context", *failed])
    line = make_report(benchmark_of(result.settings), result.outcomes, result.settings.seed or 0).overall
    named = "" if line.label == "all" else f"{line.label} "
    value = f"not available ({line.note})" if line.note else "–" if line.value is None else f"{line.value:.3f}"
    return ", ".join([f"{named}{value}", f"n {line.n}", *failed])


def _failures(errors: Sequence[str]) -> Iterator[str]:
    """Yield the most frequent reasons of failures, each with a count. Then yield the number of other failures.

    Reasons that differ only in numbers and quoted texts are counted together.
    """
    alike: dict[str, Counter[str]] = {}
    for error in errors:
        why = error.partition(": ")[2]
        alike.setdefault(_DETAIL.sub("…", why), Counter())[why] += 1
    reasons = sorted(alike.values(), key=Counter.total, reverse=True)
    for same in reasons[:REASONS_SHOWN]:
        example = ", for example" if len(same) > 1 else ""
        yield f"{_questions(same.total())}{example}: {same.most_common(1)[0][0]}"
    if others := sum(same.total() for same in reasons[REASONS_SHOWN:]):
        yield f"{others} more question{'s' * (others > 1)}; each result file contains the reason"


def _questions(number: int) -> str:
    return "1 question" if number == 1 else f"{number} questions"


def asides(result: RunResult) -> list[str]:
    """Return the notes of a run, the most frequent reasons of failures, and the reason of an early stop."""
    from social_world_model.cli.progress import told

    lines = [f"note: {note}" for note in result.notes]
    lines += [f"failed: {told(line)}" for line in _failures(result.errors)]
    if result.stopped is not None:
        asked = (
            f"; {len(result.outcomes)} of {len(result.dataset.rows)} questions were asked" if result.outcomes else ""
        )
        lines.append(f"stopped: {told(result.stopped)}{asked}")
    return lines
