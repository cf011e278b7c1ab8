"""Measure start-up times, each as a ratio to the time of a bare import.

The time of --help is compared with ``import typer``. The time of ``swm mcp``, from its start to its end with an empty
input, is compared with ``import mcp.server.mcpserver``.

uv run python benchmarks_perf/startup.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

BOUND = 2.5
MCP_BOUND = 2.0
PASSES = 15
PROJECT = Path(__file__).parents[1]
COMMANDS = {
    "run_benchmarks.py --help": ["run_benchmarks.py", "--help"],
    "swm --help": ["-c", "import sys; sys.argv = ['swm', '--help']; from social_world_model.cli import main; main()"],
    "import social_world_model": ["-c", "import social_world_model"],
}


def seconds(words: list[str]) -> float:
    start = time.perf_counter()
    nothing = subprocess.DEVNULL
    subprocess.run([sys.executable, *words], cwd=PROJECT, stdin=nothing, stdout=nothing, check=True)
    return time.perf_counter() - start


def ratio(words: list[str], bare: str) -> float:
    return statistics.median(seconds(words) / seconds(["-c", f"import {bare}"]) for _ in range(PASSES))


def main() -> None:
    failed = False
    for name, words in COMMANDS.items():
        times = ratio(words, "typer")
        failed |= times > BOUND
        print(f"{name:28} x {times:.2f} of import typer (bound {BOUND})")
    times = ratio(["-m", "social_world_model", "mcp"], "mcp.server.mcpserver")
    failed |= times > MCP_BOUND
    print(f"{'swm mcp':28} x {times:.2f} of import mcp.server.mcpserver (bound {MCP_BOUND})")
    print("EXCEEDED" if failed else "kept")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
