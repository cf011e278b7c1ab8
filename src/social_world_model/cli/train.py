"""``swm train``: samples from contexts, and a parser trained on them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from social_world_model.cli.progress import counted
from social_world_model.cli.signatures import in_flags, made, options_of
from social_world_model.training.settings import DataSettings, Rules
from social_world_model.training.trainer import Job

if TYPE_CHECKING:
    from social_world_model.training import DataReport, Finetuned

OWN_FLAGS = {"kinds": "--format"}
MADE_FOR_A_JOB = ("out", "tokenizer", "form", "over_long")
"""Settings of samples that a training decides itself."""

train_app = typer.Typer(
    help="Train a small model to parse.", no_args_is_help=True, rich_markup_mode=None, add_completion=False
)


@train_app.callback()
def _train() -> None:
    """Make samples, and train on them."""


@train_app.command("data")
@options_of(DataSettings, Rules, renamed=OWN_FLAGS)
def data(
    given: Mapping[str, Any],
    file_format: Annotated[Literal["parquet", "jsonl", "both"], typer.Option("--format", help="Which files.")] = "both",
) -> None:
    """Turn contexts into samples: the prompt that parse sends, and the context that should come back."""
    from social_world_model.training import make_data

    kinds = ("parquet", "jsonl") if file_format == "both" else (file_format,)
    settings = made(DataSettings, given, rules=made(Rules, given), kinds=kinds)
    with counted("contexts") as on_progress:
        report = make_data(settings, on_progress)
    _show_report(report)
    print(f"samples: {settings.out}")


@train_app.command("sft")
@options_of(Job, DataSettings, Rules, without=MADE_FOR_A_JOB)
def sft(
    given: Mapping[str, Any],
    context: typer.Context,
    config: Annotated[Path | None, typer.Option(help="YAML with further settings in the back end's words.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write the data, print the command, train nothing.")
    ] = False,
) -> None:
    """Train a model to parse; the same command resumes an interrupted training.

    Exit status: 0 trained; 1 the training or the service failed; 2 nothing was begun.
    """
    from social_world_model.training import finetune
    from social_world_model.training.config import read_config

    job = made(Job, given, config=read_config(config or _config_beside(context.obj, given["backend"])))
    rules = made(Rules, given, max_tokens=None)  # a training sets it, with the tokenizer of the base model
    source = made(DataSettings, given, out=job.data_dir, rules=rules)
    with counted("contexts") as on_progress:
        done = finetune(job, source, _say, dry_run=dry_run, on_progress=on_progress)
    _show_result(done, job.output_dir, dry_run=dry_run)
    if done.status:
        print(
            f"the training ended with exit status {done.status}; the same command goes on from there", file=sys.stderr
        )
        raise typer.Exit(1)


def _config_beside(folder: object, backend: str) -> Path | None:
    """Return a trainer's configuration in the folder of the script that was started, if there is one."""
    from social_world_model.training import get_trainer

    name = get_trainer(backend).capabilities.config_file
    path = folder / name if isinstance(folder, Path) and name else None
    return path if path is not None and path.is_file() else None


def _say(line: str) -> None:
    print(line, flush=True)


def _show_report(report: DataReport) -> None:
    split = ", ".join(f"{report.written[name]:,} {name}" for name in ("train", "val"))
    print(f"{sum(report.written.values()):,} samples ({split}) of {report.read:,} contexts")
    for reason, count in report.left_out.most_common():
        print(f"left out: {count:,} × {reason}, e.g. {report.examples[reason][0]}")
    if report.over_long:
        print(f"kept although too long: {report.over_long:,}")
    if report.without_guidance:
        print(f"note: {report.without_guidance:,} prompts without guidance: name their benchmark with --benchmark")
    if not report.written["val"]:
        print("note: no narrative is held out: there are few, or --val-share is small")
    if tokens := report.tokens.summary():
        print(
            f"tokens: {tokens['total']:,} in all; {tokens['median']:,} a sample in the middle, "
            f"{tokens['p95']:,} at 95 %, {tokens['longest']:,} at most"
        )


def _show_result(done: Finetuned, output_dir: Path, *, dry_run: bool) -> None:
    from social_world_model.training.checks import PARAMETERS
    from social_world_model.training.losses import losses

    if done.report is not None:
        _show_report(done.report)
    if dry_run:
        print(f"samples: {done.data.train.parent}")
        for problem in done.notes:
            print(f"note: this would stop a real run: {in_flags(problem, PARAMETERS)}")
        for line in done.plan.shown:
            print(line)
        print("dry run: nothing was trained")
        return
    if seen := losses(output_dir):
        print(f"loss: {seen[0]:.3f} at first, {seen[1]:.3f} at last")
    for path in done.checkpoints:
        print(f"checkpoint: {path}")
    if done.checkpoints:
        print(f"use it with: --model-name vllm/{done.checkpoints[-1]}")
