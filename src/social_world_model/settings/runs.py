"""Settings of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from social_world_model.choices import CONTEXT_FIELDS, ContextField, ContinueMode, Form, Protocol, Scorer, Variant
from social_world_model.settings.calls import CallSettings
from social_world_model.settings.declaring import Option


@dataclass(frozen=True, kw_only=True)
class RunSettings(CallSettings):
    """What to run.

    Parameters
    ----------
    benchmark, mode, model_name, context_model
        By name.
    dataset_path
        The data file; None for the bundled sample.
    options
        Of the benchmark, by name.
    protocol
        ``"paper"``: everything but the wording as for the figures of arXiv 2509.00559: the benchmark's options, whole
        JSON with its manual for contexts, and that software's scorer.
    variant
        A perturbation of the questions, drawn by `seed`; None for the questions as they are.
    samples, context_samples
        How often a question is answered, and a story parsed; the majority answer counts.
    save
        Whether to store results; without, nothing is written.
    continue_mode
        ``"continue"``: keep what is answered; ``"new"``: move an existing folder aside and begin again.
    context_dir
        A folder of contexts to look into first.
    context_fields
        Which parts of contexts are shown, for ablations.
    example
        Text of a worked example for a language model that parses.
    prompt_template
        A wording of the user's own for questions.
    limit
        Number of rows to take from the beginning; None for all.
    output_dir
        Folder of all results.
    command
        The command line, for the manifest.
    """

    benchmark: Annotated[
        str,
        Option(
            help="Which benchmark: tomi, ori_tomi, hitom, fantom, confaide, mmtom, bigtom, cobra_frames, or one of a "
            "plug-in (swm list benchmarks).",
            typed="positional",
            in_manifest=False,
            in_sweep=False,
        ),
    ]
    dataset_path: Annotated[
        Path | None,
        Option(
            help="Data file: csv, json, jsonl, parquet or bAbI text. Without it, a bundled sample.",
            in_manifest=False,
            in_sweep=False,
        ),
    ] = None
    options: Annotated[
        Mapping[str, str],
        Option(
            help="Option of the benchmark, NAME=VALUE, repeatable; an unknown name lists the valid ones.",
            flags=("--option", "-B"),
            typed="pairs",
            in_sweep=False,
        ),
    ] = field(default_factory=dict)
    protocol: Annotated[
        Protocol,
        Option(help="paper: everything but the wording as for the figures of arXiv 2509.00559 (docs/reproduction.md)."),
    ] = "own"
    variant: Annotated[
        Variant | None,
        Option(
            help="Perturb the questions: shuffled options, renamed people, irrelevant sentences (docs/robustness.md); "
            "swm robustness runs all of them."
        ),
    ] = None
    mode: Annotated[
        str,
        Option(
            help="How questions are answered: vanilla, vanilla_no_reasoning, socialized_context, "
            "socialized_context_no_json, pure_context, few_shot_context, perspective, question_only, options_only, "
            "simtom, simulation, debate, or one of a plug-in (swm list modes); generate_socialized_context makes "
            "contexts and answers nothing.",
            in_manifest=False,
            in_sweep=False,
        ),
    ] = "vanilla"
    model_name: Annotated[
        str,
        Option(
            help="Model that answers: symbolic; NAME (OpenAI), together_ai/NAME, vllm/NAME (hub id or folder), "
            "PROVIDER:NAME, custom/NAME@URL (any OpenAI-compatible endpoint), scripted/FILE.",
            in_manifest=False,
            in_sweep=False,
        ),
    ] = "symbolic"
    context_model: Annotated[
        str,
        Option(
            help="Model that makes contexts, in modes that use them; named likewise.", in_manifest=False, in_sweep=False
        ),
    ] = "symbolic"
    samples: Annotated[int, Option(help="Answers to each question; the majority answer counts.", least=1)] = 1
    context_samples: Annotated[
        int,
        Option(help="Contexts of each story; each is answered from, and the majority answer counts.", least=1),
    ] = 1
    save: Annotated[
        bool,
        Option(help="Store a result per question.", flags=("--save/--no-save",), in_manifest=False),
    ] = True
    continue_mode: Annotated[
        ContinueMode,
        Option(
            help="continue: keep what is answered and ask the rest; new: move earlier results aside to FOLDER.old-N "
            "and begin again.",
            in_manifest=False,
        ),
    ] = "continue"
    example: Annotated[
        str | None,
        Option(
            help="Worked example that goes with every parse by a language model.",
            flags=("--example-analysis-file",),
            typed="file",
            in_manifest=False,
            in_sweep=False,
        ),
    ] = None
    context_dir: Annotated[
        Path | None,
        Option(help="Folder of contexts to use first, from any model: results matched by their narrative."),
    ] = None
    context_fields: Annotated[
        tuple[ContextField, ...],
        Option(
            help="Parts of contexts that are shown: any of state,observations,actions,mental_state.", typed="commas"
        ),
    ] = CONTEXT_FIELDS
    prompt_template: Annotated[
        str | None,
        Option(
            help="Your own wording for questions: a text with {question}, and with {narrative}, {context}, {choices}, "
            "{memory}, {others_observations}, {statements}, {guidance}, {agent} as the mode shows them.",
            flags=("--prompt-file",),
            typed="file",
            in_manifest=False,
            in_sweep=False,
        ),
    ] = None
    limit: Annotated[int | None, Option(help="Take only this many rows, from the beginning.", least=1)] = None
    output_dir: Annotated[Path, Option(help="Folder for results.", in_manifest=False)] = Path("data")
    command: Annotated[tuple[str, ...], Option(typed="nothing", in_manifest=False, in_sweep=False)] = ()

    @property
    def scorer(self) -> Scorer:
        """Which rule says what is right."""
        return "paper" if self.protocol == "paper" else "official"

    @property
    def form(self) -> Form:
        """How contexts are shown in JSON."""
        return "full_json" if self.protocol == "paper" else "json"
