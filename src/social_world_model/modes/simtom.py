"""SimToM (Wilf et al. 2023, arXiv 2311.10227): retell what a character knows, then answer as this character."""

from __future__ import annotations

from dataclasses import replace

from social_world_model.contracts import Item, Reply, Statement
from social_world_model.modes.base import Session, query_of, resting_on


class SimToM:
    """Answer in two calls. The first call retells what a character knows. The second call answers as this character.

    The character is the first member of the belief chain. A question without a belief chain is asked in one call, as in
    `vanilla`.

    For a knowledge question, the second call does not speak as the character. Such a question may contain the fact, and
    the character would learn the fact from the question. Instead, the second call answers as an observer who reads the
    retelling.
    """

    name = "simtom"
    uses_context = False
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
            Access to the answerer.
        """
        whole = replace(query_of(item), narrative=item.narrative)
        if not item.belief_chain:
            return await session.ask(whole)
        agent = item.belief_chain[0]
        known = await session.ask(replace(whole, task="recount", agent=agent))
        if known.status != "answered":
            return known
        told = known.response or "(nothing)"
        if item.question_kind == "knowledge":
            account = Statement(kind="recollection", by=agent, text=told)
            reply = await session.ask(replace(whole, narrative=None, statements=(account,)))
        else:
            reply = await session.ask(replace(whole, narrative=told, agent=agent))
        return resting_on(reply, [known])
