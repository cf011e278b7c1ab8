"""``swm context``: perturb the contexts of a run."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

context_app = typer.Typer(
    help="Perturb stored contexts.", no_args_is_help=True, rich_markup_mode=None, add_completion=False
)


@context_app.callback()
def _context() -> None:
    """Work on folders of contexts."""


@context_app.command("perturb")
def perturb(
    folder: Annotated[Path, typer.Argument(help="Folder of a run. Its results must have contexts.", metavar="DIR")],
    out: Annotated[
        Path, typer.Option(help="Folder for the perturbed results. It must be new or empty.", show_default=False)
    ],
    leak: Annotated[
        float, typer.Option(help="Probability that an agent also perceives an event that it did not perceive.")
    ] = 0.1,
    omit: Annotated[
        float,
        typer.Option(help="Probability that an agent misses an event that it perceived. Its own actions always stay."),
    ] = 0.1,
    seed: Annotated[int, typer.Option(help="Random seed. The same seed gives the same files, byte for byte.")] = 0,
) -> None:
    """Write a copy of a run with perturbed contexts.

    Answer the questions again with the perturbed contexts, to see whether accuracy depends on the quality of the
    parse.

    Exit status: 0 all results written; 1 some files could not be used; 2 usage, data or configuration error.
    """
    from social_world_model.experiments.perturbing import Noise, perturb_folder

    done = perturb_folder(folder, out, Noise(leak=leak, omit=omit, seed=seed))
    for problem in done.problems:
        print(f"not used: {problem}")
    print(f"{_counted(done.contexts, 'context')} in {_counted(done.results, 'result')}: {out}")
    print(f"leaked: {done.leaked} of {done.leakable} pairs of an event and an agent that did not perceive it")
    print(f"omitted: {done.omitted} of {done.omittable} pairs of an event and an agent that perceived it")
    if done.without:
        print(f"skipped: {_counted(done.without, 'result')} without a context")
    if done.problems:
        print(f"{_counted(len(done.problems), 'file')} could not be used")
    print(f"to use the perturbed contexts: swm run … --context-dir {shlex.quote(str(out))}")
    raise typer.Exit(1 if done.problems else 0)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
