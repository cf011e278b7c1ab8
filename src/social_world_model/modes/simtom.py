"""SimToM (Wilf et al. 2023, arXiv 2311.10227): first what a character knows, then the answer as that character."""

from __future__ import annotations

from dataclasses import replace

from social_world_model.contracts import Item, Reply, Statement
from social_world_model.modes.base import Session, query_of


class SimToM:
    """Two calls: the narrative as the first of the chain knows it; the question, put to that character.

    Whether somebody knows a thing is asked of an onlooker who has that retelling: the question may hold the thing,
    which the character would learn by it. A question without a chain is nobody's: it is asked as in `vanilla`, in one
    call.
    """

    name = "simtom"
    uses_context = False
    answers = True
    needs_options = False
    temperature = 0.0

    async def run(self, item: Item, session: Session) -> Reply:
        """Answer an item."""
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
            return await session.ask(replace(whole, narrative=None, statements=(account,)))
        return await session.ask(replace(whole, narrative=told, agent=agent))
