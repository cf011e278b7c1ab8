"""``swm agents compare``: compare two runs of episodes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def compare(
    run_a: Annotated[
        Path,
        typer.Argument(help="Folder of a run of episodes, or of its shards.", show_default=False, metavar="FOLDER_A"),
    ],
    run_b: Annotated[
        Path,
        typer.Argument(
            help="Folder of another run of the same scenario and data.", show_default=False, metavar="FOLDER_B"
        ),
    ],
    dimension: Annotated[str, typer.Option(help="Score to compare, such as goal, relationship or overall.")] = "goal",
    out: Annotated[Path | None, typer.Option(help="JSON file for the comparison, with all pairs of episodes.")] = None,
    seed: Annotated[int, typer.Option(help="Random seed of tests with more than 28 environments.")] = 0,
) -> None:
    """Compare two runs of episodes pair by pair.

    Prints the difference of a score (B minus A): with a 95 % interval and a sign-flip test over environments, by seat,
    and by environment. It also prints the smallest difference that the data can show. Episodes without a score are
    counted and named.
    """
    import json

    from social_world_model.cli.agent_tables import show_cell_comparison
    from social_world_model.cli.terminal import shown_path
    from social_world_model.files import write_whole
    from social_world_model.reports.episodes.cells import only_cell
    from social_world_model.reports.episodes.comparing import cell_comparison_data, compare_cells

    found = compare_cells(only_cell(run_a), only_cell(run_b), dimension, seed)
    show_cell_comparison(found)
    if out is not None:
        write_whole(out, json.dumps(cell_comparison_data(found, seed), ensure_ascii=False, indent=1))
        print()
        print(f"written: {shown_path(out)}")
