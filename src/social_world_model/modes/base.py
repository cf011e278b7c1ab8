"""The protocol of modes. A mode sends queries to an answerer. It never sends the text of a prompt."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from social_world_model.contracts import Item, Query, Reply
from social_world_model.errors import ContextError
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic.cast import known_as


class Session(Protocol):
    """The functions that a mode may use while it answers one item."""

    async def ask(self, query: Query) -> Reply:
        """Send a query to the answerer. Errors of the answerer are not caught."""
        ...

    async def context(self) -> SocializedContext:
        """Return the context of the item's narrative.

        The narrative is parsed once. All items of the set share the context.

        Raises
        ------
        SocialWorldModelError
            If the narrative cannot be parsed.
        """
        ...

    def holds_fact(self, account: str) -> bool:
        """Return whether an agent's answer gives the fact of the item. The benchmark compares the two texts.

        Raises
        ------
        SocialWorldModelError
            If the data set does not state the fact.
        """
        ...


class Mode(Protocol):
    """A way to answer questions."""

    @property
    def name(self) -> str:
        """Name of the mode on the command line."""
        ...

    @property
    def uses_context(self) -> bool:
        """Whether the mode needs contexts."""
        ...

    @property
    def answers(self) -> bool:
        """Whether the mode answers questions. If False, it only creates contexts."""
        ...

    @property
    def needs_options(self) -> bool:
        """Whether the mode needs questions with options."""
        ...

    @property
    def temperature(self) -> float:
        """Default sampling temperature of answers."""
        ...

    async def run(self, item: Item, session: Session) -> Reply:
        """Answer an item.

        Parameters
        ----------
        item
            The question, without its gold answer and without the fields for scoring.
        session
            Access to the answerer and to the context of the narrative.

        Raises
        ------
        SocialWorldModelError
            If there is no answer. The item then gets an `error` result. A `ConfigurationError` stops the whole run.
        """
        ...


def names_in(context: SocializedContext, chain: Sequence[str]) -> list[str]:
    """Return the names of the agents in a belief chain, in the spelling of the context.

    Parameters
    ----------
    context
        Context of the narrative.
    chain
        Names from the question. For example, ``("Anne", "Bob")`` stands for what Anne thinks that Bob believes.

    Raises
    ------
    ContextError
        If the context has no agent with one of these names.
    """
    found = [known_as(name, context.agents_names) for name in chain]
    if absent := [name for name, known in zip(chain, found, strict=True) if known is None]:
        raise ContextError(
            f"expected the context to contain the agents of the question ({', '.join(absent)}), "
            f"got {', '.join(context.agents_names)}"
        )
    return [name for name in found if name is not None]


def query_of(item: Item) -> Query:
    """Return a query with only the question of an item. Modes add the story, the context or other parts."""
    return Query(
        question=item.question,
        question_kind=item.question_kind,
        choices=item.choices,
        belief_chain=item.belief_chain,
        domain=item.domain,
        answer_form=item.answer_form,
        audience=item.audience,
    )


class NoAnswer(Exception):  # noqa: N818 - not an error: it ends a mode with a reply
    """Raised if one of several replies is not an answer. This reply becomes the reply of the item.

    Parameters
    ----------
    reply
        The reply that is not an answer. It is a refusal, or it could not be parsed.
    """

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        super().__init__(reply.error)


def resting_on(reply: Reply, others: Iterable[Reply]) -> Reply:
    """Return a reply that depends on other replies. It is certain only if all of them are certain.

    Parameters
    ----------
    reply
        The last reply.
    others
        The replies that it depends on.
    """
    guess = next((one for one in others if not one.certain), None)
    return reply if guess is None or not reply.certain else replace(reply, certain=False, why=guess.why)


async def ask_all(session: Session, queries: Iterable[Query]) -> list[Reply]:
    """Send several queries concurrently and return the replies, in order.

    All calls finish before an error is raised, because every call may cost money.

    Parameters
    ----------
    session
        Access to the answerer.
    queries
        The queries to send.

    Raises
    ------
    NoAnswer
        If a reply is not an answer, for example a refusal.
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
