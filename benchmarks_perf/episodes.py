"""Measure runs of SOTOPIA episodes against a local server: time, peak memory, and use of the allowed calls.

The data comes from the folder in the environment variable SWM_DATA. The server runs in a process of its own.

uv run python -m benchmarks_perf.episodes [--agent foresee] [--latency lognormal:0.3:0.6] [--batch-size 32]
"""

from __future__ import annotations

import argparse
import heapq
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from tests.agents.stub import stub_reply
from tests.server import FaultServer

SWM = [sys.executable, "-c", "from social_world_model.cli import main; main()"]


def serve(end: Connection, latency: str) -> None:
    """Serve until the other end asks for the log; send the address first, and the log last."""
    with FaultServer([], latency=latency, replies=stub_reply, keep_bodies=False) as server:
        end.send(server.base_url)
        end.recv()
        end.send([(entry.arrived, entry.answered, entry.latency) for entry in server.log])


def greedy(latencies: Sequence[float], chains: int, slots: int) -> float:
    """Return the seconds of a schedule that never leaves a slot free while a call can start.

    Parameters
    ----------
    latencies
        Seconds of all calls, in the order in which the server saw them. All chains have the same number of calls.
    chains
        Number of chains. A call of a chain starts after the call before it has ended.
    slots
        Maximum number of concurrent calls. The calls of a begun chain go before a new chain.
    """
    length = len(latencies) // chains
    drawn = iter(latencies)
    begun = chains if chains < slots else slots
    running = [(next(drawn), length - 1) for _ in range(begun)]
    heapq.heapify(running)
    now = 0.0
    while running:
        now, left = heapq.heappop(running)
        if not left and begun < chains:
            begun, left = begun + 1, length
        if left:
            heapq.heappush(running, (now + next(drawn), left - 1))
    return now


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--agent", default="plain")
    arguments.add_argument("--latency", default="zero")
    arguments.add_argument("--batch-size", default="32")
    arguments.add_argument("--limit", default="140")
    given = arguments.parse_args()
    bundle = Path(os.environ["SWM_DATA"]) / "sotopia" / "sotopia_hard_bundle.json"
    end, other = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(other, given.latency), daemon=True)
    server.start()
    url = end.recv()
    os.environ["CUSTOM_API_KEY"] = "none"
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        words = [
            *("agents", "run", "sotopia", "--data", str(bundle), "--agent", given.agent, "--partner", "plain"),
            *("--model-name", f"custom/stub@{url}", "--batch-size", given.batch_size, "--limit", given.limit),
            *("--output-dir", folder),
        ]
        subprocess.run([*SWM, *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    end.send(None)
    log = end.recv()
    server.join()
    span = max(answered for _, answered, _ in log if answered) - min(arrived for arrived, _, _ in log)
    print(f"{len(log):,} calls in {seconds:.1f} s, peak {peak:.0f} MB")
    if given.latency != "zero" and given.agent == "plain":
        best = greedy([latency for _, _, latency in log], int(given.limit), int(given.batch_size))
        print(f"calls from the first to the last: {span:.1f} s; greedy schedule {best:.1f} s; ratio {best / span:.3f}")


if __name__ == "__main__":
    main()
