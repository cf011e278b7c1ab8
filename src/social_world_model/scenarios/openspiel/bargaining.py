"""OpenSpiel's ``bargaining``: two people divide books, hats and basketballs. Each knows only the own values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from social_world_model.interaction import Act, Happening
from social_world_model.scenarios.openspiel.division import AGREE, dealt, offer
from social_world_model.scenarios.openspiel.scenario import PEOPLE, Move, OpenSpielSource, said_to_all

THINGS = ("book", "hat", "basketball")
POINTS = 10
"""Value of the whole pool for each person."""


class BargainingWording:
    """The words of ``bargaining``."""

    game = "bargaining"
    rules = (
        "Ann and Bob divide a pool of books, hats and basketballs. The items have other values for Ann than for "
        f"Bob, and each person knows only the own values. The whole pool is worth {POINTS} points to each of them. "
        "They take turns, and Ann begins. In each turn, a person agrees to the last offer of the other person, or "
        "makes a new offer. An offer says what the speaker takes, and the other person gets the rest. The game "
        "ends when a person agrees, or after 10 turns. Without an agreement, nobody gets points."
    )
    goal = "Get items that are worth many points to you."

    def parameters(self, seed: int) -> Mapping[str, Any]:
        """Return no parameters."""
        return {}

    def acts(self, game: Any) -> tuple[Act, ...]:
        """Return all offers, and the agreement."""
        position = game.new_initial_state()
        texts = [position.action_to_string(0, action) for action in range(game.num_distinct_actions())]
        return tuple(AGREE if text == "Agree" else offer(THINGS, _numbers(text)) for text in texts)

    def begin(self, position: Any) -> Sequence[Happening]:
        """Return the pool and the values."""
        pool, *values = (_numbers(line.partition(":")[2]) for line in str(position).splitlines()[:3])
        return tuple(dealt(THINGS, pool, dict(zip(PEOPLE, values, strict=True))))

    def happen(self, move: Move) -> Sequence[Happening]:
        """Return an offer or an agreement, which both people hear."""
        return (said_to_all(move),)

    def over(self, position: Any) -> str:
        """Return whether there was an agreement."""
        return "Ann and Bob agreed" if "Agreement reached? 1" in str(position) else "there was no agreement"

    def range(self, position: Any, player: int) -> tuple[float, float]:
        """Return the value of nothing, and of the whole pool.

        Parameters
        ----------
        position
            Not used.
        player
            Not used.
        """
        return 0, POINTS


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


SOURCE = OpenSpielSource("openspiel-bargaining", BargainingWording())
