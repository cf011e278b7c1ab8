"""The standard wire form: the reply schema for language models that parse a narrative.

The schema forbids additional fields and requires every field, so that strict structured output accepts it.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from social_world_model.errors import ContextError, Issue
from social_world_model.s3ap.context import SocializedContext, Text
from social_world_model.s3ap.entries import write_entries


class SocializedStructureForModel(BaseModel):
    """One step. Observations and actions are a list of ``"agent_name: text"``, with one entry per agent."""

    model_config = ConfigDict(extra="forbid")

    timestep: Text
    state: Text
    observations: list[Text]
    actions: list[Text]


class SocializedContextForModel(BaseModel):
    """A context as a list of steps.

    Attributes
    ----------
    written_form
        Description of the schema for prompts.
    """

    written_form: ClassVar[str] = (
        '{"agents_names": ["NAME", …], "socialized_context": [{"timestep": "1", "state": "…", "observations": '
        '["NAME: …", …], "actions": ["NAME: …", …]}, …]}\n'
        "observations and actions have one entry for every agent, in the order of agents_names."
    )
    model_config = ConfigDict(extra="forbid")

    agents_names: list[Text]
    socialized_context: list[SocializedStructureForModel]


def to_wire(context: SocializedContext) -> SocializedContextForModel:
    """Return the wire form of a context, without the context manual.

    Raises
    ------
    ContextError
        If an agent has no entry in a step. The wire form requires one entry per agent and step.
    """
    check_entries(context)
    cast = context.agents_names
    return SocializedContextForModel(
        agents_names=list(cast),
        socialized_context=[
            SocializedStructureForModel(
                timestep=step.timestep,
                state=step.state,
                observations=write_entries(cast, step.observations),
                actions=write_entries(cast, step.actions),
            )
            for step in context.socialized_context
        ],
    )


def check_entries(context: SocializedContext) -> None:
    """Refuse a context without an entry for every agent in every step.

    Raises
    ------
    ContextError
        If an agent has no entry in a step.
    """
    missing = [
        Issue(
            path=f"socialized_context[{position}].{field}",
            expected=f"an entry for {name}",
            got="none at all",
            position=position,
            agent=name,
        )
        for position, step in enumerate(context.socialized_context)
        for field in ("observations", "actions")
        for name in context.agents_names
        if name not in getattr(step, field)
    ]
    if missing:
        raise ContextError("expected an entry for every agent in every step, got:", missing)


def from_wire(wire: SocializedContextForModel, *, context_manual: str | None = None) -> SocializedContext:
    """Return a model's reply as a context in the stored form.

    Parameters
    ----------
    wire
        Reply of the model.
    context_manual
        Manual to store with the context; None to store no manual.

    Raises
    ------
    ContextError
        If an entry starts with no name of the cast, an agent has two entries in one step, or the reply is not a valid
        context. A missing entry is not an error here; ``validate`` reports it.
    """
    data = {**wire.model_dump(), "context_manual": context_manual}
    return SocializedContext.from_data(data)  # a list of entries is an older form of the stored form
