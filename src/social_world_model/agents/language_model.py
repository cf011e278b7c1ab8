"""Agents that ask a language model: act, reason first, criticise, name the partner's mind, or rank several acts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from social_world_model.agents import prompts as texts
from social_world_model.agents.making import AgentKind, AgentOptions, Seat
from social_world_model.agents.rendering import act_text
from social_world_model.agents.turn import Turn, best_of
from social_world_model.contracts import ModelConfig
from social_world_model.errors import ConfigurationError
from social_world_model.generation_utils.asking import Ask
from social_world_model.generation_utils.calls import Role
from social_world_model.generation_utils.configs import config_of
from social_world_model.interaction import Agent, Considered, Decision, Observation
from social_world_model.scenarios.base import Game

NEED_NO_MODEL = "habit, random, human and scripted:FILE; in a game also foresee and best-of"
BEST_OF_OPTIONS = ("candidates", "value")

Deciding = Callable[[Turn], Awaitable[Decision]]


@dataclass(frozen=True, kw_only=True)
class LanguageModelAgent:
    """An agent that asks a language model.

    Parameters
    ----------
    name
        Name of the kind of agent.
    seat
        Seat of the agent.
    ask
        Asks the language model of the agent.
    deciding
        Function that decides in a turn.
    prompts
        All prompts that may be sent, by name.
    options
        Names of the options that affect the decisions.
    world
        Asks the language model that imagines replies; None if the agent imagines nothing.
    """

    name: str
    seat: Seat
    ask: Ask
    deciding: Deciding
    prompts: Mapping[str, texts.Spec]
    options: Sequence[str] = ()
    world: Ask | None = None

    @cached_property
    def config(self) -> ModelConfig:
        """All prompts and reply schemas, the models with their sampling options, and the options of the agent."""
        config = config_of(self.prompts, self.ask.sampling)
        settings: dict[str, Any] = {"model": self.ask.model_name, **config.settings}
        settings |= {name: getattr(self.seat.options, name) for name in self.options}
        if self.options:
            settings["seed of the order"] = self.seat.seed
        if self.world is not None:
            settings |= {"world model": self.world.model_name, "world model settings": asdict(self.world.sampling)}
        return replace(config, settings=settings)

    async def decide(self, observation: Observation) -> Decision:
        """Decide on an act.

        Raises
        ------
        UnparsableOutputError, RefusalError, GenerationError
            If no reply of the model could be read, if the model refused to answer, or if no call succeeded.
        """
        return await self.deciding(Turn(observation, self.ask, self.seat))


def searches(seat: Seat) -> bool:
    """Return whether the agent of a seat searches a game, because it has no language model."""
    return seat.ask is None and isinstance(seat.scenario, Game)


def model_of(seat: Seat, name: str) -> Ask:
    """Return the language model of a seat.

    Parameters
    ----------
    seat
        Seat of the agent.
    name
        Name of the kind of agent, for the message.

    Raises
    ------
    ConfigurationError
        If the seat has no language model.
    """
    if seat.ask is None:
        raise ConfigurationError(
            f"expected model_name for the agent {name}, got none; agents without a language model are {NEED_NO_MODEL}",
            parameters=("model_name",),
        )
    return seat.ask


def check_candidates(options: AgentOptions) -> None:
    """Check the options of agents that value several acts.

    Raises
    ------
    ConfigurationError
        If there are no candidates, or if a language model cannot value acts in this way.
    """
    if options.candidates < 1:
        raise ConfigurationError(
            f"expected candidates to be at least 1, got {options.candidates}", parameters=("candidates",)
        )
    if options.value not in texts.VALUE:
        raise ConfigurationError(
            f"expected value to be one of {', '.join(texts.VALUE)} for an agent with a language model, got "
            f"{options.value!r}; only games without a language model have an exact value",
            parameters=("value",),
        )


async def _plain(turn: Turn) -> Decision:
    return Decision(act=(await turn.act(texts.PLAIN)).act)


async def _cot(turn: Turn) -> Decision:
    chosen = await turn.act(texts.COT)
    return Decision(act=chosen.act, why=chosen.why)


async def _reflect(turn: Turn) -> Decision:
    draft = (await turn.act(texts.PLAIN)).act
    critique = await turn.critique(draft)
    act = (await turn.act(texts.REFLECT, 2, draft=act_text(draft), critique=critique)).act
    return Decision(act=act, considered=(Considered(act=draft, why=critique),), why=critique)


async def _mind(turn: Turn) -> Decision:
    mind = await turn.mind()
    return Decision(act=(await turn.act(texts.MIND_ACT, 1, mind=mind)).act, why=mind)


async def _best_of(turn: Turn) -> Decision:
    acts = await turn.propose()
    considered = await turn.value([Considered(act=act) for act in acts])
    best = best_of(considered)
    return Decision(act=best.act, considered=tuple(considered), why=best.why)


def _kind(
    name: str, deciding: Deciding, prompts: Mapping[str, texts.Spec], calls: Mapping[Role, int], summary: str
) -> AgentKind:
    """Return a kind of agent whose calls do not depend on options."""

    def make(seat: Seat) -> Agent:
        ask = model_of(seat, name)
        return LanguageModelAgent(name=name, seat=seat, ask=ask, deciding=deciding, prompts=prompts)

    return AgentKind(name=name, make=make, calls=lambda options: calls, summary=summary)


def _make_best_of(seat: Seat) -> Agent:
    if searches(seat):
        from social_world_model.agents.search import greedy

        return greedy(seat)
    ask = model_of(seat, "best-of")
    check_candidates(seat.options)
    prompts = {**texts.PROPOSE.by_name("propose"), f"value by {seat.options.value}": texts.VALUE[seat.options.value]}
    return LanguageModelAgent(
        name="best-of", seat=seat, ask=ask, deciding=_best_of, prompts=prompts, options=BEST_OF_OPTIONS
    )


PLAIN = _kind(
    "plain", _plain, texts.PLAIN.by_name("act"), {"act": 1}, "Acts immediately. This is the baseline of SOTOPIA."
)
COT = _kind("cot", _cot, texts.COT.by_name("act"), {"act": 1}, "Reasons step by step, then acts.")
REFLECT = _kind(
    "reflect",
    _reflect,
    {**texts.PLAIN.by_name("act"), "criticise": texts.CRITICISE, **texts.REFLECT.by_name("act again")},
    {"act": 3},
    "Plans an act, criticises the act, then acts.",
)
MIND = _kind(
    "mind",
    _mind,
    {"mind": texts.MIND, **texts.MIND_ACT.by_name("act")},
    {"act": 2},
    "Writes what the other people believe, want and feel, then acts.",
)
BEST_OF = AgentKind(
    name="best-of",
    make=_make_best_of,
    calls=lambda options: {"propose": 1, "value": 1},
    options=BEST_OF_OPTIONS,
    summary="Proposes several acts, and chooses one of them without imagining a reply.",
)
