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
    """Work with contexts that are stored in folders."""


@context_app.command("perturb")
def perturb(
    folder: Annotated[Path, typer.Argument(help="Folder of a run with contexts.", metavar="DIR")],
    out: Annotated[Path, typer.Option(help="New or empty folder for the perturbed results.", show_default=False)],
    leak: Annotated[
        float,
        typer.Option(
            help="For each event that an agent missed: probability that the agent perceives this event in the copy."
        ),
    ] = 0.1,
    omit: Annotated[
        float,
        typer.Option(
            help="For each event that an agent perceived: probability that the agent misses this event in the copy. "
            "Agents never miss their own actions."
        ),
    ] = 0.1,
    seed: Annotated[int, typer.Option(help="Random seed. The same seed gives the same files, byte for byte.")] = 0,
) -> None:
    """Write a copy of a run with perturbed contexts.

    Run the benchmark again with the perturbed contexts. Then compare the two runs, to see whether accuracy depends on
    the quality of contexts.

    Exit status: 0 if all results are written; 1 if some files could not be used; 2 after a usage, data or
    configuration error.
    """
    from social_world_model.experiments.perturbing import Noise, perturb_folder

    done = perturb_folder(folder, out, Noise(leak=leak, omit=omit, seed=seed))
    for problem in done.problems:
        print(f"not used: {problem}")
    print(f"{_counted(done.contexts, 'context')} in {_counted(done.results, 'result')}: {out}")
    print(f"leaked: {done.leaked} of {done.leakable} pairs of an agent and an event that the agent missed")
    print(f"omitted: {done.omitted} of {done.omittable} pairs of an agent and an event that the agent perceived")
    if done.without:
        print(f"skipped: {_counted(done.without, 'result')} without a context")
    if done.problems:
        print(f"{_counted(len(done.problems), 'file')} could not be used")
    print(f"to use the perturbed contexts: swm run … --context-dir {shlex.quote(str(out))}")
    raise typer.Exit(1 if done.problems else 0)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
