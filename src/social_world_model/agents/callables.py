"""Agents of users: any async callable, and agents of pydantic-ai."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from social_world_model.agents.rendering import observation_text
from social_world_model.agents.typed_acts import read_act
from social_world_model.contracts import ModelConfig
from social_world_model.errors import ConfigurationError, GenerationError, SocialWorldModelError, in_one_line
from social_world_model.interaction import Act, Agent, Decision, Observation
from social_world_model.usage import Usage

_EXPECTED = "an Act, a Decision, or a text to say"


def agent_from(own: Any, *, name: str = "own", settings: Mapping[str, Any] | None = None) -> Agent:
    """Return an agent that asks an object of the user.

    Parameters
    ----------
    own
        One of these objects:

        - An async callable that gets an `Observation` and returns an `Act`, a `Decision` or a text. A text is something
          that the person says. If all possible acts are listed, a text is the number or the words of an act.
        - An agent of pydantic-ai. It gets the observation as text, see `observation_text`. Its output is one of the
          same values.
        - An object that has all members of `Agent`. It is returned unchanged.
    name
        Name of the agent in folders and reports.
    settings
        Everything that affects the decisions, such as a model name or a version. Stored episodes are used again only
        if these values are the same.

    Raises
    ------
    ConfigurationError
        If the object is none of these.

    Examples
    --------
    >>> async def greet(observation: Observation) -> str:
    ...     return f"Hello, I am {observation.me}."
    >>> agent_from(greet, name="greeter").name
    'greeter'
    """
    if isinstance(own, Agent):
        return own
    config = ModelConfig(settings=dict(settings or {}))
    if _is_pydantic_ai(own):
        return OwnAgent(name=name, config=config, ask=_asker(own, name))
    if inspect.isclass(own) or not callable(own):
        raise ConfigurationError(
            f"expected own to be an async callable, an agent of pydantic-ai, or an object with all members of Agent; "
            f"got {own.__name__ if inspect.isclass(own) else type(own).__name__}",
            parameters=("own",),
        )
    return OwnAgent(name=name, config=config, ask=own)


@dataclass(frozen=True, kw_only=True)
class OwnAgent:
    """An agent that asks an async callable of the user.

    Parameters
    ----------
    name
        Name of the agent.
    config
        Everything that affects the decisions, as far as the user named it.
    ask
        The async callable.
    """

    name: str
    config: ModelConfig = field(default_factory=ModelConfig)
    ask: Callable[[Observation], Awaitable[Any]]

    async def decide(self, observation: Observation) -> Decision:
        """Return the decision of the callable.

        Raises
        ------
        GenerationError
            If the callable raises an error that is not a `SocialWorldModelError`.
        ConfigurationError
            If the callable is not a coroutine function, or if it returns another type.
        """
        try:
            made = self.ask(observation)
            got = await made if inspect.isawaitable(made) else made
        except SocialWorldModelError:
            raise
        except Exception as error:
            why = in_one_line(error)
            raise GenerationError(f"expected {self.name} to return {_EXPECTED}, got {why}", model=self.name) from error
        if not inspect.isawaitable(made):
            raise ConfigurationError(
                f"expected {self.name} to be a coroutine function (async def), got a plain function"
            )
        return _decision(got, observation, self.name)


def _decision(got: Any, observation: Observation, name: str) -> Decision:
    if isinstance(got, str):
        got = _act_of(got, observation)
    if isinstance(got, Act):
        got = Decision(act=got)
    if not isinstance(got, Decision) or not isinstance(got.act, Act):
        raise ConfigurationError(f"expected {name} to return {_EXPECTED}, got {type(got).__name__}")
    return got


def _act_of(text: str, observation: Observation) -> Act:
    """Return the listed act that a text names. Other texts are something that the person says."""
    if isinstance(observation.available[0], Act):
        try:
            return read_act(text, observation)
        except ValueError:
            pass  # the turn loop refuses the act, and says which acts are available
    return Act(kind="speak", text=text)


def _is_pydantic_ai(own: Any) -> bool:
    """Return whether an object is an agent of pydantic-ai. There is none if nobody imported pydantic-ai."""
    module = sys.modules.get("pydantic_ai.agent")
    return module is not None and isinstance(own, module.AbstractAgent)


def _asker(own: Any, name: str) -> Callable[[Observation], Awaitable[Decision]]:
    async def ask(observation: Observation) -> Decision:
        result = await own.run(observation_text(observation))
        decision, used = _decision(result.output, observation, name), result.usage
        usage = Usage(requests=used.requests, input_tokens=used.input_tokens, output_tokens=used.output_tokens)
        return replace(decision, usage=decision.usage + usage)

    return ask
