"""OpenSpiel's ``liars_dice``: two people bid on their two hidden dice, until one of them doubts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from social_world_model.interaction import Act, Happening
from social_world_model.scenarios.openspiel.scenario import PEOPLE, Move, OpenSpielSource, fact, said_to_all

FACES = range(1, 7)
BIDS = (
    *(Act(kind="speak", text=f"At least 1 die shows {face}.") for face in FACES),
    *(Act(kind="speak", text=f"At least 2 dice show {face}.") for face in FACES),
)
DOUBT = Act(kind="speak", text="I do not believe it.")


class LiarsDiceWording:
    """The words of ``liars_dice``."""

    game = "liars_dice"
    rules = (
        "Ann and Bob each roll a die. Each person sees only the own die. They take turns, and Ann begins. In each "
        "turn, a person makes a higher bid, or doubts the last bid. A bid says how many of the two dice show a "
        f"number at least. A die that shows {FACES[-1]} counts as every number. A bid is higher if it has more "
        "dice, or as many dice and a higher number. After a doubt, the person who made the last bid wins if the "
        "bid is true, and the other person wins otherwise."
    )
    goal = "Win."

    def parameters(self, seed: int) -> Mapping[str, Any]:
        """Return no parameters."""
        return {}

    def acts(self, game: Any) -> tuple[Act, ...]:
        """Return all bids, and the doubt."""
        return (*BIDS, DOUBT)

    def begin(self, position: Any) -> Sequence[Happening]:
        """Return the dice. Each person sees the own die."""
        dice = position.history()
        return [fact(f"The die of {name} shows {die + 1}.", name) for name, die in zip(PEOPLE, dice, strict=True)]

    def happen(self, move: Move) -> Sequence[Happening]:
        """Return what a person said, which both people hear."""
        return (said_to_all(move),)

    def over(self, position: Any) -> str:
        """Return who won."""
        return f"{PEOPLE[0] if position.returns()[0] > 0 else PEOPLE[1]} won"

    def range(self, position: Any, player: int) -> tuple[float, float]:
        """Return a loss, and a win.

        Parameters
        ----------
        position
            Not used.
        player
            Not used.
        """
        return -1, 1


SOURCE = OpenSpielSource("openspiel-liars-dice", LiarsDiceWording())
