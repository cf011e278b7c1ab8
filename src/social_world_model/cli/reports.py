"""``swm report`` and ``swm compare``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from social_world_model.reports.overviews import Overview

FORMATS = "md,csv,json,png"
SEED = "Random seed of resampling: intervals of metrics such as F1, and tests with very many different totals."


def report(
    paths: Annotated[
        list[Path],
        typer.Argument(
            help="Folders of runs, or folders that contain folders of runs.", show_default=False, metavar="PATH"
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the report files. Default: PATH/report. If there are several PATHs, the default is report "
            "in the working directory."
        ),
    ] = None,
    formats: Annotated[
        str,
        typer.Option(
            "--format",
            help="File types to write, separated by commas: md (markdown), csv, json, html, latex; and for plots png, "
            "svg, pdf.",
        ),
    ] = FORMATS,
    with_paper: Annotated[
        bool,
        typer.Option(
            "--with-paper",
            help="Also print the results of arXiv 2509.00559, and how the settings of each run differ from the paper.",
        ),
    ] = False,
    seed: Annotated[int, typer.Option(help=SEED)] = 0,
) -> None:
    """Report all runs in one or more folders as one table.

    The table has one row per run. Each row shows accuracy with a 95 % confidence interval, failures, calls, tokens,
    cost, and the gain in accuracy over the mode vanilla. Failures count as wrong answers.

    Runs of episodes (swm agents run) get a table of their own. Each row shows the goal score with an interval over
    environments, the gain over the agent plain, forecast accuracy, and costs per turn.
    """
    from social_world_model.experiments.episodes.folders import episode_folders
    from social_world_model.reports.overviews import overview
    from social_world_model.reports.writing import folder_for, formats_of

    wanted = formats_of(formats)
    episodes = list(episode_folders(paths))
    found = overview(paths, seed, episodes)
    folder = folder_for([*(entry.run.folder for entry in found.entries), *episodes], paths, out)
    written: list[Path] = []
    missing: list[str] = []
    if found.entries or not episodes:
        written, missing = _of_runs(found, folder, wanted, with_paper=with_paper)
    if episodes:
        print("\n" * bool(found.entries), end="")
        left_out = () if found.entries else found.notes
        written += _of_episodes(episodes, left_out, folder, wanted, seed=seed, with_paper=with_paper)
        missing += [] if written else ["episodes have no plots"]
    _show_written(written, missing, folder)


def _show_written(written: Sequence[Path], missing: Sequence[str], folder: Path) -> None:
    from social_world_model.cli.terminal import shown_path

    print()
    if written:
        print(f"written: {', '.join(path.name for path in written)} in {shown_path(folder)}")
    for why in missing:
        print(f"not written: {why}")


def _of_runs(
    found: Overview, folder: Path, formats: Sequence[str], *, with_paper: bool
) -> tuple[list[Path], list[str]]:
    """Print and write the report of runs of benchmarks. Return the written files, and a message per missing file."""
    from social_world_model.cli.tables import show_overview
    from social_world_model.reports.published import published
    from social_world_model.reports.writing import write_report

    beside = published(found.entries) if with_paper else []
    show_overview(found, beside)
    return write_report(found, beside, folder, formats)


def _of_episodes(
    folders: Sequence[Path],
    left_out: Sequence[str],
    folder: Path,
    formats: Sequence[str],
    *,
    seed: int,
    with_paper: bool,
) -> list[Path]:
    """Print and write the report of runs of episodes. Return the written files."""
    from social_world_model.cli.agent_tables import show_cells
    from social_world_model.reports.episodes.documents import write_cells
    from social_world_model.reports.episodes.published import published_cells
    from social_world_model.reports.episodes.report import cell_report

    found = cell_report(folders, seed)
    found = replace(found, notes=(*found.notes, *left_out))
    beside = published_cells(found.rows) if with_paper else None
    show_cells(found, beside)
    return write_cells(found, beside, folder, formats)


def compare(
    run_a: Annotated[Path, typer.Argument(help="Folder of a run.", show_default=False)],
    run_b: Annotated[Path, typer.Argument(help="Folder of another run of the same data.", show_default=False)],
    seed: Annotated[int, typer.Option(help=SEED)] = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            help="JSON file for the comparison. The file lists all items that only one run answers correctly."
        ),
    ] = None,
) -> None:
    """Compare two runs item by item.

    Prints the difference in accuracy with a 95 % confidence interval, a paired test over stories, the smallest
    difference that the data can show, and the items that only one run answers correctly.
    """
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
