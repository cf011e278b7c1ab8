"""The command line: parse the arguments, call the library, print the result.

Only the module of the given command is imported. Heavy libraries are imported when the command runs. This keeps
``--help`` fast.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from social_world_model.cli.plugin_option import add_plugin_option
from social_world_model.cli.streams import printable_streams
from social_world_model.errors import GenerationError, SocialWorldModelError

FAILED = 1
USAGE_ERROR = 2

COMMANDS: Mapping[str, tuple[str, str]] = {
    "run": ("run:run", "Run a benchmark and print a report."),
    "score": ("scoring:score", "Score replies from a file."),
    "rescore": ("scoring:rescore", "Score the stored replies of a run with another scorer."),
    "sweep": ("sweep:sweep", "Run all combinations of benchmarks, models and modes."),
    "robustness": ("robustness:robustness", "Run a benchmark with and without perturbations."),
    "report": ("reports:report", "Report all runs in one or more folders as one table."),
    "show": ("show:show", "Show one item: prompt, reply, answer, score, context."),
    "compare": ("reports:compare", "Compare two runs item by item."),
    "evaluate-contexts": ("evaluate:evaluate_contexts", "Measure the quality of contexts."),
    "view": ("view:view", "Show contexts, runs and items in a browser."),
    "list": ("listing:list_known", "List benchmarks, modes, models, agents and more."),
    "play": ("play:play", "Play one episode, and show it turn by turn."),
    "parse": ("stories:parse", "Parse a story into an S3AP context."),
    "ask": ("stories:ask", "Answer a question about a story."),
    "perspective": ("stories:perspective", "Show a story from the perspective of an agent."),
    "timeline": ("stories:timeline", "Show who acts and who perceives in each step."),
    "missed": ("missed:missed", "List the lines of a chat that a person did not hear."),
    "validate": ("stories:validate", "List the errors and warnings of a context."),
    "mcp": ("mcp:mcp", "Serve tools to chat and coding agents (MCP)."),
}
"""Commands by name. Each command has a function in this package, and a first paragraph of the help text."""

GROUPS: Mapping[str, tuple[str, str]] = {
    "data": ("data:data_app", "Generate labelled stories, or download benchmark data."),
    "context": ("contexts:context_app", "Perturb stored contexts."),
    "agents": ("agents:agents_app", "Play, judge, compare and exchange episodes."),
    "train": ("train:train_app", "Train a small model to parse stories."),
}
"""Groups of commands by name. Each group has an application in this package, and a help text."""

DEPRECATED: Mapping[str, str] = {"evaluate": "evaluate:evaluate_contexts", "view-of": "stories:view_of"}
"""Deprecated names of commands. Deprecated names still work, but are not listed."""


def main() -> None:
    """Run ``swm``."""
    app = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help="Turn stories into structured contexts, which list what each agent perceived, did and thought.",
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
    """Keep the name of the command even if an application has only one command."""


def _listed() -> None:
    """Represent one command in the list of all commands."""


def _found(place: str) -> Any:
    """Return a function or an application of this package, given as ``"module:name"``."""
    module, _, name = place.partition(":")
    return getattr(import_module(f"{__name__}.{module}"), name)


def run_benchmarks() -> None:
    """Run ``swm run`` for the script ``run_benchmarks.py``."""
    _call_alone(_found("run:run"))


def finetune(folder: Path) -> None:
    """Run ``swm train sft`` for the script ``finetune_verl_sft.py``.

    Parameters
    ----------
    folder
        Folder with the configuration files of the trainers.
    """
    _call_alone(_found("train:sft"), obj=folder)


def run_socialized_context_eval() -> None:
    """Run ``swm evaluate-contexts`` for the script ``run_socialized_context_eval.py``."""
    _call_alone(_found("evaluate:evaluate_contexts"))


def _call_alone(command: Callable[..., None], **settings: Any) -> None:
    """Run a single command as a program."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.command()(command)
    _call(app, **settings)


def _call(app: typer.Typer, **settings: Any) -> None:
    """Run an application. Turn errors of this package into a message and an exit status."""
    with printable_streams():
        _run(app, settings)


def _run(app: typer.Typer, settings: Mapping[str, Any]) -> None:
    try:
        add_plugin_option(app)
        app(**settings)
    except SocialWorldModelError as error:
        from social_world_model.cli.signatures import in_flags

        print(f"error: {in_flags(str(error), error.parameters)}", file=sys.stderr)
        sys.exit(FAILED if isinstance(error, GenerationError) else USAGE_ERROR)
    except OSError as error:  # for example, standard output goes to a full disk
        print(f"error: reading or writing failed: {error}", file=sys.stderr)
        sys.exit(USAGE_ERROR)
    except Exception as error:
        from social_world_model.plugins import blame

        if not (why := blame(error)):
            raise
        print(f"error: {why}", file=sys.stderr)
        sys.exit(USAGE_ERROR)
