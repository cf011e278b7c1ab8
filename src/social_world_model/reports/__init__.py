"""Reports as tables, files and plots: of one run, many runs, two runs, a run with its variants, or episodes."""

from typing import TYPE_CHECKING

from social_world_model.lazy_names import lazy_names

if TYPE_CHECKING:
    from social_world_model.reports.comparing import Comparison, compare
    from social_world_model.reports.episodes.report import CellReport, cell_report
    from social_world_model.reports.overviews import Overview, overview
    from social_world_model.reports.report import Report, ReportRow, make_report
    from social_world_model.reports.robustness import RobustnessReport, VariantRow, robustness_report

_MODULES = {
    "comparing": ("Comparison", "compare"),
    "episodes.report": ("CellReport", "cell_report"),
    "overviews": ("Overview", "overview"),
    "report": ("Report", "ReportRow", "make_report"),
    "robustness": ("RobustnessReport", "VariantRow", "robustness_report"),
}

__all__ = [
    "CellReport",
    "Comparison",
    "Overview",
    "Report",
    "ReportRow",
    "RobustnessReport",
    "VariantRow",
    "cell_report",
    "compare",
    "make_report",
    "overview",
    "robustness_report",
]

__getattr__ = lazy_names(
    __name__, {name: f"{__name__}.{module}" for module, names in _MODULES.items() for name in names}
)
