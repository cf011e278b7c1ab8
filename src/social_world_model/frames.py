"""Tables for pandas. The package pandas is optional, and is imported when a table is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from social_world_model.errors import ConfigurationError

if TYPE_CHECKING:
    import pandas


def data_frame(rows: Iterable[Mapping[str, Any]]) -> pandas.DataFrame:
    """Return rows as a pandas DataFrame. The values of a nested mapping become columns such as ``usage.cost``.

    Parameters
    ----------
    rows
        Rows, each with its values by column.

    Raises
    ------
    ConfigurationError
        If pandas is not installed.
    """
    if find_spec("pandas") is None:
        raise ConfigurationError(
            "expected the package pandas for a DataFrame, got none: install it with uv sync --extra pandas"
        )
    import pandas

    return pandas.DataFrame([dict(_flat(row)) for row in rows])


def _flat(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{inner}", found) for inner, found in value.items())
        else:
            yield name, value
