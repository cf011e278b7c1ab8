"""``swm train``: samples from contexts, and a parser trained on them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from social_world_model.training import DataReport, Finetuned

LOG_SECONDS = 10.0
CONFIGS = {"verl": "verl_sft_config.yaml", "together": "finetune_config.yaml"}

train_app = typer.Typer(
    help="Train a small model to parse.", no_args_is_help=True, rich_markup_mode=None, add_completion=False
)

DataDir = Annotated[
    list[Path] | None, typer.Option(help="Folder of records with contexts, or of such folders; may be repeated.")
]
Generate = Annotated[str | None, typer.Option(help="Make up stories instead: tomi, ori_tomi or hitom.")]
N = Annotated[int, typer.Option("--n", help="Number of stories to make up.")]
Benchmark = Annotated[
    str | None, typer.Option(help="Whose guidance goes into the prompts; seen from the folders by default.")
]
OnlyValid = Annotated[
    bool,
    typer.Option("--only-valid/--also-invalid", help="Take only contexts without errors, or all that can be sent."),
]
OnlyRight = Annotated[bool, typer.Option("--only-right", help="Take only records whose question was answered right.")]
MinF1 = Annotated[
    float | None,
    typer.Option(help="Take only contexts of at least this perceived-event F1 against the symbolic model."),
]
KeepDraws = Annotated[
    bool, typer.Option("--keep-draws", help="Take different contexts of one narrative; else the first.")
]
ValShare = Annotated[float, typer.Option(help="Share of the narratives that are held out.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same files, byte for byte.")]
SchemaInPrompt = Annotated[
    bool, typer.Option("--schema-in-prompt", help="Ask for the form in words, for endpoints without guided decoding.")
]


@train_app.callback()
def _train() -> None:
    """Make samples, and train on them."""


@train_app.command("data")
def data(
    out: Annotated[Path, typer.Option(help="The folder to write train and val into.", show_default=False)],
    data_dir: DataDir = None,
    generate: Generate = None,
    n: N = 1000,
    benchmark: Benchmark = None,
    only_valid: OnlyValid = True,
    only_right: OnlyRight = False,
    min_f1: MinF1 = None,
    keep_draws: KeepDraws = False,
    val_share: ValShare = 0.02,
    seed: Seed = 0,
    tokenizer: Annotated[str | None, typer.Option(help="Count tokens with this one: a folder or hub id.")] = None,
    max_tokens: Annotated[int | None, typer.Option(help="Longest sample, request and reply together.")] = None,
    over_long: Annotated[
        Literal["leave-out", "keep"], typer.Option(help="What becomes of longer ones. They are never cut.")
    ] = "leave-out",
    schema_in_prompt: SchemaInPrompt = False,
    form: Annotated[
        Literal["sft", "grpo"], typer.Option(help="Conversations; or requests with a reference, for rewards.")
    ] = "sft",
    file_format: Annotated[Literal["parquet", "jsonl", "both"], typer.Option("--format", help="Which files.")] = "both",
) -> None:
    """Turn contexts into samples: the prompt that parse sends, and the record that should come back."""
    from social_world_model.training import DataSettings, Rules, make_data

    settings = DataSettings(
        out=out,
        folders=tuple(data_dir or ()),
        generate=generate,
        n=n,
        benchmark=benchmark,
        rules=Rules(
            only_valid=only_valid,
            only_right=only_right,
            min_f1=min_f1,
            keep_draws=keep_draws,
            max_tokens=max_tokens,
            over_long=over_long,
            schema_in_prompt=schema_in_prompt,
        ),
        val_share=val_share,
        seed=seed,
        tokenizer=tokenizer,
        form=form,
        kinds=("parquet", "jsonl") if file_format == "both" else (file_format,),
    )
    with _progress("contexts") as on_progress:
        report = make_data(settings, on_progress)
    _show_report(report)
    print(f"samples: {out}")


@train_app.command("sft")
def sft(
    context: typer.Context,
    output_dir: Annotated[Path, typer.Option(help="Where everything goes.", show_default=False)],
    data_dir: Annotated[
        list[Path] | None,
        typer.Option(help="Folder of records with contexts, or one that swm train data wrote; may be repeated."),
    ] = None,
    generate: Generate = None,
    n: N = 1000,
    backend: Annotated[
        Literal["verl", "trl", "together"],
        typer.Option(help="Several GPUs; one GPU or none; a service that is paid."),
    ] = "verl",
    base_model: Annotated[str, typer.Option(help="Folder or hub id; each back end has its own default.")] = "",
    n_gpus: Annotated[int, typer.Option(help="GPUs of each machine.")] = 1,
    nnodes: Annotated[int, typer.Option(help="Machines.")] = 1,
    node_rank: Annotated[int, typer.Option(help="Which of several machines this is, from 0.")] = 0,
    master: Annotated[str, typer.Option(help="HOST:PORT of the first of several machines.")] = "",
    total_steps: Annotated[int, typer.Option(help="Steps to train.")] = 1000,
    save_steps: Annotated[int, typer.Option(help="Steps from checkpoint to checkpoint; 0: four in all.")] = 0,
    batch_size: Annotated[int, typer.Option(help="Samples a step, all GPUs together; 0: the back end's own.")] = 0,
    micro_batch_size: Annotated[int, typer.Option(help="Samples that a GPU holds at once.")] = 2,
    max_tokens: Annotated[int, typer.Option(help="Longest sample; longer ones are left out and counted.")] = 4096,
    learning_rate: Annotated[float | None, typer.Option(help="The back end's own by default.")] = None,
    lora_rank: Annotated[int | None, typer.Option(help="0: all weights. By default 0; with together 16.")] = None,
    benchmark: Benchmark = None,
    only_valid: OnlyValid = True,
    only_right: OnlyRight = False,
    min_f1: MinF1 = None,
    keep_draws: KeepDraws = False,
    val_share: ValShare = 0.02,
    seed: Seed = 0,
    schema_in_prompt: SchemaInPrompt = False,
    config: Annotated[Path | None, typer.Option(help="YAML with further settings in the back end's words.")] = None,
    wandb: Annotated[bool, typer.Option("--wandb", help="Tell W&B.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write the data, print the command, train nothing.")
    ] = False,
) -> None:
    """Train a model to parse; the same command goes on where it was stopped.

    Exit status: 0 trained; 1 the training or the service failed; 2 nothing was begun.
    """
    from social_world_model.training import DataSettings, Job, Rules, finetune
    from social_world_model.training.jobs import read_config

    job = Job(
        output_dir=output_dir,
        backend=backend,
        base_model=base_model,
        n_gpus=n_gpus,
        nnodes=nnodes,
        node_rank=node_rank,
        master=master,
        total_steps=total_steps,
        save_steps=save_steps,
        batch_size=batch_size,
        micro_batch_size=micro_batch_size,
        max_tokens=max_tokens,
        learning_rate=learning_rate,
        lora_rank=lora_rank,
        seed=seed,
        wandb=wandb,
        config=read_config(config or _config_beside(context.obj, backend)),
    )
    source = DataSettings(
        out=job.data_dir,
        folders=tuple(data_dir or ()),
        generate=generate,
        n=n,
        benchmark=benchmark,
        rules=Rules(
            only_valid=only_valid,
            only_right=only_right,
            min_f1=min_f1,
            keep_draws=keep_draws,
            schema_in_prompt=schema_in_prompt,
        ),
        val_share=val_share,
        seed=seed,
    )
    with _progress("contexts") as on_progress:
        done = finetune(job, source, _say, dry_run=dry_run, on_progress=on_progress)
    _show_result(done, job.output_dir, dry_run=dry_run)
    if done.status:
        print(
            f"the training ended with exit status {done.status}; the same command goes on from there", file=sys.stderr
        )
        raise typer.Exit(1)


def _config_beside(folder: object, backend: str) -> Path | None:
    """Return a back end's configuration in the folder of the script that was started, if there is one."""
    path = folder / CONFIGS.get(backend, "") if isinstance(folder, Path) else None
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
    from social_world_model.training.trl_backend import losses
    from social_world_model.training.verl_backend import shown

    if done.report is not None:
        _show_report(done.report)
    if dry_run:
        print(f"samples: {done.data.train.parent}")
        for problem in done.notes:
            print(f"note: this would stop a real run: {problem}")
        for line in shown(done.command):
            print(line)
        print("dry run: nothing was trained")
        return
    if seen := losses(output_dir):
        print(f"loss: {seen[0]:.3f} at first, {seen[1]:.3f} at last")
    for path in done.checkpoints:
        print(f"checkpoint: {path}")
    if done.checkpoints:
        print(f"use it with: --model-name vllm/{done.checkpoints[-1]}")


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar in a terminal, and a plain line now and then elsewhere."""
    if sys.stderr is not None and sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(what, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
    else:
        yield _log_lines(what)


def _log_lines(what: str) -> Callable[[int, int], None]:
    last = time.monotonic()

    def on_progress(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= LOG_SECONDS:
            last = time.monotonic()
            print(f"{done:,}/{total:,} {what}", file=sys.stderr, flush=True)

    return on_progress
