"""``swm sweep``: many runs from one file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from social_world_model.cli.run import ended_by_ctrl_c

if TYPE_CHECKING:
    from social_world_model.experiments import RunResult
    from social_world_model.experiments.sweep import Sweep


def sweep(
    file: Annotated[
        Path,
        typer.Argument(
            help="YAML with benchmarks, models, modes, context_models, and settings for all runs.", show_default=False
        ),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many calls, tokens and dollars it would take, and stop.")
    ] = False,
) -> None:
    """Run benchmarks x models x modes x context models; the same command goes on where it was stopped.

    Exit status: 0 all answered; 1 some items failed; 2 usage, data or configuration; 130 interrupted.
    """
    import asyncio

    from social_world_model.cli.tables import show_overview
    from social_world_model.experiments.overview import overview
    from social_world_model.experiments.sweep import read_sweep

    planned = read_sweep(file, tuple(sys.argv), without_keys=dry_run)
    for line in planned.meaningless:
        print(f"left out: {line}")
    if dry_run:
        asyncio.run(_estimate(planned))
        return
    with ended_by_ctrl_c("everything finished is kept; the same command goes on from there"):
        results = asyncio.run(_execute(planned))
    folders = [result.folder for result in results if result.folder is not None]
    if folders:
        show_overview(overview(folders))
    if left := len(planned.runs) - len(results):
        print(f"stopped: the budget is spent, {left} of {len(planned.runs)} runs are not begun")
    raise typer.Exit(1 if left or any(result.failed or result.stopped for result in results) else 0)


async def _estimate(planned: Sweep) -> None:
    from social_world_model.cli.output import show_estimate
    from social_world_model.experiments import estimate
    from social_world_model.experiments.sweep import title

    for settings in planned.runs:
        print(title(settings))
        show_estimate(await estimate(settings), settings)
        print()


async def _execute(planned: Sweep) -> list[RunResult]:
    from social_world_model.cli.output import progress, show_result
    from social_world_model.experiments.sweep import run_sweep

    results: list[RunResult] = []
    with progress() as shown:
        async for result in run_sweep(planned, shown.on_progress, shown.on_problem):
            results.append(result)
            print(f"[{len(results)}/{len(planned.runs)}] ", end="")
            show_result(result)
            print()
    return results
