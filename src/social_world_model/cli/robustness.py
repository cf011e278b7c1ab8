"""``swm robustness``: the same questions put otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from social_world_model.experiments import RunResult


def robustness(
    benchmark: Benchmark,
    dataset_path: DatasetPath = None,
    option: BenchmarkOptions = None,
    protocol: Protocol = "own",
    variant: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this one of options-shuffled, names-swapped, distractors; repeatable. By default all that mean "
            "something."
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
    """Run a benchmark as it is and in its variants, and print how much of the answers stays.

    Options in another order, other names, sentences that matter to nobody: each is a run of its own, as swm run with
    --variant makes it, and the same command goes on where it was stopped.

    Exit status: 0 all answered; 1 some items failed; 2 usage, data or configuration; 130 interrupted.
    """
    settings = settings_of({**locals(), "variant": None})  # before there are others than the options

    import asyncio

    from social_world_model.cli.sweep import execute, show_estimates, show_left_out, show_unfinished
    from social_world_model.experiments.robustness import plan
    from social_world_model.variants import VARIANTS, variants_of

    planned = plan(settings, variants_of(variant or VARIANTS), without_keys=dry_run)
    show_left_out(planned)
    if dry_run:
        asyncio.run(show_estimates(planned))
        return
    with ended_by_ctrl_c(RESUME_HINT if save else NONE):
        results = asyncio.run(execute(planned))
    if results and results[0].outcomes:
        print()
        _show(results)
    whole = show_unfinished(planned, results)
    folders = [result.folder for result in results if result.folder is not None]
    print(f"results: {folders[0]}, and beside it" if folders else "results: not saved (--no-save)")
    raise typer.Exit(0 if whole else 1)


def _show(results: list[RunResult]) -> None:
    """Print the run as it is and its variants, a line each."""
    from social_world_model.cli.tables import NARROWEST, note
    from social_world_model.errors import DatasetError
    from social_world_model.experiments.datasets import benchmark_of
    from social_world_model.experiments.robustness import changes
    from social_world_model.reports import make_report
    from social_world_model.reports.columns import share, signed, signed_ends
    from social_world_model.reports.comparing import differ

    original = results[0]
    before = benchmark_of(original.settings).headline(original.outcomes)
    head = f"{before.label:{NARROWEST}} {'value':>6} {'n':>5} {'failed':>6}  {'change':>6}  {'95 % of change':>16}"
    print(f"{head}  {'other answers':>13}  {'trivial':>7}")
    names: dict[str, None] = {}
    notes: dict[str, None] = {}
    for result in (result for result in results if result.outcomes):
        variant = result.settings.variant
        report = make_report(result)
        line, best = report.overall, report.overall.best_baseline
        row = f"{variant or 'as it is':{NARROWEST}} {share(line.value):>6} {line.n:>5} {line.failed:>6}"
        if variant is None:
            row += f"  {'':>6}  {'':>16}  {'':>13}"
        else:
            others = changes(original, result)
            headline = benchmark_of(result.settings).headline(result.outcomes)
            not_asked = (original.not_asked, result.not_asked)
            try:
                found = differ(before, headline, not_asked, original.settings.seed or 0)
                change = f"{signed(found.value):>6}  {signed_ends(found.interval):>16}"
            except DatasetError:  # nothing that both came to
                change = f"{'–':>6}  {'–':>16}"
            row += f"  {change}  {f'{len(others.changed)} of {others.compared}':>13}"
        print(f"{row}  {'–' if best is None else share(best[1]):>7}")
        names |= dict.fromkeys(report.baselines)
        notes |= dict.fromkeys(told for told in (line.note, report.caution) if told)
    for told in notes:
        note(told)
    if names:
        note(f"trivial: the best of {', '.join(names)}; swm run and swm report tell them apart")
    note("change: less the value as it is, in pairs, with its interval; other answers: old names put back")
