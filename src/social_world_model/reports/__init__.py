"""What runs came to: counted, tested, in tables, in pictures, beside each other and beside what was published."""

from social_world_model.reports.comparing import Comparison, compare
from social_world_model.reports.overviews import Overview, overview
from social_world_model.reports.report import Report, ReportRow, make_report

__all__ = ["Comparison", "Overview", "Report", "ReportRow", "compare", "make_report", "overview"]
