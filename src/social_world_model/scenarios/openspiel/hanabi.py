"""OpenSpiel's ``hanabi``: two people see each other's cards, but not their own, and play fireworks together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from social_world_model.interaction import Act, Happening
from social_world_model.scenarios.openspiel.scenario import (
    PEOPLE,
    Move,
    OpenSpielSource,
    counted,
    fact,
    listed,
    other_than,
    said_to_all,
)

COLOURS = {"R": "red", "Y": "yellow", "G": "green", "W": "white", "B": "blue"}
HAND, RANKS = 5, 5
LIVES, HINTS, CARDS = 3, 8, 50
FULL = len(COLOURS) * RANKS

DISCARDS = tuple(Act(kind="action", text=f"discards card {number}") for number in range(1, HAND + 1))
PLAYS = tuple(Act(kind="action", text=f"plays card {number}") for number in range(1, HAND + 1))
HINTED = (*COLOURS.values(), *(f"of number {rank}" for rank in range(1, RANKS + 1)))
TELLS = tuple(Act(kind="speak", text=f"I show you your cards that are {what}.") for what in HINTED)


@dataclass(frozen=True)
class Table:
    """What lies on the table, and both hands, as OpenSpiel writes them.

    Parameters
    ----------
    lives, hints, deck
        Numbers of lives, hint tokens and cards in the deck.
    fireworks
        Highest card of each colour on the table.
    hands
        Cards by person, such as ``"R3"``.
    """

    lives: int
    hints: int
    deck: int
    fireworks: Mapping[str, int]
    hands: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, position: Any) -> Table:
        """Read a state of OpenSpiel."""
        text = str(position)
        above, _, below = text.partition("Hands:\n")
        lives, hints = (int(number) for number in re.findall(r"tokens: (-?\d+)", above))
        hands = below.partition("Deck size:")[0].split("-----\n")
        return cls(
            lives=lives,
            hints=hints,
            deck=int(re.findall(r"Deck size: (\d+)", below)[0]),
            fireworks={colour: int(rank) for colour, rank in re.findall(r"\b([RYGWB])(\d)", above)},
            hands={
                name: tuple(re.findall(r"^([RYGWB]\d) \|\|", hand, re.MULTILINE))
                for name, hand in zip(PEOPLE, hands, strict=True)
            },
        )

    @property
    def points(self) -> int:
        """Number of cards that were played well."""
        return sum(self.fireworks.values())


class HanabiWording:
    """The words of ``hanabi``."""

    game = "hanabi"
    rules = (
        f"Ann and Bob play Hanabi together. There are {CARDS} cards in the colours "
        f"{listed(tuple(COLOURS.values()))}. Each colour has three cards of number 1, two of number 2, two of "
        f"number 3, two of number 4 and one of number 5. Each person has {HAND} cards, and sees the cards of the "
        "other person, but not the own cards. For each colour, the cards must be played in the order 1, 2, 3, 4, "
        f"5. A card that does not fit costs a life. The group has {LIVES} lives and {HINTS} hint tokens. In each "
        "turn, a person plays a card, discards a card, or shows the other person all cards of one colour or of "
        "one number. A hint costs a token. A discard, or a card of number 5 that fits, gives a token back. After "
        "a play or a discard, the cards to the right move one place to the left, and a new card comes last. When "
        "the deck is empty, each person has one more turn. The score is the number of cards that were played "
        "well. It is 0 if all lives are lost."
    )
    goal = f"Play as many cards well as possible, together. The maximum is {FULL}."

    def parameters(self, seed: int) -> Mapping[str, Any]:
        """Return no parameters."""
        return {}

    def acts(self, game: Any) -> tuple[Act, ...]:
        """Return all discards, plays and hints."""
        return (*DISCARDS, *PLAYS, *TELLS)

    def begin(self, position: Any) -> Sequence[Happening]:
        """Return the cards of each person, which only the other person sees."""
        hands = Table.of(position).hands
        return [
            fact(
                f"The cards of {name} from 1 to {HAND} are {listed([_in_words(card) for card in hand])}.",
                other_than(name),
            )
            for name, hand in hands.items()
        ]

    def happen(self, move: Move) -> Sequence[Happening]:
        """Return the act, its result, the new card, and the tokens."""
        before, after = Table.of(move.before), Table.of(move.after)
        result = _hint(move, before) if move.act in TELLS else _card(move, before, after)
        lives = "1 life" if after.lives == 1 else f"{after.lives} lives"
        tokens = counted(after.hints, "hint token")
        left = fact(f"The group has {lives} and {tokens}, and the deck has {counted(after.deck, 'card')}.")
        return (said_to_all(move), *result, left)

    def over(self, position: Any) -> str:
        """Return the number of cards that were played well."""
        table = Table.of(position)
        if table.lives <= 0:
            return "all lives are lost"
        return f"{counted(table.points, 'card')} of {FULL} {'was' if table.points == 1 else 'were'} played well"

    def range(self, position: Any, player: int) -> tuple[float, float]:
        """Return no card, and all cards.

        Parameters
        ----------
        position
            Not used.
        player
            Not used.
        """
        return 0, FULL


def _in_words(card: str) -> str:
    return f"{COLOURS[card[0]]} {card[1]}"


def _hint(move: Move, before: Table) -> Iterator[Happening]:
    """Yield which cards a hint concerns."""
    what = TELLS.index(move.act)
    sign = [*COLOURS, *map(str, range(1, RANKS + 1))][what]
    hand = before.hands[move.other]
    places = [str(place) for place, card in enumerate(hand, start=1) if sign in card]
    cards = f"card {places[0]} is" if len(places) == 1 else f"cards {listed(places)} are"
    yield fact(f"Of the cards of {move.other}, only {cards} {HINTED[what]}.")


def _card(move: Move, before: Table, after: Table) -> Iterator[Happening]:
    """Yield which card was played or discarded, and which card was drawn."""
    acts = PLAYS if move.act in PLAYS else DISCARDS
    place = acts.index(move.act)
    card = before.hands[move.name][place]
    fits = after.points > before.points
    how = "" if acts is DISCARDS else ", which fits" if fits else ", which does not fit"
    yield fact(f"Card {place + 1} of {move.name} was {_in_words(card)}{how}.")
    if fits:
        highest = listed([f"{COLOURS[colour]} {rank}" for colour, rank in after.fireworks.items()])
        yield fact(f"The highest cards on the table are {highest}.")
    if after.deck < before.deck:
        yield fact(f"{move.name} draws {_in_words(after.hands[move.name][-1])} as the last card.", move.other)
        yield fact(f"{move.name} draws a card as the last card.", move.name)


SOURCE = OpenSpielSource("openspiel-hanabi", HanabiWording())
