"""Scenarios: situations in which agents act. Three games need no language model; other scenarios come from data."""

from pathlib import Path

from social_world_model.registry import Registry, check_members
from social_world_model.scenarios.base import Game, Scenario, ScenarioSource

SCENARIOS: Registry[ScenarioSource] = Registry(
    "scenario",
    builtins={
        "stash": "social_world_model.scenarios.stash:SOURCE",
        "errand": "social_world_model.scenarios.errand:SOURCE",
        "bargain": "social_world_model.scenarios.bargain:SOURCE",
        "sotopia": "social_world_model.scenarios.sotopia:SOURCE",
    },
)


def register_scenario(source: ScenarioSource) -> ScenarioSource:
    """Register a source of scenarios under its name.

    Raises
    ------
    ConfigurationError
        If the object lacks a member of `ScenarioSource`, or if the name is taken.
    """
    check_members(source, "a source of scenarios", ("name", "load"))
    SCENARIOS.register(source.name, source)
    return source


def get_scenarios(name: str, data: Path | None = None) -> tuple[Scenario, ...]:
    """Return the scenarios of a source.

    Parameters
    ----------
    name
        Name of the source, such as ``"stash"``.
    data
        Data file, for sources that read one.

    Raises
    ------
    ConfigurationError
        If the name is unknown, or if the source needs a file and there is none.
    DatasetError
        If the file cannot be used.
    """
    return tuple(SCENARIOS.get(name).load(data))


def scenario_names() -> list[str]:
    """Return the names of all sources of scenarios. Plug-ins come last."""
    return SCENARIOS.names()


__all__ = ["SCENARIOS", "Game", "Scenario", "ScenarioSource", "get_scenarios", "register_scenario", "scenario_names"]
