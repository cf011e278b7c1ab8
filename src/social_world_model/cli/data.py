"""``swm data``: stories without end."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

data_app = typer.Typer(
    help="Labelled stories of our own making.", no_args_is_help=True, rich_markup_mode=None, add_completion=False
)


@data_app.callback()
def _data() -> None:
    """Make data sets."""


@data_app.command("generate")
def generate(
    kind: Annotated[str, typer.Argument(help="tomi, ori_tomi or hitom.", show_default=False)],
    out: Annotated[Path, typer.Option(help="The jsonl file to write, a question a line.", show_default=False)],
    n: Annotated[int, typer.Option(help="Number of stories.")] = 100,
    seed: Annotated[int, typer.Option(help="The same seed gives the same file, byte for byte.")] = 0,
    contexts: Annotated[
        Path | None, typer.Option(help="Folder for their gold contexts, as records that --context-dir takes.")
    ] = None,
) -> None:
    """Write labelled stories, with a question of every kind about each."""
    from social_world_model.experiments.stories import write_stories

    questions = write_stories(kind, n, seed, out, contexts)
    print(f"{n} {'story' if n == 1 else 'stories'}, {questions} questions: {out}")
    if contexts is not None:
        print(f"gold contexts: {contexts}")
