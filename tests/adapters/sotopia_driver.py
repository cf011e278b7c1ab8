"""Runs in the environment of sotopia: plays an episode with our agents, and reads an EpisodeLog that we wrote.

Arguments: path of ``sotopia_side.py``, our Python, address of the model, path of the EpisodeLog to read. It prints one
JSON object.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

os.environ["SOTOPIA_STORAGE_BACKEND"] = "local"
side_path, our_python, address, log_path = sys.argv[1:5]
spec = importlib.util.spec_from_file_location("sotopia_side", side_path)
assert spec is not None
assert spec.loader is not None
side: Any = importlib.util.module_from_spec(spec)
sys.modules["sotopia_side"] = side
spec.loader.exec_module(side)

from sotopia.database import AgentProfile, EnvironmentProfile, EpisodeLog  # type: ignore[import-not-found]  # noqa: E402
from sotopia.envs import ParallelSotopiaEnv  # type: ignore[import-not-found]  # noqa: E402
from sotopia.envs.evaluators import RuleBasedTerminatedEvaluator  # type: ignore[import-not-found]  # noqa: E402
from sotopia.server import arun_one_episode  # type: ignore[import-not-found]  # noqa: E402


class NoJudge:
    """The environment reads the prompt of its first judge."""

    prompt = ""

    async def __acall__(self, **_: Any) -> list[Any]:
        return []


def people() -> list[Any]:
    about: dict[str, Any] = {"age": 30, "occupation": "Nurse", "gender": "Woman", "gender_pronoun": "She/her"}
    names = (("a", "Ann", "Lee"), ("b", "Bob", "Ray"))
    return [
        AgentProfile(pk=pk, first_name=first, last_name=last, secret=f"secret of {pk}", **about)
        for pk, first, last in names
    ]


def environment() -> Any:
    goals = ["Get the tent <extra_info>politely</extra_info>", "Keep the tent"]
    profile = EnvironmentProfile(pk="tent", codename="camp", scenario="Two people share a tent.", agent_goals=goals)
    profile.save()
    rules = [RuleBasedTerminatedEvaluator(max_turn_number=20, max_stale_turn=2)]
    return ParallelSotopiaEnv(
        env_profile=profile,
        action_order="round-robin",
        evaluators=rules,
        terminal_evaluators=[NoJudge()],
        model_name="nobody",
    )


cast = people()
for one in cast:
    one.save()
settings = {"agent": "foresee", "model_name": f"custom/stub@{address}", "candidates": 2}
start = time.monotonic()
with side.swm_process(our_python) as child:
    agents = [
        side.SwmAgent(child, settings, agent_profile=cast[0]),
        side.SwmAgent(child, {**settings, "agent": "plain"}, agent_profile=cast[1]),
    ]
    played = side.run(arun_one_episode(environment(), agents, tag="test", push_to_db=True))
    broken = side.SwmAgent(child, {"agent": "plain"}, agent_profile=cast[0])
    try:
        side.run(arun_one_episode(environment(), [broken, agents[1]]))
        failure = ""
    except side.SideError as error:
        failure = str(error)
log = EpisodeLog(**json.loads(Path(log_path).read_text(encoding="utf-8")))
log.save()
sys.stdout.write(
    json.dumps(
        {
            "seconds": time.monotonic() - start,
            "acts": [
                [sender, message.action_type, message.argument]
                for sender, _, message in played
                if sender != "Environment" and message.action_type != "none"
            ],
            "failure": failure,
            "child": child.process.returncode,
            "rewards": EpisodeLog.get(log.pk).rewards,
            "first message": played[0][2].to_natural_language(),
        }
    )
)
