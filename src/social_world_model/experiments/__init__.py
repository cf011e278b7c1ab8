"""Run a benchmark in a mode."""

from social_world_model.experiments.estimate import Estimate, estimate
from social_world_model.experiments.run import Run
from social_world_model.experiments.settings import ContinueMode, Progress, RunResult, RunSettings

__all__ = [
    "ContinueMode",
    "Estimate",
    "Progress",
    "Run",
    "RunResult",
    "RunSettings",
    "estimate",
]
