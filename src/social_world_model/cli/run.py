"""``swm run``, which is ``run_benchmarks.py``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

INTERRUPTED = 130


def run(
    benchmark: Annotated[str, typer.Argument(help="Which benchmark: tomi, ori_tomi or hitom.", show_default=False)],
    dataset_path: Annotated[
        Path | None,
        typer.Option(help="Data file: csv, json, jsonl, parquet or bAbI text. Without it, a bundled sample."),
    ] = None,
    mode: Annotated[
        str,
        typer.Option(
            help="How questions are answered: vanilla, socialized_context, pure_context, perspective, simulation; "
            "or generate_socialized_context, which makes contexts and answers nothing."
        ),
    ] = "vanilla",
    model_name: Annotated[str, typer.Option(help="Who answers.")] = "symbolic",
    context_model: Annotated[str, typer.Option(help="Who makes contexts, in modes that use them.")] = "symbolic",
    batch_size: Annotated[int, typer.Option(help="Number of model calls in flight; 1 is strictly sequential.")] = 8,
    save: Annotated[bool, typer.Option("--save/--no-save", help="Store a record per question.")] = True,
    continue_mode: Annotated[
        Literal["new", "continue"],
        typer.Option(
            help="continue: keep what is answered and ask the rest; new: move earlier results aside to "
            "FOLDER.old-N and begin again."
        ),
    ] = "continue",
    example_analysis_file: Annotated[
        Path | None, typer.Option(help="Worked example that goes with every parse by a language model.")
    ] = None,
    context_dir: Annotated[
        Path | None,
        typer.Option(help="Folder of contexts to use first, whoever made them: records matched by their story."),
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Take only this many rows, from the beginning.")] = None,
    output_dir: Annotated[Path, typer.Option(help="Where results go.")] = Path("data"),
    seed: Annotated[int, typer.Option(help="Seed of whatever is drawn: the resampling for intervals.")] = 0,
) -> None:
    """Answer a benchmark's questions, and report.

    The report has accuracies with 95 % intervals, and counts failures as wrong.

    Exit status: 0 all answered; 1 some items failed; 2 usage, data or configuration; 130 interrupted.
    """
    import asyncio

    from social_world_model.cli.output import progress, show_result
    from social_world_model.experiments import Run, RunSettings

    settings = RunSettings(
        benchmark=benchmark,
        mode=mode,
        model_name=model_name,
        context_model=context_model,
        dataset_path=dataset_path,
        batch_size=batch_size,
        save=save,
        continue_mode=continue_mode,
        context_dir=context_dir,
        example=None if example_analysis_file is None else _text_of(example_analysis_file),
        limit=limit,
        output_dir=output_dir,
        seed=seed,
        command=tuple(sys.argv),
    )
    try:
        with progress() as on_progress:
            result = asyncio.run(Run(settings, on_progress).execute())
    except KeyboardInterrupt:
        kept = (
            "everything finished is kept; --continue-mode continue goes on from there" if save else "nothing was saved"
        )
        print(f"interrupted: {kept}", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None
    show_result(result)
    raise typer.Exit(1 if result.failed else 0)


def _text_of(path: Path) -> str:
    from social_world_model.errors import ConfigurationError

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"expected --example-analysis-file to be a text file, got {path}: {error}") from None
