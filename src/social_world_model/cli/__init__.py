"""The command line: read what the user typed, call, print.

Only the module of the command that was typed is imported, and no heavy library before it runs: ``--help`` is quick.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from social_world_model.cli.plugin_option import add_plugin_option
from social_world_model.errors import GenerationError, SocialWorldModelError

FAILED = 1
USAGE_ERROR = 2

COMMANDS: Mapping[str, tuple[str, str]] = {
    "run": ("run:run", "Answer the questions of a benchmark, and report."),
    "score": ("scoring:score", "Score stored replies without any model; results are written as a run writes them."),
    "rescore": (
        "scoring:rescore",
        "Score a run's stored replies with another scorer. The run stays; a copy with the new scores lies beside it.",
    ),
    "sweep": (
        "sweep:sweep",
        "Run benchmarks x models x modes x context models; the same command goes on where it was stopped.",
    ),
    "robustness": (
        "robustness:robustness",
        "Run a benchmark as it is and perturbed, and print how many answers stay the same.",
    ),
    "report": ("reports:report", "Report all runs in one or more folders in one table."),
    "compare": (
        "reports:compare",
        "Compare two runs item by item: difference, confidence interval, McNemar's exact test, answers that flipped.",
    ),
    "evaluate-contexts": (
        "evaluate:evaluate_contexts",
        "Measure the quality of contexts: structure, a judge's verdicts, who perceives what (docs/evaluation.md).",
    ),
    "list": (
        "listing:list_known",
        "Print the names of all benchmarks, modes, models or trainers, those of plug-ins included, one on a line.",
    ),
    "parse": ("stories:parse", "Turn a story into S3AP."),
    "ask": ("stories:ask", "Answer a question about a story from its context."),
    "perspective": ("stories:perspective", "Show what one agent can attribute to another."),
    "timeline": (
        "stories:timeline",
        "Show who acts and who perceives in each step: who was there, and what was missed.",
    ),
    "validate": ("stories:validate", "List what is wrong with a context, and what is unusual."),
}
"""Each command: its function in this package, and the first sentence of its help."""

GROUPS: Mapping[str, tuple[str, str]] = {
    "data": ("data:data_app", "Labelled stories of our own making; the files of the benchmarks' authors."),
    "context": ("contexts:context_app", "Contexts of a run as material."),
    "train": ("train:train_app", "Train a small model to parse."),
}
"""Each group of commands: its application in this package, and its help."""

DEPRECATED: Mapping[str, str] = {"evaluate": "evaluate:evaluate_contexts", "view-of": "stories:view_of"}
"""Older names of commands; they are not listed."""


def main() -> None:
    """Run ``swm``."""
    app = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help="Social world models: stories as structured contexts: who perceived, did and thought what.",
    )
    app.callback()(_root)
    typed = next((word for word in sys.argv[1:] if not word.startswith("-")), "")
    if typed in COMMANDS:
        app.command(typed)(_found(COMMANDS[typed][0]))
    elif typed in DEPRECATED:
        app.command(typed, deprecated=typed == "evaluate")(_found(DEPRECATED[typed]))
    elif typed in GROUPS:
        app.add_typer(_found(GROUPS[typed][0]), name=typed)
    else:
        for name, (_, text) in (*COMMANDS.items(), *GROUPS.items()):
            app.command(name, help=text)(_listed)
    _call(app)


def _root() -> None:
    """Keep the name of a command even where it is the only one that is made."""


def _listed() -> None:
    """Stand for a command in the list of all commands."""


def _found(place: str) -> Any:
    """Return a function or an application of this package, given as ``"module:name"``."""
    module, _, name = place.partition(":")
    return getattr(import_module(f"{__name__}.{module}"), name)


def run_benchmarks() -> None:
    """Run ``swm run`` under the name that users know."""
    _call_alone(_found("run:run"))


def finetune(folder: Path) -> None:
    """Run ``swm train sft`` under the name that users know.

    Parameters
    ----------
    folder
        Where the configuration files of the trainers are.
    """
    _call_alone(_found("train:sft"), obj=folder)


def run_socialized_context_eval() -> None:
    """Run ``swm evaluate-contexts`` under the name that users know."""
    _call_alone(_found("evaluate:evaluate_contexts"))


def _call_alone(command: Callable[..., None], **settings: Any) -> None:
    """Run a command as a program of its own."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.command()(command)
    _call(app, **settings)


def _call(app: typer.Typer, **settings: Any) -> None:
    """Run an application; turn errors made for people into one message and an exit status."""
    try:
        add_plugin_option(app)
        app(**settings)
    except SocialWorldModelError as error:
        from social_world_model.cli.signatures import in_flags

        print(f"error: {in_flags(str(error), error.parameters)}", file=sys.stderr)
        sys.exit(FAILED if isinstance(error, GenerationError) else USAGE_ERROR)
    except OSError as error:  # a full disk behind standard output, say
        print(f"error: the system refused to read or write: {error}", file=sys.stderr)
        sys.exit(USAGE_ERROR)
