"""The environments of `to_pettingzoo`. This module imports PettingZoo, so import it only if PettingZoo is installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from gymnasium.spaces import Box, Dict, Discrete, Space, Text
from pettingzoo import AECEnv, ParallelEnv

from social_world_model.adapters.actions import IllegalActionError
from social_world_model.adapters.playing import Playing
from social_world_model.agents.making import AgentOptions, Seat
from social_world_model.errors import ConfigurationError
from social_world_model.interaction import Act, Observation

PRINTABLE = "".join(map(chr, range(32, 127)))
LONGEST_OBSERVATION = 1_000_000
LONGEST_ACTION = 5_000


class AnyText(Text):
    """A text of any Unicode characters. Samples contain printable ASCII characters."""

    def __init__(self, longest: int) -> None:
        super().__init__(longest, min_length=0, charset=PRINTABLE)

    def contains(self, x: Any) -> bool:
        """Return whether a value is a text that is not too long."""
        return isinstance(x, str) and len(x) <= self.max_length


class ScenarioEnv:
    """What both kinds of environments share.

    Parameters
    ----------
    playing
        The scenario, and its present episode.
    render_mode
        ``"ansi"`` or None.
    """

    def __init__(self, playing: Playing, render_mode: str | None) -> None:
        if render_mode not in (None, "ansi"):
            raise ConfigurationError(
                f"expected render_mode to be 'ansi' or None, got {render_mode!r}", parameters=("render_mode",)
            )
        self.playing, self.render_mode = playing, render_mode
        self.metadata = {"name": f"{playing.scenario.id}_v0", "render_modes": ["ansi"], "is_parallelizable": False}
        self.possible_agents = list(playing.people)
        self.agents: list[str] = []
        self.observation_spaces = {agent: _observation_space(playing.actions.acts) for agent in playing.people}
        self.action_spaces = {agent: _action_space(playing.actions.acts) for agent in playing.people}

    @property
    def people(self) -> Mapping[str, str]:
        """Names of the people, by agent."""
        return self.playing.people

    @property
    def acts(self) -> tuple[Act, ...] | None:
        """All acts. Action n is act n, counted from 1. None if actions are lines of text."""
        return self.playing.actions.acts

    def observation_of(self, agent: str) -> Observation:
        """Return the observation of an agent, for agents of this package."""
        return self.playing.observation(agent)

    def action_of(self, act: Act) -> int | str:
        """Return the action that stands for an act of an agent of this package."""
        return self.playing.actions.action(act)

    def seat_of(self, agent: str, options: AgentOptions | None = None) -> Seat:
        """Return the seat of an agent in the present episode, from which an agent of this package is made.

        Parameters
        ----------
        agent
            Name of the agent.
        options
            Options of the agent of this package.
        """
        return self.playing.seat(agent, options or AgentOptions())

    def observation_space(self, agent: str) -> Space[Any]:
        """Return the observation space of an agent."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> Space[Any]:
        """Return the action space of an agent."""
        return self.action_spaces[agent]

    def render(self) -> str | None:
        """Return everything that happened so far as text, if the render mode is ``"ansi"``."""
        return self.playing.transcript() if self.render_mode == "ansi" else None

    def close(self) -> None:
        """Do nothing: there is nothing to close."""

    def observed(self, agent: str) -> dict[str, Any]:
        """Return the observation of an agent in the form of the observation space."""
        observed: dict[str, Any] = {"text": self.playing.text(agent)}
        if self.playing.actions.acts is not None:
            observed["action_mask"] = np.array(
                self.playing.actions.mask(self.playing.observation(agent)), dtype=np.int8
            )
        return observed

    def infos_of(self) -> dict[str, dict[str, Any]]:
        """Return the information of all agents."""
        return {agent: self.playing.info(agent) for agent in self.possible_agents}

    def ends(self) -> tuple[dict[str, bool], dict[str, bool]]:
        """Return which agents are terminated, and which are truncated. An episode ends for all agents at once."""
        cut = self.playing.is_truncated
        ended = self.playing.is_ended and not cut
        return dict.fromkeys(self.possible_agents, ended), dict.fromkeys(self.possible_agents, cut)


class ScenarioAECEnv(ScenarioEnv, AECEnv):  # type: ignore[misc]
    """A scenario in which the agents act one after the other."""

    agent_selection: str

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> None:
        """Begin an episode.

        Parameters
        ----------
        seed
            Seed of the episode; None means the seed of the last episode plus 1.
        options
            Not used.
        """
        self.playing.reset(seed)
        self.agents = list(self.possible_agents)
        self._pending: dict[str, Act | None] = {}
        self._skip_agent_selection = None
        self.rewards = dict.fromkeys(self.agents, 0.0)
        self._cumulative_rewards = dict.fromkeys(self.agents, 0.0)
        self._after_turn()

    def observe(self, agent: str) -> dict[str, Any]:
        """Return the observation of an agent. It contains no act of a turn that is not complete."""
        return self.observed(agent)

    def step(self, action: Any) -> None:
        """Play the action of the selected agent.

        Raises
        ------
        ConfigurationError
            If the action is not in the action space.
        """
        agent = self.agent_selection
        if self.terminations[agent] or self.truncations[agent]:
            self._was_dead_step(action)
            return
        self._clear_rewards()
        try:
            self._pending[agent] = self.playing.actions.read(self.playing.observation(agent), action)
        except IllegalActionError as error:
            self.playing.stop({agent: str(error)})
        self._cumulative_rewards[agent] = 0.0
        acting = [] if self.playing.illegal else self.playing.acting()
        if waiting := [one for one in acting if one not in self._pending]:
            self.agent_selection = waiting[0]
            return
        if not self.playing.illegal:
            self.playing.take(self._pending)
        self._pending = {}
        self.rewards = self.playing.rewards()
        self._accumulate_rewards()
        self._after_turn()

    def _after_turn(self) -> None:
        self.terminations, self.truncations = self.ends()
        self.infos = self.infos_of()
        acting = [] if self.playing.is_ended else self.playing.acting()
        self.agent_selection = (acting or self.possible_agents)[0]


class ScenarioParallelEnv(ScenarioEnv, ParallelEnv):  # type: ignore[misc]
    """A scenario in which each step is one turn, with one action of each agent."""

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
        """Begin an episode, and return observations and information by agent.

        Parameters
        ----------
        seed
            Seed of the episode; None means the seed of the last episode plus 1.
        options
            Not used.
        """
        self.playing.reset(seed)
        self.agents = list(self.possible_agents)
        return {agent: self.observed(agent) for agent in self.agents}, self.infos_of()

    def step(
        self, actions: dict[str, Any]
    ) -> tuple[
        dict[str, dict[str, Any]],
        dict[str, float],
        dict[str, bool],
        dict[str, bool],
        dict[str, dict[str, Any]],
    ]:
        """Play one turn, and return observations, rewards, terminations, truncations and information by agent.

        Parameters
        ----------
        actions
            Action of each agent.

        Raises
        ------
        ConfigurationError
            If the action of an agent is missing, or not in the action space.
        """
        if set(actions) != set(self.agents):
            raise ConfigurationError(
                f"expected an action of each agent ({', '.join(self.agents) or 'none is left'}), got actions of "
                f"{', '.join(map(str, actions)) or 'none'}"
            )
        if not self.agents:
            return {}, {}, {}, {}, {}
        acts: dict[str, Act | None] = {}
        illegal: dict[str, str] = {}
        for agent, action in actions.items():
            try:
                acts[agent] = self.playing.actions.read(self.playing.observation(agent), action)
            except IllegalActionError as error:
                illegal[agent] = str(error)
        if illegal:
            self.playing.stop(illegal)
        else:
            self.playing.take(acts)
        observed = {agent: self.observed(agent) for agent in self.agents}
        if self.playing.is_ended:
            self.agents = []
        return observed, self.playing.rewards(), *self.ends(), self.infos_of()


def _observation_space(acts: tuple[Act, ...] | None) -> Dict:
    text = AnyText(LONGEST_OBSERVATION)
    if acts is None:
        return Dict({"text": text})
    return Dict({"text": text, "action_mask": Box(0, 1, (1 + len(acts),), np.int8)})


def _action_space(acts: tuple[Act, ...] | None) -> Space[Any]:
    return AnyText(LONGEST_ACTION) if acts is None else Discrete(1 + len(acts))
