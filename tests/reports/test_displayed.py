"""Reports, runs, timelines and memories as DataFrames and in notebooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from social_world_model import frames
from social_world_model.errors import ConfigurationError
from social_world_model.experiments import Run, RunSettings
from social_world_model.experiments.stored import read_stored_run
from social_world_model.reports import compare, make_report, overview
from social_world_model.reports.robustness import robustness_report
from social_world_model.runs.reading import read_run
from social_world_model.symbolic import parse_narrative
from tests.reports.runs_on_disk import write_run

EVIL = "<script>alert(1)</script>"


def test_a_stored_run_becomes_a_frame_with_one_row_per_item(tmp_path: Path) -> None:
    frame = read_run(write_run(tmp_path, [True, False, None])).to_pandas()
    assert list(frame["index"]) == ["0", "1", "2"]
    assert list(frame["status"]) == ["answered", "answered", "error"]
    assert list(frame["fields.qTypeRaw"]) == ["reality", "first_order", "reality"]
    assert frame["usage.requests"].sum() == 0
    assert "socialized_context" not in frame.columns


def test_a_run_and_its_report_become_frames() -> None:
    result = Run(RunSettings(benchmark="hitom", limit=10, save=False)).execute_sync()
    assert result.to_pandas().groupby("fields.question_order")["is_correct"].count().sum() == 10
    frame = make_report(result).to_pandas()
    assert list(frame.columns[:4]) == ["table", "label", "right", "n"]
    assert frame.loc[frame["table"] == "by order", "n"].sum() == 10
    assert (frame["low"] <= frame["value"]).all()
    assert "baselines.real place" in frame.columns


def test_overviews_comparisons_and_robustness_become_frames(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_run(tmp_path / name, [True, False] * 10, mode="vanilla" if name == "a" else "simtom")
    assert list(overview([tmp_path]).to_pandas()["mode"]) == ["vanilla", "simtom"]
    found = compare(read_stored_run(tmp_path / "a"), read_stored_run(tmp_path / "b"))
    assert found.to_pandas().loc[0, "a.value"] == 0.5
    run = Run(RunSettings(benchmark="hitom", limit=4, save=False)).execute_sync()
    frame = robustness_report([run]).to_pandas()
    assert list(frame["n"]) == [4]


def test_without_pandas_the_error_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"expected the package pandas .* uv sync --extra pandas"):
        read_run(write_run(tmp_path, [True])).to_pandas()


def test_notebooks_show_reports_as_escaped_tables(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_run(tmp_path / name, [True, False], model=EVIL, mode="vanilla" if name == "a" else EVIL)
    found = compare(read_stored_run(tmp_path / "a"), read_stored_run(tmp_path / "b"))
    run = Run(RunSettings(benchmark="hitom", limit=4, save=False)).execute_sync()
    shown = [overview([tmp_path]), found, make_report(run), robustness_report([run])]
    for page in (one._repr_html_() for one in shown):
        assert "<table>" in page
        assert EVIL not in page
    assert "&lt;script&gt;" in shown[0]._repr_html_()


def test_notebooks_show_timelines_and_memories() -> None:
    context = parse_narrative("Al entered the den. The ball is in the box. Al left the den.")[0]
    assert context.timeline()._repr_html_().startswith("<pre")
    memory = context.memory("Al")
    assert isinstance(memory, list)
    page = memory._repr_html_()  # type: ignore[attr-defined]
    assert page.count("<tr>") == len(memory) + 1
    assert "Al entered the den" in page
