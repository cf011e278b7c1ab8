"""Run a benchmark in a mode, and report."""

from social_world_model.experiments.estimate import Estimate, estimate
from social_world_model.experiments.report import Report, ReportLine, make_report
from social_world_model.experiments.run import Run
from social_world_model.experiments.settings import ContinueMode, Progress, RunResult, RunSettings

__all__ = [
    "ContinueMode",
    "Estimate",
    "Progress",
    "Report",
    "ReportLine",
    "Run",
    "RunResult",
    "RunSettings",
    "estimate",
    "make_report",
]
