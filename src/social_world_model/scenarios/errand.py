"""Errand: Mia tells Ben where the cake is, without Cara learning it.

Cara learns the place if she hears it, or if she saw Mia whisper and then asks Ben. So Mia has to foresee what Cara will
do about a whisper that she sees.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

from social_world_model.interaction import Act, Briefing, Happening, Order, State
from social_world_model.scenarios.base import Game
from social_world_model.scenarios.believing import believed_place, trust_everybody
from social_world_model.scenarios.games import GameSource

TURNS = 6
MIA, BEN, CARA = "Mia", "Ben", "Cara"
ROOMS = ("hall", "kitchen", "garden")
SECRET = "The cake is in the cellar."
SAY = Act(kind="speak", text=SECRET)
WHISPER = Act(kind="speak", text=SECRET, to=(BEN,))
ASK = Act(kind="speak", text="Where is the cake?", to=(BEN,))
STAYS = {room: Act(kind="action", text=f"stays in the {room}") for room in ROOMS}
GOES = {room: Act(kind="action", text=f"goes to the {room}") for room in ROOMS}
WHISPERED = f"{MIA} whispers to {BEN}."

KNOWS, WONDERS, IGNORES = SECRET, f"{BEN} knows something that I do not know.", "I do not miss anything."


@dataclass(frozen=True)
class Errand(Game):
    """Three people in three rooms. The state contains the timetables of Ben and Cara, and who knows the place."""

    id: str = "errand"
    environment: str = "errand"
    cast: tuple[str, ...] = (MIA, CARA, BEN)
    main_seats: tuple[str, ...] = ("messenger",)
    max_turns: int = TURNS
    order: Order = "simultaneous"

    @property
    def seats(self) -> Mapping[str, str]:
        """Names of the people by seat. Ben has no seat: he tells Cara what he knows when she asks."""
        return {"messenger": MIA, "neighbour": CARA}

    @property
    def acts(self) -> tuple[Act, ...]:
        """All acts that are available in any turn, in a fixed order."""
        return (*STAYS.values(), *GOES.values(), SAY, WHISPER, ASK)

    def start(self, seed: int) -> tuple[State, tuple[Happening, ...]]:
        """Draw rooms and timetables until Mia can reach the goal."""
        dice = random.Random(seed)
        while True:
            room = dice.choice(ROOMS)
            ben, cara = ([dice.choice(ROOMS) for _ in range(TURNS)] for _ in range(2))
            state = {"turn": 0, "mia": room, "ben": ben, "cara": cara, "ben_knows": False, "cara_knows": False}
            if _is_solvable(state):
                break
        places = [(name, _room(state, name, 0)) for name in self.cast]
        facts = [Happening(text=f"{name} is in the {place}.", observers=_in(state, place, 0)) for name, place in places]
        return state, (Happening(text=SECRET, observers=frozenset({MIA})), *facts)

    def briefing(self, name: str, state: State) -> Briefing:
        """Return the rules, the timetables and the goal of a person."""
        rules = (
            f"Mia, Ben and Cara are in three rooms: {', '.join(ROOMS)}. The game has {TURNS} turns. In each turn, Mia "
            "stays, goes to another room, or tells Ben where the cake is, if he is in the same room. If she says it, "
            "everyone in the room hears the place. If she whispers, only Ben hears the place, but everyone in the room "
            "sees the whisper. If Cara is in the same room as Ben, she can ask him. Ben tells her the place if he "
            f"knows it. Ben's rooms by turn: {', '.join(state['ben'])}. "
            f"Cara's rooms by turn: {', '.join(state['cara'])}."
        )
        goals = {
            MIA: "Ben knows at the end where the cake is, and Cara does not. This gives 10 points. If neither of them "
            "knows, you get 3 points. Otherwise, you get 0 points.",
            BEN: "",
            CARA: "Know at the end where the cake is. This gives 10 points.",
        }
        return Briefing(
            scenario=rules, me=name, cast=self.cast, background=SECRET if name == MIA else "", goal=goals[name]
        )

    def available(self, state: State, name: str) -> tuple[Act, ...]:
        """Return the acts of Mia, or the acts of Cara if she is with Ben."""
        turn = state["turn"]
        here, ben = _room(state, name, turn), _room(state, BEN, turn)
        tells = (SAY, WHISPER) if here == ben else ()
        if name == CARA:
            return (STAYS[here], ASK) if tells else ()
        start = ROOMS.index(here)
        return (STAYS[here], *(GOES[room] for room in ROOMS[start + 1 :] + ROOMS[:start]), *tells)

    def step(self, state: State, acts: Mapping[str, Act]) -> tuple[State, tuple[Happening, ...]]:
        """Return the next state, and what happens. Ben answers Cara with what he knew at the beginning of the turn."""
        turn = state["turn"]
        after = {**state, "turn": turn + 1}
        happenings = [*_mia_acts(state, after, acts.get(MIA)), *_cara_acts(state, after, acts.get(CARA))]
        if turn + 1 < TURNS:
            happenings += [one for name in (BEN, CARA) for one in _walk(state, after, name)]
        return after, tuple(happenings)

    def over(self, state: State) -> str | None:
        """Return who knows the place after the last turn; None before."""
        if state["turn"] < TURNS:
            return None
        if state["cara_knows"]:
            return "Ben and Cara know where the cake is"
        return "only Ben knows where the cake is" if state["ben_knows"] else "Mia told nobody where the cake is"

    def score(self, state: State, name: str) -> Mapping[str, float]:
        """Return 10 points for Mia if only Ben knows, 3 points if nobody knows; 10 points for Cara if she knows."""
        ben, cara = state["ben_knows"], state["cara_knows"]
        if name == CARA:
            return {"goal": 10.0 * cara}
        return {"goal": (10.0 if ben else 3.0) * (not cara)}

    def mind(self, name: str, seen: tuple[str, ...]) -> str:
        """Return whether a person knows the place. Cara wonders after a whisper. Mia knows whether she told Ben."""
        if name == MIA:
            told = any(text in seen for text in (_told(SAY), _told(WHISPER)))
            return "I have told Ben." if told else "I have not told Ben."
        if believed_place(name, seen, "cake", trust_everybody):
            return KNOWS
        return WONDERS if name == CARA and WHISPERED in seen else IGNORES

    def habit(self, name: str, state: State, mind: str, available: tuple[Act, ...]) -> Act:
        """Return the usual act: Cara asks if she wonders. Mia looks for Ben, and whispers as soon as she meets him."""
        if name == CARA:
            return ASK if mind == WONDERS else available[0]
        if mind == "I have told Ben.":
            return available[0]
        return WHISPER if WHISPER in available else available[1]

    def possible(self, state: State, name: str) -> tuple[tuple[float, State], ...]:
        """Return the first state: all people know the timetables, and who knows the place."""
        return ((1.0, state),)

    def ended(self, state: State) -> State:
        """Return the state after the last turn."""
        return {**state, "turn": TURNS}


def _room(state: State, name: str, turn: int) -> str:
    """Return the room of a person. The room of Mia is known for the turn of the state only."""
    if name == MIA:
        return str(state["mia"])
    return str(state["ben" if name == BEN else "cara"][min(turn, TURNS - 1)])


def _in(state: State, room: str, turn: int) -> frozenset[str]:
    at = min(turn, TURNS - 1)
    places = ((MIA, state["mia"]), (BEN, state["ben"][at]), (CARA, state["cara"][at]))
    return frozenset([name for name, place in places if place == room])


def _told(act: Act) -> str:
    secret = f"{SECRET[:1].lower()}{SECRET[1:]}"
    return f"{MIA} privately tells {BEN} that {secret}" if act.to else f"{MIA} publicly claims that {secret}"


def _mia_acts(state: State, after: dict[str, object], act: Act | None) -> list[Happening]:
    """Return what happens if Mia does an act. Changes the next state."""
    if act is None:
        return []
    room, turn = state["mia"], state["turn"]
    here = _in(state, room, turn)
    if act not in (SAY, WHISPER):
        new = next((one for one, go in GOES.items() if go == act), room)
        after["mia"] = new
        there = here if new == room else here | _in(after, new, turn + 1)
        return [Happening(text=f"{MIA} {act.text}.", observers=there, actor=MIA)]
    after["ben_knows"] = True
    if act == SAY:
        after["cara_knows"] = state["cara_knows"] or CARA in here
        return [Happening(text=_told(act), observers=here, actor=MIA)]
    return [
        Happening(text=_told(act), observers=frozenset({MIA, BEN}), actor=MIA),
        Happening(text=WHISPERED, observers=here),
    ]


def _cara_acts(state: State, after: dict[str, object], act: Act | None) -> list[Happening]:
    """Return what happens if Cara does an act. Changes the next state."""
    if act is None:
        return []
    here = _in(state, _room(state, CARA, state["turn"]), state["turn"])
    if act != ASK:
        return [Happening(text=f"{CARA} {act.text}.", observers=here, actor=CARA)]
    asked = Happening(text=f"{CARA} asks {BEN} about the cake.", observers=here, actor=CARA)
    if not state["ben_knows"]:
        return [asked]
    after["cara_knows"] = True
    secret = f"{SECRET[:1].lower()}{SECRET[1:]}"
    return [asked, Happening(text=f"{BEN} tells {CARA} that {secret}", observers=here, actor=BEN)]


def _walk(state: State, after: State, name: str) -> list[Happening]:
    """Return the fact that a person goes to another room by timetable. People in both rooms perceive it."""
    old, new = _room(state, name, state["turn"]), _room(after, name, after["turn"])
    if old == new:
        return []
    near = _in(after, old, after["turn"]) | _in(after, new, after["turn"])
    return [Happening(text=f"{name} goes to the {new}.", observers=near)]


def _is_solvable(state: State) -> bool:
    """Return whether Mia can tell Ben so that Cara never learns the place.

    Mia reaches every room in time, except in the first turn. One telling is enough. Cara learns nothing if she is not
    there, or if she never meets Ben after a whisper.
    """
    ben, cara = state["ben"], state["cara"]
    meetings = [turn for turn in range(TURNS) if ben[turn] == cara[turn]]
    turns = (turn for turn in range(TURNS) if turn > 0 or ben[0] == state["mia"])
    return any(turn not in meetings or turn == meetings[-1] for turn in turns)


SOURCE = GameSource(Errand())
