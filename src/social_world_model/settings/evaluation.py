"""Settings for the evaluation of contexts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from social_world_model.choices import ReferenceKind
from social_world_model.settings.calls import CallSettings
from social_world_model.settings.declaring import Option

NO_JUDGE = "none"


@dataclass(frozen=True, kw_only=True)
class EvaluationSettings(CallSettings):
    """Settings for an evaluation of contexts.

    Parameters
    ----------
    gen_dir
        Results folder with the contexts to evaluate.
    gt_dir
        Results folder with the reference contexts. None is allowed if `reference` is ``"symbolic"``.
    judge_model
        Name of the LLM judge. ``"none"`` means no LLM judge.
    reference
        Source of the reference for perceived events. ``"gt"`` means the contexts in `gt_dir`. ``"symbolic"`` means
        contexts that the symbolic model parses from the narratives.
    repeats
        Number of judgements per context.
    cache
        Folder for stored judgements.
    """

    gen_dir: Annotated[
        Path,
        Option(
            help="Results folder with the contexts to evaluate. Subfolders are read only if the folder itself has no "
            "results."
        ),
    ]
    gt_dir: Annotated[
        Path | None,
        Option(
            help="Results folder with the reference contexts. Files with the same name are compared. Optional with "
            "--reference symbolic."
        ),
    ] = None
    judge_model: Annotated[
        str,
        Option(
            help="LLM judge: NAME (OpenAI), together_ai/NAME, vllm/NAME, PROVIDER:NAME, custom/NAME@URL, "
            "scripted/FILE, or none. The judge scores each agent in each step."
        ),
    ] = NO_JUDGE
    reference: Annotated[
        ReferenceKind,
        Option(
            help="Source of the reference for perceived events. gt: the contexts in --gt-dir; symbolic: contexts that "
            "the symbolic model parses from the stories."
        ),
    ] = "gt"
    repeats: Annotated[
        int,
        Option(
            help="Number of judgements per context. Several judgements show how much the scores of the judge vary.",
            least=1,
        ),
    ] = 1
    cache: Annotated[
        Path,
        Option(
            help="Folder for stored judgements. Later evaluations reuse stored judgements without new calls.",
            flags=("--judge-cache",),
        ),
    ] = Path("data/judgements")
