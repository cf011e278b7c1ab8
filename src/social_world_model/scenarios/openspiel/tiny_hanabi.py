"""OpenSpiel's ``tiny_hanabi``: each person has a card that the other does not see, and names a number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from social_world_model.interaction import Act, Happening
from social_world_model.scenarios.openspiel.scenario import PEOPLE, Move, OpenSpielSource, fact, said_to_all

CARDS, NUMBERS = (1, 2), (1, 2, 3)
PAYOFFS = (
    *(10, 0, 0, 4, 8, 4, 10, 0, 0),
    *(0, 0, 10, 4, 8, 4, 0, 0, 10),
    *(0, 0, 10, 4, 8, 4, 0, 0, 0),
    *(10, 0, 0, 4, 8, 4, 10, 0, 0),
)
"""Points by card of Ann, card of Bob, number of Ann and number of Bob."""


def _table() -> Iterator[str]:
    payoffs = iter(PAYOFFS)
    for first in CARDS:
        for second in CARDS:
            rows = [f"{number}: " + ", ".join(str(next(payoffs)) for _ in NUMBERS) for number in NUMBERS]
            yield f"Card {first} of Ann and card {second} of Bob: {'; '.join(rows)}."


class TinyHanabiWording:
    """The words of ``tiny_hanabi``."""

    game = "tiny_hanabi"
    rules = (
        "Ann and Bob each have a card with the number 1 or 2. Each person sees only the own card. Ann says a "
        "number from 1 to 3, and then Bob says a number from 1 to 3. Both get the same points. The points depend "
        "on both cards and on both numbers. In the following table, each row begins with the number of Ann, and "
        f"has the points for the numbers 1, 2 and 3 of Bob. {' '.join(_table())}"
    )
    goal = "Get many points, together."

    def parameters(self, seed: int) -> Mapping[str, Any]:
        """Return the points."""
        return {"payoff": ";".join(map(str, PAYOFFS))}

    def acts(self, game: Any) -> tuple[Act, ...]:
        """Return the numbers to say."""
        return tuple(Act(kind="speak", text=f"{word}.") for word in ("One", "Two", "Three"))

    def begin(self, position: Any) -> Sequence[Happening]:
        """Return the cards. Each person sees the own card."""
        cards = position.history()
        return [fact(f"The card of {name} is {card + 1}.", name) for name, card in zip(PEOPLE, cards, strict=True)]

    def happen(self, move: Move) -> Sequence[Happening]:
        """Return what a person said, which both people hear."""
        return (said_to_all(move),)

    def over(self, position: Any) -> str:
        """Return the points."""
        return f"Ann and Bob got {position.returns()[0]:g} points"

    def range(self, position: Any, player: int) -> tuple[float, float]:
        """Return the least and the most points.

        Parameters
        ----------
        position
            Not used.
        player
            Not used.
        """
        return min(PAYOFFS), max(PAYOFFS)


SOURCE = OpenSpielSource("openspiel-tiny-hanabi", TinyHanabiWording())
