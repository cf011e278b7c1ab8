"""Options that several commands take, and what they have in common when they are interrupted."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

INTERRUPTED = 130
GOES_ON = "everything finished is kept; --continue-mode continue goes on from there"
NONE = "nothing was saved"

Benchmark = Annotated[
    str,
    typer.Argument(
        help="Which benchmark: tomi, ori_tomi, hitom, fantom, confaide, mmtom, bigtom or cobra_frames.",
        show_default=False,
    ),
]
DatasetPath = Annotated[
    Path | None,
    typer.Option(help="Data file: csv, json, jsonl, parquet or bAbI text. Without it, a bundled sample."),
]
BenchmarkOptions = Annotated[
    list[str] | None,
    typer.Option(
        "--option",
        "-B",
        help="Option of the benchmark, NAME=VALUE, any number of times; a wrong one is told the right ones.",
    ),
]
Protocol = Annotated[
    Literal["own", "paper"],
    typer.Option(
        help="paper: everything but the wording as for the figures of arXiv 2509.00559 (docs/reproduction.md)."
    ),
]
Mode = Annotated[
    str,
    typer.Option(
        help="How questions are answered: vanilla, vanilla_no_reasoning, socialized_context, "
        "socialized_context_no_json, pure_context, few_shot_context, perspective, question_only, options_only, "
        "simtom, simulation, debate; or generate_socialized_context, which makes contexts and answers nothing."
    ),
]
ModelName = Annotated[
    str,
    typer.Option(
        help="Who answers: symbolic; NAME (OpenAI), together_ai/NAME, vllm/NAME (hub id or folder), PROVIDER:NAME, "
        "custom/NAME@URL (any OpenAI-compatible endpoint), scripted/FILE."
    ),
]
ContextModel = Annotated[str, typer.Option(help="Who makes contexts, in modes that use them; named likewise.")]
BatchSize = Annotated[int, typer.Option(help="Number of model calls in flight, of any kind; 1 is strictly sequential.")]
Samples = Annotated[int, typer.Option(help="Answers to each question; the one given most often counts.")]
Save = Annotated[bool, typer.Option("--save/--no-save", help="Store a record per question.")]
ContinueMode = Annotated[
    Literal["new", "continue"],
    typer.Option(
        help="continue: keep what is answered and ask the rest; new: move earlier results aside to "
        "FOLDER.old-N and begin again."
    ),
]
BaseUrl = Annotated[str | None, typer.Option(help="Another OpenAI-compatible endpoint for a bare name or vllm/NAME.")]
Temperature = Annotated[
    float | None, typer.Option(help="Of answers: by default 0; 0.7 with --samples and in debate. Contexts: 0.7.")
]
MaxOutputTokens = Annotated[int | None, typer.Option(help="Bound on each reply.")]
Timeout = Annotated[float, typer.Option(help="Seconds that one try of a call may take.")]
RequestsPerMinute = Annotated[int | None, typer.Option(help="Requests per minute at most.")]
TokensPerMinute = Annotated[int | None, typer.Option(help="Tokens per minute at most.")]
MaxCost = Annotated[float | None, typer.Option(help="US$ that this command may spend.")]
MaxTotalTokens = Annotated[int | None, typer.Option(help="Tokens that this command may spend.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Say how many calls, tokens and dollars it would take, and stop.")
]
Limit = Annotated[int | None, typer.Option(help="Take only this many rows, from the beginning.")]
OutputDir = Annotated[Path, typer.Option(help="Where results go.")]
Seed = Annotated[
    int | None,
    typer.Option(help="Of what is drawn: resampling for intervals (0), and models that take a seed."),
]


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
