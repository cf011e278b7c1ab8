"""The episodes of a run: which scenario, which seat, which seed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from social_world_model.errors import ConfigurationError, DatasetError, MeaninglessError, did_you_mean
from social_world_model.experiments.episodes.shards import Shard
from social_world_model.interaction import Agent
from social_world_model.scenarios import Scenario
from social_world_model.scenarios.sotopia_data import read_seats
from social_world_model.settings import EpisodeSettings


@dataclass(frozen=True, kw_only=True)
class EpisodeTask:
    """One episode to play.

    Parameters
    ----------
    scenario, seat
        Scenario, and seat of the compared agent.
    repeat, seed
        Number of the episode of this task, from 0, and seed of the episode.
    """

    scenario: Scenario
    seat: str
    repeat: int
    seed: int

    @property
    def id(self) -> str:
        """Id of the task: scenario and seat."""
        return f"{self.scenario.id}/{self.seat}"

    @property
    def index(self) -> str:
        """Name of the episode, unique in its run."""
        return f"{self.id}-{self.repeat}"

    @property
    def person(self) -> str:
        """Name of the person in the seat."""
        return self.scenario.seats[self.seat]


def tasks_of(
    settings: EpisodeSettings, scenarios: Sequence[Scenario], people: Mapping[str, Agent]
) -> tuple[EpisodeTask, ...]:
    """Return the episodes to play, in the order of the data.

    Parameters
    ----------
    settings
        Settings of the run.
    scenarios
        All scenarios of the source.
    people
        Agents of the user that play single seats, by seat. The compared agent plays none of these seats.

    Raises
    ------
    ConfigurationError
        If a task or a seat is unknown.
    DatasetError
        If there is no task.
    MeaninglessError
        If the shard of the settings has no task.
    """
    part = Shard.of(settings.shard)
    listed = read_seats(Path(settings.seats)) if Path(settings.seats).suffix == ".json" else None
    pairs = [(scenario, seat) for scenario in scenarios for seat in _seats(settings, scenario, people, listed)]
    if settings.task:
        pairs = [pair for pair in pairs if any(name in settings.task for name in _names(pair))]
        known = {name for pair in pairs for name in _names(pair)}
        if unknown := [task for task in settings.task if task not in known]:
            example = f"{scenarios[0].id}/{next(iter(scenarios[0].seats))}"
            near = did_you_mean(unknown[0], [scenario.id for scenario in scenarios])
            raise ConfigurationError(
                f"expected task to be an id such as {example}; got {unknown[0]!r}{near}",
                parameters=("task",),
            )
    if not pairs:
        raise DatasetError(f"expected at least one task, got none for seats {settings.seats}")
    pairs = pairs[: settings.limit]
    if part is not None:
        pairs = [(scenario, seat) for scenario, seat in pairs if part.has(f"{scenario.id}/{seat}")]
    if not pairs:
        raise MeaninglessError(f"expected tasks in the shard {settings.shard}, got none", parameters=("shard",))
    first = settings.seed or 0
    return tuple(
        EpisodeTask(scenario=scenario, seat=seat, repeat=repeat, seed=first + repeat)
        for scenario, seat in pairs
        for repeat in range(settings.repeats)
    )


def _names(pair: tuple[Scenario, str]) -> tuple[str, ...]:
    """Return all ids of a task. The id of a scenario without a seat stands for its main seats."""
    scenario, seat = pair
    whole = f"{scenario.id}/{seat}"
    return (whole, scenario.id) if seat in scenario.main_seats else (whole,)


def _seats(
    settings: EpisodeSettings,
    scenario: Scenario,
    people: Mapping[str, Agent],
    listed: Collection[tuple[str, str]] | None,
) -> list[str]:
    """Return the seats of a scenario that the agent plays, each in another episode. A list of seats has priority."""
    seats = settings.seats
    if unknown := [seat for seat in people if seat not in scenario.seats]:
        raise ConfigurationError(
            f"expected seat to be one of {', '.join(scenario.seats)}; got {unknown[0]!r}", parameters=("seat",)
        )
    if listed is not None:
        return [seat for seat in scenario.seats if (scenario.environment, seat) in listed]
    if seats in scenario.seats:
        return [seats]
    if seats != "both":
        raise ConfigurationError(
            f"expected seats to be both, one of {', '.join(scenario.seats)}, or a JSON file; got {seats!r}",
            parameters=("seats",),
        )
    free = [seat for seat in scenario.seats if seat not in people]
    main = [seat for seat in scenario.main_seats if seat in free]
    return free if settings.task else main or free[:1]
