"""Play a scenario from outside: numbered or written actions in, observations as text and rewards out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from social_world_model.agents.making import AgentOptions, Seat
from social_world_model.agents.rendering import act_text, observation_text
from social_world_model.agents.stage import Stage
from social_world_model.agents.typed_acts import VERBS, read_act, syntax
from social_world_model.errors import ConfigurationError, GenerationError, shortened
from social_world_model.interaction import Act, ActKind, Observation
from social_world_model.scenarios.base import Scenario

NO_ACT = 0
"""Number of the action of a person who does not act in a turn."""

NO_ACT_TEXT = "none"
"""Written action of a person who does not act in a turn."""


class IllegalActionError(Exception):
    """An action is in the action space, but it is not possible in this turn."""


class Playing:
    """A scenario, and its present episode.

    Parameters
    ----------
    scenario
        Scenario to play.
    acts
        All acts that are possible in any turn; None for the attribute `acts` of the scenario.
    seed
        Seed of the first episode, if `reset` gets no seed.
    max_turns
        Maximum number of turns, if it is below the maximum of the scenario.
    illegal_reward
        Reward for an illegal action.
    reward
        Dimension of the score that is the reward.
    """

    def __init__(
        self,
        scenario: Scenario,
        acts: Sequence[Act] | None,
        *,
        seed: int,
        max_turns: int | None,
        illegal_reward: float,
        reward: str,
    ) -> None:
        self.scenario, self.max_turns = scenario, max_turns
        self.illegal_reward, self.reward = illegal_reward, reward
        self.people = {f"player_{number}": name for number, name in enumerate(scenario.seats.values())}
        self._next_seed = seed
        self._begin(seed)
        self.acts = _all_acts(self.stage, acts)

    def reset(self, seed: int | None) -> None:
        """Begin an episode.

        Parameters
        ----------
        seed
            Seed of the episode; None means the seed of the last episode plus 1, or the first seed.
        """
        self._begin(self._next_seed if seed is None else seed)
        self._next_seed = self.stage.seed + 1

    def _begin(self, seed: int) -> None:
        self.stage = Stage(self.scenario, seed, self.max_turns)
        self.illegal: dict[str, str] = {}
        self._skip_idle_turns()

    def _skip_idle_turns(self) -> None:
        while not self.is_ended and not self.acting():
            self.stage.take({})

    @property
    def is_ended(self) -> bool:
        """Whether the episode is over, cut, or ended by an illegal action."""
        return bool(self.illegal) or self.stage.why_over is not None

    @property
    def is_truncated(self) -> bool:
        """Whether the episode was cut by the maximum number of turns."""
        return self.is_ended and not self.illegal and not self.stage.is_over

    def acting(self) -> list[str]:
        """Return the agents who act in the present turn, in the order of the seats."""
        return [agent for agent, name in self.people.items() if self.stage.available(name)]

    def available(self, agent: str) -> tuple[ActKind, ...] | tuple[Act, ...]:
        """Return the acts of an agent in the present turn; empty if the agent does not act, or after the end."""
        return () if self.is_ended else self.stage.available(self.people[agent])

    def observation(self, agent: str) -> Observation:
        """Return everything that an agent of this package may use to decide."""
        return self.stage.observation(self.people[agent], self.available(agent))

    def seat(self, agent: str, options: AgentOptions) -> Seat:
        """Return the seat of an agent, for agents of this package.

        Parameters
        ----------
        agent
            Name of the agent.
        options
            Options of the agent.
        """
        stage = self.stage
        return Seat(
            name=self.people[agent], scenario=self.scenario, state=stage.first_state, seed=stage.seed, options=options
        )

    def text(self, agent: str) -> str:
        """Return what an agent knows, and which actions are legal, as text."""
        observation = self.observation(agent)
        turn = min(observation.turn, self.stage.last)
        known = replace(observation, available=(), turn=turn, turns_left=self.stage.last - turn)
        return "\n\n".join([observation_text(known), "\n".join(self._legal(observation, agent))])

    def _legal(self, observation: Observation, agent: str) -> list[str]:
        if self.is_ended:
            why = "; ".join(self.illegal.values()) or self.stage.why_over
            return [f"The episode is over: {why}."]
        listed = [act for act in observation.available if isinstance(act, Act)]
        if listed and self.acts is not None:
            return ["Legal actions:", *(f"- {self.number(act)}: {act_text(act)}" for act in listed)]
        if observation.available:
            return [f"Write one line: {syntax(observation)}"]
        only = NO_ACT_TEXT if self.acts is None else NO_ACT
        return [f"You do not act in this turn. The only legal action is {only}."]

    def mask(self, agent: str) -> list[int]:
        """Return a 1 for each legal action and a 0 for each other action. The acts must be listed."""
        legal = {self.number(act) for act in self.available(agent) if isinstance(act, Act)} or {NO_ACT}
        return [int(number in legal) for number in range(1 + len(self.acts or ()))]

    def number(self, act: Act) -> int:
        """Return the number of an act.

        Raises
        ------
        ConfigurationError
            If the act is not one of the acts of the environment.
        """
        if self.acts is None or act not in self.acts:
            raise ConfigurationError(
                f"expected acts to contain every act that is possible in {self.scenario.id!r}, got none that is "
                f"{shortened(act_text(act))!r}",
                parameters=("acts",),
            )
        return 1 + self.acts.index(act)

    def action(self, act: Act) -> int | str:
        """Return the action that stands for an act: a number, or one line of text."""
        if self.acts is not None:
            return self.number(act)
        to = "".join(f"@{name} " for name in act.to)
        return f"{VERBS[act.kind]} {to.rstrip()}{': ' if to else ''}{act.text}".rstrip()

    def read(self, agent: str, action: Any) -> Act | None:
        """Return the act of an action; None if the agent does not act in this turn.

        Parameters
        ----------
        agent
            Name of the agent.
        action
            Number of an act, or one line of text.

        Raises
        ------
        IllegalActionError
            If the action is not possible in this turn.
        ConfigurationError
            If the action is not in the action space.
        """
        return self._written(agent, action) if self.acts is None else self._numbered(agent, action)

    def _numbered(self, agent: str, action: Any) -> Act | None:
        acts = self.acts or ()
        if not hasattr(action, "__index__") or not 0 <= int(action) <= len(acts):
            raise ConfigurationError(f"expected an action from 0 to {len(acts)}, got {shortened(repr(action))}")
        number = int(action)
        if not self.mask(agent)[number]:
            raise IllegalActionError(f"action {number} of {self.people[agent]} is not legal in this turn")
        return None if number == NO_ACT else acts[number - 1]

    def _written(self, agent: str, action: Any) -> Act | None:
        if not isinstance(action, str):
            raise ConfigurationError(f"expected a line of text as action, got {shortened(repr(action))}")
        observation = self.observation(agent)
        if not observation.available and action.strip() == NO_ACT_TEXT:
            return None
        try:
            return read_act(action, observation)
        except ValueError as error:
            raise IllegalActionError(f"the action of {self.people[agent]} is not legal: {error}") from None

    def take(self, acts: Mapping[str, Act | None]) -> None:
        """Take one turn. If the scenario refuses the acts, the turn ends the episode as illegal.

        Parameters
        ----------
        acts
            Act of each agent who acts in this turn; None is no act.
        """
        real = {self.people[agent]: act for agent, act in acts.items() if act is not None}
        try:
            self.stage.take(real)
        except GenerationError as error:
            self.stop({agent: str(error) for agent, act in acts.items() if act is not None})
            return
        self._skip_idle_turns()

    def stop(self, illegal: Mapping[str, str]) -> None:
        """End the episode because of illegal actions.

        Parameters
        ----------
        illegal
            Why the action of an agent is illegal, by agent.
        """
        self.illegal = dict(illegal)

    def rewards(self) -> dict[str, float]:
        """Return the rewards of the last turn.

        Raises
        ------
        ConfigurationError
            If the score of a person lacks the dimension of the reward.
        """
        if self.illegal:
            return {agent: self.illegal_reward if agent in self.illegal else 0.0 for agent in self.people}
        scores = self.stage.scores()
        for name, score in scores.items():
            if self.reward not in score:
                raise ConfigurationError(
                    f"expected reward to be a dimension of the score of {name} ({', '.join(score)}), got "
                    f"{self.reward!r}",
                    parameters=("reward",),
                )
        return {
            agent: float(scores[name][self.reward]) if name in scores else 0.0 for agent, name in self.people.items()
        }

    def info(self, agent: str) -> dict[str, Any]:
        """Return the name of the person, and after the end why the episode ended, and the score by dimension."""
        info: dict[str, Any] = {"person": self.people[agent]}
        if self.is_ended:
            why = "; ".join(self.illegal.values()) or self.stage.why_over
            info |= {"why_over": why, "scores": dict(self.stage.scores().get(self.people[agent], {}))}
        return info

    def transcript(self) -> str:
        """Return everything that happened so far, one line per happening. No agent sees all of it."""
        lines = [f"{self.scenario.id} · seed {self.stage.seed}"]
        for number, turn in enumerate(self.stage.record.turns):
            lines += [f"  {one.text}" for one in turn.facts]
            lines += [f"turn {number + 1}", *(f"  {one.text}" for one in turn.acts)] if turn.acts else []
        return "\n".join([*lines, *([f"over: {self.stage.why_over}"] if self.stage.why_over else [])])


def _all_acts(stage: Stage, acts: Sequence[Act] | None) -> tuple[Act, ...] | None:
    """Return all acts of a scenario; None if people write their acts as text."""
    first = [one for name in stage.scenario.seats.values() for one in stage.available(name)]
    if acts is None:
        acts = getattr(stage.scenario, "acts", None)
    if acts is None and any(isinstance(one, Act) for one in first):
        raise ConfigurationError(
            f"expected acts for the scenario {stage.scenario.id!r}, which lists its acts, got none: pass all acts that "
            "are possible in any turn, or add the attribute acts to the scenario",
            parameters=("acts",),
        )
    if acts is not None and len(set(acts)) < len(acts):
        raise ConfigurationError(
            "expected acts to be different from each other, got an act twice", parameters=("acts",)
        )
    return None if acts is None else tuple(acts)
