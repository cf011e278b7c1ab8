"""The random agent: it plays a random available act. It needs a scenario that lists all possible acts."""

from __future__ import annotations

import random
from dataclasses import dataclass

from social_world_model.agents.habit import listed
from social_world_model.agents.making import AgentKind, Seat
from social_world_model.contracts import ModelConfig
from social_world_model.errors import MeaninglessError
from social_world_model.interaction import Act, Decision, Observation
from social_world_model.scenarios.base import Scenario


@dataclass(frozen=True)
class RandomAgent:
    """Agent that plays random acts. The seed of the episode, the person and the turn determine the act.

    Parameters
    ----------
    seed
        Seed of the episode.
    """

    seed: int
    name: str = "random"

    @property
    def config(self) -> ModelConfig:
        """The seed."""
        return ModelConfig(settings={"seed": self.seed})

    async def decide(self, observation: Observation) -> Decision:
        """Return a random available act."""
        dice = random.Random(f"{self.seed}:{observation.me}:{observation.turn}")
        return Decision(act=dice.choice(listed(observation)))


def lists_acts(scenario: Scenario) -> bool:
    """Return whether a scenario lists all possible acts. Otherwise, people write their acts."""
    state, _ = scenario.start(0)
    return all(isinstance(act, Act) for name in scenario.seats.values() for act in scenario.available(state, name))


def make_random(seat: Seat) -> RandomAgent:
    """Return the random agent of a seat.

    Raises
    ------
    MeaninglessError
        If people of the scenario write their acts.
    """
    if not lists_acts(seat.scenario):
        raise MeaninglessError(
            "expected a scenario that lists all possible acts for the agent 'random', got the scenario "
            f"{seat.scenario.id!r}: choose another agent",
            parameters=["agent"],
        )
    return RandomAgent(seat.seed)


RANDOM = AgentKind(
    name="random",
    make=make_random,
    calls=lambda options: {},
    summary="Plays a random act, if all possible acts are listed. Needs no model.",
)
