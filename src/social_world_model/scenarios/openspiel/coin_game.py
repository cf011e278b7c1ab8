"""OpenSpiel's ``coin_game``: two people pick up coins on a board. Each knows only the own colour."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from social_world_model.interaction import Act, Happening
from social_world_model.scenarios.openspiel.scenario import PEOPLE, Move, OpenSpielSource, fact, listed, said_to_all

SIZE, TURNS, COINS = 8, 20, 4
COLOURS = {"a": "red", "b": "green", "c": "blue"}
MOVES = tuple(Act(kind="action", text=f"goes {way}") for way in ("up", "down", "left", "right"))
STAY = Act(kind="action", text="stays")


@dataclass(frozen=True)
class Board:
    """The board as OpenSpiel writes it.

    Parameters
    ----------
    colours
        Colour of each person, by name.
    places
        Places of all people and coins: each place as row and column from 1, and the sign there.
    """

    colours: Mapping[str, str]
    places: Mapping[tuple[int, int], str]

    @classmethod
    def of(cls, position: Any) -> Board:
        """Read a state of OpenSpiel."""
        text = str(position)
        colours = re.findall(r"\d:([abc])", text.splitlines()[1])
        rows = re.findall(r"^\|(.*)\|$", text, re.MULTILINE)
        places = {
            (row, column): sign
            for row, signs in enumerate(rows, start=1)
            for column, sign in enumerate(signs, start=1)
            if sign != " "
        }
        return cls(dict(zip(PEOPLE, colours, strict=True)), places)

    def where(self, sign: str) -> list[str]:
        """Return all places of a sign in words."""
        return [f"row {row}, column {column}" for (row, column), one in self.places.items() if one == sign]


class CoinGameWording:
    """The words of ``coin_game``."""

    game = "coin_game"
    rules = (
        f"Ann and Bob are on a board of {SIZE} rows and {SIZE} columns. Row 1 is at the top, and column 1 is at "
        f"the left. On the board are {COINS} red, {COINS} green and {COINS} blue coins. Ann and Bob have different "
        "colours, and each person knows only the own colour. They take turns, and Ann begins. In each turn, a "
        "person goes up, down, left or right, or stays. A person cannot leave the board, and cannot go to the "
        f"place of the other person. A person who comes to a coin picks it up. The game ends after {TURNS} turns. "
        "They have a coins of Ann's colour together, b coins of Bob's colour, and c coins of the third colour. "
        "Both get a² + b² - c² points."
    )
    goal = "Get many points, together."

    def parameters(self, seed: int) -> Mapping[str, Any]:
        """Return the size of the board, the number of turns and the number of coins."""
        return {"rows": SIZE, "columns": SIZE, "episode_length": TURNS, "num_coins_per_color": COINS}

    def acts(self, game: Any) -> tuple[Act, ...]:
        """Return the four moves, and no move."""
        return (*MOVES, STAY)

    def begin(self, position: Any) -> Sequence[Happening]:
        """Return the colours, which only their owners know, and all places."""
        return tuple(_begin(Board.of(position)))

    def happen(self, move: Move) -> Sequence[Happening]:
        """Return the act, the coin that the person picks up, and the new place."""
        before, after = Board.of(move.before), Board.of(move.after)
        sign = str(PEOPLE.index(move.name))
        (place,) = (place for place, one in after.places.items() if one == sign)
        there = before.places.get(place, "")
        coin = [fact(f"{move.name} picks up a {COLOURS[there]} coin.")] if there in COLOURS else []
        return said_to_all(move), fact(_place(after, move.name)), *coin

    def over(self, position: Any) -> str:
        """Return the points."""
        return f"Ann and Bob got {position.returns()[0]:g} points"

    def range(self, position: Any, player: int) -> tuple[float, float]:
        """Return the points for all coins of the third colour only, and for all coins of the two colours only.

        Parameters
        ----------
        position
            Not used.
        player
            Not used.
        """
        return -(COINS**2), 2 * COINS**2


def _begin(board: Board) -> Iterator[Happening]:
    for name, colour in board.colours.items():
        yield fact(f"The colour of {name} is {COLOURS[colour]}.", name)
    for name in PEOPLE:
        yield fact(_place(board, name))
    for sign, colour in COLOURS.items():
        yield fact(f"The {colour} coins are in {listed(board.where(sign))}.")


def _place(board: Board, name: str) -> str:
    return f"{name} is in {board.where(str(PEOPLE.index(name)))[0]}."


SOURCE = OpenSpielSource("openspiel-coin-game", CoinGameWording())
