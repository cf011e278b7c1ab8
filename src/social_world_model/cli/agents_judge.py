"""``swm agents judge``: score episodes with language models."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from social_world_model.cli.options import DryRun, ended_by_ctrl_c, run_until_stopped
from social_world_model.cli.signatures import made, options_of
from social_world_model.settings import JudgingSettings

KEPT = "finished verdicts and calls are saved; run the same command to continue"


@options_of(JudgingSettings, without=("folders",))
def judge(
    given: Mapping[str, Any],
    folders: Annotated[
        list[Path],
        typer.Argument(help="Folders of episodes, or folders that contain such folders.", show_default=False),
    ],
    dry_run: DryRun = False,
) -> None:
    """Score stored episodes with LLM judges.

    Each judge scores all people on the seven dimensions of SOTOPIA. It judges every episode twice, with the people in
    reverse order. The verdicts are stored in FOLDER/verdicts. No episode is played again.

    Exit status: 0 if all judges have scored all episodes; 1 if verdicts are missing; 2 after a usage, data or
    configuration error; 130 if interrupted.
    """
    settings = made(JudgingSettings, given, folders=tuple(folders), command=tuple(sys.argv))

    from social_world_model.cli.judged_output import show_judging
    from social_world_model.cli.progress import progress
    from social_world_model.cli.usage_lines import show_usage_estimate
    from social_world_model.experiments.episodes.judging import JudgingRun
    from social_world_model.experiments.episodes.judging_plan import estimate_judging

    if dry_run:
        estimate = estimate_judging(settings)
        print(
            f"dry run: {estimate.verdicts} verdicts to make, {estimate.kept} reused from an earlier command; no model "
            "is called, and nothing is written"
        )
        for note in estimate.notes:
            print(f"note: {note}")
        show_usage_estimate(estimate.usage, settings)
        return
    with progress() as shown:
        judging = JudgingRun(settings, shown.on_progress, shown.on_problem)
        with ended_by_ctrl_c(KEPT):
            result = run_until_stopped(judging.execute())
    show_judging(result)
    raise typer.Exit(0 if result.is_complete else 1)
