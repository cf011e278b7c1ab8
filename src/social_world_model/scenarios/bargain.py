"""Bargain: Bea buys from Sam, whose lowest price and pace are hidden.

Bea learns from each refusal. Her belief is the set of types of sellers that are still possible.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from social_world_model.interaction import Act, Briefing, Happening, Order, State
from social_world_model.scenarios.base import Game
from social_world_model.scenarios.games import GameSource

ROUNDS = 6
BEA, SAM = "Bea", "Sam"
VALUE, COST = 100, 4
OFFERS = (20, 35, 50, 65, 80, 95)
RESERVES = (20, 35, 50, 65, 80)
PACES = (0.5, 1.0, 2.0)
TYPES = tuple((reserve, pace) for reserve in RESERVES for pace in PACES)
ACCEPT, REFUSE = Act(kind="speak", text="I accept."), Act(kind="speak", text="I refuse.")
BIDS = {offer: Act(kind="speak", text=f"I offer {offer}.") for offer in OFFERS}
_OFFERED = re.compile(rf'{BEA} says: "I offer (\d+)\."')


@dataclass(frozen=True)
class Bargain(Game):
    """A buyer and a seller, who act by turns. The state contains the type of the seller."""

    id: str = "bargain"
    environment: str = "bargain"
    cast: tuple[str, ...] = (BEA, SAM)
    main_seats: tuple[str, ...] = ("buyer",)
    max_turns: int = 2 * ROUNDS
    order: Order = "simultaneous"

    @property
    def seats(self) -> Mapping[str, str]:
        """Names of the people by seat."""
        return {"buyer": BEA, "seller": SAM}

    @property
    def acts(self) -> tuple[Act, ...]:
        """All acts that are available in any turn, in a fixed order."""
        return (*BIDS.values(), ACCEPT, REFUSE)

    def start(self, seed: int) -> tuple[State, tuple[Happening, ...]]:
        """Return the first state. The seed is the number of the type, so that 15 seeds in a row have all types."""
        reserve, pace = TYPES[seed % len(TYPES)]
        state = {"round": 0, "reserve": reserve, "pace": pace, "offer": None, "price": None}
        return state, (Happening(text="Sam has a lamp to sell.", observers=frozenset(self.cast)),)

    def briefing(self, name: str, state: State) -> Briefing:
        """Return the rules. The seller also gets the lowest price and the pace."""
        rules = (
            f"Sam sells a lamp, and Bea wants to buy it. There are {ROUNDS} rounds. In each round, Bea makes an offer, "
            "and Sam accepts or refuses it. The sale ends the game. Sam's lowest price is one of "
            f"{', '.join(map(str, RESERVES))}, and his pace is one of {', '.join(map(str, PACES))}. In round t of "
            f"{ROUNDS}, Sam usually accepts an offer of at least r + ({VALUE} - r) * (1 - t / {ROUNDS}) ** p, where r "
            "is the lowest price and p is the pace."
        )
        if name == SAM:
            background = f"Your lowest price is {state['reserve']}, and your pace is {state['pace']}."
            return Briefing(
                scenario=rules, me=name, cast=self.cast, background=background, goal="Sell for a high price."
            )
        goal = (
            f"Buy for a low price, and soon. The lamp is worth {VALUE} to you. A sale costs you the price, and {COST} "
            "for each round. Without a sale, you gain nothing and lose nothing."
        )
        return Briefing(scenario=rules, me=name, cast=self.cast, goal=goal)

    def available(self, state: State, name: str) -> tuple[Act, ...]:
        """Return the offers, or the two answers to an offer."""
        if name == BEA:
            return tuple(BIDS.values()) if state["offer"] is None else ()
        return (ACCEPT, REFUSE) if state["offer"] is not None else ()

    def step(self, state: State, acts: Mapping[str, Act]) -> tuple[State, tuple[Happening, ...]]:
        """Return the state after an offer or an answer. Both people hear everything."""
        ((name, act),) = acts.items()
        heard = Happening(text=f"{name} {act.words}", observers=frozenset(self.cast), actor=name)
        if name == BEA:
            return {**state, "offer": next(offer for offer, bid in BIDS.items() if bid == act)}, (heard,)
        if act == ACCEPT:
            return {**state, "offer": None, "price": state["offer"]}, (heard,)
        return {**state, "offer": None, "round": state["round"] + 1}, (heard,)

    def over(self, state: State) -> str | None:
        """Return the price, or that there was no sale; None if the game continues."""
        if state["price"] is not None:
            return f"Sam sold the lamp for {state['price']}"
        return "there was no sale" if state["round"] >= ROUNDS else None

    def score(self, state: State, name: str) -> Mapping[str, float]:
        """Return the gain of the buyer relative to the best gain against this seller, or of the seller's price."""
        price, reserve = state["price"], state["reserve"]
        if name == SAM:
            return {"goal": 0.0 if price is None else max(0.0, 10.0 * (price - reserve) / (VALUE - reserve))}
        gain = 0.0 if price is None else _gain(price, state["round"])
        best = max(0.0, *(_gain(price, turn) for turn, price in enumerate(_lowest_prices(reserve, state["pace"]))))
        if gain >= best:  # against some sellers, the best result is no sale
            return {"goal": 10.0}
        return {"goal": max(0.0, 10.0 * gain / best) if best else 0.0}

    def mind(self, name: str, seen: tuple[str, ...]) -> str:
        """Return the number of the round, and for the seller the offer that he has to answer."""
        offers = [found[1] for found in map(_OFFERED.fullmatch, seen) if found]
        if name == BEA:
            return f"This is round {len(offers) + 1}."
        return f"This is round {len(offers)}. The offer is {offers[-1]}." if offers else ""

    def habit(self, name: str, state: State, mind: str, available: tuple[Act, ...]) -> Act:
        """Return the usual act: the seller accepts from his price of the round on; the buyer raises the offer."""
        numbers = [int(number) for number in re.findall(r"\d+", mind)]
        if name == BEA:
            return available[min(numbers[0], len(available)) - 1]
        turn, offer = numbers
        return ACCEPT if offer >= _threshold(state["reserve"], state["pace"], turn - 1) else REFUSE

    def possible(self, state: State, name: str) -> tuple[tuple[float, State], ...]:
        """Return all types of sellers for the buyer. The seller knows the own type."""
        if name == SAM:
            return ((1.0, state),)
        return tuple((1 / len(TYPES), {**state, "reserve": reserve, "pace": pace}) for reserve, pace in TYPES)

    def ended(self, state: State) -> State:
        """Return the state after the last round, without a sale."""
        return {**state, "round": ROUNDS, "offer": None}


def _threshold(reserve: int, pace: float, turn: int) -> float:
    """Return the lowest offer that a seller accepts in a round, which is counted from 0."""
    return float(reserve + (VALUE - reserve) * (1 - (turn + 1) / ROUNDS) ** pace)


def _lowest_prices(reserve: int, pace: float) -> list[float]:
    """Return the lowest offer that a seller accepts, for each round. It is infinite if no offer is enough."""
    return [
        min((offer for offer in OFFERS if offer >= _threshold(reserve, pace, turn)), default=math.inf)
        for turn in range(ROUNDS)
    ]


def _gain(price: float, turn: int) -> float:
    """Return the gain of the buyer from a sale in a round, which is counted from 0. Each round has a cost."""
    return VALUE - price - COST * (turn + 1)


SOURCE = GameSource(Bargain())
