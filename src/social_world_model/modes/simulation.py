"""Simulation: the agents of a context answer from their own memories."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from social_world_model.contracts import Item, Query, Reply, Statement, StatementKind
from social_world_model.errors import ContextError
from social_world_model.modes.base import NoAnswer, Session, ask_all, names_in, query_of, resting_on
from social_world_model.s3ap import SocializedContext, perspective
from social_world_model.s3ap.tags import NONE
from social_world_model.symbolic.cast import known_as

FUTURES = 2
"""Number of possible continuations for each question without options."""
NOBODY = "nobody"


class Simulation:
    """Let the agents of a context answer, each from its own memory. The procedure depends on the kind of question.

    - *reality*, or *belief* without a belief chain: ask as in `vanilla`.
    - *belief*: ask the last agent of the chain. Its memory is the perspective of the first agent on the last agent. If
      the options mention the first agent, ask the first agent instead. The first agent gets its own memory, and what it
      saw the other agents perceive.
    - *knowledge*: put the fact question to each agent that the question names, or to all agents. The benchmark compares
      their answers with the fact.
    - *group*: ask each agent, or each reader of the answer, what it remembers. Then ask for one answer that is based on
      these memories.
    - *future*: ask what follows from each option. Without options, ask for several different continuations. Then ask
      the question, and show the continuations.
    """

    name = "simulation"
    uses_context = True
    answers = True
    needs_options = False
    temperature = 0.0

    async def run(self, item: Item, session: Session) -> Reply:
        """Answer an item.

        Parameters
        ----------
        item
            The question.
        session
            Access to the answerer and to the context of the narrative.
        """
        if item.question_kind == "reality" or (item.question_kind == "belief" and not item.belief_chain):
            return await session.ask(replace(query_of(item), narrative=item.narrative))
        context = await session.context()
        try:
            if item.question_kind == "belief":
                return await session.ask(_put_to_agent(item, context))
            if item.question_kind == "knowledge":
                return await _who_knows(item, context, session)
            if item.question_kind == "group":
                return await _from_recollections(item, context, session)
            return await _from_futures(item, context, session)
        except NoAnswer as none:
            return none.reply


def _put_to_agent(item: Item, context: SocializedContext) -> Query:
    query = replace(query_of(item), form="text")
    first, last = item.belief_chain[0], item.belief_chain[-1]
    chain = names_in(context, item.belief_chain)
    seen = perspective(context, chain)
    if not any(re.search(rf"(?<!\w){re.escape(first)}(?!\w)", choice) for choice in item.choices):
        return replace(query, agent=last, memory=seen)
    if len(chain) == 1:
        return replace(query, agent=first, memory=seen)
    return replace(query, agent=first, memory=perspective(context, chain[:1]), others_observations=seen)


async def _who_knows(item: Item, context: SocializedContext, session: Session) -> Reply:
    """Ask the agents of the question, or all agents, for the fact.

    Agents outside the context count as not knowing the fact.
    """
    session.holds_fact("")  # raises before any paid call if the data does not state the fact
    asked = [known_as(name, context.agents_names) for name in item.belief_chain] or list(context.agents_names)
    people = [name for name in asked if name is not None]
    fact = replace(
        query_of(item),
        question=item.fact,
        question_kind="reality",
        belief_chain=(),
        answer_form="sentence",
        form="text",
    )
    said = await ask_all(session, [replace(fact, agent=name, memory=perspective(context, [name])) for name in people])
    knowing = [name for name, account in zip(people, said, strict=True) if session.holds_fact(account.response)]
    statements = "\n".join(f"{name}: {account.response}" for name, account in zip(people, said, strict=True))
    answer = ("yes" if knowing else "no") if item.belief_chain else ", ".join(knowing) or NOBODY
    return resting_on(Reply(response=answer, reasoning=statements), said)


async def _from_recollections(item: Item, context: SocializedContext, session: Session) -> Reply:
    """Answer from the memories of the readers. If no readers are known, use the memories of all agents."""
    asked = [known_as(name, context.agents_names) for name in item.audience] or list(context.agents_names)
    people = list(dict.fromkeys(name for name in asked if name is not None))
    if not people:
        raise ContextError(
            f"expected at least one of {', '.join(item.audience) or 'the people of the story'} in the context, "
            f"got {', '.join(context.agents_names) or 'nobody'}"
        )
    query = query_of(item)
    recount = replace(query, task="recount", form="text")
    said = await ask_all(
        session, [replace(recount, agent=name, memory=perspective(context, [name])) for name in people]
    )
    return resting_on(await session.ask(replace(query, statements=_statements("recollection", people, said))), said)


async def _from_futures(item: Item, context: SocializedContext, session: Session) -> Reply:
    """Imagine possible futures, then answer.

    If there are options, imagine one future per option, from the beginning of the context. Otherwise, imagine several
    different futures from the end of the context.
    """
    query = replace(query_of(item), narrative=item.narrative)
    foresee = replace(query, task="foresee", narrative=None, choices=(), form="text")
    if item.choices:
        agent = known_as(item.belief_chain[0], context.agents_names) if item.belief_chain else None
        start = replace(foresee, context=beginning(context), agent=agent or "")
        said = await ask_all(session, [replace(start, hypothesis=choice) for choice in item.choices])
        return resting_on(await session.ask(replace(query, statements=_statements("future", item.choices, said))), said)
    ways: tuple[Statement, ...] = ()
    told: list[Reply] = []
    for number in range(FUTURES):
        way = await ask_all(session, [replace(foresee, context=context, statements=ways)])
        ways += _statements("future", [str(number + 1)], way)
        told += way
    return resting_on(await session.ask(replace(query, statements=ways)), told)


def _statements(kind: StatementKind, by: Sequence[str], replies: Sequence[Reply]) -> tuple[Statement, ...]:
    return tuple(Statement(kind=kind, by=name, text=reply.response) for name, reply in zip(by, replies, strict=True))


def beginning(context: SocializedContext) -> SocializedContext:
    """Return the context with the initial state only, before any action."""
    first = context.socialized_context[0]
    still = first.model_copy(update={"actions": dict.fromkeys(context.agents_names, NONE)})
    return context.model_copy(update={"socialized_context": [still]})
