"""The command line: read what the user typed, call, print.

Nothing but typer is imported before a command runs, so that ``--help`` is quick.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import typer

from social_world_model.cli.contexts import context_app
from social_world_model.cli.data import data_app
from social_world_model.cli.evaluate import evaluate_contexts
from social_world_model.cli.listing import list_known
from social_world_model.cli.plugin_option import add_plugin_option
from social_world_model.cli.reports import compare, report
from social_world_model.cli.robustness import robustness
from social_world_model.cli.run import run
from social_world_model.cli.scoring import rescore, score
from social_world_model.cli.stories import ask, parse, perspective, timeline, validate, view_of
from social_world_model.cli.sweep import sweep
from social_world_model.cli.train import sft, train_app
from social_world_model.errors import GenerationError, SocialWorldModelError

FAILED = 1
USAGE_ERROR = 2


def main() -> None:
    """Run ``swm``."""
    app = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help="Social world models: stories as structured contexts: who perceived, did and thought what.",
    )
    app.command("run")(run)
    app.command("score")(score)
    app.command("rescore")(rescore)
    app.command("sweep")(sweep)
    app.command("robustness")(robustness)
    app.command("report")(report)
    app.command("compare")(compare)
    app.command("evaluate-contexts")(evaluate_contexts)
    app.command("evaluate", hidden=True, deprecated=True)(evaluate_contexts)
    app.command("list")(list_known)
    app.command("parse")(parse)
    app.command("ask")(ask)
    app.command("perspective")(perspective)
    app.command("view-of", hidden=True)(view_of)
    app.command()(timeline)
    app.command("validate")(validate)
    app.add_typer(data_app, name="data")
    app.add_typer(context_app, name="context")
    app.add_typer(train_app, name="train")
    _call(app)


def run_benchmarks() -> None:
    """Run ``swm run`` under the name that users know."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.command()(run)
    _call(app)


def finetune(folder: Path) -> None:
    """Run ``swm train sft`` under the name that users know.

    Parameters
    ----------
    folder
        Where the configurations of the back ends lie.
    """
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.command()(sft)
    _call(app, obj=folder)


def run_socialized_context_eval() -> None:
    """Run ``swm evaluate-contexts`` under the name that users know."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.command()(evaluate_contexts)
    _call(app)


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
