"""Run benchmarks and episodes: plan, execute, score, resume, and estimate cost. Names are imported on first use."""

from typing import TYPE_CHECKING

from social_world_model.lazy_names import lazy_names

if TYPE_CHECKING:
    from social_world_model.choices import ContinueMode
    from social_world_model.experiments.episodes.judging import JudgingRun
    from social_world_model.experiments.episodes.run import EpisodeRun
    from social_world_model.experiments.estimates import Estimate, estimate
    from social_world_model.experiments.progress import Progress, RunResult
    from social_world_model.experiments.run import Run
    from social_world_model.settings import RunSettings

_HOME = {
    "ContinueMode": "social_world_model.choices",
    "EpisodeRun": "social_world_model.experiments.episodes.run",
    "Estimate": "social_world_model.experiments.estimates",
    "JudgingRun": "social_world_model.experiments.episodes.judging",
    "Progress": "social_world_model.experiments.progress",
    "Run": "social_world_model.experiments.run",
    "RunResult": "social_world_model.experiments.progress",
    "RunSettings": "social_world_model.settings",
    "estimate": "social_world_model.experiments.estimates",
}

__all__ = [
    "ContinueMode",
    "EpisodeRun",
    "Estimate",
    "JudgingRun",
    "Progress",
    "Run",
    "RunResult",
    "RunSettings",
    "estimate",
]

__getattr__ = lazy_names(__name__, _HOME)
