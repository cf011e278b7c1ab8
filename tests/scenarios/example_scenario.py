"""Guess: Ann hides a number from 1 to 3, and Bob has two guesses. Try it: ``swm play guess --agent foresee``."""

import random
from collections.abc import Mapping

from social_world_model.interaction import Act, Briefing, Happening, Order, State
from social_world_model.scenarios import Game, register_scenario
from social_world_model.scenarios.games import GameSource

GUESSES = tuple(Act(kind="speak", text=f"Is it {number}?") for number in (1, 2, 3))
RULES = "Ann has a number from 1 to 3. Bob guesses twice. After the first guess, Ann says higher or lower."
HINTS = (Act(kind="speak", text="Higher."), Act(kind="speak", text="Lower."))
BOTH = frozenset({"Ann", "Bob"})


class Guess(Game):
    id, environment, max_turns = "guess", "guess", 3
    cast, main_seats = ("Ann", "Bob"), ("guesser",)
    order: Order = "simultaneous"  # `available` says who acts in a turn
    seats = {"guesser": "Bob", "keeper": "Ann"}  # noqa: RUF012

    def start(self, seed: int) -> tuple[State, tuple[Happening, ...]]:
        return {"number": random.Random(seed).randint(1, 3), "guesses": []}, (
            Happening(text="Ann has a number.", observers=BOTH),
        )

    def briefing(self, name: str, state: State) -> Briefing:
        secret = f"Your number is {state['number']}." if name == "Ann" else ""
        return Briefing(scenario=RULES, me=name, cast=self.cast, background=secret, goal="Bob guesses the number.")

    def available(self, state: State, name: str) -> tuple[Act, ...]:
        turn_of = "Ann" if len(state["guesses"]) == 1 and not state.get("hinted") else "Bob"
        return () if name != turn_of else GUESSES if name == "Bob" else HINTS

    def step(self, state: State, acts: Mapping[str, Act]) -> tuple[State, tuple[Happening, ...]]:
        ((name, act),) = acts.items()  # exactly one person acts in each turn
        new = {"hinted": True} if name == "Ann" else {"guesses": [*state["guesses"], GUESSES.index(act) + 1]}
        return {**state, **new}, (Happening(text=f"{name} {act.words}", observers=BOTH, actor=name),)

    def over(self, state: State) -> str | None:
        return "found" if state["number"] in state["guesses"] else "not found" if len(state["guesses"]) == 2 else None

    def score(self, state: State, name: str) -> Mapping[str, float]:
        return {"goal": 10.0 * (state["number"] in state["guesses"])}

    def mind(self, name: str, seen: tuple[str, ...]) -> str:
        return seen[-1]  # the last sentence decides what a person does next

    def habit(self, name: str, state: State, mind: str, available: tuple[Act, ...]) -> Act:
        return available[0] if name == "Bob" or f"Is it {state['number'] - 1}?" in mind else available[-1]

    def possible(self, state: State, name: str) -> tuple[tuple[float, State], ...]:
        return ((1.0, state),) if name == "Ann" else tuple((1 / 3, {**state, "number": n}) for n in (1, 2, 3))

    def ended(self, state: State) -> State:
        return {**state, "guesses": [*state["guesses"], 0, 0][:2]}


SOURCE = register_scenario(GameSource(Guess()))
