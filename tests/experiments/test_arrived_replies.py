"""A reply that has arrived is stored at once, even if its item waits for other calls."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from social_world_model.experiments import Run
from social_world_model.runs.journal import FILE_NAME as JOURNAL
from social_world_model.runs.ledger import FILE_NAME as LEDGER
from social_world_model.runs.manifest import read_manifest
from social_world_model.runs.reading import read_run
from social_world_model.runs.stored_json import read_lines
from tests.experiments.served import Served, served


def calls_of(one: Served, mode: str) -> int:
    """Return the number of calls of an undisturbed run."""
    one.run(mode=mode, output_dir=one.settings.output_dir / "calm")
    calls = len(one.server.log)
    one.server.reset()
    return calls


async def stopped(one: Served, mode: str, replies: int) -> None:
    """Stop a run when its journal has so many replies, although its item waits for a call that is never answered."""
    run = Run(replace(one.settings, mode=mode))
    task = asyncio.create_task(run.execute())
    while len(read_lines(run.plan.folder / JOURNAL)[0]) < replies:
        await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_replies_that_wait_for_a_slow_sibling_are_not_asked_for_again(tmp_path: Path) -> None:
    with served(tmp_path, stories=1, questions=1) as one:
        calls = calls_of(one, "debate")
        one.server.silent_from = 2
        asyncio.run(stopped(one, "debate", replies=2))
        assert len(one.server.log) == 3
        one.server.silent_from = None
        result = one.run(mode="debate")
        assert len(one.server.log) == 3 + calls - 2
        assert result.folder is not None
        total = read_manifest(result.folder)["usage"]["total"]
        assert total["requests"] == len(one.server.log)


def test_usage_of_a_stopped_run_is_known_from_its_folder_even_without_its_manifest(tmp_path: Path) -> None:
    with served(tmp_path, stories=1, questions=1) as one:
        one.server.silent_from = 2
        asyncio.run(stopped(one, "debate", replies=2))
        folder = Run(replace(one.settings, mode="debate")).plan.folder
        assert read_run(folder).usage["answer"].requests == 2
        assert read_run(folder).usage["interrupted"].requests == 1
        one.server.silent_from = None
        result = one.run(mode="debate")
        (folder / "run.json").unlink()
        assert not (folder / LEDGER).exists(), "the run is finished"
        in_results = next(iter(read_run(folder).results)).usage
        assert read_run(folder).usage == {"unrecorded": in_results}
        again = one.run(mode="debate")
        assert again.kept == len(result.outcomes)
        assert read_run(folder).usage == {"unrecorded": in_results}
