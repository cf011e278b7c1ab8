"""Settings of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from social_world_model.choices import (
    CONTEXT_FIELDS,
    ContextField,
    ContextForm,
    ContinueMode,
    Form,
    Protocol,
    Scorer,
    Variant,
    Wire,
)
from social_world_model.errors import ConfigurationError
from social_world_model.settings.calls import CallSettings
from social_world_model.settings.declaring import Option


@dataclass(frozen=True, kw_only=True)
class RunSettings(CallSettings):
    """Settings of a run.

    Parameters
    ----------
    benchmark, mode
        Names of the benchmark and of the mode.
    model_name, context_model
        Name of the model that answers, and name of the model that makes contexts.
    dataset_path
        Data file. None means the bundled sample.
    options
        Options of the benchmark, by name.
    protocol
        ``"paper"`` follows arXiv 2509.00559, except for the wording of prompts. This protocol uses the same
        benchmark options, contexts as full JSON with a manual, and the scorer of the authors' software.
    variant
        Perturbation of the questions. `seed` is the random seed of the perturbation. None means unchanged questions.
    samples, context_samples
        Number of answers per question, and number of contexts per story. The majority answer is scored.
    save
        Whether to store results. If False, no file is written.
    continue_mode
        ``"continue"`` reuses stored answers. ``"new"`` renames an existing folder and starts again.
    context_dir
        Results folder that is searched first for contexts. None means that no folder is searched.
    context_fields
        Parts of contexts that prompts include. For an ablation, leave out some parts.
    example
        Text of a worked example, which is added to prompts for parsing.
    wire, context_form
        Format in which a language model writes contexts, and format in which prompts show them (None: set by the mode).
    prompt_template
        Prompt template for questions. None means the built-in prompts.
    limit
        Number of rows to use from the start of the data. None means all rows.
    output_dir
        Parent folder of all result folders.
    command
        Command line that started the run. The manifest contains this command line.
    """

    benchmark: Annotated[
        str,
        Option(
            help="Benchmark: tomi, ori_tomi, hitom, fantom, confaide, mmtom, bigtom, cobra_frames, or a benchmark of a "
            "plug-in (see swm list benchmarks).",
            typed="positional",
            in_manifest=False,
            in_sweep=False,
        ),
    ]
    dataset_path: Annotated[
        Path | None,
        Option(
            help="Data file: csv, json, jsonl, parquet or bAbI text. Default: the bundled sample.",
            in_manifest=False,
            in_sweep=False,
        ),
    ] = None
    options: Annotated[
        Mapping[str, str],
        Option(
            help="Option of the benchmark: NAME=VALUE. Repeatable. If a name is unknown, the error lists the valid "
            "names.",
            flags=("--option", "-B"),
            typed="pairs",
            in_sweep=False,
        ),
    ] = field(default_factory=dict)
    protocol: Annotated[
        Protocol,
        Option(
            help="own: the default settings; paper: the settings of arXiv 2509.00559, except the wording of prompts."
        ),
    ] = "own"
    variant: Annotated[
        Variant | None,
        Option(
            help="Perturb the questions: shuffled options, renamed people, or irrelevant sentences. swm robustness "
            "runs all perturbations."
        ),
    ] = None
    mode: Annotated[
        str,
        Option(
            help="How questions are answered: vanilla, vanilla_no_reasoning, socialized_context, "
            "socialized_context_no_json, pure_context, few_shot_context, perspective, question_only, options_only, "
            "simtom, simulation, debate, or a mode of a plug-in (see swm list modes). "
            "generate_socialized_context only makes contexts.",
            in_manifest=False,
            in_sweep=False,
        ),
    ] = "vanilla"
    model_name: Annotated[
        str,
        Option(
            help="Model that answers: symbolic, NAME (OpenAI), together_ai/NAME, vllm/NAME (Hugging Face id or "
            "folder), PROVIDER:NAME, custom/NAME@URL (any OpenAI-compatible endpoint), or scripted/FILE.",
            in_manifest=False,
            in_sweep=False,
        ),
    ] = "symbolic"
    context_model: Annotated[
        str,
        Option(
            help="Model that makes contexts, for modes that use contexts. The names are the same as for --model-name.",
            in_manifest=False,
            in_sweep=False,
        ),
    ] = "symbolic"
    samples: Annotated[int, Option(help="Number of answers per question. The majority answer is scored.", least=1)] = 1
    context_samples: Annotated[
        int,
        Option(
            help="Number of contexts per story. Each context gives an answer, and the majority answer is scored.",
            least=1,
        ),
    ] = 1
    save: Annotated[
        bool,
        Option(help="Store one result file per question.", flags=("--save/--no-save",), in_manifest=False),
    ] = True
    continue_mode: Annotated[
        ContinueMode,
        Option(
            help="continue: reuse stored answers and ask only the other questions; new: move earlier results to "
            "FOLDER.old-N and start again.",
            in_manifest=False,
        ),
    ] = "continue"
    example: Annotated[
        str | None,
        Option(
            help="Text file with a worked example. The example is added to every prompt that asks a language model to "
            "parse a story.",
            flags=("--example-analysis-file",),
            typed="file",
            in_manifest=False,
            in_sweep=False,
        ),
    ] = None
    context_dir: Annotated[
        Path | None,
        Option(
            help="Results folder that is searched first for contexts. A context from any model is used if it has the "
            "same narrative."
        ),
    ] = None
    context_fields: Annotated[
        tuple[ContextField, ...],
        Option(
            help="Parts of a context that prompts show, separated by commas: state,observations,actions,mental_state.",
            typed="commas",
        ),
    ] = CONTEXT_FIELDS
    wire: Annotated[
        Wire,
        Option(
            help="Format in which a language model writes contexts: standard, or compact with about half of the output "
            "tokens."
        ),
    ] = "standard"
    context_form: Annotated[
        ContextForm | None,
        Option(
            help="Format in which prompts show contexts: json, compact with fewer tokens, or text. Default: text in "
            "modes socialized_context_no_json and simulation, json in all other modes."
        ),
    ] = None
    prompt_template: Annotated[
        str | None,
        Option(
            help="Text file with your own prompt for questions. The prompt needs {question}, and one placeholder for "
            "each part that the mode uses: {narrative}, {context}, {choices}, {memory}, {others_observations}, "
            "{statements}, {guidance}, {agent}.",
            flags=("--prompt-file",),
            typed="file",
            in_manifest=False,
            in_sweep=False,
        ),
    ] = None
    limit: Annotated[int | None, Option(help="Use only the first N rows of the data.", least=1)] = None
    output_dir: Annotated[Path, Option(help="Folder for results.", in_manifest=False)] = Path("data")
    command: Annotated[tuple[str, ...], Option(typed="nothing", in_manifest=False, in_sweep=False)] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_protocol(self)

    @property
    def scorer(self) -> Scorer:
        """The scorer of the run."""
        return "paper" if self.protocol == "paper" else "official"

    @property
    def form(self) -> Form:
        """JSON form of contexts in prompts."""
        return "full_json" if self.protocol == "paper" else "json"


def _check_protocol(settings: RunSettings) -> None:
    if settings.protocol != "paper":
        return
    if settings.wire != "standard":
        raise ConfigurationError(
            f"expected wire=standard if protocol=paper, got {settings.wire}", parameters=("wire", "protocol")
        )
    if settings.context_form is not None:
        raise ConfigurationError(
            "expected no context_form with protocol paper, which shows contexts as full JSON; got "
            f"{settings.context_form}",
            parameters=("context_form", "protocol"),
        )
