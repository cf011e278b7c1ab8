"""Entries, headlines, gains, tables and comparisons of runs, and what of a manifest is shown."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from social_world_model.errors import ConfigurationError
from social_world_model.experiments.stored import read_stored_run
from social_world_model.reports import compare, overview
from social_world_model.usage import Usage
from social_world_model.viewer import summaries
from social_world_model.viewer.secrets import without_secrets
from tests.reports.runs_on_disk import write_run

KEY = "sk-abcdefghijklmnop1234"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    monkeypatch.setattr(summaries, "_memory", {})
    summaries._headlined.cache_clear()
    return folder


def changed(folder: Path, **fields: Any) -> None:
    path = folder / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_an_entry_is_made_without_reading_results(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", [True, False, None], questions=5, context_model="m")
    (folder / "0.json").write_text("not a result")
    entry = summaries.run_entry(folder, "r1")
    stamp = entry.pop("stamp")
    assert entry == {
        "id": "r1",
        "name": "run",
        "benchmark": "ori_tomi",
        "dataset": "stories.csv",
        "mode": "vanilla",
        "model": "gpt-4o",
        "context_model": "m",
        "scorer": "official",
        "protocol": "own",
        "state": "done",
        "done": 3,
        "of": 5,
        "failed": 1,
    }
    (folder / "7.json").write_text("{}")
    assert summaries.run_entry(folder, "r1")["stamp"] != stamp


def test_the_state_follows_from_the_manifest_and_the_last_change(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", [True])
    changed(folder, started="2026-01-01", ended="2026-01-02")
    assert summaries.run_entry(folder, "r")["state"] == "done"
    changed(folder, started="2026-01-01", ended="2026-01-02", stopped="out of money")
    assert summaries.run_entry(folder, "r")["state"] == "stopped"
    changed(folder, started="2026-01-01", ended=None, stopped=None)
    assert summaries.run_entry(folder, "r")["state"] == "running"
    assert summaries.run_summary(folder, "r")["headline"]["low"] is None
    assert summaries.run_summary(folder, "r")["headline"]["note"].startswith("so far")
    for path in folder.iterdir():
        os.utime(path, (time.time() - 600, time.time() - 600))
    assert summaries.run_entry(folder, "r")["state"] == "stopped"


def test_a_summary_has_the_values_of_the_report(tmp_path: Path) -> None:
    usage = {"answer": Usage(requests=4, input_tokens=300, output_tokens=100, cost=0.2)}
    folder = write_run(tmp_path / "run", [True, True, False, None], usage=usage)
    (entry,) = overview([folder]).entries
    summary = summaries.run_summary(folder, "r1")
    headline, overall = summary["headline"], entry.report.overall
    assert (headline["value"], headline["low"], headline["high"]) == (overall.value, *(overall.interval or ()))
    assert (headline["n"], headline["failed"], headline["label"]) == (4, 1, "all")
    assert (summary["tokens_per_question"], summary["dollars_per_question"]) == (100, 0.05)


def test_a_summary_is_read_once_per_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_run(tmp_path / "run", [True, False])
    first = summaries.run_summary(folder, "r1")
    monkeypatch.setattr(summaries, "_memory", {})  # as if the server were started again
    monkeypatch.setattr(summaries, "_summary", lambda *_: pytest.fail("read again"))
    assert summaries.run_summary(folder, "r1") == first
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (folder / "1.json").unlink()
    assert summaries.run_summary(folder, "r1")["headline"]["value"] == 1.0


def test_a_run_without_answers_has_the_reason(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", [])
    headline = summaries.run_summary(folder, "r1")["headline"]
    assert headline["value"] is None and "contains no answers" in headline["note"]


def test_gains_equal_those_of_the_overview(tmp_path: Path) -> None:
    folders = {
        "r1": write_run(tmp_path / "a", [True, False, False, False, True, False] * 4, mode="vanilla"),
        "r2": write_run(tmp_path / "b", [True, True, False, True, True, False] * 4, mode="simtom"),
        "r3": write_run(tmp_path / "c", [True, True, True, False, True, False] * 4, mode="perspective"),
        "r4": write_run(tmp_path / "d", [True] * 24, mode="simtom", model="other"),
    }
    gains = summaries.gains(folders)
    ids = {folder: id for id, folder in folders.items()}
    told = {ids[entry.run.folder]: entry.gain for entry in overview([tmp_path]).entries}
    assert gains.keys() == {"r2", "r3"} == {id for id, gain in told.items() if gain}
    for id, gain in gains.items():
        expected = told[id]
        assert expected is not None and gain["over"] == "r1"
        assert (gain["value"], gain["p"]) == (expected.difference.value, expected.adjusted)
        assert (gain["low"], gain["high"]) == expected.difference.interval


def test_gains_leave_out_runs_that_cannot_be_read(tmp_path: Path) -> None:
    folders = {"r1": write_run(tmp_path / "a", [True]), "r2": write_run(tmp_path / "b", [], mode="simtom")}
    assert summaries.gains({**folders, "r3": tmp_path / "none"}) == {}


def test_tables_have_baselines_and_notes(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", [True, False, True, True])
    found = summaries.tables(folder)
    report = overview([folder]).entries[0].report
    assert [table["title"] for table in found["tables"]] == [table.title for table in report.tables]
    row, expected = found["tables"][0]["rows"][0], report.tables[0].rows[0]
    assert (row["label"], row["value"], row["baselines"]) == (expected.label, expected.value, dict(expected.baselines))
    assert found["baseline"] is None


def test_a_comparison_equals_that_of_reports(tmp_path: Path) -> None:
    a = write_run(tmp_path / "a", [True, False, False, None, True, False] * 4)
    b = write_run(tmp_path / "b", [True, True, False, True, True, False] * 4, mode="simtom")
    found = summaries.comparison(a, b)
    expected = compare(read_stored_run(a), read_stored_run(b))
    assert (found["difference"]["value"], found["p"]) == (expected.headline.value, expected.headline.p)
    assert (found["only_a"], found["only_b"], found["n"]) == (0, 8, 24)
    assert found["test"] == "McNemar's test over 24 pairs"
    assert [row["p"] for row in found["rows"]] == [row.adjusted for row in expected.rows]


def test_runs_that_cannot_be_compared_are_refused(tmp_path: Path) -> None:
    a, b = write_run(tmp_path / "a", [True]), write_run(tmp_path / "b", [True], sha256="cd" * 32)
    with pytest.raises(ConfigurationError, match="same SHA-256 of the data"):
        summaries.comparison(a, b)


def test_no_key_leaves_the_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "a key of no known form")
    settings = {
        "variant": KEY,
        "api_key": KEY,
        "models": {"answer": {"api_key": KEY}},
        "rescored_from": "a key of no known form",
    }
    folder = write_run(tmp_path / "run", [True], model=f"gpt@https://me:{KEY}@host/v1", settings=settings)
    changed(folder, command=["swm", "--api-key", KEY], env={"OPENAI_API_KEY": KEY}, stopped=f"wrong key {KEY}")
    told = json.dumps([summaries.run_summary(folder, "r1"), summaries.run_entry(folder, "r1")])
    assert KEY not in told and "no known form" not in told and "command" not in told
    assert json.loads(told)[0]["manifest"]["variant"] == "[key]"


def test_names_of_models_are_no_secrets() -> None:
    for name in ("gpt-4o-2024-08-06", "org/key-model", "vllm/Qwen/Qwen3-8B", "m@http://127.0.0.1:8000/v1"):
        assert without_secrets(name) == name
