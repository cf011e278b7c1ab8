"""The matrix of the paper's table on SOTOPIA-hard: seven agents x seven world models, and each agent without one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from social_world_model.experiments.episodes.matrix import MATCHING, Cell

MODELS = (
    "gpt-4.1-2025-04-14",
    "o1-2024-12-17",
    "o1-mini-2024-09-12",
    "o3-2025-04-16",
    "o3-mini-2025-01-31",
    "together_ai/meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8",
    "together_ai/meta-llama/Llama-4-Scout-17B-16E-Instruct",
)
"""Models of the agents, and the same models as world models."""
PARTNER = "gpt-4o-2024-08-06"
JUDGE = "o3-2025-04-16"
VANILLA, FORESIGHT = "plain", "foresee-paper"
CONTROLS = ("reflect", MATCHING)
"""Agents without a world model that need as many calls as the agent of the paper, or several acts to choose from."""


def paper_matrix(
    settings: Mapping[str, Any], data: Path, seats: Path | None = None, *, controls: bool = False, aa: bool = True
) -> dict[str, Any]:
    """Return the matrix of the paper in the form of a YAML file; see `make_matrix`.

    Parameters
    ----------
    settings
        Settings of all cells.
    data
        Bundle of SOTOPIA-hard.
    seats
        File that lists the seats to play; None for both seats of each scenario.
    controls
        Whether to add the agents with equal compute: reflect, best-of, and best-of with as many tokens as the agent of
        the paper.
    aa
        Whether to add the second run of each A/A pair.
    """
    matrix: dict[str, Any] = {
        "scenarios": [{"scenario": "sotopia", "data": str(data), **({} if seats is None else {"seats": str(seats)})}],
        "agents": [VANILLA, FORESIGHT, *(CONTROLS if controls else ())],
        "models": list(MODELS),
        "world_models": list(MODELS),
        "partners": [{"partner": "plain", "partner_model": PARTNER}],
        "aa": aa,
        "settings": dict(settings),
    }
    return {**matrix, "match_tokens": FORESIGHT} if controls else matrix


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """Size of the paper's protocol. Each episode has the calls of all turns, and one verdict of one judge.

    Parameters
    ----------
    cells, episodes
        Number of cells and of episodes.
    acts
        Number of calls that play the episodes.
    """

    cells: int
    episodes: int
    acts: int

    @property
    def calls(self) -> int:
        """Number of all calls, with one verdict per episode."""
        return self.acts + self.episodes


def protocol_of(cells: Iterable[tuple[Cell, int]]) -> Protocol:
    """Return the size of the paper's protocol, without the second runs of A/A pairs and without other agents.

    Parameters
    ----------
    cells
        Cells of the matrix of the paper, with the number of calls that play each cell.
    """
    first = [
        (cell, calls) for cell, calls in cells if cell.settings.agent in (VANILLA, FORESIGHT) and not cell.is_second
    ]
    return Protocol(
        cells=len(first), episodes=sum(cell.episodes for cell, _ in first), acts=sum(calls for _, calls in first)
    )
