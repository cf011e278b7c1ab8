"""The modes that ask once; they differ only in what the answerer sees."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from social_world_model.contracts import Item, Reply
from social_world_model.modes.base import Session, query_of
from social_world_model.s3ap import perspective


@dataclass(frozen=True, kw_only=True)
class DirectMode:
    """One query per item.

    Parameters
    ----------
    name
        What users type.
    narrative
        Whether the answerer sees the story.
    context
        Whether it sees the whole record, or the view of the question's chain only (the whole record where the
        question has no chain); None: neither.
    answers
        Always true: these modes answer.
    """

    name: str
    narrative: bool = False
    context: Literal["whole", "view"] | None = None
    answers: bool = True

    @property
    def uses_context(self) -> bool:
        """Whether contexts are made for it."""
        return self.context is not None

    async def run(self, item: Item, session: Session) -> Reply:
        """Answer an item."""
        query = query_of(item)
        if self.narrative:
            query = replace(query, narrative=item.narrative)
        if self.context is not None:
            context = await session.context()
            if self.context == "view" and item.chain:
                context = perspective(context, item.chain)
            query = replace(query, context=context)
        return await session.ask(query)


DIRECT_MODES = (
    DirectMode(name="vanilla", narrative=True),
    DirectMode(name="socialized_context", narrative=True, context="whole"),
    DirectMode(name="pure_context", context="whole"),
    DirectMode(name="perspective", context="view"),
)
