"""Shards of tasks, and folders of runs with a seed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.errors import ConfigurationError, MeaninglessError
from social_world_model.experiments.episodes.run import EpisodeRun
from social_world_model.experiments.episodes.shards import Shard
from social_world_model.settings import EpisodeSettings
from tests.agents.stub import stub_reply
from tests.scenarios.sotopia_bundles import bundle, written
from tests.server import FaultServer


@given(st.integers(1, 12), st.sets(st.text(max_size=30), max_size=40))
def test_shards_are_disjoint_and_together_complete(parts: int, tasks: set[str]) -> None:
    shards = [Shard(number=number, parts=parts) for number in range(1, parts + 1)]
    assert all(sum(shard.has(task) for shard in shards) == 1 for task in tasks)


@given(st.integers(1, 5), st.integers(1, 15), st.integers(1, 3))
def test_the_episodes_of_all_shards_are_the_episodes_of_the_run(parts: int, limit: int, repeats: int) -> None:
    common: dict[str, Any] = {"scenario": "bargain", "agent": "habit", "limit": limit, "repeats": repeats}
    whole = EpisodeRun(EpisodeSettings(**common)).plan
    found: list[tuple[str, int]] = []
    folders = set()
    for number in range(1, parts + 1):
        try:
            plan = EpisodeRun(EpisodeSettings(**common, shard=f"{number}/{parts}")).plan
        except MeaninglessError as error:
            assert f"expected tasks in the shard {number}/{parts}, got none" in str(error)
            continue
        found += [(task.index, task.seed) for task in plan.tasks]
        folders.add(plan.folder)
        assert plan.folder.relative_to(f"data/shard-{number}-of-{parts}") == whole.folder.relative_to("data")
    assert sorted(found) == sorted((task.index, task.seed) for task in whole.tasks)
    assert len(folders) <= parts


@pytest.mark.parametrize("shard", ["0/4", "5/4", "a/b", "1", "1/0", "-1/4", "1/4/2", "", "１/4", "1/99999"])
def test_a_shard_that_does_not_exist_is_refused(shard: str) -> None:
    with pytest.raises(ConfigurationError, match="expected shard to be I/N with I from 1 to N"):
        EpisodeRun(EpisodeSettings(scenario="stash", shard=shard))


def test_runs_with_different_seeds_have_different_folders_and_repeats_send_different_seeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOM_API_KEY", "none")
    data = written(tmp_path, bundle())
    with FaultServer([], replies=stub_reply) as server:
        common: dict[str, Any] = {
            "scenario": "sotopia",
            "data": data,
            "agent": "plain",
            "model_name": f"custom/stub@{server.base_url}",
            "output_dir": tmp_path / "out",
            "max_turns": 2,
            "repeats": 2,
        }
        plain = EpisodeRun(EpisodeSettings(**common)).execute_sync()
        assert {entry.body.get("seed") for entry in server.log} == {None}
        server.reset()
        seeded = EpisodeRun(EpisodeSettings(**common, seed=5, aa=True)).execute_sync()
    assert {entry.body.get("seed") for entry in server.log} == {5, 6}
    assert (plain.failed, seeded.failed, seeded.kept) == (0, 0, 0)
    assert plain.folder is not None
    assert seeded.folder == plain.folder.with_name(f"{plain.folder.name}__seed-5")
    manifest = json.loads((seeded.folder / "run.json").read_text())
    assert (manifest["seed"], manifest["settings"]["aa"]) == (5, True)
