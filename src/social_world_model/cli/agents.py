"""``swm agents``: play, judge, compare and exchange episodes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import typer

from social_world_model.cli.agents_compare import compare
from social_world_model.cli.agents_export import export_episodes
from social_world_model.cli.agents_import import import_episodes
from social_world_model.cli.agents_judge import judge
from social_world_model.cli.agents_sweep import sweep
from social_world_model.cli.options import EPISODES_SAVED, NOTHING_SAVED, DryRun, ended_by_ctrl_c, run_until_stopped
from social_world_model.cli.signatures import made, options_of
from social_world_model.settings import EpisodeSettings

agents_app = typer.Typer(
    help="Play, judge, compare and exchange episodes.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)


@agents_app.callback()
def _agents() -> None:
    """Play, judge, compare and exchange episodes."""


@agents_app.command("run")
@options_of(EpisodeSettings, renamed={"max_replies": "--yes"})
def run(given: Mapping[str, Any], dry_run: DryRun = False) -> None:
    """Play all tasks of a scenario, and print a summary.

    Exit status: 0 if all episodes were played to their end; 1 if some episodes failed; 2 after a usage, data or
    configuration error; 130 if interrupted.
    """
    settings = made(EpisodeSettings, given, command=tuple(sys.argv))

    from social_world_model.cli.episode_output import show_run
    from social_world_model.cli.progress import progress
    from social_world_model.cli.usage_lines import show_usage_estimate
    from social_world_model.experiments.episodes.estimate import estimate_episodes
    from social_world_model.experiments.episodes.run import EpisodeRun

    if dry_run:
        estimate = estimate_episodes(settings)
        print(f"dry run: {estimate.episodes} episodes to play; no model is called, and nothing is written")
        show_usage_estimate(estimate.roles, settings)
        return
    with progress() as shown:
        episodes = EpisodeRun(settings, shown.on_progress, shown.on_problem)
        with ended_by_ctrl_c(EPISODES_SAVED if episodes.plan.saves else NOTHING_SAVED):
            result = run_until_stopped(episodes.execute())
    show_run(result)
    raise typer.Exit(1 if result.failed or result.stopped else 0)


agents_app.command("judge")(judge)
agents_app.command("sweep")(sweep)
agents_app.command("export")(export_episodes)
agents_app.command("import")(import_episodes)
agents_app.command("compare")(compare)
