"""``swm data``: stories without end, and the files of the benchmarks' authors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from social_world_model.data.fetching import Fetched

data_app = typer.Typer(
    help="Labelled stories of our own making; the files of the benchmarks' authors.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)


@data_app.callback()
def _data() -> None:
    """Make data sets, and get them."""


@data_app.command("generate")
def generate(
    kind: Annotated[str, typer.Argument(help="tomi, ori_tomi or hitom.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The jsonl file to write, a question a line.", show_default=False)],
    n: Annotated[int, typer.Option(help="Number of stories.")] = 100,
    seed: Annotated[int, typer.Option(help="The same seed gives the same file, byte for byte.")] = 0,
    contexts: Annotated[
        Path | None, typer.Option(help="Folder for their gold contexts, as results that --context-dir takes.")
    ] = None,
) -> None:
    """Write labelled stories, with a question of every kind about each."""
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
            help="bigtom, cobra_frames, confaide, fantom, hitom, mmtom, ori_tomi or tomi.", show_default=False
        ),
    ],
    to: Annotated[Path, typer.Option(help="Folder to put the file into.")] = Path("data"),
) -> None:
    """Download a benchmark's file from its authors and check it; without a connection, say what to get by hand."""
    from social_world_model.data.fetching import fetch, usage

    got = fetch(name, to)
    print(f"{'already there' if got.was_there else 'fetched'}: {got.path} ({got.path.stat().st_size:,} bytes)")
    print(f"from: {got.source.publisher}" if got.was_there else f"from: {got.source.url}")
    print(f"licence: {got.source.licence}")
    print(f"SHA-256: {got.sha256}, {_compared(got)}")
    if got.rows != got.path:
        print(f"rows made of it: {got.rows}")
    if got.source.note:
        print(f"note: {got.source.note}")
    print(f"use it with: {usage(got.source, got.path)}")


def _compared(got: Fetched) -> str:
    """Say how sure it is that this is the file it should be."""
    noted = f"noted in {got.path.name}.sha256 for the next time"
    return {
        "table": "as it must be",
        "note": f"as noted in {got.path.name}.sha256 when it was fetched first",
        "archive": f"out of an archive that is as it must be; {noted}",
        "nothing": f"with no hash known to compare it with; {noted}",
    }[got.compared]
