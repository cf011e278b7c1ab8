"""``swm data``: generate labelled stories, and download benchmark data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from social_world_model.data.fetching import Fetched

data_app = typer.Typer(
    help="Generate labelled stories, or download benchmark data.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)


@data_app.callback()
def _data() -> None:
    """Generate or download data sets."""


@data_app.command("generate")
def generate(
    kind: Annotated[str, typer.Argument(help="Kind of stories: tomi, ori_tomi or hitom.", show_default=False)],
    out: Annotated[Path, typer.Option(help="JSONL file to write. Each line is one question.", show_default=False)],
    n: Annotated[int, typer.Option(help="Number of stories.")] = 100,
    seed: Annotated[int, typer.Option(help="Random seed. The same seed gives the same file, byte for byte.")] = 0,
    contexts: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the gold contexts. swm run --context-dir reads this folder. Default: no gold contexts are "
            "written."
        ),
    ] = None,
) -> None:
    """Generate labelled stories with questions.

    Each story has one question of each question type.
    """
    from social_world_model.experiments.stories import write_stories

    questions = write_stories(kind, n, seed, out, contexts)
    print(f"{n} {'story' if n == 1 else 'stories'}, {questions} questions: {out}")
    if contexts is not None:
        print(f"gold contexts: {contexts}")


@data_app.command("fetch")
def fetch(
    name: Annotated[
        str,
        typer.Argument(
            help="Benchmark: bigtom, cobra_frames, confaide, fantom, hitom, mmtom, ori_tomi or tomi.",
            show_default=False,
        ),
    ],
    to: Annotated[Path, typer.Option(help="Folder for the downloaded file.")] = Path("data"),
) -> None:
    """Download the data file of a benchmark.

    The authors of the benchmark publish this file. The command checks the SHA-256 of the file. If the download is not
    possible, a message explains how to get the file manually.
    """
    from social_world_model.data.fetching import fetch, usage

    got = fetch(name, to)
    print(f"{'already there' if got.was_there else 'fetched'}: {got.path} ({got.path.stat().st_size:,} bytes)")
    print(f"from: {got.source.publisher}" if got.was_there else f"from: {got.source.url}")
    print(f"licence: {got.source.licence}")
    print(f"SHA-256: {got.sha256}, {_compared(got)}")
    if got.rows != got.path:
        print(f"data file for swm run: {got.rows}")
    if got.source.note:
        print(f"note: {got.source.note}")
    print(f"to use it: {usage(got.source, got.path)}")


def _compared(got: Fetched) -> str:
    """Describe the known hash with which the file was compared."""
    noted = f"this hash is saved in {got.path.name}.sha256 for later checks"
    return {
        "table": "as expected",
        "note": f"the same as in {got.path.name}.sha256, saved by the first download",
        "archive": f"the archive of the file has the expected SHA-256; {noted}",
        "nothing": f"not checked, because no SHA-256 is known; {noted}",
    }[got.compared]
