"""A stored episode as a scenario: the same turns again, without a model and without the data of the scenario."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from social_world_model.experiments.episodes.calls import act_of
from social_world_model.experiments.episodes.files import StoredEpisode
from social_world_model.interaction import Act, ActKind, Briefing, Happening, Order, State, background_and_goal
from social_world_model.s3ap import Event, SocializedContext
from social_world_model.s3ap.tags import thoughts
from social_world_model.world_model.foreseeing_prompts import KINDS_OF_ACTS

_FACTS = ("fact", "percept")


class RecordedScenario:
    """The turns of a stored episode. See `Scenario`.

    The stored episode does not say what people knew of each other at the beginning, so the briefings do not say it
    either.

    Parameters
    ----------
    episode
        Stored episode, with its context.
    max_turns
        Maximum number of turns of the scenario.
    """

    def __init__(self, episode: StoredEpisode, max_turns: int) -> None:
        self.episode, self.max_turns = episode, max(max_turns, len(episode.turns))
        self.id, self.environment = episode.task, episode.environment
        self.cast = tuple(episode.cast)
        self.whole = SocializedContext.from_data(episode.context)
        acting = dict.fromkeys(name for turn in episode.turns for name in turn["decisions"])
        self.seats: Mapping[str, str] = {str(number): name for number, name in enumerate(acting, start=1)}
        self.main_seats = tuple(self.seats)
        self.order: Order = "round-robin"

    def start(self, seed: int) -> tuple[State, tuple[Happening, ...]]:
        """Return the first state, and the facts of the first step."""
        return {"turn": 0}, self._facts(0)

    def briefing(self, name: str, state: State) -> Briefing:
        """Return the situation, and the background and goal in the first mental state of a person.

        Parameters
        ----------
        name
            Name of the person.
        state
            Not used.
        """
        scenario = " ".join(one.text for one in self._facts(0))
        background, goal = background_and_goal(thoughts(self.whole.socialized_context[0].observations[name]))
        return Briefing(scenario=scenario, me=name, cast=self.cast, background=background, goal=goal)

    def available(self, state: State, name: str) -> tuple[ActKind, ...]:
        """Return all kinds of acts if the person acted in this turn, otherwise nothing.

        Parameters
        ----------
        state, name
            State at the beginning of the turn, and name of the person.
        """
        turn = state["turn"]
        acts = turn < len(self.episode.turns) and name in self.episode.turns[turn]["decisions"]
        return tuple(KINDS_OF_ACTS) if acts else ()

    def step(self, state: State, acts: Mapping[str, Act]) -> tuple[State, tuple[Happening, ...]]:
        """Return the next state, and what happened in this turn.

        Parameters
        ----------
        state
            State at the beginning of the turn.
        acts
            Acts of the turn. They are not used: the stored episode says what happened.
        """
        turn = state["turn"]
        done = tuple(
            Happening(text=event.text, observers=frozenset(event.observers), actor=event.actor or "")
            for event in self._events.get(turn, ())
            if event.kind in ("act", "utterance")
        )
        return {"turn": turn + 1}, (*done, *self._facts(turn + 1))

    def over(self, state: State) -> str | None:
        """Return the reason for the end after the last stored turn."""
        return self.episode.why_over if state["turn"] >= len(self.episode.turns) else None

    def score(self, state: State, name: str) -> Mapping[str, float] | None:
        """Return the stored score of a person; None if there is none.

        Parameters
        ----------
        state, name
            Not used, and name of the person.
        """
        return self.episode.scores.get(name)

    @cached_property
    def _events(self) -> Mapping[int, list[Event]]:
        by_step: dict[int, list[Event]] = {}
        for event in self.whole.events():
            by_step.setdefault(event.position, []).append(event)
        return by_step

    def _facts(self, position: int) -> tuple[Happening, ...]:
        return tuple(
            Happening(text=event.text, observers=frozenset(event.observers))
            for event in self._events.get(position, ())
            if event.kind in _FACTS
        )


def acts_of_turn(turn: Mapping[str, object]) -> dict[str, Act]:
    """Return the acts of a stored turn, by name.

    Parameters
    ----------
    turn
        Turn of a stored episode.
    """
    decisions = turn["decisions"]
    assert isinstance(decisions, Mapping)
    return {name: act_of(decision["act"]) for name, decision in decisions.items()}
