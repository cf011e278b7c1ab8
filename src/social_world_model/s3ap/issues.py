"""One thing that is wrong, or unusual, in a context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Issue:
    """What was expected at a place in a context, and what stood there.

    Parameters
    ----------
    path
        Where, e.g. ``socialized_context[2].observations.Anne``.
    expected, got
        What should stand there, and what does.
    severity
        ``"error"``: the context cannot be decoded without guessing;
        ``"warning"``: it can, but is unusual.
    """

    path: str
    expected: str
    got: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        """Return the issue on one line."""
        return f"{self.severity}: {self.path}: expected {self.expected}, got {self.got}"
