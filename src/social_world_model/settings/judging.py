"""Settings of the judging of episodes: which judges score which episodes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from social_world_model.choices import ContinueMode, Rubric
from social_world_model.errors import ConfigurationError
from social_world_model.settings.calls import CallSettings
from social_world_model.settings.declaring import Option


@dataclass(frozen=True, kw_only=True)
class JudgingSettings(CallSettings):
    """Settings of the judging of episodes.

    Parameters
    ----------
    folders
        Runs of episodes, or folders that contain runs of episodes.
    judge
        Language models that judge. Each judge scores each episode twice, in two orders of the people.
    rubric
        How the judges read about the dimensions: one sentence each, or also the meaning of ranges of scores.
    allow_judge_as_value
        Whether a judge may be the model that valued acts for an agent in these episodes.
    continue_mode
        ``"continue"`` keeps finished verdicts. ``"new"`` renames the existing folders of the judges.
    temperature
        Sampling temperature of the judges; None means 0.
    seed
        Seed that models get, if they support one; None means no seed.
    command
        Command line that started the judging.

    Raises
    ------
    ConfigurationError
        If there is no folder or no judge.
    """

    folders: Annotated[tuple[Path, ...], Option(typed="positional", in_manifest=False)]
    judge: Annotated[
        tuple[str, ...],
        Option(
            help="Language model that judges: NAME (OpenAI), together_ai/NAME, vllm/NAME, PROVIDER:NAME, "
            "custom/NAME@URL, or scripted/FILE. Repeatable.",
            typed="list",
            in_manifest=False,
        ),
    ]
    rubric: Annotated[
        Rubric,
        Option(
            help="What the judge reads about the seven dimensions. short: one sentence for each dimension. "
            "banded: also the meaning of ranges of scores."
        ),
    ] = "short"
    allow_judge_as_value: Annotated[
        bool,
        Option(
            help="Allow a judge that is also the model that valued acts for an agent in these episodes.",
            flags=("--allow-judge-as-value",),
        ),
    ] = False
    continue_mode: Annotated[
        ContinueMode,
        Option(
            help="continue: keep finished verdicts; new: move earlier verdicts to FOLDER.old-N and judge again.",
            in_manifest=False,
        ),
    ] = "continue"
    temperature: Annotated[
        float | None, Option(help="Sampling temperature of the judges. Default: 0.", least=0, in_manifest=False)
    ] = None
    seed: Annotated[
        int | None, Option(help="Random seed for models that support a seed. Default: no seed.", in_manifest=False)
    ] = None
    command: Annotated[tuple[str, ...], Option(typed="nothing", in_manifest=False)] = ()

    def __post_init__(self) -> None:
        """Check every field."""
        super().__post_init__()
        for name in ("folders", "judge"):
            if not getattr(self, name):
                raise ConfigurationError(f"expected at least one value of {name}, got none", parameters=(name,))
