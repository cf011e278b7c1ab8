"""What agents are made from, and the registry of agents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from social_world_model.choices import Choose, Simulate, Value
from social_world_model.generation_utils.asking import Ask
from social_world_model.generation_utils.calls import Role
from social_world_model.interaction import Agent, State
from social_world_model.registry import Registry, check_members
from social_world_model.scenarios.base import Scenario
from social_world_model.world_model.foreseeing import MAX_REPLIES


@dataclass(frozen=True, kw_only=True)
class AgentOptions:
    """Options of agents. Each kind of agent uses some of them.

    Parameters
    ----------
    candidates
        Number of acts to consider per turn.
    horizon
        Number of replies of the partner to imagine for each act.
    samples
        Number of imagined futures per act.
    simulate
        What the imagined partner knows: ``"memory"`` is what the agent thinks that the partner perceived.
        ``"omniscient"`` is everything that the agent knows.
    value
        How futures are valued: ``"goal"`` by the own goal, ``"rubric"`` by all dimensions of SOTOPIA, ``"exact"`` by
        the score of a game.
    choose
        Whether the agent plays the best act unchanged, or rewrites it first.
    max_replies
        Maximum number of imagined replies per turn: candidates x horizon x samples.
    """

    candidates: int = 3
    horizon: int = 1
    samples: int = 1
    simulate: Simulate = "memory"
    value: Value = "goal"
    choose: Choose = "argmax"
    max_replies: int = MAX_REPLIES


@dataclass(frozen=True, kw_only=True)
class Seat:
    """One person in one episode, for whom an agent is made.

    Parameters
    ----------
    name
        Name of the person.
    scenario, state, seed
        The scenario, its first state, and the seed of the episode. An agent may use `state` only for
        `Scenario.briefing` and `Game.possible`.
    ask
        Asks the agent's language model; None if the agent has no language model.
    world
        Asks the language model that imagines replies; None if there is none.
    options
        Options of the agent.
    """

    name: str
    scenario: Scenario
    state: State
    seed: int
    ask: Ask | None = None
    world: Ask | None = None
    options: AgentOptions = field(default_factory=AgentOptions)


@dataclass(frozen=True, kw_only=True)
class AgentKind:
    """A registered kind of agent.

    Parameters
    ----------
    name
        Name that users type.
    make
        Function that makes the agent of a seat. It raises a `ConfigurationError` if the agent cannot play the seat.
    calls
        Function that returns the number of model calls per own turn, by role.
    imagines
        Whether the agent uses a world model.
    options
        Names of the fields of `AgentOptions` that the agent uses.
    summary
        One sentence for lists.
    """

    name: str
    make: Callable[[Seat], Agent]
    calls: Callable[[AgentOptions], Mapping[Role, int]]
    imagines: bool = False
    options: tuple[str, ...] = ()
    summary: str = ""


AGENTS: Registry[AgentKind] = Registry(
    "agent",
    builtins={
        **{
            name: f"social_world_model.agents.language_model:{name.upper().replace('-', '_')}"
            for name in ("plain", "cot", "reflect", "best-of", "mind")
        },
        **{
            name: f"social_world_model.agents.foresight:{name.upper().replace('-', '_')}"
            for name in ("foresee-paper", "foresee")
        },
        "habit": "social_world_model.agents.habit:HABIT",
        "memory": "social_world_model.agents.habit:HABIT",
        "random": "social_world_model.agents.random_acts:RANDOM",
        "human": "social_world_model.agents.human:HUMAN",
    },
)
"""Kinds of agents by name. ``scripted:FILE`` is not in the registry, because its name contains a path."""


def register_agent(kind: AgentKind) -> AgentKind:
    """Register a kind of agent under its name.

    Raises
    ------
    ConfigurationError
        If the object lacks a member of `AgentKind`, or if the name is taken.
    """
    check_members(kind, "a kind of agent", ("name", "make", "calls", "imagines"))
    AGENTS.register(kind.name, kind)
    return kind
