"""Any scenario as an environment of PettingZoo, with observations as text (extra ``pettingzoo``).

- **Agents** are ``player_0``, ``player_1``, …, in the order of the seats. ``env.people`` has the names of the people.
- **Observations** are ``{"text": …, "action_mask": …}``. The text contains only what the person knows.
- **Actions** of a scenario that lists all possible acts are numbers. Action 0 is no act. Action n is act n of
  ``env.acts``, which never changes. The mask has a 1 for each legal action. Only action 0 is legal for a person who
  does not act in this turn. In other scenarios, such as SOTOPIA, an action is one line of text, such as ``say Hello.``
  or ``none``. There is no mask.
- **Rewards** are 0 until the scenario is over. Then each agent gets its score. The reward is 0 if a judge must decide.
- **An illegal action** ends the episode, as in PettingZoo: its agent gets ``illegal_reward``, the others get 0. A value
  outside the action space is a `ConfigurationError`.
- **Seeds**: ``reset(seed=3)`` plays the episode with seed 3. ``reset()`` adds 1 to the last seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from social_world_model.adapters.playing import Playing
from social_world_model.errors import ConfigurationError
from social_world_model.interaction import Act
from social_world_model.scenarios.base import Scenario

if TYPE_CHECKING:
    from social_world_model.adapters.pettingzoo_envs import ScenarioAECEnv, ScenarioParallelEnv

ILLEGAL_REWARD = -10.0
"""Default reward for an illegal action. It is below every score of the built-in games."""


def to_pettingzoo(
    scenario: Scenario,
    *,
    acts: Sequence[Act] | None = None,
    seed: int = 0,
    max_turns: int | None = None,
    illegal_reward: float = ILLEGAL_REWARD,
    reward: str = "goal",
    render_mode: Literal["ansi"] | None = None,
) -> ScenarioAECEnv:
    """Return a scenario as an `AECEnv`: the agents act one after the other.

    If several people act in the same turn, their acts take effect together. Agents who do not act in a turn are not
    asked.

    Parameters
    ----------
    scenario
        Scenario to play.
    acts
        All acts that are possible in any turn, in a fixed order. By default, the attribute `acts` of the scenario. Not
        needed for scenarios in which people write their acts as text.
    seed
        Seed of the first episode, if `reset` gets no seed.
    max_turns
        Maximum number of turns, if it is below the maximum of the scenario. An episode that is cut is truncated.
    illegal_reward
        Reward for an illegal action.
    reward
        Dimension of the score that is the reward.
    render_mode
        ``"ansi"``: `render` returns everything that happened so far as text.

    Raises
    ------
    ConfigurationError
        If the package pettingzoo is not installed, or if the scenario lists its acts and `acts` is missing.

    Examples
    --------
    >>> from social_world_model import get_scenarios
    >>> env = to_pettingzoo(get_scenarios("stash")[0])
    >>> env.reset(seed=3)
    >>> env.agent_selection, env.people["player_0"], env.action_space("player_0")
    ('player_0', 'Anne', Discrete(8))
    """
    _check_installed()
    from social_world_model.adapters.pettingzoo_envs import ScenarioAECEnv

    playing = Playing(scenario, acts, seed=seed, max_turns=max_turns, illegal_reward=illegal_reward, reward=reward)
    return ScenarioAECEnv(playing, render_mode)


def to_pettingzoo_parallel(
    scenario: Scenario,
    *,
    acts: Sequence[Act] | None = None,
    seed: int = 0,
    max_turns: int | None = None,
    illegal_reward: float = ILLEGAL_REWARD,
    reward: str = "goal",
    render_mode: Literal["ansi"] | None = None,
) -> ScenarioParallelEnv:
    """Return a scenario as a `ParallelEnv`: each step is one turn, with one action of each agent.

    The action of an agent who does not act in a turn must be 0, or ``"none"`` in scenarios with acts as text.

    Parameters
    ----------
    scenario, acts, seed, max_turns, illegal_reward, reward, render_mode
        See `to_pettingzoo`.

    Raises
    ------
    ConfigurationError
        If the package pettingzoo is not installed, or if the scenario lists its acts and `acts` is missing.
    """
    _check_installed()
    from social_world_model.adapters.pettingzoo_envs import ScenarioParallelEnv

    playing = Playing(scenario, acts, seed=seed, max_turns=max_turns, illegal_reward=illegal_reward, reward=reward)
    return ScenarioParallelEnv(playing, render_mode)


def _check_installed() -> None:
    try:
        import pettingzoo  # noqa: F401
    except ImportError as error:
        raise ConfigurationError(
            "expected the package pettingzoo, got none: install it with uv sync --extra pettingzoo, or with pip "
            "install 'pettingzoo>=1.24'"
        ) from error
