"""``swm report`` and ``swm compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

FORMATS = "md,csv,json,png"


def report(
    paths: Annotated[
        list[Path], typer.Argument(help="Folders of runs, or folders above such.", show_default=False, metavar="PATH")
    ],
    out: Annotated[
        Path | None,
        typer.Option(help="Where the files go; by default the folder report in PATH, or here if there are several."),
    ] = None,
    formats: Annotated[str, typer.Option("--format", help="Which files to write, any of md,csv,json,png.")] = FORMATS,
    with_paper: Annotated[
        bool,
        typer.Option("--with-paper", help="Print the published figures beside, and what differs from each."),
    ] = False,
    seed: Annotated[int, typer.Option(help="Of the resampling for intervals.")] = 0,
) -> None:
    """Report every run found below a place in one table.

    Accuracies with 95 % intervals, failures counted as wrong; what each run took; gains over vanilla.
    """
    from social_world_model.cli.tables import show_overview as show
    from social_world_model.cli.tables import shown_path
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
    for line in missing:
        print(f"not written: {line}")


def compare(
    run_a: Annotated[Path, typer.Argument(help="Folder of a run.", show_default=False)],
    run_b: Annotated[Path, typer.Argument(help="Folder of another run of the same data.", show_default=False)],
    seed: Annotated[int, typer.Option(help="Of the resampling for intervals.")] = 0,
    out: Annotated[Path | None, typer.Option(help="JSON file for everything, with all that flipped.")] = None,
) -> None:
    """Compare two runs item by item: difference with its interval, McNemar's exact test, what flipped."""
    from social_world_model.cli.tables import show_comparison, shown_path
    from social_world_model.experiments.stored import read_stored_run
    from social_world_model.reports.comparing import compare as compared
    from social_world_model.reports.writing import write_comparison

    found = compared(read_stored_run(run_a), read_stored_run(run_b), seed)
    show_comparison(found)
    if out is not None:
        write_comparison(found, seed, out)
        print()
        print(f"written: {shown_path(out)}")
