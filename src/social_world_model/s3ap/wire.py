"""The wire form: the reply schema for language models that parse a narrative.

The schema forbids additional fields and requires every field, so that strict structured output accepts it. The
field descriptions are a part of the parser's prompt.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from social_world_model.errors import ContextError, Issue
from social_world_model.s3ap.context import SocializedContext, Text
from social_world_model.s3ap.entries import write_entries


class SocializedStructureForModel(BaseModel):
    """One moment of the situation."""

    model_config = ConfigDict(extra="forbid")

    timestep: Text = Field(description="Number of this moment, counting up from 1.")
    state: Text = Field(
        description="What is the case at this moment, as an all-seeing narrator would put it: who is where and "
        "where things are, as far as it matters. Only what is new or has to be known. If it is just what was "
        "done a moment ago, write <same_as_last_action />. If nothing is known yet, write none."
    )
    observations: list[Text] = Field(
        description="One entry for every agent, in the order of agents_names, written 'agent_name: text': what "
        "that agent perceives at this moment from where it is, and nothing it cannot perceive. Write "
        "<same_as_state /> if it perceives the whole state, <same_as_last_action /> if it perceives everything "
        "that was done a moment ago, <same_as_last_action_x /> if only what the agent with index x (from 0) did, "
        "the words themselves if it perceives a part, and none if it perceives nothing of this. Thoughts, "
        "feelings and aims go at the end inside <mental_state>…</mental_state>; nobody else perceives them."
    )
    actions: list[Text] = Field(
        description="One entry for every agent, in the order of agents_names, written 'agent_name: text': what "
        "that agent does or says at this moment, without repeating its name; none if it does nothing. Others "
        "perceive it through their observation at the next moment."
    )


class SocializedContextForModel(BaseModel):
    """A situation told as a sequence of moments, with what every agent perceives and does in each."""

    model_config = ConfigDict(extra="forbid")

    agents_names: list[Text] = Field(
        description="Every person who acts, speaks or perceives anywhere in the text, each once, named as in the text."
    )
    socialized_context: list[SocializedStructureForModel] = Field(
        description="The moments in the order in which they happen. Begin a new one whenever somebody acts or "
        "speaks, and end with one in which nobody does, so that the last act is perceived."
    )


def to_wire(context: SocializedContext) -> SocializedContextForModel:
    """Return the wire form of a context, without the context manual.

    Raises
    ------
    ContextError
        If an agent has no entry in a step. The wire form requires one entry per agent and step.
    """
    cast = context.agents_names
    missing = [
        Issue(path=f"socialized_context[{position}].{field}", expected=f"an entry for {name}", got="none at all")
        for position, step in enumerate(context.socialized_context)
        for field in ("observations", "actions")
        for name in cast
        if name not in getattr(step, field)
    ]
    if missing:
        raise ContextError("expected an entry for every agent in every step, got:", missing)
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


def from_wire(wire: SocializedContextForModel, *, context_manual: str | None = None) -> SocializedContext:
    """Return a model's reply as a context in the stored form.

    Parameters
    ----------
    wire
        Reply of the model.
    context_manual
        Manual to store with the context; None means no manual.

    Raises
    ------
    ContextError
        If an entry starts with no name of the cast, if an agent has two entries in one step, or if the reply is not a
        valid context. A missing entry is not an error here; ``validate`` reports it.
    """
    data = {**wire.model_dump(), "context_manual": context_manual}
    return SocializedContext.from_data(data)  # a list of entries is an older form of the stored form
