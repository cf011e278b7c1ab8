"""What a mode is: a way to put an item to an answerer, in queries and never in strings."""

from __future__ import annotations

from typing import Protocol

from social_world_model.contracts import Item, Query, Reply
from social_world_model.s3ap import SocializedContext


class Session(Protocol):
    """What a mode may use while it answers one item."""

    async def ask(self, query: Query) -> Reply:
        """Put a query to the answerer; raise what it raises."""
        ...

    async def context(self) -> SocializedContext:
        """Return the context of the item's narrative, made or found; the same one for all of its set.

        Raises
        ------
        SocialWorldModelError
            If it cannot be made.
        """
        ...


class Mode(Protocol):
    """A way of answering."""

    @property
    def name(self) -> str:
        """What users type."""
        ...

    @property
    def uses_context(self) -> bool:
        """Whether contexts are made for it."""
        ...

    @property
    def answers(self) -> bool:
        """Whether it answers, or only makes contexts."""
        ...

    async def run(self, item: Item, session: Session) -> Reply:
        """Answer an item, which comes without its gold and its scoring fields.

        Raises
        ------
        SocialWorldModelError
            If there is no answer. It becomes the item's `error` record; a `ConfigurationError` ends the run.
        """
        ...


def query_of(item: Item) -> Query:
    """Return the bare question of an item; a mode adds what the answerer sees."""
    return Query(question=item.question, asks=item.asks, choices=item.choices, chain=item.chain, domain=item.domain)
