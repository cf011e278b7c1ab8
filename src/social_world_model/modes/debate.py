"""Debate: several debaters answer, then read each other's answers.

A last call at temperature 0 gives the final answer. Source: arXiv 2305.14325.
"""

from __future__ import annotations

from dataclasses import replace

from social_world_model.contracts import Item, Query, Reply, Statement
from social_world_model.modes.base import NoAnswer, Session, ask_all, query_of, resting_on

DEBATERS = 3
ROUNDS = 1


class Debate:
    """Ask several debaters, show the answers to all debaters, and ask for a final answer.

    The number of calls per item is debaters x (rounds + 1) + 1. The calls of one round are concurrent.

    Parameters
    ----------
    name
        Name of the mode on the command line.
    debaters
        Number of debaters.
    rounds
        Number of rounds in which the debaters read each other's answers.
    """

    uses_context = False
    answers = True
    needs_options = False
    temperature = 0.7

    def __init__(self, name: str = "debate", debaters: int = DEBATERS, rounds: int = ROUNDS) -> None:
        self.name = name
        self.debaters = debaters
        self.rounds = rounds

    async def run(self, item: Item, session: Session) -> Reply:
        """Answer an item. If a debater gives no answer, the item has no answer.

        Parameters
        ----------
        item
            The question.
        session
            Access to the answerer.
        """
        whole = replace(query_of(item), narrative=item.narrative)
        queries = [replace(whole, sample=number) for number in range(self.debaters)]
        try:
            said = await ask_all(session, queries)
            all_said = list(said)
            for _ in range(self.rounds):
                said = await ask_all(session, [_with_others(query, said) for query in queries])
                all_said += said
        except NoAnswer as none:
            return none.reply
        last = replace(whole, sample=self.debaters, statements=tuple(_opinions(said)), temperature=0.0)
        return resting_on(await session.ask(last), all_said)


def _with_others(query: Query, said: list[Reply]) -> Query:
    opinions = _opinions(said)
    own = replace(opinions.pop(query.sample), by="you")
    return replace(query, statements=(own, *opinions))


def _opinions(said: list[Reply]) -> list[Statement]:
    return [
        Statement(kind="opinion", by=str(number), text=f"{reply.reasoning}\nAnswer: {reply.response}".strip())
        for number, reply in enumerate(said, start=1)
    ]
