"""``swm run``, which is ``run_benchmarks.py``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from social_world_model.s3ap.rendering import ContextField

INTERRUPTED = 130
GOES_ON = "everything finished is kept; --continue-mode continue goes on from there"
NONE = "nothing was saved"
BENCHMARKS = "Which benchmark: tomi, ori_tomi, hitom, fantom, confaide, mmtom, bigtom or cobra_frames."
OPTION = "Option of the benchmark, NAME=VALUE, any number of times; a wrong one is told the right ones."


def run(
    benchmark: Annotated[str, typer.Argument(help=BENCHMARKS, show_default=False)],
    dataset_path: Annotated[
        Path | None,
        typer.Option(help="Data file: csv, json, jsonl, parquet or bAbI text. Without it, a bundled sample."),
    ] = None,
    option: Annotated[list[str] | None, typer.Option("--option", "-B", help=OPTION)] = None,
    protocol: Annotated[
        Literal["own", "paper"],
        typer.Option(
            help="paper: everything but the wording as for the figures of arXiv 2509.00559 (docs/reproduction.md)."
        ),
    ] = "own",
    variant: Annotated[
        Literal["options-shuffled", "names-swapped", "distractors"] | None,
        typer.Option(
            help="Put the questions otherwise, drawn by --seed: options in another order, other names, sentences that "
            "matter to nobody (docs/robustness.md); swm robustness runs all of them."
        ),
    ] = None,
    mode: Annotated[
        str,
        typer.Option(
            help="How questions are answered: vanilla, vanilla_no_reasoning, socialized_context, "
            "socialized_context_no_json, pure_context, few_shot_context, perspective, question_only, options_only, "
            "simtom, simulation, debate; or generate_socialized_context, which makes contexts and answers nothing."
        ),
    ] = "vanilla",
    model_name: Annotated[
        str,
        typer.Option(
            help="Who answers: symbolic; NAME (OpenAI), together_ai/NAME, vllm/NAME (hub id or folder), PROVIDER:NAME, "
            "custom/NAME@URL (any OpenAI-compatible endpoint), scripted/FILE."
        ),
    ] = "symbolic",
    context_model: Annotated[
        str, typer.Option(help="Who makes contexts, in modes that use them; named likewise.")
    ] = "symbolic",
    batch_size: Annotated[
        int, typer.Option(help="Number of model calls in flight, of any kind; 1 is strictly sequential.")
    ] = 8,
    samples: Annotated[int, typer.Option(help="Answers to each question; the one given most often counts.")] = 1,
    context_samples: Annotated[
        int, typer.Option(help="Contexts of each story; each is answered from, and the majority counts.")
    ] = 1,
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
    context_fields: Annotated[
        str,
        typer.Option(help="What is shown of contexts: any of state,observations,actions,mental_state."),
    ] = "state,observations,actions,mental_state",
    prompt_file: Annotated[
        Path | None,
        typer.Option(
            help="Your own wording for questions: a text with {question}, and with {narrative}, {context}, {choices}, "
            "{memory}, {witnessed}, {accounts}, {guidance}, {agent} as the mode shows them."
        ),
    ] = None,
    base_url: Annotated[
        str | None, typer.Option(help="Another OpenAI-compatible endpoint for a bare name or vllm/NAME.")
    ] = None,
    vllm_arg: Annotated[
        list[str] | None,
        typer.Option(help="Argument of vLLM's engine for vllm/NAME, NAME=VALUE (max_model_len=4096), repeatable."),
    ] = None,
    temperature: Annotated[
        float | None, typer.Option(help="Of answers: by default 0; 0.7 with --samples and in debate. Contexts: 0.7.")
    ] = None,
    max_output_tokens: Annotated[int | None, typer.Option(help="Bound on each reply.")] = None,
    timeout: Annotated[float, typer.Option(help="Seconds that one try of a call may take.")] = 300.0,
    rpm: Annotated[int | None, typer.Option(help="Requests per minute at most.")] = None,
    tpm: Annotated[int | None, typer.Option(help="Tokens per minute at most.")] = None,
    max_cost: Annotated[float | None, typer.Option(help="US$ that this command may spend.")] = None,
    max_total_tokens: Annotated[int | None, typer.Option(help="Tokens that this command may spend.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many calls, tokens and dollars it would take, and stop.")
    ] = False,
    limit: Annotated[int | None, typer.Option(help="Take only this many rows, from the beginning.")] = None,
    output_dir: Annotated[Path, typer.Option(help="Where results go.")] = Path("data"),
    seed: Annotated[
        int | None,
        typer.Option(help="Of what is drawn: resampling for intervals (0), and models that take a seed."),
    ] = None,
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
        context_fields=_context_fields(context_fields),
        example=_text_of(example_analysis_file, "--example-analysis-file"),
        prompt_template=_text_of(prompt_file, "--prompt-file"),
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


@contextmanager
def ended_by_ctrl_c(kept: str) -> Iterator[None]:
    """Say what is kept, and leave, where the user interrupts."""
    try:
        yield
    except KeyboardInterrupt:
        print(f"interrupted: {kept}", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None


def options_of(given: list[str] | None) -> dict[str, str]:
    """Return options of a benchmark by name."""
    from social_world_model.errors import ConfigurationError

    pairs = [one.partition("=") for one in given or ()]
    if wrong := ["".join(pair) for pair in pairs if not pair[0] or not pair[1]]:
        raise ConfigurationError(f"expected --option NAME=VALUE, got {wrong[0]!r}")
    names = [name.strip() for name, _, _ in pairs]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ConfigurationError(f"expected each --option once, got {twice[0]} {names.count(twice[0])} times")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _text_of(path: Path | None, option: str) -> str | None:
    from social_world_model.errors import ConfigurationError

    try:
        return None if path is None else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"expected {option} to be a text file, got {path}: {error}") from None


def _context_fields(text: str) -> tuple[ContextField, ...]:
    from social_world_model.errors import ConfigurationError
    from social_world_model.s3ap.rendering import CONTEXT_FIELDS

    named = [name.strip() for name in text.split(",") if name.strip()]
    if not named or (unknown := set(named) - set(CONTEXT_FIELDS)):
        got = ", ".join(sorted(unknown)) if named else "none"
        raise ConfigurationError(f"expected --context-fields out of {','.join(CONTEXT_FIELDS)}; got {got}")
    return tuple(field for field in CONTEXT_FIELDS if field in named)
