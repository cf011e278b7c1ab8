"""A mode that creates contexts and answers no questions."""

from __future__ import annotations

from social_world_model.contracts import Item, Reply
from social_world_model.modes.base import Session


class GenerateSocializedContext:
    """Parse each story once. The result of an item contains the context."""

    name = "generate_socialized_context"
    uses_context = True
    answers = False
    needs_options = False
    temperature = 0.0

    async def run(self, item: Item, session: Session) -> Reply:
        """Create the context of an item.

        Parameters
        ----------
        item
            The question.
        session
            Access to the context of the narrative.
        """
        await session.context()
        return Reply(response="", status="parsed")
