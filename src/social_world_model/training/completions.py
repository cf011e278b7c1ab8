"""Read what GRPO trainers pass to rewards: completions and columns of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def column_value(columns: Mapping[str, Any], name: str, position: int) -> Any:
    """Return the value of a column in a row; None if there is no such column.

    Parameters
    ----------
    columns
        Columns of the data, one list per column.
    name, position
        Name of the column, and 0-based position of the row.
    """
    values = columns.get(name)
    return values[position] if isinstance(values, Sequence) and not isinstance(values, str) else None


def completion_text(completion: Any) -> str:
    """Return the text of a reply, given as a text or as a conversation that ends with the reply.

    >>> completion_text([{"role": "assistant", "content": "Hi."}])
    'Hi.'
    """
    if isinstance(completion, str):
        return completion
    last = completion[-1] if isinstance(completion, Sequence) and completion else completion
    content = last.get("content") if isinstance(last, Mapping) else None
    return content if isinstance(content, str) else ""
