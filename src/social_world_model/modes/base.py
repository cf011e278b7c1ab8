"""What a mode is: a way to put an item to an answerer, in queries and never in strings."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Protocol

from social_world_model.contracts import Item, Query, Reply
from social_world_model.errors import ContextError
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic.cast import known_as


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

    def holds_fact(self, account: str) -> bool:
        """Tell whether somebody who says this knows the fact that the item asks about; the benchmark compares.

        Raises
        ------
        SocialWorldModelError
            If the data set does not say what the fact is.
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

    @property
    def needs_options(self) -> bool:
        """Whether only questions with options can be put so."""
        ...

    @property
    def temperature(self) -> float:
        """Of answers, where the user names none."""
        ...

    async def run(self, item: Item, session: Session) -> Reply:
        """Answer an item, which comes without its gold and its scoring fields.

        Raises
        ------
        SocialWorldModelError
            If there is no answer. It becomes the item's `error` result; a `ConfigurationError` ends the run.
        """
        ...


def names_in(context: SocializedContext, chain: Sequence[str]) -> list[str]:
    """Return the names by which a context's cast has the members of a chain.

    Raises
    ------
    ContextError
        If somebody is not in the cast: nobody's memory would be shown for theirs.
    """
    found = [known_as(name, context.agents_names) for name in chain]
    if absent := [name for name, known in zip(chain, found, strict=True) if known is None]:
        raise ContextError(
            f"expected {', '.join(absent)}, about whom the question is, in the cast of the context, "
            f"got {', '.join(context.agents_names)}"
        )
    return [name for name in found if name is not None]


def query_of(item: Item) -> Query:
    """Return the bare question of an item; a mode adds what the answerer sees."""
    return Query(
        question=item.question,
        question_kind=item.question_kind,
        choices=item.choices,
        belief_chain=item.belief_chain,
        domain=item.domain,
        answer_form=item.answer_form,
        audience=item.audience,
    )


class NoAnswer(Exception):  # noqa: N818 - no error: it carries a reply to the end of a mode
    """One of several replies is none; it is then the item's.

    Parameters
    ----------
    reply
        A refusal, or one that cannot be read.
    """

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        super().__init__(reply.error)


async def ask_all(session: Session, queries: Iterable[Query]) -> list[Reply]:
    """Put several queries at the same time; return the replies, in order.

    All of them are finished, since they are paid for, before anything is raised.

    Raises
    ------
    NoAnswer
        If a reply is none.
    """
    ended = await asyncio.gather(*map(session.ask, queries), return_exceptions=True)
    replies = []
    for reply in ended:
        if isinstance(reply, BaseException):
            raise reply
        if reply.status != "answered":
            raise NoAnswer(reply)
        replies.append(reply)
    return replies
