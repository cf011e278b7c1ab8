"""Measure one `swm` command: time of the whole process in seconds, and its peak memory."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time

PROGRAM = """
import resource, sys
from social_world_model.cli import main
sys.argv = ["swm", *sys.argv[1:]]
try:
    main()
finally:
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""
UNIT = 1024 if sys.platform == "linux" else 1024**2
"""Units of `ru_maxrss` per MB."""


def measured(*words: str) -> tuple[float, float]:
    """Run `swm` with these arguments; return the time in seconds and the peak memory in MB."""
    begun = time.perf_counter()
    command = [sys.executable, "-c", PROGRAM, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": "140"})
    return time.perf_counter() - begun, int(done.stderr.split("peak ")[-1]) / UNIT


def own_peak() -> float:
    """Return the peak memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNIT
