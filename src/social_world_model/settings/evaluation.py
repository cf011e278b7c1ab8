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
    """Which contexts are evaluated, and how.

    Parameters
    ----------
    gen_dir, gt_dir
        Folders of results: contexts to be evaluated, and contexts to compare them with. The latter may be None where
        the symbolic model is the reference.
    judge_model
        A model's name, or ``"none"``.
    reference
        What the perceived events are compared with: the context in `gt_dir`, or the narrative as the symbolic model
        reads it.
    repeats
        How often each context is judged.
    cache
        Folder in which judgements are kept.
    """

    gen_dir: Annotated[
        Path,
        Option(
            help="Folder of results with the contexts to be evaluated. Folders in it are read only if it holds no "
            "result itself."
        ),
    ]
    gt_dir: Annotated[
        Path | None,
        Option(
            help="Folder of results with the contexts to compare them with, paired by file name; may be left out with "
            "--reference symbolic."
        ),
    ] = None
    judge_model: Annotated[
        str,
        Option(
            help="Model that judges, agent by agent and step by step: NAME (OpenAI), together_ai/NAME, vllm/NAME, "
            "PROVIDER:NAME, custom/NAME@URL, scripted/FILE; or none."
        ),
    ] = NO_JUDGE
    reference: Annotated[
        ReferenceKind,
        Option(help="What perceived events are compared with: --gt-dir, or the symbolic model's reading."),
    ] = "gt"
    repeats: Annotated[
        int, Option(help="Judge each context this many times: shows the judge's own spread.", least=1)
    ] = 1
    cache: Annotated[
        Path,
        Option(help="Folder in which judgements are kept, so that none is paid for twice.", flags=("--judge-cache",)),
    ] = Path("data/judgements")
