"""Measure the start-up time of --help, as a ratio to the time of a bare ``import typer``.

uv run python benchmarks_perf/startup.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

BOUND = 2.5
PASSES = 15
PROJECT = Path(__file__).parents[1]
COMMANDS = {
    "run_benchmarks.py --help": ["run_benchmarks.py", "--help"],
    "swm --help": ["-c", "import sys; sys.argv = ['swm', '--help']; from social_world_model.cli import main; main()"],
    "import social_world_model": ["-c", "import social_world_model"],
}


def seconds(words: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, *words], cwd=PROJECT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    failed = False
    for name, words in COMMANDS.items():
        ratio = statistics.median(seconds(words) / seconds(["-c", "import typer"]) for _ in range(PASSES))
        failed |= ratio > BOUND
        print(f"{name:28} x {ratio:.2f} of import typer")
    print(f"bound: x {BOUND}: {'EXCEEDED' if failed else 'kept'}")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
