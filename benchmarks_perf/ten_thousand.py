"""Measure time and peak memory of one run with ten thousand questions and the symbolic model.

uv run python benchmarks_perf/ten_thousand.py [--mode socialized_context]
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

STORIES = 1667  # with six questions each
BOUND_MB = 500


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--mode", default="vanilla")
    mode = arguments.parse_args().mode
    swm = [sys.executable, "-c", "from social_world_model.cli import main; main()"]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "stories.jsonl"
        subprocess.run([*swm, "data", "generate", "tomi", "--n", str(STORIES), "--out", data], check=True)
        start = time.perf_counter()
        subprocess.run(
            [*swm, "run", "tomi", "--dataset-path", data, "--output-dir", folder, "--mode", mode], check=True
        )
        wall = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    print(f"\n{wall:.1f} s, peak {peak:.0f} MB (bound {BOUND_MB})")
    raise SystemExit(1 if peak > BOUND_MB else 0)


if __name__ == "__main__":
    main()
