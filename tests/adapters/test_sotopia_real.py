"""The adapter with the real package. The environment variable SWM_SOTOPIA_PYTHON names a Python that has sotopia."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from social_world_model import get_scenarios, play
from social_world_model.adapters import sotopia_side
from social_world_model.adapters.sotopia import from_sotopia, sotopia_process
from social_world_model.adapters.sotopia_folders import import_logs
from social_world_model.adapters.sotopia_logs import to_episode_log
from social_world_model.experiments.episodes.folders import read_episode_folder
from social_world_model.interaction import Act
from social_world_model.s3ap import SocializedContext, validate
from tests.adapters.sotopia_episodes import played, reward
from tests.agents.stub import stub_reply
from tests.scenarios.sotopia_bundles import bundle, written
from tests.server import FaultServer

PYTHON = os.environ.get("SWM_SOTOPIA_PYTHON", "")
LIMIT = 240

pytestmark = [
    pytest.mark.skipif(not PYTHON, reason="set SWM_SOTOPIA_PYTHON to a Python that has sotopia"),
    pytest.mark.timeout(2 * LIMIT),
]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CUSTOM_API_KEY", "none")
    monkeypatch.setenv("HOME", str(tmp_path))


def test_our_agents_play_in_the_environment_of_sotopia_and_logs_pass_both_ways(tmp_path: Path) -> None:
    ours = played(("Ann", "Bob"), [{"Ann": Act(kind="speak", text='"Hi"')}])
    given = {name: {k: v for k, v in reward(7)[1].items() if k != "overall_score"} for name in ours.cast}
    log = tmp_path / "log.json"
    log.write_text(json.dumps(to_episode_log(ours, given, models=("judge", "a", "b"))))
    driver = Path(__file__).with_name("sotopia_driver.py")
    with FaultServer([], replies=stub_reply) as server:
        words = [PYTHON, str(driver), str(sotopia_side.__file__), sys.executable, server.base_url, str(log)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT)
        calls = len(server.log)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert [name for name, _, _ in told["acts"]] == ["Ann Lee", "Bob Ray"] * 10
    assert {kind for _, kind, _ in told["acts"]} == {"speak"}
    assert calls == 10 * (1 + 2 + 1) + 10, "foresight with 2 candidates and 1 reply, and a plain partner"
    assert "expected model_name for the agent plain" in told["failure"], (
        "a failed agent raises in the process of sotopia"
    )
    assert told["child"] == 0
    assert told["rewards"] == [[1.0, given["Ann"]], [1.0, given["Bob"]]]
    assert "secret of a" in told["first message"]
    (folder, *others) = import_logs([tmp_path / ".sotopia" / "data"], tmp_path / "out").folders
    assert len(others) == 1
    (episode,) = read_episode_folder(next(one.path for one in (folder, *others) if "foresee" in one.path.name)).episodes
    assert (episode.task, episode.cast, episode.why_over) == (
        "camp/0/1",
        ["Ann Lee", "Bob Ray"],
        "The conversation is too long",
    )
    acts = [decision["act"]["text"] for turn in episode.turns for decision in turn["decisions"].values()]
    assert acts == [text for _, _, text in told["acts"]]
    context = SocializedContext.from_data(episode.context)
    assert [issue for issue in validate(context) if issue.severity == "error"] == []
    assert "secret of b" in context.socialized_context[0].observations["Bob Ray"]


def test_an_agent_of_sotopia_plays_in_our_loop_and_its_failure_is_an_error(tmp_path: Path) -> None:
    (scenario,) = get_scenarios("sotopia", written(tmp_path, bundle()))
    prompts: list[str] = []

    def reply(prompt: str) -> str:
        prompts.append(prompt)
        return json.dumps({"action_type": "speak", "argument": f"line {len(prompts)}", "to": []})

    with FaultServer([], replies=reply) as server, sotopia_process(PYTHON, timeout=LIMIT) as process:
        agent = from_sotopia(f"custom/stub@{server.base_url}", process)
        episode = asyncio.run(play(scenario, dict.fromkeys(scenario.cast, agent)))
        gone = from_sotopia("custom/stub@http://127.0.0.1:9", process)
        failed = asyncio.run(play(scenario, dict.fromkeys(scenario.cast, gone)))
    assert process.process.returncode == 0
    assert (episode.status, len(episode.turns), len(prompts)) == ("played", 20, 20)
    assert [turn.happenings[0] for turn in episode.turns[:2]] == ['Ann Lee says: "line 1"', 'Bob says: "line 2"']
    assert 'Turn #0: Ann Lee said: "line 1"' in prompts[2]
    assert 'Turn #1: Bob said: "line 2"' in prompts[2]
    assert "secret of b" not in prompts[2]
    assert failed.status == "error"
    assert "Failed to generate action" in failed.why_over
