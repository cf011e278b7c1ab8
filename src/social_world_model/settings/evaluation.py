"""Settings of the evaluation of contexts."""

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
    """Settings of an evaluation of contexts.

    Parameters
    ----------
    gen_dir
        Folder of results with the contexts to evaluate.
    gt_dir
        Folder of results with the reference contexts. It may be None if the symbolic model is the reference.
    judge_model
        Name of the LLM judge, or ``"none"``.
    reference
        Reference for the perceived events: the context in `gt_dir`, or the context that the symbolic model parses
        from the narrative.
    repeats
        Number of judgements per context.
    cache
        Folder for stored judgements.
    """

    gen_dir: Annotated[
        Path,
        Option(
            help="Folder of results with the contexts to evaluate. Its subfolders are read only if the folder itself "
            "has no results."
        ),
    ]
    gt_dir: Annotated[
        Path | None,
        Option(
            help="Folder of results with the reference contexts, paired by file name. Optional with --reference "
            "symbolic."
        ),
    ] = None
    judge_model: Annotated[
        str,
        Option(
            help="LLM judge, which scores each agent in each step: NAME (OpenAI), together_ai/NAME, vllm/NAME, "
            "PROVIDER:NAME, custom/NAME@URL, scripted/FILE; or none."
        ),
    ] = NO_JUDGE
    reference: Annotated[
        ReferenceKind,
        Option(
            help="Reference for the perceived events. gt: the contexts in --gt-dir; symbolic: contexts that the "
            "symbolic model parses."
        ),
    ] = "gt"
    repeats: Annotated[
        int, Option(help="Number of judgements per context. More than one shows how much the judge varies.", least=1)
    ] = 1
    cache: Annotated[
        Path,
        Option(help="Folder for stored judgements, which are not paid for again.", flags=("--judge-cache",)),
    ] = Path("data/judgements")
