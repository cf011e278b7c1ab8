"""A run that waits in its middle: ``python -m tests.cli.held_run FILES GO WORDS…`` is ``run_benchmarks.py WORDS…``.

When it has put so many files in their place it prints a line, and waits until the file GO is there. So a test can
choose the moment of Ctrl-C, however fast or busy the machine is.
"""

from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path
from unittest import mock

from social_world_model.cli import run_benchmarks


def main(files: int, go: Path) -> None:
    """Run, and wait after so many files."""
    written = itertools.count(1)
    replace = Path.replace

    def counted(path: Path, target: Path) -> Path:
        replaced = replace(path, target)
        if next(written) == files:
            sys.stdout.write("waiting\n")
            sys.stdout.flush()
            while not go.exists():
                time.sleep(0.01)
        return replaced

    with mock.patch.object(Path, "replace", counted):
        run_benchmarks()


if __name__ == "__main__":
    number, file = sys.argv[1:3]
    del sys.argv[1:3]
    main(int(number), Path(file))
