"""``swm list``: names of benchmarks, modes, models, agents, scenarios and trainers."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer


def list_known(
    kind: Annotated[
        Literal["benchmarks", "modes", "models", "agents", "scenarios", "trainers"],
        typer.Argument(help="What to list.", show_default=False),
    ],
) -> None:
    """List benchmarks, modes, models, agents and more.

    Prints the names of benchmarks, modes, models, agents, scenarios or trainers, one per line. Names from plug-ins are
    included.
    """
    for line in _LISTS[kind]():
        print(line)

    from social_world_model.plugins import failures

    for failure in failures():
        print(f"not loaded: {failure}", file=sys.stderr)


def _benchmarks() -> list[str]:
    from social_world_model.benchmarks import benchmark_names

    return benchmark_names()


def _modes() -> list[str]:
    from social_world_model.modes import mode_names

    return mode_names()


def _models() -> list[str]:
    from social_world_model.generation_utils.names import FORMS_OF_NAMES, MODELS

    return [*FORMS_OF_NAMES, *(f"{prefix}/NAME" for prefix in MODELS.names())]


def _trainers() -> list[str]:
    from social_world_model.training import trainer_names

    return list(trainer_names())


def _agents() -> list[str]:
    from social_world_model.agents.making import AGENTS

    return [*AGENTS.names(), "scripted:FILE"]


def _scenarios() -> list[str]:
    from social_world_model.scenarios import scenario_names

    return scenario_names()


_LISTS = {
    "benchmarks": _benchmarks,
    "modes": _modes,
    "models": _models,
    "agents": _agents,
    "scenarios": _scenarios,
    "trainers": _trainers,
}
