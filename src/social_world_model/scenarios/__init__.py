"""Scenarios: situations in which agents act. Three games need no language model; other scenarios come from data."""

from collections import Counter
from pathlib import Path

from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.registry import Registry, check_members
from social_world_model.scenarios.base import Game, Scenario, ScenarioSource

OPENSPIEL = ("bargaining", "negotiation", "hanabi", "tiny_hanabi", "trade_comm", "liars_dice", "coin_game")
"""Games of OpenSpiel. They need the extra ``games``."""

SCENARIOS: Registry[ScenarioSource] = Registry(
    "scenario",
    builtins={
        "stash": "social_world_model.scenarios.stash:SOURCE",
        "errand": "social_world_model.scenarios.errand:SOURCE",
        "bargain": "social_world_model.scenarios.bargain:SOURCE",
        "sotopia": "social_world_model.scenarios.sotopia:SOURCE",
        **{
            f"openspiel-{game.replace('_', '-')}": f"social_world_model.scenarios.openspiel.{game}:SOURCE"
            for game in OPENSPIEL
        },
    },
)

MEMBERS = tuple(name for name in vars(Scenario) if not name.startswith("_"))
"""Names of all members of a scenario."""


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
        If the name is unknown, if the source needs a file and there is none, or if an object of the source is not a
        scenario.
    DatasetError
        If the file cannot be used, or if two scenarios have the same id.
    """
    scenarios = tuple(SCENARIOS.get(name).load(data))
    for scenario in scenarios:
        check_members(scenario, "a scenario", MEMBERS)
        if unknown := [who for who in scenario.seats.values() if who not in scenario.cast]:
            raise ConfigurationError(
                f"expected seats of the scenario {scenario.id!r} to name people of the cast "
                f"({', '.join(scenario.cast)}), got {unknown[0]!r}"
            )
    if several := [id for id, number in Counter(one.id for one in scenarios).items() if number > 1]:
        raise DatasetError(f"expected scenarios with different ids from the source {name}, got {several[0]!r} twice")
    return scenarios


def scenario_names() -> list[str]:
    """Return the names of all sources of scenarios. Plug-ins come last."""
    return SCENARIOS.names()


__all__ = ["SCENARIOS", "Game", "Scenario", "ScenarioSource", "get_scenarios", "register_scenario", "scenario_names"]
