"""``swm run``, which is ``run_benchmarks.py``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from social_world_model.cli.options import (
    EVERY_FIELD,
    NONE,
    RESUME_HINT,
    BaseUrl,
    BatchSize,
    Benchmark,
    BenchmarkOptions,
    ContextDir,
    ContextFields,
    ContextModel,
    ContextSamples,
    ContinueMode,
    DatasetPath,
    DryRun,
    ExampleAnalysisFile,
    Limit,
    MaxCost,
    MaxOutputTokens,
    MaxTotalTokens,
    Mode,
    ModelName,
    OutputDir,
    PromptFile,
    Protocol,
    RequestsPerMinute,
    Samples,
    Save,
    Seed,
    Temperature,
    Timeout,
    TokensPerMinute,
    VllmArgs,
    ended_by_ctrl_c,
    settings_of,
)


def run(
    benchmark: Benchmark,
    dataset_path: DatasetPath = None,
    option: BenchmarkOptions = None,
    protocol: Protocol = "own",
    variant: Annotated[
        Literal["options-shuffled", "names-swapped", "distractors"] | None,
        typer.Option(
            help="Put the questions otherwise, drawn by --seed: options in another order, other names, sentences that "
            "matter to nobody (docs/robustness.md); swm robustness runs all of them."
        ),
    ] = None,
    mode: Mode = "vanilla",
    model_name: ModelName = "symbolic",
    context_model: ContextModel = "symbolic",
    batch_size: BatchSize = 8,
    samples: Samples = 1,
    context_samples: ContextSamples = 1,
    save: Save = True,
    continue_mode: ContinueMode = "continue",
    example_analysis_file: ExampleAnalysisFile = None,
    context_dir: ContextDir = None,
    context_fields: ContextFields = EVERY_FIELD,
    prompt_file: PromptFile = None,
    base_url: BaseUrl = None,
    vllm_arg: VllmArgs = None,
    temperature: Temperature = None,
    max_output_tokens: MaxOutputTokens = None,
    timeout: Timeout = 300.0,
    rpm: RequestsPerMinute = None,
    tpm: TokensPerMinute = None,
    max_cost: MaxCost = None,
    max_total_tokens: MaxTotalTokens = None,
    dry_run: DryRun = False,
    limit: Limit = None,
    output_dir: OutputDir = Path("data"),
    seed: Seed = None,
) -> None:
    """Answer a benchmark's questions, and report.

    The report has accuracies with 95 % intervals, and counts failures as wrong.

    Exit status: 0 all answered; 1 some items failed; 2 usage, data or configuration; 130 interrupted.
    """
    settings = settings_of(locals())  # before there are others than the options

    import asyncio

    from social_world_model.cli.output import show_estimate, show_result
    from social_world_model.cli.progress import progress
    from social_world_model.experiments import Run, estimate

    if dry_run:
        show_estimate(asyncio.run(estimate(settings)), settings)
        return
    with ended_by_ctrl_c(RESUME_HINT if save else NONE), progress() as shown:
        result = asyncio.run(Run(settings, shown.on_progress, shown.on_problem).execute())
    show_result(result)
    raise typer.Exit(1 if result.failed or result.stopped else 0)
