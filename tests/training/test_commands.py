"""``swm train`` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

from pyarrow import parquet

from tests.commands import python, swm
from tests.training.stored import write_results


def test_made_up_stories_become_samples_with_a_report(tmp_path: Path) -> None:
    done = swm("train", "data", "--generate", "hitom", "--n", 30, "--val-share", 0.2, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "30 samples" in done.stdout
    assert done.stdout.endswith(f"samples: {tmp_path}\n")
    rows = sum(parquet.read_table(tmp_path / f"{split}.parquet").num_rows for split in ("train", "val"))
    assert rows == json.loads((tmp_path / "report.json").read_text())["read"] == 30


def test_what_was_left_out_is_told_with_the_reason(tmp_path: Path) -> None:
    results = write_results(tmp_path / "run", 3)
    (results / "notes.json").write_text("{}")
    done = swm("train", "data", "--data-dir", results, "--out", tmp_path / "out", "--val-share", 0, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    assert f"left out: 1 × not a result, e.g. {results / 'notes.json'}" in done.stdout
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["report.json", "train.jsonl"]


def test_bad_input_is_one_clear_line(tmp_path: Path) -> None:
    for words, told in {
        ("--generate", "tomi", "--max-tokens", 9): "--tokenizer to be set if --max-tokens is set",
        ("--generate", "nobody"): "--generate to be tomi or ori_tomi or hitom, got 'nobody'",
        ("--generate", "tomi", "--val-share", 1.5): "--val-share to be a number of at least 0 and below 1",
        (): "exactly one of the settings --data-dir and --generate",
        ("--data-dir", tmp_path / "none"): "which is not a folder",
    }.items():
        done = swm("train", "data", "--out", tmp_path / "out", *words)
        assert done.returncode == 2
        (line,) = done.stderr.strip().splitlines()
        assert line.startswith("error: ")
        assert told in line


def test_help_loads_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys\nsys.argv = ['swm', 'train', 'sft', '--help']\nfrom social_world_model.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted({'torch', 'transformers', 'pyarrow', 'trl', 'peft'} & set(sys.modules)))"
    )
    done = python("-c", code)
    assert done.stdout.endswith("[]\n")
