"""``swm agents export``: episodes in the forms of other software."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from social_world_model.cli.agents_samples import (
    AtLeastOption,
    DataOption,
    LearnOption,
    SeatOption,
    SeedOption,
    SideOption,
    ValShareOption,
    export_samples,
    rules_of,
)
from social_world_model.cli.progress import show_messages
from social_world_model.cli.signatures import naming_flags


def export_episodes(
    folders: Annotated[list[Path], typer.Argument(help="Folders of episodes, or folders that contain them.")],
    form: Annotated[
        Literal["sotopia", "s3ap", "sft", "grpo"],
        typer.Option(
            help="sotopia: a local store of SOTOPIA with EpisodeLogs. s3ap: one context per episode. sft: samples for "
            "supervised training. grpo: prompts with what the rewards need."
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="Folder to write. Default: export-FORM in the first folder.")] = None,
    judge: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Judge whose scores become rewards. Repeatable. Default: all judges."),
    ] = None,
    learn: LearnOption = "act",
    side: SideOption = "agent",
    seat: SeatOption = None,
    at_least: AtLeastOption = None,
    data: DataOption = None,
    val_share: ValShareOption = 0.1,
    seed: SeedOption = 0,
) -> None:
    """Export episodes in the forms of other software.

    The rewards of an EpisodeLog are the mean scores of the judges. Episodes that ended in an error are skipped. The
    options after --judge are for sft and grpo.

    Exit status: 0 if all episodes were exported; 1 if some were skipped; 2 after a usage, data or configuration error.
    With sft and grpo: 0 if there are samples.
    """
    from social_world_model.adapters.sotopia_folders import export_contexts, export_logs
    from social_world_model.errors import DatasetError
    from social_world_model.experiments.episodes.folders import episode_folders, read_episode_folder

    found = [read_episode_folder(path) for path in episode_folders(folders)]
    if not found:
        raise DatasetError(f"expected folders of episodes, as `swm agents run` writes, got {folders[0]}")
    target = folders[0] / f"export-{form}" if out is None else out
    if form in ("sft", "grpo"):
        export_samples(found, target, form, rules_of(learn, side, seat, at_least, judge, val_share, seed), data)
        return
    with naming_flags("judge", "out"):
        result = export_logs(found, target, judges=judge) if form == "sotopia" else export_contexts(found, target)
    show_messages("skipped", result.skipped)
    with_scores = f", {result.judged} with scores" if form == "sotopia" else ""
    print(f"episodes: {result.episodes} exported{with_scores}, {len(result.skipped)} skipped")
    print(f"results: {result.path}")
    raise typer.Exit(1 if result.skipped else 0)
