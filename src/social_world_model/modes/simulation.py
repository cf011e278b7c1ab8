"""The agents of a context answer from their own memories."""

from __future__ import annotations

import re
from dataclasses import replace

from social_world_model.contracts import Item, Query, Reply
from social_world_model.errors import ConfigurationError
from social_world_model.modes.base import Session, names_in, query_of
from social_world_model.s3ap import SocializedContext, perspective


class Simulation:
    """Put a question about beliefs to the agent it is about, inside that agent's memory.

    *reality*: as `vanilla`, since nobody's mind is asked for. *belief*: put to the last of the chain, inside
    the view of the chain: what the first can attribute to it. *belief* with options that speak of the first of
    the chain: put to the first, with its memory and what it saw the others perceive.
    """

    name = "simulation"
    uses_context = True
    answers = True

    async def run(self, item: Item, session: Session) -> Reply:
        """Answer an item."""
        if item.asks == "reality":
            return await session.ask(replace(query_of(item), narrative=item.narrative))
        if item.asks == "belief":
            return await session.ask(_put_to_agent(item, await session.context()))
        raise ConfigurationError(f"simulation answers questions about reality and belief, got one about {item.asks}")


def _put_to_agent(item: Item, context: SocializedContext) -> Query:
    query = replace(query_of(item), form="text")
    first, last = item.chain[0], item.chain[-1]
    chain = names_in(context, item.chain)
    seen = perspective(context, chain)
    if not any(re.search(rf"\b{re.escape(first)}\b", choice) for choice in item.choices):
        return replace(query, agent=last, memory=seen)
    if len(chain) == 1:
        return replace(query, agent=first, memory=seen)
    return replace(query, agent=first, memory=perspective(context, chain[:1]), witnessed=seen)
