"""The seven dimensions on which SOTOPIA judges a person in an episode."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

DIMENSIONS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "believability": (0.0, 10.0),
        "relationship": (-5.0, 5.0),
        "knowledge": (0.0, 10.0),
        "secret": (-10.0, 0.0),
        "social_rules": (-10.0, 0.0),
        "financial_and_material_benefits": (-5.0, 5.0),
        "goal": (0.0, 10.0),
    }
)
"""Lowest and highest score by dimension. Source: SOTOPIA, arXiv 2310.11667."""
OVERALL = "overall"
"""Name of the unweighted mean of the seven scores."""


RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        **DIMENSIONS,
        OVERALL: (
            sum(low for low, _ in DIMENSIONS.values()) / len(DIMENSIONS),
            sum(high for _, high in DIMENSIONS.values()) / len(DIMENSIONS),
        ),
    }
)
"""Lowest and highest score by dimension, with the mean of all dimensions."""


def with_overall(scores: Mapping[str, float]) -> dict[str, float]:
    """Return the scores of a person with their unweighted mean.

    Parameters
    ----------
    scores
        Score by dimension. The mean is added only if all seven dimensions have a score.

    Examples
    --------
    >>> with_overall(dict.fromkeys(DIMENSIONS, 0.0))["overall"]
    0.0
    >>> with_overall({"goal": 7.0})
    {'goal': 7.0}
    """
    if any(name not in scores for name in DIMENSIONS):
        return dict(scores)
    return {**scores, OVERALL: sum(scores[name] for name in DIMENSIONS) / len(DIMENSIONS)}
