"""Stash: Anne moves a ball between boxes, so that Sally looks in a wrong box.

Stash is the false-belief task of Sally and Anne as a game. Sally learns about a move only if she is there. The grammar
of the symbolic model reads all sentences, and the model computes where Sally believes that the ball is.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from social_world_model.interaction import Act, Briefing, Happening, Order, State
from social_world_model.scenarios.base import Game
from social_world_model.scenarios.believing import believed_place, trust_everybody
from social_world_model.scenarios.games import GameSource, said

TURNS = 6
"""Number of turns in which Anne acts. After them, Sally looks for the ball."""

ANNE, SALLY = "Anne", "Sally"
BOXES = ("red box", "blue box", "green box")
BOTH = frozenset({ANNE, SALLY})
STAY = Act(kind="action", text="stays in the playroom")
MOVES = {box: Act(kind="action", text=f"moves the ball to the {box}") for box in BOXES}
NAMES = {box: Act(kind="speak", text=f"The ball is in the {box}.") for box in BOXES}

_BOX_OF = {acts[box].text: box for acts in (MOVES, NAMES) for box in BOXES}


@dataclass(frozen=True)
class Stash(Game):
    """Two people, three boxes and a ball. The state contains the timetable of Sally and the place of the ball."""

    id: str = "stash"
    environment: str = "stash"
    cast: tuple[str, ...] = (ANNE, SALLY)
    main_seats: tuple[str, ...] = ("hider",)
    max_turns: int = TURNS + 1
    order: Order = "simultaneous"

    @property
    def seats(self) -> Mapping[str, str]:
        """Names of the people by seat."""
        return {"hider": ANNE, "seeker": SALLY}

    @property
    def acts(self) -> tuple[Act, ...]:
        """All acts that are available in any turn, in a fixed order."""
        return (STAY, *MOVES.values(), *NAMES.values())

    def start(self, seed: int) -> tuple[State, tuple[Happening, ...]]:
        """Draw the timetable of Sally and the first box. Sally is away in at least one turn."""
        dice = random.Random(seed)
        present = [True] * TURNS
        while all(present):
            present = [True, *(dice.random() < 0.5 for _ in range(TURNS - 1))]
        ball = dice.choice(BOXES)
        state = {"turn": 0, "present": present, "ball": ball, "moves": 0, "named": None}
        return state, (_fact("Anne and Sally are in the playroom."), _fact(f"The ball is in the {ball}."))

    def briefing(self, name: str, state: State) -> Briefing:
        """Return the rules, the timetable and the goal of a person."""
        away = [str(turn + 1) for turn, present in enumerate(state["present"]) if not present]
        rules = (
            f"Anne and Sally are in a playroom with three closed boxes: {', '.join(BOXES)}. One box has a ball in it. "
            f"The game has {TURNS} turns. In each turn, Anne moves the ball to another box or does nothing. "
            f"Sally is out of the playroom in these turns: {', '.join(away)}. She sees a move only if she is there. "
            "When Sally comes back before the end, she names a box and opens it. If the ball is not in this box, she "
            f"looks into all boxes. After turn {TURNS}, Sally names one box for the last time, and opens only this box."
        )
        goals = {
            ANNE: "Sally opens a wrong box at the end. This gives 10 points. Each move of the ball costs 1 point.",
            SALLY: "Open the right box at the end. This gives 10 points.",
        }
        return Briefing(scenario=rules, me=name, cast=self.cast, goal=goals[name])

    def available(self, state: State, name: str) -> tuple[Act, ...]:
        """Return the moves of Anne, or the boxes that Sally can name. Sally acts when she is back, and at the end."""
        turn, present = state["turn"], state["present"]
        if name == ANNE:
            others = (box for box in BOXES if box != state["ball"])
            return (STAY, *(MOVES[box] for box in others)) if turn < TURNS else ()
        back = 0 < turn < TURNS and present[turn] and not present[turn - 1]
        return tuple(NAMES.values()) if turn == TURNS or back else ()

    def step(self, state: State, acts: Mapping[str, Act]) -> tuple[State, tuple[Happening, ...]]:
        """Return the next state, and what happens. Sally opens a box before Anne moves the ball."""
        turn, ball = state["turn"], state["ball"]
        happenings = []
        if SALLY in acts:
            words = f"publicly claims that {_lower(acts[SALLY].text)}"
            happenings.append(Happening(text=f"{SALLY} {words}", observers=BOTH, actor=SALLY))
        if ANNE in acts:
            witnesses = BOTH if _is_there(state, turn) else frozenset({ANNE})
            happenings.append(Happening(text=f"{ANNE} {acts[ANNE].text}.", observers=witnesses, actor=ANNE))
            ball = _BOX_OF.get(acts[ANNE].text, ball)
        if SALLY in acts:
            happenings.append(_fact(f"The ball is in the {ball}."))
        before, after = (_is_there(state, at) for at in (turn, turn + 1))
        if before != after:
            happenings.append(_fact(f"Sally {'enters' if after else 'exits'} the playroom."))
        named = _BOX_OF[acts[SALLY].text] if turn == TURNS else None
        moves = state["moves"] + (ball != state["ball"])
        return {**state, "turn": turn + 1, "ball": ball, "moves": moves, "named": named}, tuple(happenings)

    def over(self, state: State) -> str | None:
        """Return whether Sally found the ball; None before she looked for the last time."""
        if state["named"] is None:
            return None
        return "Sally found the ball" if state["named"] == state["ball"] else "Sally looked in a wrong box"

    def score(self, state: State, name: str) -> Mapping[str, float]:
        """Return 10 points for the person who reached the goal. Each move costs Anne 1 point."""
        missed = state["named"] is not None and state["named"] != state["ball"]
        return {"goal": 10.0 * missed - state["moves"] if name == ANNE else 10.0 * (not missed)}

    def mind(self, name: str, seen: tuple[str, ...]) -> str:
        """Return where Sally believes that the ball is, or whether Anne has already moved the ball."""
        if name == ANNE:
            moved = any(f"{ANNE} {act.text}." in seen for act in MOVES.values())
            return "I have hidden the ball." if moved else "I have not hidden the ball."
        place = believed_place(name, seen, "ball", trust_everybody)
        return f"The ball is in the {place}." if place else ""

    def habit(self, name: str, state: State, mind: str, available: tuple[Act, ...]) -> Act:
        """Return the usual act: Sally names the box of her belief, and Anne moves the ball once, in the first turn."""
        if name == SALLY:
            return said(mind, available)
        return available[1] if mind == "I have not hidden the ball." else STAY

    def possible(self, state: State, name: str) -> tuple[tuple[float, State], ...]:
        """Return the first state: both people know it."""
        return ((1.0, state),)

    def ended(self, state: State) -> State:
        """Return the state in which Sally looks for the ball for the last time."""
        return {**state, "turn": TURNS}


def _fact(text: str) -> Happening:
    return Happening(text=text, observers=BOTH)


def _is_there(state: State, turn: int) -> bool:
    """Return whether Sally is in the playroom in a turn. She is there after the last turn of Anne."""
    return turn >= TURNS or state["present"][turn]


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


SOURCE = GameSource(Stash())
