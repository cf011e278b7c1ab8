"""Make contexts, answer nothing."""

from __future__ import annotations

from social_world_model.contracts import Item, Reply
from social_world_model.modes.base import Session


class GenerateSocializedContext:
    """One parse per story; the result holds the context."""

    name = "generate_socialized_context"
    uses_context = True
    answers = False
    needs_options = False
    temperature = 0.0

    async def run(self, item: Item, session: Session) -> Reply:
        """Make the item's context."""
        await session.context()
        return Reply(response="", status="parsed")
