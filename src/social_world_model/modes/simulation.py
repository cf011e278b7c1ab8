"""The agents of a context answer from their own memories."""

from __future__ import annotations

from dataclasses import replace

from social_world_model.contracts import Item, Reply
from social_world_model.errors import ConfigurationError
from social_world_model.modes.base import Session, query_of
from social_world_model.s3ap import perspective


class Simulation:
    """Put a question about beliefs to the agent it is about, inside that agent's memory.

    *reality*: as `vanilla`, since nobody's mind is asked for. *belief*: put to the last of the chain, inside
    the view of the chain: what the first can attribute to it.
    """

    name = "simulation"
    uses_context = True
    answers = True

    async def run(self, item: Item, session: Session) -> Reply:
        """Answer an item."""
        if item.asks == "reality":
            return await session.ask(replace(query_of(item), narrative=item.narrative))
        if item.asks == "belief":
            memory = perspective(await session.context(), item.chain)
            return await session.ask(replace(query_of(item), memory=memory))
        raise ConfigurationError(f"simulation answers questions about reality and belief, got one about {item.asks}")
