"""Ask any agent for a decision, and check what the agent returns."""

from __future__ import annotations

import asyncio

from social_world_model.errors import ConfigurationError, GenerationError, SocialWorldModelError, in_one_line
from social_world_model.interaction import Act, Agent, Considered, Decision, Observation
from social_world_model.usage import Usage


async def decided(agent: Agent, observation: Observation) -> Decision:
    """Return the decision of an agent. The agent may be an object of the user.

    Parameters
    ----------
    agent
        The agent.
    observation
        Observation of the agent.

    Raises
    ------
    GenerationError
        If the agent raises an error that is not a `SocialWorldModelError`, or if the agent cancels itself.
    ConfigurationError
        If the agent returns something else than a `Decision` whose fields have the right types.
    """
    try:
        decision = await agent.decide(observation)
    except SocialWorldModelError:
        raise
    except (Exception, asyncio.CancelledError) as error:
        if isinstance(error, asyncio.CancelledError) and _is_cancelled():
            raise
        why = in_one_line(error)
        raise GenerationError(f"expected a decision of {agent.name}, got {why}", model=agent.name) from error
    if flaw := _flaw(decision):
        raise ConfigurationError(f"expected {agent.name} to return a Decision, got {flaw}")
    return decision


def _is_cancelled() -> bool:
    """Return whether somebody cancelled the current task. Otherwise, the error comes from work inside the agent."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


def _flaw(decision: object) -> str:
    """Return what is wrong with the types of a decision; empty if nothing is wrong."""
    if not isinstance(decision, Decision):
        return type(decision).__name__
    fields: list[tuple[str, object, type | tuple[type, ...]]] = [
        ("act", decision.act, Act),
        ("why", decision.why, str),
        ("usage", decision.usage, Usage),
        ("considered", decision.considered, (tuple, list)),
    ]
    if isinstance(decision.considered, tuple | list):
        fields += [("considered", one, Considered) for one in decision.considered]
    if isinstance(decision.act, Act):
        act = decision.act
        fields += [("kind of the act", act.kind, str), ("text of the act", act.text, str)]
        fields.append(("to of the act", act.to, (tuple, list)))
        if isinstance(act.to, tuple | list):
            fields += [("to of the act", name, str) for name in act.to]
    wrong = next((one for one in fields if not isinstance(one[1], one[2])), None)
    return "" if wrong is None else f"{wrong[0]} of the type {type(wrong[1]).__name__}"
