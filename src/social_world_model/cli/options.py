"""Options that several commands take, and what they have in common when they are interrupted."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from social_world_model.choices import ContextField
    from social_world_model.experiments import RunSettings

INTERRUPTED = 130
RESUME_HINT = "everything finished is kept; --continue-mode continue goes on from there"
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
ContextSamples = Annotated[
    int, typer.Option(help="Contexts of each story; each is answered from, and the majority counts.")
]
Save = Annotated[bool, typer.Option("--save/--no-save", help="Store a record per question.")]
ContinueMode = Annotated[
    Literal["new", "continue"],
    typer.Option(
        help="continue: keep what is answered and ask the rest; new: move earlier results aside to "
        "FOLDER.old-N and begin again."
    ),
]
ExampleAnalysisFile = Annotated[
    Path | None, typer.Option(help="Worked example that goes with every parse by a language model.")
]
ContextDir = Annotated[
    Path | None,
    typer.Option(help="Folder of contexts to use first, whoever made them: records matched by their story."),
]
ContextFields = Annotated[
    str, typer.Option(help="What is shown of contexts: any of state,observations,actions,mental_state.")
]
EVERY_FIELD = "state,observations,actions,mental_state"
PromptFile = Annotated[
    Path | None,
    typer.Option(
        help="Your own wording for questions: a text with {question}, and with {narrative}, {context}, {choices}, "
        "{memory}, {witnessed}, {accounts}, {guidance}, {agent} as the mode shows them."
    ),
]
BaseUrl = Annotated[str | None, typer.Option(help="Another OpenAI-compatible endpoint for a bare name or vllm/NAME.")]
VllmArgs = Annotated[
    list[str] | None,
    typer.Option(
        "--vllm-arg", help="Argument of vLLM's engine for vllm/NAME, NAME=VALUE (max_model_len=4096), repeatable."
    ),
]
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


def settings_of(given: Mapping[str, Any]) -> RunSettings:
    """Return the settings of a run.

    Parameters
    ----------
    given
        The options of a command, by the names that they have here; others are passed over.
    """
    from social_world_model.experiments import RunSettings
    from social_world_model.generation_utils.vllm_args import vllm_args

    read = {
        "options": options_of(given["option"]),
        "context_fields": context_fields_of(given["context_fields"]),
        "example": text_of(given["example_analysis_file"], "--example-analysis-file"),
        "prompt_template": text_of(given["prompt_file"], "--prompt-file"),
        "vllm_args": vllm_args(given["vllm_arg"] or ()),
        "command": tuple(sys.argv),
    }
    same = {field.name for field in fields(RunSettings)} & given.keys()
    return RunSettings(**{name: given[name] for name in same} | read)


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


def text_of(path: Path | None, option: str) -> str | None:
    """Return what a file says that an option names; None without one."""
    from social_world_model.errors import ConfigurationError

    try:
        return None if path is None else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"expected {option} to be a text file, got {path}: {error}") from None


def context_fields_of(text: str) -> tuple[ContextField, ...]:
    """Return what is to be shown of contexts, as an option names it."""
    from social_world_model.choices import CONTEXT_FIELDS
    from social_world_model.errors import ConfigurationError

    named = [name.strip() for name in text.split(",") if name.strip()]
    if not named or (unknown := set(named) - set(CONTEXT_FIELDS)):
        got = ", ".join(sorted(unknown)) if named else "none"
        raise ConfigurationError(f"expected --context-fields out of {','.join(CONTEXT_FIELDS)}; got {got}")
    return tuple(field for field in CONTEXT_FIELDS if field in named)
