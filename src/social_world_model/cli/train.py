"""``swm train``: make samples from contexts, and train a parser on these samples."""

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
"""Settings of samples that ``swm train sft`` sets automatically."""

train_app = typer.Typer(
    help="Train a small model to parse stories.", no_args_is_help=True, rich_markup_mode=None, add_completion=False
)


@train_app.callback()
def _train() -> None:
    """Make training samples, and train a model on these samples."""


@train_app.command("data")
@options_of(DataSettings, Rules, renamed=OWN_FLAGS)
def data(
    given: Mapping[str, Any],
    file_format: Annotated[
        Literal["parquet", "jsonl", "both"], typer.Option("--format", help="Format of the files.")
    ] = "both",
) -> None:
    """Turn contexts into training samples.

    A sample has the prompt that swm parse sends to a language model, and the context that the model should return.
    """
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
    config: Annotated[
        Path | None,
        typer.Option(help="YAML file with further settings. The settings must have the names that the back end uses."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write the samples and print the training command, but do not train.")
    ] = False,
) -> None:
    """Train a model to parse stories.

    To resume an interrupted training, run the same command again.

    Exit status: 0 on success; 1 if the training or the service failed; 2 if the training did not start.
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
        print(f"the training ended with exit status {done.status}; run the same command to resume", file=sys.stderr)
        raise typer.Exit(1)


def _config_beside(folder: object, backend: str) -> Path | None:
    """Return the path of a trainer's configuration next to the started script, or None if there is no such file."""
    from social_world_model.training import get_trainer

    name = get_trainer(backend).capabilities.config_file
    path = folder / name if isinstance(folder, Path) and name else None
    return path if path is not None and path.is_file() else None


def _say(line: str) -> None:
    print(line, flush=True)


def _show_report(report: DataReport) -> None:
    split = ", ".join(f"{report.written[name]:,} {name}" for name in ("train", "val"))
    print(f"{sum(report.written.values()):,} samples ({split}) from {report.read:,} contexts")
    for reason, count in report.left_out.most_common():
        print(f"left out: {count:,} × {reason}, e.g. {report.examples[reason][0]}")
    if report.over_long:
        print(f"too long, but included: {report.over_long:,}")
    if report.without_guidance:
        print(f"note: {report.without_guidance:,} prompts have no benchmark instructions; to add them, use --benchmark")
    if not report.written["val"]:
        print("note: the validation split is empty: there are too few narratives, or --val-share is too small")
    if tokens := report.tokens.summary():
        print(
            f"tokens: {tokens['total']:,} in total; per sample: median {tokens['median']:,}, "
            f"95th percentile {tokens['p95']:,}, maximum {tokens['longest']:,}"
        )


def _show_result(done: Finetuned, output_dir: Path, *, dry_run: bool) -> None:
    from social_world_model.training.checks import PARAMETERS
    from social_world_model.training.losses import losses

    if done.report is not None:
        _show_report(done.report)
    if dry_run:
        print(f"samples: {done.data.train.parent}")
        for problem in done.notes:
            print(f"note: this problem would stop the training: {in_flags(problem, PARAMETERS)}")
        for line in done.plan.shown:
            print(line)
        print("dry run: nothing was trained")
        return
    if seen := losses(output_dir):
        print(f"loss: {seen[0]:.3f} at the start, {seen[1]:.3f} at the end")
    for path in done.checkpoints:
        print(f"checkpoint: {path}")
    if done.checkpoints:
        print(f"to use it: --model-name vllm/{done.checkpoints[-1]}")
