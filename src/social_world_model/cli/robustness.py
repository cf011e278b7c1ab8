"""``swm robustness``: run a benchmark with and without perturbations."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from social_world_model.cli.options import NOTHING_SAVED, RESUME_HINT, DryRun, ended_by_ctrl_c, run_until_stopped
from social_world_model.cli.signatures import made, options_of
from social_world_model.settings import RunSettings


@options_of(RunSettings, without=("variant",))
def robustness(
    given: Mapping[str, Any],
    variant: Annotated[
        list[str] | None,
        typer.Option(
            help="Perturbation to run: options-shuffled, names-swapped or distractors. Repeatable. Default: all "
            "perturbations that fit the data."
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Run a benchmark with and without perturbations.

    There are three perturbations: shuffled options, renamed people, and irrelevant sentences. The table shows the
    change in accuracy and the number of changed answers. Each perturbation is a separate run, as with
    swm run --variant. To resume, run the same command again.

    Exit status: 0 if all questions are answered; 1 if some questions failed; 2 after a usage, data or configuration
    error; 130 if interrupted.
    """
    settings = made(RunSettings, given, command=tuple(sys.argv))

    import asyncio

    from social_world_model.cli.sweep import execute, show_estimates, show_left_out, show_unfinished
    from social_world_model.cli.tables import show_robustness
    from social_world_model.experiments.robustness import plan
    from social_world_model.reports.robustness import robustness_report
    from social_world_model.variants import VARIANTS, variants_of

    planned = plan(settings, variants_of(variant or VARIANTS), without_keys=dry_run)
    show_left_out(planned)
    if dry_run:
        asyncio.run(show_estimates(planned))
        return
    with ended_by_ctrl_c(RESUME_HINT if settings.save else NOTHING_SAVED):
        results = run_until_stopped(execute(planned))
    if results and results[0].outcomes:
        print()
        show_robustness(robustness_report(results))
    whole = show_unfinished(planned, results)
    folders = [result.folder for result in results if result.folder is not None]
    print(f"results: {folders[0]} and the folders next to this folder" if folders else "results: not saved (--no-save)")
    raise typer.Exit(0 if whole else 1)
