"""Scenarios as environments of PettingZoo."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from pettingzoo.test import api_test, parallel_api_test, seed_test

from social_world_model.adapters.pettingzoo import to_pettingzoo, to_pettingzoo_parallel
from social_world_model.adapters.pettingzoo_envs import ScenarioAECEnv
from social_world_model.agents.making import AGENTS, AgentOptions
from social_world_model.errors import ConfigurationError
from social_world_model.interaction import Act
from social_world_model.scenarios import MEMBERS, Scenario, get_scenarios
from social_world_model.scenarios.bargain import ACCEPT, BIDS, REFUSE
from tests.scenarios.episodes import available_acts, game
from tests.scenarios.sotopia_bundles import bundle, written

GAMES = ("stash", "errand", "bargain")


@contextmanager
def warnings_as_errors() -> Iterator[None]:
    """Turn warnings into errors, except the two that PettingZoo gives for every observation that is text."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "Observation is not a NumPy array")
        warnings.filterwarnings("ignore", "Observation space for each agent probably should be gymnasium.spaces.box")
        yield


@pytest.fixture
def tent(tmp_path: Any) -> Scenario:
    return get_scenarios("sotopia", written(tmp_path, bundle()))[0]


def play_at_random(env: ScenarioAECEnv, seed: int) -> list[tuple[Any, ...]]:
    env.reset(seed=seed)
    dice = random.Random(f"acts {seed}")
    seen = []
    for agent in env.agent_iter():
        observed, reward, terminated, truncated, info = env.last()
        mask = observed["action_mask"]
        action = dice.choice([number for number, legal in enumerate(mask) if legal])
        seen.append((agent, observed["text"], mask.tolist(), reward, terminated, truncated, info))
        env.step(None if terminated or truncated else action)
    return seen


@pytest.mark.parametrize("name", GAMES)
def test_games_pass_the_tests_of_pettingzoo(name: str) -> None:
    with warnings_as_errors():
        for _ in range(5):
            api_test(to_pettingzoo(game(name), render_mode="ansi"))
            parallel_api_test(to_pettingzoo_parallel(game(name)))
        seed_test(lambda: to_pettingzoo(game(name)))


def test_a_scenario_with_written_acts_passes_the_tests_of_pettingzoo(tent: Scenario) -> None:
    warnings.filterwarnings("ignore", "Action space for each agent probably should be gymnasium.spaces.box")
    warnings.filterwarnings("ignore", "Observation")
    api_test(to_pettingzoo(tent))
    parallel_api_test(to_pettingzoo_parallel(tent))


@pytest.mark.parametrize("name", GAMES)
def test_rewards_are_the_scores_at_the_end_and_one_seed_gives_one_episode(name: str) -> None:
    for seed in range(10):
        env = to_pettingzoo(game(name), render_mode="ansi")
        played = play_at_random(env, seed)
        assert played == play_at_random(env, seed)
        stage = env.playing.stage
        assert stage.is_over
        finished = {one[0]: one for one in played if one[4]}
        assert list(finished) == env.possible_agents
        for agent, person in env.people.items():
            score = game(name).score(stage.state, person)
            assert score is not None
            assert finished[agent][3] == score["goal"] == finished[agent][6]["scores"]["goal"]
        assert all(one[3] == 0 for one in played if not one[4])


@pytest.mark.parametrize("name", GAMES)
def test_every_available_act_has_a_number_and_only_these_numbers_are_legal(name: str) -> None:
    env = to_pettingzoo(game(name))
    assert env.acts is not None
    for seed in range(30):
        env.reset(seed=seed)
        dice = random.Random(seed)
        while not env.playing.is_ended:
            agent = env.agent_selection
            listed = available_acts(game(name), env.playing.stage.state, env.people[agent])
            legal = [number for number, one in enumerate(env.observe(agent)["action_mask"]) if one]
            assert {env.acts[number - 1] for number in legal} == set(listed)
            for waiting in set(env.possible_agents) - set(env.playing.acting()):
                assert env.observe(waiting)["action_mask"].tolist() == [1] + [0] * len(env.acts)
            env.step(dice.choice(legal))


def test_an_observation_contains_what_the_person_perceived_and_nothing_of_an_open_turn() -> None:
    env = to_pettingzoo(game("stash"))
    env.reset(seed=3)  # Sally is out in turn 3
    move = env.action_of(Act(kind="action", text="moves the ball to the blue box"))
    stay = env.action_of(Act(kind="action", text="stays in the playroom"))
    for action in (stay, stay, move):
        env.step(action)
    assert "Anne moves the ball" in env.observe("player_0")["text"]
    assert "Anne moves the ball" not in env.observe("player_1")["text"].split("What you remember")[1]
    assert env.agent_selection == "player_0", "Sally names a box in the same turn, after Anne"
    before = env.observe("player_1")
    env.step(move - 1)  # type: ignore[operator]
    assert env.agent_selection == "player_1"
    assert env.observe("player_1")["text"] == before["text"]


@pytest.mark.parametrize("name", GAMES)
def test_both_environments_play_the_same_episode(name: str) -> None:
    aec, parallel = to_pettingzoo(game(name)), to_pettingzoo_parallel(game(name))
    for seed in range(5):
        aec.reset(seed=seed)
        observed, _ = parallel.reset(seed=seed)
        rewards = dict.fromkeys(parallel.agents, 0.0)
        dice = random.Random(seed)
        while parallel.agents:
            actions = {
                agent: dice.choice([number for number, legal in enumerate(one["action_mask"]) if legal])
                for agent, one in observed.items()
            }
            for agent in list(aec.playing.acting()):
                assert aec.agent_selection == agent
                aec.step(actions[agent])
            observed, rewards, *_ = parallel.step(actions)
        assert rewards == aec.rewards
        assert aec.playing.transcript() == parallel.playing.transcript()


def test_our_agent_plays_in_the_environment_as_well_as_in_our_loop() -> None:
    env = to_pettingzoo(game("stash"), render_mode="ansi")
    env.reset(seed=3)
    people = {agent: "foresee" if agent == "player_0" else "habit" for agent in env.possible_agents}
    options = AgentOptions(horizon=6)
    agents = {agent: AGENTS.get(kind).make(env.seat_of(agent, options)) for agent, kind in people.items()}
    rewards = {}
    for agent in env.agent_iter():
        _, reward, terminated, truncated, _ = env.last()
        rewards[agent] = reward
        if terminated or truncated:
            env.step(None)
        else:
            decision = asyncio.run(agents[agent].decide(env.observation_of(agent)))
            env.step(env.action_of(decision.act))
    assert rewards == {"player_0": 9.0, "player_1": 0.0}
    assert "over: Sally looked in a wrong box" in (env.render() or "")


def test_an_illegal_action_ends_the_episode_with_a_penalty_for_its_agent() -> None:
    env = to_pettingzoo(game("bargain"), illegal_reward=-50)
    env.reset(seed=0)
    env.step(len(env.acts or ()))  # Bea cannot refuse
    assert env.rewards == {"player_0": -50.0, "player_1": 0.0}
    assert all(env.terminations.values())
    assert "is not legal in this turn" in env.infos["player_0"]["why_over"]
    assert "not legal in this turn" in env.observe("player_1")["text"]
    env.step(None)
    env.step(None)
    assert env.agents == []

    parallel = to_pettingzoo_parallel(game("bargain"))
    parallel.reset(seed=0)
    _, rewards, terminated, truncated, _ = parallel.step({"player_0": 1, "player_1": 1})
    assert rewards == {"player_0": 0.0, "player_1": -10.0}
    assert all(terminated.values())
    assert not any(truncated.values())


@pytest.mark.parametrize("action", [-1, 99, None, "1", 1.0, [1]])
def test_a_value_outside_the_action_space_is_an_error_and_changes_nothing(action: Any) -> None:
    env = to_pettingzoo(game("bargain"))
    env.reset(seed=0)
    before = env.last()[0]["text"]
    with pytest.raises(ConfigurationError, match="expected an action from 0 to 8, got"):
        env.step(action)
    assert env.last()[0]["text"] == before


def test_an_episode_that_is_cut_is_truncated_without_rewards() -> None:
    env = to_pettingzoo(game("stash"), max_turns=2)
    env.reset(seed=3)
    env.step(1)
    env.step(1)
    assert all(env.truncations.values())
    assert not any(env.terminations.values())
    assert set(env.rewards.values()) == {0.0}


def test_a_reset_without_a_seed_adds_one_to_the_last_seed() -> None:
    env = to_pettingzoo(game("stash"), seed=5)
    seeds = []
    for seed in (None, None, 3, None):
        env.reset(seed=seed)
        seeds.append(env.playing.stage.seed)
    assert seeds == [5, 6, 3, 4]


def test_people_of_sotopia_write_their_acts_as_lines(tent: Scenario) -> None:
    env = to_pettingzoo(tent, render_mode="ansi")
    env.reset()
    first, second = env.people.values()
    assert "Write one line: say TEXT" in env.last()[0]["text"]
    assert "The only legal action is none." in env.observe("player_1")["text"]
    env.step("say Hello, é!")
    assert env.agent_selection == "player_1"
    assert f'{first} says: "Hello, é!"' in env.last()[0]["text"]
    env.step(env.action_of(Act(kind="speak", text="Psst.", to=(first,))))
    env.step("none")
    env.step("leave")
    assert all(env.terminations.values())
    assert set(env.rewards.values()) == {0.0}, "a judge must decide"
    assert f'{second} says to {first}: "Psst."' in (env.render() or "")

    env.reset()
    env.step("Hello")
    assert env.rewards == {"player_0": -10.0, "player_1": 0.0}
    assert "expected say TEXT" in env.infos["player_0"]["why_over"]


def test_a_scenario_that_lists_its_acts_needs_all_of_them() -> None:
    own: Any = SimpleNamespace(**{name: getattr(game("bargain"), name) for name in MEMBERS})
    with pytest.raises(ConfigurationError, match="pass all acts") as caught:
        to_pettingzoo(own)
    assert caught.value.parameters == ("acts",)
    with pytest.raises(ConfigurationError, match="an act twice"):
        to_pettingzoo(own, acts=(ACCEPT, ACCEPT))
    with pytest.raises(ConfigurationError, match=r"expected acts to contain every act .* 'says: \"I refuse.\"'"):
        play_at_random(to_pettingzoo(own, acts=(*BIDS.values(), ACCEPT)), 0)
    with warnings_as_errors():
        api_test(to_pettingzoo(own, acts=(*BIDS.values(), ACCEPT, REFUSE)))


def test_wrong_options_are_named() -> None:
    with pytest.raises(ConfigurationError, match="render_mode to be 'ansi' or None, got 'human'"):
        to_pettingzoo(game("stash"), render_mode="human")  # type: ignore[arg-type]
    env = to_pettingzoo(game("stash"), reward="secret")
    with pytest.raises(ConfigurationError, match=r"reward to be a dimension of the score of Anne \(goal\)"):
        play_at_random(env, 0)
    parallel = to_pettingzoo_parallel(game("stash"))
    parallel.reset()
    with pytest.raises(ConfigurationError, match="an action of each agent"):
        parallel.step({"player_0": 1})


def test_a_missing_package_is_named_with_its_extra() -> None:
    program = (
        "import sys; sys.modules['pettingzoo'] = None\n"
        "from social_world_model import get_scenarios\n"
        "from social_world_model.adapters.pettingzoo import to_pettingzoo\n"
        "to_pettingzoo(get_scenarios('stash')[0])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "ConfigurationError: expected the package pettingzoo, got none" in done.stderr
    assert "--extra pettingzoo" in done.stderr
