"""OpenSpiel's ``negotiation``: two people divide a pool, and say numbers that have no fixed meaning."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from social_world_model.interaction import Act, Happening
from social_world_model.scenarios.openspiel.division import AGREE, dealt, offer
from social_world_model.scenarios.openspiel.scenario import PEOPLE, Move, OpenSpielSource, fact, said_to_all

THINGS = ("apple", "pear", "plum")
MOST = 5
"""Maximum number of items of a kind in the pool."""

NUMBERS = range(5)
"""Numbers that can be said."""


class NegotiationWording:
    """The words of ``negotiation``."""

    game = "negotiation"
    rules = (
        "Ann and Bob divide a pool of apples, pears and plums. The items have other values for Ann than for Bob, "
        "and each person knows only the own values. They take turns, and Ann begins. In each turn, a person "
        "agrees to the last offer of the other person, or makes a new offer. An offer says what the speaker "
        "takes, and the other person gets the rest. After an offer, the same person says three numbers from "
        f"{NUMBERS[0]} to {NUMBERS[-1]}. The numbers have no fixed meaning. The game ends when a person agrees, or "
        "when the number of offers reaches its maximum. Without an agreement, nobody gets points."
    )
    goal = "Get items that are worth many points to you."

    def parameters(self, seed: int) -> Mapping[str, Any]:
        """Return the seed of the deal. OpenSpiel draws it itself."""
        return {"rng_seed": seed % 2**31}

    def acts(self, game: Any) -> tuple[Act, ...]:
        """Return all offers, the agreement, and all numbers to say."""
        offers = [offer(THINGS, numbers) for numbers in itertools.product(range(MOST + 1), repeat=len(THINGS))]
        said = itertools.product(NUMBERS, repeat=3)
        return (*offers, AGREE, *(Act(kind="speak", text=" ".join(map(str, numbers))) for numbers in said))

    def begin(self, position: Any) -> Sequence[Happening]:
        """Return the maximum number of offers, the pool and the values."""
        return (
            fact(f"The maximum number of offers is {_after('Max steps', position)[0]}."),
            *dealt(THINGS, _pool(position), {name: _values(position, player) for player, name in enumerate(PEOPLE)}),
        )

    def happen(self, move: Move) -> Sequence[Happening]:
        """Return what a person said, which both people hear."""
        return (said_to_all(move),)

    def over(self, position: Any) -> str:
        """Return whether there was an agreement."""
        return "Ann and Bob agreed" if "Agreement reached!" in str(position) else "there was no agreement"

    def range(self, position: Any, player: int) -> tuple[float, float]:
        """Return the value of nothing, and of the whole pool for a person.

        Parameters
        ----------
        position
            State of OpenSpiel.
        player
            Number of the player, from 0.
        """
        items = zip(_pool(position), _values(position, player), strict=True)
        return 0, sum(number * value for number, value in items)


def _pool(position: Any) -> list[int]:
    return _after("Item pool", position)


def _values(position: Any, player: int) -> list[int]:
    return _after(f"Agent {player} util vec", position)


def _after(title: str, position: Any) -> list[int]:
    found = re.search(rf"^{title}: ([\d ]+)$", str(position), re.MULTILINE)
    assert found is not None
    return [int(number) for number in found[1].split()]


SOURCE = OpenSpielSource("openspiel-negotiation", NegotiationWording())
