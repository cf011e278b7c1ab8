"""``swm agents import``: episodes of sotopia as folders of episodes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from social_world_model.cli.progress import show_messages
from social_world_model.cli.signatures import naming_flags


def import_episodes(
    episodelogs: Annotated[
        list[Path],
        typer.Argument(
            help="Stored episodes of SOTOPIA or software that derives from it: folders such as ~/.sotopia/data, JSON "
            "files, or JSON lines.",
        ),
    ],
    output_dir: Annotated[Path, typer.Option(help="Folder for results.")] = Path("data"),
    agent: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="Model of the compared person. Episodes without it are skipped. Default: the first person's model.",
        ),
    ] = None,
) -> None:
    """Import episodes of SOTOPIA to judge and compare them.

    Each pair of models gets a folder, as swm agents run writes it. Scores by dimension become verdicts of the judge
    imported-MODEL. Rewards that are only a number are not scores: sotopia 0.1.5 writes 0 for every episode. Files and
    episodes that cannot be read are named and skipped.

    Exit status: 0 if everything was imported; 1 if something was skipped; 2 after a usage, data or configuration error.
    """
    from social_world_model.adapters.sotopia_folders import import_logs

    with naming_flags("output_dir"):
        result = import_logs(episodelogs, output_dir, agent=agent, command=sys.argv)
    show_messages("skipped", result.skipped)
    show_messages("note", result.notes)
    episodes, judged = (sum(getattr(one, name) for one in result.folders) for name in ("episodes", "judged"))
    print(f"episodes: {episodes} imported, {judged} with scores, {len(result.skipped)} skipped")
    for folder in result.folders:
        print(f"results: {folder.path} (episodes: {folder.episodes}, with scores: {folder.judged})")
    raise typer.Exit(1 if result.skipped else 0)
