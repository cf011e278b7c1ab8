"""A game of OpenSpiel as a scenario: OpenSpiel has the rules, and a `Wording` has the words.

The state is the history of the game: all moves and all random outcomes, as the action numbers of OpenSpiel. The game is
rebuilt from this history. A random outcome depends on the seed of the episode and on its position in the history.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol

from social_world_model.errors import ConfigurationError, GenerationError
from social_world_model.interaction import Act, Briefing, Happening, Order, State, act_problem

PEOPLE = ("Ann", "Bob")
BOTH = frozenset(PEOPLE)


@dataclass(frozen=True, kw_only=True)
class Move:
    """One move in a game.

    Parameters
    ----------
    name
        Name of the person who moves.
    act, action
        The move as an act, and its number in OpenSpiel.
    before, after
        States of OpenSpiel before the move, and after the move and its random outcomes.
    """

    name: str
    act: Act
    action: int
    before: Any
    after: Any

    @property
    def other(self) -> str:
        """Name of the other person."""
        return other_than(self.name)


class Wording(Protocol):
    """The words of one game. All positions are states of OpenSpiel."""

    @property
    def game(self) -> str:
        """Name of the game in OpenSpiel."""
        ...

    @property
    def rules(self) -> str:
        """The rules, which both people know."""
        ...

    @property
    def goal(self) -> str:
        """Goal of each person."""
        ...

    def parameters(self, seed: int) -> Mapping[str, Any]:
        """Return the parameters of the game for an episode with this seed."""
        ...

    def acts(self, game: Any) -> tuple[Act, ...]:
        """Return the act of each action of the game, in the order of OpenSpiel."""
        ...

    def begin(self, position: Any) -> Sequence[Happening]:
        """Return what people perceive at the beginning."""
        ...

    def happen(self, move: Move) -> Sequence[Happening]:
        """Return what people perceive of a move: the act first, then facts."""
        ...

    def over(self, position: Any) -> str:
        """Return why the game is over."""
        ...

    def range(self, position: Any, player: int) -> tuple[float, float]:
        """Return the returns of OpenSpiel that stand for a score of 0 and a score of 10.

        Parameters
        ----------
        position
            State of OpenSpiel.
        player
            Number of the player, from 0.
        """
        ...


@dataclass(frozen=True)
class OpenSpielScenario:
    """A game of OpenSpiel for two people who move one after the other.

    Parameters
    ----------
    id
        Name of the scenario.
    wording
        The words of the game.
    """

    id: str
    wording: Wording
    cast: tuple[str, ...] = PEOPLE
    main_seats: tuple[str, ...] = ("first", "second")
    order: Order = "simultaneous"  # `available` says who moves, because a person can move twice in a row

    @property
    def environment(self) -> str:
        """Name of the scenario: all episodes are of one game."""
        return self.id

    @property
    def seats(self) -> Mapping[str, str]:
        """Names of the people by seat."""
        return dict(zip(self.main_seats, self.cast, strict=True))

    @property
    def max_turns(self) -> int:
        """Maximum number of moves."""
        return int(self._game(0).max_game_length())

    @cached_property
    def acts(self) -> tuple[Act, ...]:
        """All acts, in the order of the actions of OpenSpiel."""
        return self.wording.acts(self._game(0))

    def start(self, seed: int) -> tuple[State, tuple[Happening, ...]]:
        """Return the first state, and what people perceive of it. Each seed gives another deal."""
        position = self._game(seed).new_initial_state()
        history = _settled(position, seed, [])
        return {"seed": seed, "history": history}, tuple(self.wording.begin(position))

    def briefing(self, name: str, state: State) -> Briefing:
        """Return the rules and the goal. What only one person knows is a happening.

        Parameters
        ----------
        name
            Name of the person.
        state
            Not used.
        """
        return Briefing(scenario=self.wording.rules, me=name, cast=self.cast, goal=self.wording.goal)

    def available(self, state: State, name: str) -> tuple[Act, ...]:
        """Return the legal moves of a person; empty if it is not the turn of the person.

        Parameters
        ----------
        state
            State at the beginning of the turn.
        name
            Name of the person.
        """
        position = self.position(state)
        if position.is_terminal() or self.cast[position.current_player()] != name:
            return ()
        return tuple(self.acts[action] for action in position.legal_actions())

    def step(self, state: State, acts: Mapping[str, Act]) -> tuple[State, tuple[Happening, ...]]:
        """Return the next state, and what happens.

        Parameters
        ----------
        state
            State at the beginning of the turn.
        acts
            The act of the person who moves, by name.

        Raises
        ------
        GenerationError
            If another person moves, or if the move is not legal.
        """
        if len(acts) != 1:
            raise GenerationError(f"expected an act of one person, got acts of {', '.join(acts) or 'nobody'}")
        ((name, act),) = acts.items()
        if problem := act_problem(act, me=name, cast=self.cast, available=self.available(state, name)):
            raise GenerationError(problem)
        before, after = self.position(state), self.position(state)
        action = self.acts.index(act)
        after.apply_action(action)
        history = _settled(after, state["seed"], [*state["history"], action])
        move = Move(name=name, act=act, action=action, before=before, after=after)
        return {**state, "history": history}, tuple(self.wording.happen(move))

    def over(self, state: State) -> str | None:
        """Return why the game is over; None if it is not over."""
        position = self.position(state)
        return self.wording.over(position) if position.is_terminal() else None

    def score(self, state: State, name: str) -> Mapping[str, float]:
        """Return the goal score from 0 to 10, and the return of OpenSpiel, which has another range in each game.

        Parameters
        ----------
        state
            The last state.
        name
            Name of the person.
        """
        position, player = self.position(state), self.cast.index(name)
        gained = position.returns()[player]
        worst, best = self.wording.range(position, player)
        return {"goal": 10.0 if gained >= best else 10 * (gained - worst) / (best - worst), "return": gained}

    def position(self, state: State) -> Any:
        """Return a new state object of OpenSpiel for a state."""
        position = self._game(state["seed"]).new_initial_state()
        for action in state["history"]:
            position.apply_action(action)
        return position

    def _game(self, seed: int) -> Any:
        parameters = self.wording.parameters(seed)
        if "rng_seed" in parameters:  # the object draws by itself, so it cannot be used twice
            return spiel().load_game(self.wording.game, dict(parameters))
        return _loaded(self.wording.game, tuple(parameters.items()))


@dataclass(frozen=True)
class OpenSpielSource:
    """A source with one game of OpenSpiel.

    Parameters
    ----------
    name
        Name that users type.
    wording
        The words of the game.
    """

    name: str
    wording: Wording

    def load(self, data: Path | None) -> tuple[OpenSpielScenario, ...]:
        """Return the game.

        Raises
        ------
        ConfigurationError
            If there is a data file, or if OpenSpiel is not installed.
        """
        if data is not None:
            raise ConfigurationError(
                f"expected no data for {self.name!r}, because the game needs no file; got data={str(data)!r}: "
                "leave out data",
                parameters=["data"],
            )
        spiel()
        return (OpenSpielScenario(self.name, self.wording),)


def spiel() -> Any:
    """Return the module `pyspiel`.

    Raises
    ------
    ConfigurationError
        If OpenSpiel is not installed.
    """
    try:
        import pyspiel
    except ImportError as error:
        raise ConfigurationError(
            "expected the package open-spiel for scenarios of OpenSpiel, got none: install it with uv sync --extra "
            "games, or with pip install open-spiel"
        ) from error
    return pyspiel


@lru_cache(maxsize=16)
def _loaded(game: str, parameters: tuple[tuple[str, Any], ...]) -> Any:
    return spiel().load_game(game, dict(parameters))


def drawn(outcomes: Sequence[tuple[int, float]], seed: int, number: int) -> int:
    """Return a random outcome.

    Parameters
    ----------
    outcomes
        Possible outcomes with their probabilities.
    seed
        Seed of the episode.
    number
        Position of the outcome in the history.
    """
    actions, weights = zip(*outcomes, strict=True)
    return int(random.Random(f"{seed}:{number}").choices(actions, weights)[0])


def _settled(position: Any, seed: int, history: Sequence[int]) -> list[int]:
    """Draw all random outcomes that come next, apply them, and return the history with them."""
    history = list(history)
    while position.is_chance_node():
        outcome = drawn(position.chance_outcomes(), seed, len(history))
        position.apply_action(outcome)
        history.append(outcome)
    return history


def other_than(name: str) -> str:
    """Return the name of the other person."""
    return PEOPLE[1 - PEOPLE.index(name)]


def said_to_all(move: Move) -> Happening:
    """Return the act of a move, which both people perceive."""
    return Happening(text=sentence(move), observers=BOTH, actor=move.name)


def sentence(move: Move) -> str:
    """Return the act of a move as a sentence."""
    return f"{move.name} {move.act.words}{'' if move.act.kind == 'speak' else '.'}"


def fact(text: str, *observers: str) -> Happening:
    """Return a fact.

    Parameters
    ----------
    text
        One sentence.
    observers
        People who perceive it; none means both.
    """
    return Happening(text=text, observers=frozenset(observers) or BOTH)


def listed(parts: Sequence[str]) -> str:
    """Return parts as one text.

    Examples
    --------
    >>> listed(["1 book", "2 hats", "a ball"])
    '1 book, 2 hats and a ball'
    """
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def counted(number: int, thing: str) -> str:
    """Return a number of things in words.

    Parameters
    ----------
    number
        The number.
    thing
        Name of one thing.

    Examples
    --------
    >>> counted(1, "hat"), counted(0, "hat")
    ('1 hat', '0 hats')
    """
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
