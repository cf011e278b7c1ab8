"""``swm data``: generate labelled stories, and download the data of the benchmarks' authors."""

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
    out: Annotated[Path, typer.Option(help="JSONL file to write, one question per line.", show_default=False)],
    n: Annotated[int, typer.Option(help="Number of stories.")] = 100,
    seed: Annotated[int, typer.Option(help="Random seed. The same seed gives the same file, byte for byte.")] = 0,
    contexts: Annotated[
        Path | None,
        typer.Option(help="Folder for the gold contexts, for swm run --context-dir. Default: no contexts."),
    ] = None,
) -> None:
    """Generate labelled stories with questions.

    Each story has one question of every kind.
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

    The file comes from the benchmark's authors, and its SHA-256 is checked. If the download is not possible, the
    message says how to get the file by hand.
    """
    from social_world_model.data.fetching import fetch, usage

    got = fetch(name, to)
    print(f"{'already there' if got.was_there else 'fetched'}: {got.path} ({got.path.stat().st_size:,} bytes)")
    print(f"from: {got.source.publisher}" if got.was_there else f"from: {got.source.url}")
    print(f"licence: {got.source.licence}")
    print(f"SHA-256: {got.sha256}, {_compared(got)}")
    if got.rows != got.path:
        print(f"rows for swm run: {got.rows}")
    if got.source.note:
        print(f"note: {got.source.note}")
    print(f"to use it: {usage(got.source, got.path)}")


def _compared(got: Fetched) -> str:
    """Describe which known hash the file was compared with."""
    noted = f"saved in {got.path.name}.sha256 for later checks"
    return {
        "table": "as expected",
        "note": f"the same as in {got.path.name}.sha256, which the first download saved",
        "archive": f"from an archive with the expected SHA-256; {noted}",
        "nothing": f"not checked, because no SHA-256 is known; {noted}",
    }[got.compared]
