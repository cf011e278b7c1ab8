"""`swm report` on folders that contain runs of benchmarks and runs of episodes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.commands import swm
from tests.reports.episodes_on_disk import write_cell
from tests.reports.runs_on_disk import write_run

PLAIN = (True, False, True, True)


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    write_run(tmp_path / "tomi_results" / "run", PLAIN)
    write_cell(
        tmp_path / "agents" / "run", lambda environment, seat, repeat: 5.0, judges={"o3": lambda one: (one, one)}
    )
    return tmp_path


def test_both_kinds_of_runs_get_their_tables(mixed: Path) -> None:
    done = swm("report", mixed, "--format", "md,json")
    assert done.returncode == 0
    assert "accuracy" in done.stdout
    assert "sotopia · hard.json" in done.stdout
    assert "left out" not in done.stdout
    assert sorted(path.name for path in (mixed / "report").iterdir()) == [
        "episodes.json",
        "episodes.md",
        "report.json",
        "report.md",
    ]
    again = swm("report", mixed, "--format", "md")
    assert "left out" not in again.stdout


def test_a_report_of_benchmark_runs_has_no_episodes(mixed: Path) -> None:
    done = swm("report", mixed / "tomi_results", "--format", "md")
    assert done.returncode == 0
    assert [path.name for path in (mixed / "tomi_results" / "report").iterdir()] == ["report.md"]


def test_a_report_of_episodes_is_beside_the_run_and_has_no_plots(mixed: Path) -> None:
    done = swm("report", mixed / "agents" / "run", "--format", "png")
    assert done.returncode == 0
    assert "not written: episodes have no plots" in done.stdout
    assert (mixed / "agents" / "report").is_dir()
    refused = swm("report", mixed / "agents", "--out", mixed / "agents" / "run" / "inside")
    assert refused.returncode == 2
    assert "outside the folders of runs" in refused.stderr


def test_a_folder_without_runs_is_refused_beside_one_with_episodes(mixed: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    done = swm("report", mixed / "agents", empty)
    assert done.returncode == 2
    assert "expected runs in" in done.stderr


@pytest.mark.parametrize("with_runs", [True, False])
def test_a_folder_that_a_newer_version_wrote_is_left_out_and_named(mixed: Path, with_runs: bool) -> None:
    if not with_runs:
        shutil.rmtree(mixed / "tomi_results")
    write_run(mixed / "new", PLAIN)
    manifest = mixed / "new" / "run.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text("utf-8")), "schema": 99}), "utf-8")
    done = swm("report", mixed, "--format", "md")
    assert done.returncode == 0
    assert "sotopia · hard.json" in done.stdout
    assert "a newer version of this package wrote it" in " ".join(done.stdout.split())
    assert ("accuracy" in done.stdout) == with_runs
