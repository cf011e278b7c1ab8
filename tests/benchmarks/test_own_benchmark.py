"""The how-to of a benchmark of one's own: its code runs, from Python and from the command line."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from social_world_model.benchmarks import Benchmark
from social_world_model.errors import DatasetError

HOW_TO = (Path(__file__).parents[2] / "docs" / "own_benchmark.md").read_text(encoding="utf-8")
CODE, ENDING, READING = re.findall(r"^```python\n(.*?)^```$", HOW_TO, re.MULTILINE | re.DOTALL)


def test_the_how_to_does_what_it_says_in_python_and_as_a_command(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CODE], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("1.0", "")
    read = READING.replace("data/hidings_results", str(tmp_path / "data" / "hidings_results"))
    done = subprocess.run([sys.executable, "-c", read], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.stdout[:14], done.stderr) == ("0 answered Ann", "")
    definition = CODE.partition("\nrow = ")[0]
    assert len(definition.splitlines()) < 60
    (tmp_path / "hidings.py").write_text(definition + "\n" + ENDING)
    command = "hidings.py hidings --dataset-path hidings.jsonl --mode perspective --context-model symbolic"
    done = subprocess.run(
        [sys.executable, *command.split(), "--model-name", "scripted/model.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"^  keys +1 +1 +1\.000", done.stdout, re.MULTILINE)


def test_a_benchmark_without_a_sample_wants_a_file() -> None:
    class Bare(Benchmark):
        name = "bare"

        def items(self, index: str, row: dict[str, object]) -> list[object]:  # type: ignore[override]
            return []

    with pytest.raises(DatasetError, match="expected a data file for bare, which brings no sample; got none"):
        Bare().load()
