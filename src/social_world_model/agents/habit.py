"""The habit agent: it plays a game by the usual rule of its person, from its own memory."""

from __future__ import annotations

from dataclasses import dataclass

from social_world_model.agents.making import AgentKind, Seat
from social_world_model.contracts import ModelConfig
from social_world_model.errors import ConfigurationError, MeaninglessError
from social_world_model.interaction import Act, Decision, Observation
from social_world_model.s3ap import SocializedContext
from social_world_model.scenarios.base import Game


@dataclass(frozen=True)
class Habit:
    """Agent that plays by `Game.habit`.

    Parameters
    ----------
    game, seat
        The game, and the seat of the person. The first state is used for the private facts of the person only.
    """

    game: Game
    seat: Seat
    name: str = "habit"

    @property
    def config(self) -> ModelConfig:
        """The name of the game. The rules of the game decide every act."""
        return ModelConfig(settings={"game": self.game.id})

    async def decide(self, observation: Observation) -> Decision:
        """Return the usual act of a person who remembers what is in the observation."""
        me = observation.me
        mind = self.game.mind(me, remembered(observation.context, me))
        act = self.game.habit(me, self.seat.state, mind, listed(observation))
        return Decision(
            act=act, why=f"The usual act of {me}, who thinks: {mind}" if mind else f"The usual act of {me}."
        )


def game_of(seat: Seat, agent: str) -> Game:
    """Return the game of a seat.

    Parameters
    ----------
    seat
        The seat.
    agent
        Name of the agent, for the message.

    Raises
    ------
    MeaninglessError
        If the scenario is not a game.
    """
    if isinstance(seat.scenario, Game):
        return seat.scenario
    raise MeaninglessError(
        f"expected a game for the agent {agent!r}, got the scenario {seat.scenario.id!r}, which has no exact rules: "
        "choose a game, such as 'stash', or an agent with a language model",
        parameters=["agent"],
    )


def remembered(context: SocializedContext, me: str) -> tuple[str, ...]:
    """Return the sentences of everything that a person perceived, in order, without thoughts.

    Parameters
    ----------
    context
        Context of an observation of the person.
    me
        Name of the person.
    """
    return tuple(event.text for event in context.memory(me) if event.kind != "mental")


def listed(observation: Observation) -> tuple[Act, ...]:
    """Return the available acts of an observation in a game.

    Raises
    ------
    ConfigurationError
        If the observation lists kinds of acts instead of acts.
    """
    acts = tuple(act for act in observation.available if isinstance(act, Act))
    if acts and len(acts) == len(observation.available):
        return acts
    raise ConfigurationError(f"expected a list of acts to choose from, got {observation.available}")


def make_habit(seat: Seat) -> Habit:
    """Return the habit agent of a seat.

    Raises
    ------
    MeaninglessError
        If the scenario is not a game.
    """
    return Habit(game_of(seat, "habit"), seat)


HABIT = AgentKind(
    name="habit",
    make=make_habit,
    calls=lambda options: {},
    summary="Plays a game by the usual rule of its person, from its own memory. Needs no model.",
)
