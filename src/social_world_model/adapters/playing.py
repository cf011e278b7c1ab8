"""Play a scenario from outside: numbered or written actions in, observations as text and rewards out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from social_world_model.adapters.actions import Actions, all_acts
from social_world_model.agents.making import AgentOptions, Seat
from social_world_model.agents.rendering import observation_text
from social_world_model.agents.stage import Stage
from social_world_model.errors import ConfigurationError, GenerationError
from social_world_model.interaction import Act, ActKind, Observation
from social_world_model.scenarios.base import Scenario


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
        self.actions = Actions(all_acts(self.stage, acts))

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
    def why_over(self) -> str:
        """Why the episode ended; empty if it has not ended."""
        return "; ".join(self.illegal.values()) or self.stage.why_over or ""

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
        last = [f"The episode is over: {self.why_over}."] if self.is_ended else self.actions.legal(observation)
        return "\n\n".join([observation_text(known), "\n".join(last)])

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
            info |= {"why_over": self.why_over, "scores": dict(self.stage.scores().get(self.people[agent], {}))}
        return info

    def transcript(self) -> str:
        """Return everything that happened so far, one line per happening. No agent sees all of it."""
        lines = [f"{self.scenario.id} · seed {self.stage.seed}"]
        for number, turn in enumerate(self.stage.record.turns):
            lines += [f"  {one.text}" for one in turn.facts]
            lines += [f"turn {number + 1}", *(f"  {one.text}" for one in turn.acts)] if turn.acts else []
        return "\n".join([*lines, *([f"over: {self.why_over}"] if self.is_ended else [])])
