"""Run every mode on the bundled sample of every benchmark with one model, and print a table of what happened.

    python scripts/check_local_models.py custom/NAME@http://127.0.0.1:8000/v1 --folder results/NAME

The script answers one question: does every item end as answered, refused or unparsable? An item with the status
`error`, or a traceback, is a fault of the toolkit or of the server, and makes the exit status 1. Accuracy does not
matter here: a model with 135 million parameters answers nearly at random. The same command resumes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from social_world_model import benchmark_names, mode_names, read_run
from social_world_model.errors import SocialWorldModelError

BAD = "error"
"""Status of an item whose call failed."""
NOT_APPLICABLE = 2
"""Exit status of a mode that cannot ask the questions of a benchmark, for example without options."""
STATUSES = ("answered", "parsed", "refused", "unparsable", BAD)
LIMIT = 3600
"""Seconds that one run may take."""


def run(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run `swm` with these words, in the environment of this Python."""
    code = "from social_world_model.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        env={**os.environ, "COLUMNS": "120"},
        check=False,
    )


def check(benchmark: str, mode: str, model: str, options: argparse.Namespace) -> tuple[Counter[str], str]:
    """Run one mode on one benchmark.

    Parameters
    ----------
    benchmark, mode
        Names of the benchmark and of the mode.
    model
        Name of the model, which also makes the contexts.
    options
        Options of the command line.

    Returns
    -------
    tuple
        Number of items by status, and a remark if the run did not end as expected.
    """
    folder = options.folder / benchmark / mode
    words = ["run", benchmark, "--mode", mode, "--limit", str(options.items), "--model-name", model]
    words += ["--context-model", model, "--max-output-tokens", str(options.tokens)]
    words += ["--batch-size", str(options.batch_size), "--timeout", "600", "--output-dir", str(folder)]
    done = run(words)
    if done.returncode == NOT_APPLICABLE:
        return Counter(), done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "not applicable"
    counts: Counter[str] = Counter()
    for manifest in folder.rglob("run.json"):
        try:
            counts.update(result.status for result in read_run(manifest.parent).results)
        except SocialWorldModelError as error:
            return counts, str(error)
    remark = "traceback" if "Traceback" in done.stderr else ""
    return counts, remark or (done.stderr.strip().splitlines()[-1] if not counts and done.stderr.strip() else "")


def main() -> int:
    """Run all combinations, print the table, and return the exit status."""
    parser = argparse.ArgumentParser(description="Run every mode on every bundled sample with one model.")
    parser.add_argument("model", help="Name of the model, as for --model-name.")
    parser.add_argument("--folder", type=Path, required=True, help="Folder for the results.")
    parser.add_argument("--items", type=int, default=5, help="Rows per benchmark.")
    parser.add_argument("--tokens", type=int, default=256, help="Maximum number of tokens per reply.")
    parser.add_argument("--batch-size", type=int, default=4, help="Concurrent calls.")
    parser.add_argument("--benchmarks", nargs="*", default=benchmark_names(), help="Only these benchmarks.")
    parser.add_argument("--modes", nargs="*", default=mode_names(), help="Only these modes.")
    options = parser.parse_args()
    total: Counter[str] = Counter()
    faults = 0
    print(f"| benchmark | mode | {' | '.join(STATUSES)} | seconds | remark |\n|{'---|' * (len(STATUSES) + 4)}")
    for benchmark in options.benchmarks:
        for mode in options.modes:
            began = time.monotonic()
            counts, remark = check(benchmark, mode, options.model, options)
            total.update(counts)
            faults += counts[BAD] > 0 or remark == "traceback"
            shown = " | ".join(str(counts[status]) for status in STATUSES)
            print(f"| {benchmark} | {mode} | {shown} | {time.monotonic() - began:.0f} | {remark[:120]} |", flush=True)
    print(f"| all | all | {' | '.join(str(total[status]) for status in STATUSES)} | | |")
    return 1 if faults or not total else 0


if __name__ == "__main__":
    sys.exit(main())
