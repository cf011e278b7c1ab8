"""Run benchmarks: plan, execute, score, resume, and estimate cost."""

from social_world_model.choices import ContinueMode
from social_world_model.experiments.estimate import Estimate, estimate
from social_world_model.experiments.progress import Progress, RunResult
from social_world_model.experiments.run import Run
from social_world_model.settings import RunSettings

__all__ = [
    "ContinueMode",
    "Estimate",
    "Progress",
    "Run",
    "RunResult",
    "RunSettings",
    "estimate",
]
