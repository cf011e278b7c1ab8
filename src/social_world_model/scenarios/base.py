"""The interfaces of scenarios, games, and sources of scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from social_world_model.interaction import Act, ActKind, Briefing, Happening, Order, State


@runtime_checkable
class Scenario(Protocol):
    """A situation with people, rules and an end. A scenario keeps no state, and `step` is a pure function."""

    @property
    def id(self) -> str:
        """Unique name within its source."""
        ...

    @property
    def environment(self) -> str:
        """Name of the environment. Episodes of one environment are not independent."""
        ...

    @property
    def cast(self) -> tuple[str, ...]:
        """Names of all people."""
        ...

    @property
    def seats(self) -> Mapping[str, str]:
        """Names of the people that agents play, by seat. The order is the order of the turns."""
        ...

    @property
    def main_seats(self) -> tuple[str, ...]:
        """Seats that are worth a comparison of agents. A run plays an episode for each of them."""
        ...

    @property
    def max_turns(self) -> int:
        """Maximum number of turns."""
        ...

    @property
    def order(self) -> Order:
        """Order in which the seats act."""
        ...

    def start(self, seed: int) -> tuple[State, tuple[Happening, ...]]:
        """Return the first state, and the facts that people perceive at the beginning."""
        ...

    def briefing(self, name: str, state: State) -> Briefing:
        """Return what a person knows at the beginning.

        Parameters
        ----------
        name
            Name of the person.
        state
            The first state.
        """
        ...

    def available(self, state: State, name: str) -> tuple[ActKind, ...] | tuple[Act, ...]:
        """Return the acts that a person can choose from; empty if the person does not act in this turn.

        Parameters
        ----------
        state
            State at the beginning of the turn.
        name
            Name of the person.
        """
        ...

    def step(self, state: State, acts: Mapping[str, Act]) -> tuple[State, tuple[Happening, ...]]:
        """Return the next state, and what happens: acts first, then facts.

        Parameters
        ----------
        state
            State at the beginning of the turn.
        acts
            Acts by name, of all people who act in this turn.

        Raises
        ------
        GenerationError
            If an act is not possible, for example because a recipient has left.
        """
        ...

    def over(self, state: State) -> str | None:
        """Return why the episode is over; None if it is not over."""
        ...

    def score(self, state: State, name: str) -> Mapping[str, float] | None:
        """Return the score of a person by dimension, such as ``{"goal": 7.0}``; None if a judge must decide.

        Parameters
        ----------
        state
            The last state.
        name
            Name of the person.
        """
        ...


@runtime_checkable
class Game(Scenario, Protocol):
    """A scenario with exact rules, which can be played and searched without a language model."""

    def mind(self, name: str, seen: tuple[str, ...]) -> str:
        """Return what a person believes or knows, as far as it decides the later acts of the person.

        Parameters
        ----------
        name
            Name of the person.
        seen
            Sentences of everything that the person perceived, in order.
        """
        ...

    def habit(self, name: str, state: State, mind: str, available: tuple[Act, ...]) -> Act:
        """Return the act that a person with this mind usually chooses.

        Parameters
        ----------
        name
            Name of the person.
        state
            State that contains the private facts of the person. The rule must use nothing else of it but these facts
            and what everybody knows.
        mind
            Result of `mind`.
        available
            Acts to choose from.
        """
        ...

    def possible(self, state: State, name: str) -> tuple[tuple[float, State], ...]:
        """Return all first states that a person thinks possible, each with its probability.

        Parameters
        ----------
        state
            The real first state.
        name
            Name of the person.
        """
        ...

    def ended(self, state: State) -> State:
        """Return the state if the time of the game were over now. People who have a last act can still act."""
        ...


@runtime_checkable
class ScenarioSource(Protocol):
    """A registered source of scenarios: one game, or all tasks in a data file."""

    @property
    def name(self) -> str:
        """Name that users type."""
        ...

    def load(self, data: Path | None) -> Sequence[Scenario]:
        """Return the scenarios.

        Parameters
        ----------
        data
            Data file; None if the user gave no file.

        Raises
        ------
        ConfigurationError
            If the source needs a file and there is none, or the other way round.
        DatasetError
            If the file cannot be used.
        """
        ...
