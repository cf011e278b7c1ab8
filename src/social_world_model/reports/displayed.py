"""The base class of reports: DataFrames, and a representation for notebooks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas


class Displayed:
    """A report that notebooks show as tables, and that can become a DataFrame."""

    def to_pandas(self) -> pandas.DataFrame:
        """Return the rows of the report as a pandas DataFrame, with unrounded values.

        Raises
        ------
        ConfigurationError
            If pandas is not installed.
        """
        frame: pandas.DataFrame = _call("frame_of", self)
        return frame

    def _repr_html_(self) -> str:
        shown: str = _call("html_of", self)
        return shown


def _call(name: str, report: Displayed) -> Any:
    """Call a function of the module `displaying`, which imports the classes of all reports.

    The late import avoids circular imports.
    """
    return getattr(import_module("social_world_model.reports.displaying"), name)(report)
