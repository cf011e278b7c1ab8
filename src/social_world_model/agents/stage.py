"""The present state of an episode: who acts, what each person knows, and what happens next."""

from __future__ import annotations

from collections.abc import Mapping

from social_world_model.agents.recorder import Record
from social_world_model.errors import ConfigurationError
from social_world_model.interaction import Act, ActKind, Happening, Observation
from social_world_model.scenarios.base import Scenario


class Stage:
    """An episode between two turns.

    Parameters
    ----------
    scenario, seed
        Scenario and seed of the episode.
    max_turns
        Maximum number of turns, if it is below the maximum of the scenario.
    """

    def __init__(self, scenario: Scenario, seed: int, max_turns: int | None = None) -> None:
        self.scenario, self.seed = scenario, seed
        self.last = min(scenario.max_turns, max_turns or scenario.max_turns)
        self.first_state, facts = scenario.start(seed)
        self.state = self.first_state
        people = scenario.seats.values()
        self.briefings = {name: scenario.briefing(name, self.state) for name in people}
        private = {name: briefing.private for name, briefing in self.briefings.items()}
        self.record = Record.begin(scenario.cast, facts, private)
        self.last_turn = dict.fromkeys(people, -1)

    @property
    def number(self) -> int:
        """Number of the present turn, from 1."""
        return len(self.record.turns)

    @property
    def is_over(self) -> bool:
        """Whether the scenario itself is over. Only then there are scores."""
        return self.scenario.over(self.state) is not None

    @property
    def why_over(self) -> str | None:
        """Why the episode is over; None if it is not over."""
        over = self.scenario.over(self.state)
        return f"turn {self.last} was the last" if over is None and self.number > self.last else over

    def available(self, name: str) -> tuple[ActKind, ...] | tuple[Act, ...]:
        """Return the acts of a person in the present turn; empty if the person does not act."""
        return self.scenario.available(self.state, name)

    def observation(self, name: str, available: tuple[ActKind, ...] | tuple[Act, ...]) -> Observation:
        """Return what a person may use to decide in the present turn.

        Parameters
        ----------
        name
            Name of the person.
        available
            Acts of the person in the present turn.
        """
        return Observation(
            turn=self.number,
            turns_left=self.last - self.number,
            me=name,
            briefing=self.briefings[name],
            news=self.record.news(name, self.last_turn[name]),
            available=available,
            context=self.record.context(name),
        )

    def take(self, acts: Mapping[str, Act]) -> tuple[Happening, ...]:
        """Take one turn, and return what happens.

        Parameters
        ----------
        acts
            Acts by name, of all people who act in this turn.

        Raises
        ------
        ConfigurationError
            If the scenario returns impossible happenings.
        """
        number = self.number
        self.state, happenings = self.scenario.step(self.state, acts)
        try:
            self.record = self.record.after(happenings)
        except ValueError as error:
            raise ConfigurationError(f"the scenario {self.scenario.id}, turn {number}: {error}") from error
        self.last_turn.update(dict.fromkeys(acts, number - 1))
        return happenings

    def scores(self) -> dict[str, Mapping[str, float]]:
        """Return the scores of all people by dimension. People without a score are left out."""
        scores = {name: self.scenario.score(self.state, name) for name in self.briefings} if self.is_over else {}
        return {name: score for name, score in scores.items() if score is not None}
