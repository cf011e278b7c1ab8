"""Kill runs at random moments, finish them, and compare the results and the usage with an undisturbed run.

A local server answers all requests and counts them. Run: ``uv run python -m scripts.kill_runs --kills 60``.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import openai.resources  # noqa: F401 - slow to import, and imported once for all runs
import pydantic_ai.models.openai  # noqa: F401
from tests.experiments.served import as_text, write_questions
from tests.server import FaultServer

from social_world_model.cli import run_benchmarks
from social_world_model.experiments import Run  # noqa: F401
from social_world_model.reports import make_report  # noqa: F401

MODES = (
    *("vanilla", "vanilla_no_reasoning", "socialized_context", "pure_context"),
    *("perspective", "simtom", "debate", "simulation"),
)
IN_FLIGHT = 6


@dataclass(frozen=True, kw_only=True)
class Killed:
    """What became of the killed runs of one mode.

    Parameters
    ----------
    mode
        Mode of the run.
    kills
        Number of kills that hit the run before its end.
    requests
        Number of requests that the server received.
    counted
        Number of requests in the manifest of the run.
    differing
        Names of the result files that differ from the undisturbed run, or that only one run has.
    """

    mode: str
    kills: int
    requests: int
    counted: int
    differing: tuple[str, ...]


def killed_runs(
    folder: Path, kills: int, modes: Sequence[str] = MODES, stories: int = 12, seed: int = 0
) -> list[Killed]:
    """Kill one run per mode at random moments, finish each run, and compare it with an undisturbed run.

    Parameters
    ----------
    folder
        Folder for the data and the results.
    kills
        Number of kills in all modes together.
    modes
        Modes of the runs, in this order. All runs share their contexts.
    stories
        Number of stories, with 4 questions each.
    seed
        Seed of the moments of the kills.
    """
    data = folder / "rows.jsonl"
    rows = [as_text(row) for row in write_questions(data, stories, 4)]
    dice = random.Random(seed)
    with FaultServer(rows, latency="lognormal:0.03:0.6", keep_bodies=False) as server:
        for mode in modes:
            _start(data, server, folder / "calm", mode).join()
        found = []
        for number, mode in enumerate(modes):
            before = len(server.log)
            hit = 0
            for _ in range(kills // len(modes) + (number < kills % len(modes))):
                hit += _killed(_start(data, server, folder / "killed", mode), server, dice)
            _start(data, server, folder / "killed", mode).join()
            run = next((folder / "killed" / "tomi_results").glob(f"{mode}_custom*")) / ""
            counted = [json.loads(path.read_bytes())["usage"]["total"]["requests"] for path in run.rglob("run.json")]
            differing = _differing(folder / "calm", folder / "killed", mode)
            found.append(
                Killed(
                    mode=mode,
                    kills=hit,
                    requests=len(server.log) - before,
                    counted=sum(counted),
                    differing=differing,
                )
            )
        return found


def _start(data: Path, server: FaultServer, out: Path, mode: str) -> ForkServerProcess:
    """Start a run in a new process. The process is a fork of a process that has imported all modules."""
    name = f"custom/oracle@{server.base_url}"
    words = ["tomi", "--dataset-path", data, "--output-dir", out, "--mode", mode, "--batch-size", IN_FLIGHT]
    words = [*words, "--model-name", name, "--context-model", name]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["scripts.kill_runs"])
    process = context.Process(target=_run, args=(["swm", *map(str, words)],))
    process.start()
    return process


def _run(words: list[str]) -> None:
    sys.argv = words
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        sys.stdout = sys.stderr = nowhere
        run_benchmarks()


def _killed(process: ForkServerProcess, server: FaultServer, dice: random.Random) -> bool:
    """Kill a run some requests after its start. Return whether the kill hit the run before its end."""
    enough = len(server.log) + dice.randint(1, 20)
    while len(server.log) < enough and process.is_alive():
        time.sleep(0.002)
    time.sleep(dice.uniform(0, 0.05))
    process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


def _differing(calm: Path, killed: Path, mode: str) -> tuple[str, ...]:
    """Return the names of the files of a mode that are not equal, byte for byte. Manifests contain times."""
    before, after = (
        {
            str(path.relative_to(out)): path.read_bytes()
            for path in out.rglob("*")
            if path.is_file() and f"/{mode}_custom" in path.as_posix() and path.name != "run.json"
        }
        for out in (calm, killed)
    )
    return tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))


def main() -> None:
    """Kill runs, and print one line per mode."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--stories", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for one in killed_runs(Path(folder), given.kills, stories=given.stories, seed=given.seed):
            sys.stdout.write(
                f"{one.mode:24} {one.kills:3} kills, {one.requests:5} requests, {one.counted:5} counted, "
                f"{len(one.differing)} files differ {', '.join(one.differing[:3])}\n"
            )


if __name__ == "__main__":
    main()
