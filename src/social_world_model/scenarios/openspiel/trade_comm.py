"""OpenSpiel's ``trade_comm``: two people say a number each, and then make secret offers to exchange their items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from social_world_model.interaction import Act, Happening
from social_world_model.scenarios.openspiel.scenario import PEOPLE, Move, OpenSpielSource, fact, said_to_all, sentence

ITEMS = range(10)
SAID = tuple(
    Act(kind="speak", text=f"{word}.")
    for word in ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
)
"""Numbers as words, because a digit could be confused with the place of an act in a list."""
OFFERS = tuple(
    Act(kind="action", text=f"secretly offers item {own} for item {other}") for own in ITEMS for other in ITEMS
)


class TradeCommWording:
    """The words of ``trade_comm``."""

    game = "trade_comm"
    rules = (
        f"Ann and Bob each have one item. Items have numbers from {ITEMS[0]} to {ITEMS[-1]}. Each person knows "
        "only the own item. First, Ann says a number, and then Bob says a number. The numbers can mean anything. "
        "Then Ann and Bob each make a secret offer: which item to give, and which item to get. The trade takes "
        "place if each person offers the own item, and if each person asks for the item of the other person. Both "
        "get 1 point if the trade takes place, and 0 points otherwise."
    )
    goal = "Make the trade take place."

    def parameters(self, seed: int) -> Mapping[str, Any]:
        """Return the number of items."""
        return {"num_items": len(ITEMS)}

    def acts(self, game: Any) -> tuple[Act, ...]:
        """Return the numbers to say, and all offers."""
        return (*SAID, *OFFERS)

    def begin(self, position: Any) -> Sequence[Happening]:
        """Return the items. Each person knows the own item."""
        items = divmod(position.history()[0], len(ITEMS))
        return [fact(f"{name} has item {item}.", name) for name, item in zip(PEOPLE, items, strict=True)]

    def happen(self, move: Move) -> Sequence[Happening]:
        """Return a number that both hear, or an offer. The other person perceives only that there is an offer."""
        if move.act in SAID:
            return (said_to_all(move),)
        own = Happening(text=sentence(move), observers=frozenset({move.name}), actor=move.name)
        return own, fact(f"{move.name} makes a secret offer.", move.other)

    def over(self, position: Any) -> str:
        """Return whether the trade took place."""
        return "the trade took place" if position.returns()[0] > 0 else "the trade did not take place"

    def range(self, position: Any, player: int) -> tuple[float, float]:
        """Return the points without and with a trade.

        Parameters
        ----------
        position
            Not used.
        player
            Not used.
        """
        return 0, 1


SOURCE = OpenSpielSource("openspiel-trade-comm", TradeCommWording())
