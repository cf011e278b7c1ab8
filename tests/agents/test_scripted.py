"""Agents that play the acts in a file."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from social_world_model.agents.making import AgentOptions
from social_world_model.agents.scripted import ScriptedAgent, scripted_kind
from social_world_model.errors import ConfigurationError, GenerationError
from social_world_model.interaction import Act
from tests.agents.observations import MOVES, observation

HUSH = Act(kind="speak", text="Hush", to=("Bob",))


def agent(folder: Path, content: str | list[Any]) -> ScriptedAgent:
    path = folder / "script"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8-sig")
    made = scripted_kind(path).make(None)  # type: ignore[arg-type]
    assert isinstance(made, ScriptedAgent)
    return made


def act(player: ScriptedAgent, turn: int = 1, **fields: Any) -> Act:
    return asyncio.run(player.decide(observation(turn=turn, **fields))).act


@pytest.mark.parametrize(
    "content",
    [
        "# Ann\n\nsay Hello\r\n  say @Bob: Hush\nnone",
        ["say Hello", {"kind": "speak", "text": "Hush", "to": ["Bob"]}, {"kind": "none"}],
    ],
)
def test_each_own_turn_plays_the_next_act(tmp_path: Path, content: str | list[Any]) -> None:
    player = agent(tmp_path, content)
    assert [act(player, turn) for turn in (1, 2, 5)] == [Act(kind="speak", text="Hello"), HUSH, Act(kind="none")]
    with pytest.raises(GenerationError, match=r"an act for turn 7 in .*script, got a script that ends after 3 acts"):
        act(player, 7)


def test_the_same_turn_plays_the_same_act(tmp_path: Path) -> None:
    player = agent(tmp_path, "say Hello\nnone")
    assert act(player, 3) == act(player, 3) == Act(kind="speak", text="Hello")


def test_listed_acts_are_played_by_number_or_words(tmp_path: Path) -> None:
    player = agent(tmp_path, "2\nmoves the ball to the red box")
    assert [act(player, turn, available=MOVES) for turn in (1, 2)] == [MOVES[1], MOVES[0]]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("# Ann\nsya Hello", "script, line 2: expected say TEXT .* got sya Hello"),
        ("say @Zed: Hi", "script, line 1: expected one of the other people"),
        ([{"kind": "speak", "text": " "}], "script, act 1: expected a text"),
        ([{"kind": "speak", "text": "Hi", "to": ["Zed"]}], r"script, act 1: .* got Zed"),
    ],
)
def test_an_impossible_act_is_an_error_with_file_and_place(tmp_path: Path, content: Any, problem: str) -> None:
    with pytest.raises(GenerationError, match=problem):
        act(agent(tmp_path, content))


@pytest.mark.parametrize("content", ["say Hi", [{"kind": "speak", "text": "Hi"}]])
def test_an_act_that_was_refused_is_not_played_again(tmp_path: Path, content: Any) -> None:
    with pytest.raises(GenerationError, match=r"script, .* 1: Bob has left"):
        act(agent(tmp_path, content), problem="Bob has left")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "got no acts"),
        ("# only a comment\n", "got no acts"),
        ("[]", "got no acts"),
        ('["say Hi",', "expected a JSON list of acts in"),
        ([{"kind": "shout"}], "script, act 1, got {'kind': 'shout'}"),
        (["none", {"kind": "none", "tex": ""}], "script, act 2, got"),
        ([1], "script, act 1, got 1"),
        ([{"kind": "speak", "text": 1}], "expected a text as `text` and a list of names as `to` in .*script, act 1"),
        ([{"kind": "speak", "text": "Hi", "to": "Bob"}], "a list of names as `to`"),
    ],
)
def test_a_file_that_is_no_script_is_an_error_before_the_episode(tmp_path: Path, content: Any, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        agent(tmp_path, content)


def test_a_missing_file_and_other_data_are_errors(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="expected a script of acts at"):
        scripted_kind(tmp_path / "none")
    (tmp_path / "data").write_bytes(b"\xff\xff")
    with pytest.raises(ConfigurationError, match="expected UTF-8 text"):
        scripted_kind(tmp_path / "data")


def test_another_script_is_another_configuration_and_a_script_makes_no_calls(tmp_path: Path) -> None:
    first = agent(tmp_path, "say Hello").config
    assert first != agent(tmp_path, "say Bye").config
    assert first == agent(tmp_path, "# the same\nsay Hello").config
    assert dict(scripted_kind(tmp_path / "script").calls(AgentOptions())) == {}
