"""Runs of episodes against a local server: calls, resume, faults, dead endpoints."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from social_world_model.agents.callables import agent_from
from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.experiments.episodes.estimate import estimate_episodes
from social_world_model.experiments.episodes.files import read_episode
from social_world_model.experiments.episodes.run import EpisodeRun, EpisodesResult
from social_world_model.interaction import Act, Observation
from social_world_model.reports.episodes.summary import summarize
from social_world_model.settings import EpisodeSettings
from tests.agents.stub import stub_reply
from tests.generation_utils.endpoint import closed_port
from tests.scenarios.sotopia_bundles import bundle, environment, person, written
from tests.server import FaultServer

TURNS = 6


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOM_API_KEY", "none")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three environments with one cast each, so there are six tasks."""
    people = {pk: person(pk, name) for pk, name in zip("abcdef", ("Ann", "Bob", "Cy", "Di", "Eve", "Flo"), strict=True)}
    combos = [{"pk": f"c{n}", "env_id": f"e{n}", "agent_ids": list("abcdef"[2 * n : 2 * n + 2])} for n in range(3)]
    made = {
        **bundle(),
        "environments": {f"e{n}": environment(f"e{n}") for n in range(3)},
        "agents": people,
        "env_agent_combos": combos,
    }
    return written(tmp_path, made)


def settings(data: Path, server: FaultServer | str, **more: Any) -> EpisodeSettings:
    url = server if isinstance(server, str) else server.base_url
    chosen: dict[str, Any] = {
        "scenario": "sotopia",
        "data": data,
        "agent": "plain",
        "model_name": f"custom/stub@{url}",
        "max_turns": TURNS,
        "output_dir": data.parent / "out",
        **more,
    }
    return EpisodeSettings(**chosen)


def stub_server(**more: Any) -> FaultServer:
    return FaultServer([], replies=stub_reply, **more)


def played(chosen: EpisodeSettings, **more: Any) -> EpisodesResult:
    run = EpisodeRun(chosen, **more)
    run.clients.calls.first_wait = 0.005
    return asyncio.run(run.execute())


def files(result: EpisodesResult) -> dict[str, str]:
    """Return the stored episodes without their durations."""
    assert result.folder is not None
    paths = [path for path in result.folder.glob("*.json") if path.name != "run.json"]
    return {path.name: re.sub(r'"seconds": [\d.]+', "", path.read_text(encoding="utf-8")) for path in paths}


def acts(result: EpisodesResult) -> dict[str, list[Any]]:
    return {
        f"{one.task}-{one.repeat}": [
            [(name, decision["act"]) for name, decision in turn["decisions"].items()] for turn in one.turns
        ]
        for one in result.episodes
    }


def test_every_task_is_played_with_one_call_per_turn_and_stored_as_valid_s3ap(data: Path) -> None:
    with stub_server() as server:
        result = played(settings(data, server))
    assert len(server.log) == 6 * TURNS
    assert [episode.status for episode in result.episodes] == ["played"] * 6
    assert {episode.person for episode in result.episodes} == {"Ann", "Bob", "Cy", "Di", "Eve", "Flo"}
    assert result.usage["act"].requests == result.usage["partner"].requests == 3 * TURNS
    assert result.folder is not None
    for path in result.folder.glob("code*.json"):
        known = read_episode(path)
        assert known is not None
        assert len(known.turns) == TURNS
        assert len(known.context["socialized_context"]) == TURNS + 1
    assert not (result.folder / "unfinished.jsonl").exists()
    manifest = json.loads((result.folder / "run.json").read_text())
    assert (manifest["counts"], manifest["usage"]["total"]["requests"]) == ({"played": 6}, 6 * TURNS)


def test_the_same_command_again_calls_nothing_and_another_prompt_or_option_plays_again(data: Path) -> None:
    with stub_server() as server:
        first = played(settings(data, server, agent="foresee"))
        calls = len(server.log)
        again = played(settings(data, server, agent="foresee"))
        assert (again.kept, len(server.log), acts(again)) == (6, calls, acts(first))
        assert played(settings(data, server, agent="foresee", max_turns=2)).folder != first.folder
        other = played(settings(data, server, agent="foresee", temperature=0.1))
    assert other.kept == 0
    assert any("moved to" in note for note in other.notes)


@pytest.mark.parametrize("agent", ["plain", "foresee", "foresee-paper"])
@pytest.mark.parametrize("fault", ["429", "500", "drop", "cut", "prose", "fences", "truncated", "missing", "empty"])
def test_faults_change_no_transcript_and_no_act_is_invented(data: Path, agent: str, fault: str, tmp_path: Path) -> None:
    limit: dict[str, Any] = {"limit": 2, "agent": agent, "max_turns": 3}
    with stub_server() as calm:
        expected = played(settings(data, calm, output_dir=tmp_path / "calm", **limit))
    with stub_server(faults=f"{fault}=0.05", seed=4) as server:
        result = played(settings(data, server, **limit))
    assert result.failed == 0
    assert acts(result) == acts(expected)


class StopError(BaseException):
    """Ends a run at once, as a kill does: nothing more is written."""


def killed(chosen: EpisodeSettings, calls: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start a run in this process, and end it at the moment when so many replies are stored."""
    from social_world_model.runs.journal import Journal

    left = calls
    keep = Journal.keep

    def keeping(self: Journal, *given: Any) -> None:
        nonlocal left
        if left <= 0:
            raise StopError
        keep(self, *given)
        left -= 1

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "keep", keeping)
        try:
            played(chosen)
        except (StopError, BaseExceptionGroup):
            return


@pytest.mark.parametrize("agent", ["plain", "foresee"])
def test_a_run_that_ends_at_any_moment_is_continued_without_paying_a_stored_reply_again(
    data: Path, agent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = random.Random(1)
    chosen: dict[str, Any] = {"agent": agent, "limit": 3, "max_turns": 4, "batch_size": 2}
    with stub_server() as server:
        whole = played(settings(data, server, output_dir=tmp_path / "whole", **chosen))
        needed = len(server.log)
        server.reset()
        one = settings(data, server, **chosen)
        ends = 4
        for _ in range(ends):
            killed(one, draw.randint(1, needed // (ends + 1)), monkeypatch)
        result = played(one)
    in_flight = ends * 3 * (3 if agent == "foresee" else 1)  # each of three episodes may wait for replies at the end
    assert len(server.log) - needed <= in_flight
    assert files(result) == files(whole)


def test_a_dead_world_model_stops_the_run_and_the_agent_plays_nothing_unforeseen(data: Path) -> None:
    with stub_server() as server:
        chosen = settings(data, server, agent="foresee", world_model=f"custom/world@{closed_port()}", batch_size=2)
        result = played(chosen)
        proposed = len(server.log)
        assert result.stopped is not None
        assert "no connection" in result.stopped
        assert [episode.turns for episode in result.episodes] == []
        with stub_server() as world:
            # The name of the model is a part of the settings, so the same address must answer.
            alive = replace(chosen, world_model=f"custom/world@{world.base_url}", output_dir=data.parent / "other")
            assert played(alive).failed == 0
    assert proposed <= 2 * 2, "the living model is not asked further"


def test_of_two_models_one_is_dead_and_the_living_one_is_not_asked_further(data: Path) -> None:
    with stub_server() as server:
        result = played(settings(data, server, partner_model=f"custom/dead@{closed_port()}", batch_size=2))
    assert result.stopped is not None
    assert "custom/dead" in result.stopped
    assert len(server.log) <= 6
    assert result.folder is not None
    assert (result.folder / "unfinished.jsonl").exists()


def test_an_episode_that_fails_is_an_error_and_continues_from_the_turn_of_the_failure(data: Path) -> None:
    broken = True

    def replies(prompt: str) -> str:
        return '"no"' if broken and prompt.count("> says") == 2 else stub_reply(prompt)

    with FaultServer([], replies=replies) as server:
        chosen = settings(data, server, limit=1)
        failed = played(chosen)
        before = len(server.log)
        (episode,) = failed.episodes
        assert (failed.failed, episode.status, len(episode.turns)) == (1, "error", 2)
        assert "could not be read" in episode.why_over
        assert episode.scores == {}
        broken = False
        (mended,) = played(chosen).episodes
    assert (mended.status, len(mended.turns)) == ("played", TURNS)
    assert len(server.log) - before == TURNS - 2, "the first two turns are not paid for again"


def test_own_agents_play_and_their_paid_decisions_are_not_asked_again(data: Path) -> None:
    asked: list[int] = []

    async def own(observation: Observation) -> str:
        asked.append(observation.turn)
        if observation.turn == 5 and len(asked) < 4:
            raise RuntimeError("my server is down")
        return f"It is turn {observation.turn}."

    with stub_server() as server:
        chosen = settings(data, server, limit=1)
        (failed,) = played(chosen, agent=agent_from(own, name="mine")).episodes
        assert (failed.status, asked) == ("error", [1, 3, 5])
        assert "RuntimeError: my server is down" in failed.why_over
        (episode,) = played(chosen, agent=agent_from(own, name="mine")).episodes
    assert (episode.status, asked) == ("played", [1, 3, 5, 5])
    assert [one["act"]["text"] for one in episode.decisions("Ann")] == [f"It is turn {n}." for n in (1, 3, 5)]


def test_an_act_that_is_not_available_is_refused_and_then_an_error(data: Path) -> None:
    problems: list[str] = []

    async def silent(observation: Observation) -> Act:
        problems.append(observation.problem)
        return Act(kind="speak", text=" ")

    with stub_server() as server:
        (episode,) = played(settings(data, server, limit=1), agent=agent_from(silent, name="silent")).episodes
    assert episode.status == "error"
    assert problems[0] == ""
    assert "empty text" in problems[1]
    assert episode.turns == []


def test_a_dry_run_counts_the_calls_of_the_run_and_calls_nothing(data: Path) -> None:
    with stub_server() as server:
        chosen = settings(data, server, agent="foresee", horizon=2)
        estimate = estimate_episodes(chosen)
        assert len(server.log) == 0
        result = played(chosen)
    assert {role: usage.requests for role, usage in estimate.roles.items()} == {
        role: usage.requests for role, usage in result.usage.items()
    }


def test_forecasts_compare_imagined_replies_with_the_real_ones() -> None:
    episodes = played(EpisodeSettings(scenario="stash", repeats=5, horizon=7)).episodes
    forecast = summarize(episodes).forecast
    assert forecast is not None
    assert forecast.replies > 0
    assert forecast.same_act == 1.0, "Sally does what a perfect model of Sally imagines"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"agent": "plian"}, "did you mean plain"),
        ({"partner": "plian"}, "expected partner to be one of"),
        ({"seats": "3"}, "expected seats to be both, one of 1, 2, or a JSON file; got '3'"),
        ({"task": ("code_e0/0/9",)}, "expected task to be an id such as code_e0/0/1"),
        ({"world_model": "gpt-4o-2024-08-06"}, "agent with foresight"),
        ({"model_name": None}, "expected model_name for the agent plain"),
        ({"agent": "foresee", "candidates": 60, "horizon": 4}, "expected at most 200 imagined replies"),
    ],
)
def test_wrong_settings_are_named_before_any_call(data: Path, change: dict[str, Any], message: str) -> None:
    with stub_server() as server, pytest.raises(ConfigurationError, match=re.escape(message)):
        EpisodeRun(settings(data, server, **change))
    assert len(server.log) == 0


def test_damaged_files_are_played_again(data: Path) -> None:
    damage: list[Callable[[str], str]] = [
        lambda text: text[: len(text) // 2],
        lambda text: "[]",
        lambda text: json.dumps({**json.loads(text), "cast": [1, 2]}),
        lambda text: json.dumps({**json.loads(text), "scores": {"Ann": {"goal": "high"}}}),
        lambda text: text.replace('"considered"', '"consider"'),
    ]
    with stub_server() as server:
        result = played(settings(data, server))
        assert result.folder is not None
        paths = sorted(result.folder.glob("code*.json"))
        for path, change in zip(paths, damage, strict=False):
            path.write_text(change(path.read_text()))
        again = played(settings(data, server))
    assert (again.kept, again.failed) == (1, 0)
    assert files(again) == files(result)


def test_a_missing_data_file_is_named(tmp_path: Path) -> None:
    with pytest.raises((ConfigurationError, DatasetError), match=r"nothing\.json"):
        EpisodeRun(EpisodeSettings(scenario="sotopia", data=tmp_path / "nothing.json"))


def test_an_agent_that_cancels_itself_is_an_error_and_not_a_lost_episode(data: Path) -> None:
    async def own(observation: Observation) -> str:
        raise asyncio.CancelledError

    with stub_server() as server:
        (episode,) = played(settings(data, server, limit=1), agent=agent_from(own, name="mine")).episodes
    assert (episode.status, episode.turns) == ("error", [])
    assert "CancelledError" in episode.why_over


def test_a_model_of_a_partner_that_needs_none_is_refused() -> None:
    chosen = EpisodeSettings(scenario="stash", partner_model="gpt-4o-2024-08-06")
    with pytest.raises(ConfigurationError, match="partner_model is set, got partner habit"):
        EpisodeRun(chosen)


@pytest.mark.parametrize("agent", ["plain", "cot", "reflect", "best-of", "mind", "foresee-paper", "foresee"])
@pytest.mark.parametrize("simulate", ["memory", "omniscient"])
def test_no_prompt_of_an_episode_has_private_texts_of_two_people(data: Path, agent: str, simulate: str) -> None:
    prompts: list[str] = []

    def replies(prompt: str) -> str:
        prompts.append(prompt)
        return stub_reply(prompt)

    with FaultServer([], replies=replies) as server:
        played(settings(data, server, agent=agent, horizon=2, simulate=simulate, limit=1))
    private = {"Ann": ("secret of a", "first goal of e0"), "Bob": ("secret of b", "second goal of e0")}
    for prompt in prompts:
        owners = {name for name, texts in private.items() if any(text in prompt for text in texts)}
        assert len(owners) <= 1
        if simulate == "memory":
            me = re.findall(r"^You are (\w+)\.", prompt, re.MULTILINE)
            assert not owners or agent == "foresee-paper" or owners == set(me)
    assert {name for name, texts in private.items() if any(texts[0] in prompt for prompt in prompts)} == set(private)
