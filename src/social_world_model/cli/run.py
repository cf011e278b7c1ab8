"""``swm run``. The script ``run_benchmarks.py`` runs the same command."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import typer

from social_world_model.cli.options import NOTHING_SAVED, RESUME_HINT, DryRun, ended_by_ctrl_c, run_until_stopped
from social_world_model.cli.signatures import made, options_of
from social_world_model.settings import RunSettings


@options_of(RunSettings)
def run(given: Mapping[str, Any], dry_run: DryRun = False) -> None:
    """Run a benchmark and print a report.

    The report shows accuracy with a 95 % confidence interval. Failures count as wrong answers.

    Exit status: 0 if all questions are answered; 1 if some questions failed; 2 after a usage, data or configuration
    error; 130 if interrupted.
    """
    settings = made(RunSettings, given, command=tuple(sys.argv))

    import asyncio

    from social_world_model.cli.output import show_estimate, show_result
    from social_world_model.cli.progress import progress
    from social_world_model.experiments import Run, estimate

    if dry_run:
        show_estimate(asyncio.run(estimate(settings)), settings)
        return
    with ended_by_ctrl_c(RESUME_HINT if settings.save else NOTHING_SAVED), progress() as shown:
        result = run_until_stopped(Run(settings, shown.on_progress, shown.on_problem).execute())
    show_result(result)
    raise typer.Exit(1 if result.failed or result.stopped else 0)
