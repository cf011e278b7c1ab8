"""``swm report`` and ``swm compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

FORMATS = "md,csv,json,png"


def report(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Folders of runs, or folders that contain them.", show_default=False, metavar="PATH"),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the files; by default report in PATH, or in the working directory if there are several."
        ),
    ] = None,
    formats: Annotated[str, typer.Option("--format", help="Which files to write, any of md,csv,json,png.")] = FORMATS,
    with_paper: Annotated[
        bool,
        typer.Option("--with-paper", help="Also print the published figures, and what differs from each."),
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of the resampling for confidence intervals.")] = 0,
) -> None:
    """Report all runs in one or more folders in one table.

    Accuracies with 95 % confidence intervals, failures counted as wrong; calls, tokens and cost; gains over vanilla.
    """
    from social_world_model.cli.tables import show_overview as show
    from social_world_model.cli.terminal import shown_path
    from social_world_model.reports.overviews import overview
    from social_world_model.reports.published import published
    from social_world_model.reports.writing import folder_for, formats_of, write_report

    wanted = formats_of(formats)
    found = overview(paths, seed)
    folder = folder_for(found, paths, out)
    beside = published(found.entries) if with_paper else []
    show(found, beside)
    written, missing = write_report(found, beside, folder, wanted)
    print()
    print(f"written: {', '.join(path.name for path in written)} in {shown_path(folder)}")
    for why in missing:
        print(f"not written: {why}")


def compare(
    run_a: Annotated[Path, typer.Argument(help="Folder of a run.", show_default=False)],
    run_b: Annotated[Path, typer.Argument(help="Folder of another run of the same data.", show_default=False)],
    seed: Annotated[int, typer.Option(help="Seed of the resampling for confidence intervals.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="JSON file for the whole comparison, with all answers that flipped.")
    ] = None,
) -> None:
    """Compare two runs item by item: difference, confidence interval, McNemar's exact test, answers that flipped."""
    from social_world_model.cli.tables import show_comparison
    from social_world_model.cli.terminal import shown_path
    from social_world_model.experiments.stored import read_stored_run
    from social_world_model.reports.comparing import compare as compared
    from social_world_model.reports.writing import write_comparison

    found = compared(read_stored_run(run_a), read_stored_run(run_b), seed)
    show_comparison(found)
    if out is not None:
        write_comparison(found, seed, out)
        print()
        print(f"written: {shown_path(out)}")
