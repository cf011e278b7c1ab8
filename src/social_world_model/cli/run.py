"""``swm run``, which is ``run_benchmarks.py``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from social_world_model.cli.options import (
    EVERY_FIELD,
    GOES_ON,
    NONE,
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
    context_fields_of,
    ended_by_ctrl_c,
    options_of,
    text_of,
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
    import asyncio

    from social_world_model.cli.output import progress, show_estimate, show_result
    from social_world_model.experiments import Run, RunSettings, estimate
    from social_world_model.generation_utils.vllm_args import vllm_args

    settings = RunSettings(
        benchmark=benchmark,
        mode=mode,
        model_name=model_name,
        context_model=context_model,
        dataset_path=dataset_path,
        options=options_of(option),
        protocol=protocol,
        variant=variant,
        batch_size=batch_size,
        samples=samples,
        context_samples=context_samples,
        save=save,
        continue_mode=continue_mode,
        context_dir=context_dir,
        context_fields=context_fields_of(context_fields),
        example=text_of(example_analysis_file, "--example-analysis-file"),
        prompt_template=text_of(prompt_file, "--prompt-file"),
        base_url=base_url,
        vllm_args=vllm_args(vllm_arg or ()),
        temperature=temperature,
        max_output_tokens=max_output_tokens,
        timeout=timeout,
        rpm=rpm,
        tpm=tpm,
        max_cost=max_cost,
        max_total_tokens=max_total_tokens,
        limit=limit,
        output_dir=output_dir,
        seed=seed,
        command=tuple(sys.argv),
    )
    if dry_run:
        show_estimate(asyncio.run(estimate(settings)), settings)
        return
    with ended_by_ctrl_c(GOES_ON if save else NONE), progress() as shown:
        result = asyncio.run(Run(settings, shown.on_progress, shown.on_problem).execute())
    show_result(result)
    raise typer.Exit(1 if result.failed or result.stopped else 0)
