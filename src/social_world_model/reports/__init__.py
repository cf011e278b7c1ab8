"""Reports as tables, files and plots, of one run, many runs, a comparison of two runs, or a run with its variants."""

from social_world_model.reports.comparing import Comparison, compare
from social_world_model.reports.overviews import Overview, overview
from social_world_model.reports.report import Report, ReportRow, make_report
from social_world_model.reports.robustness import RobustnessReport, VariantRow, robustness_report

__all__ = [
    "Comparison",
    "Overview",
    "Report",
    "ReportRow",
    "RobustnessReport",
    "VariantRow",
    "compare",
    "make_report",
    "overview",
    "robustness_report",
]
