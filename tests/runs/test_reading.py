from __future__ import annotations

import json
from pathlib import Path

import pytest

from social_world_model import Usage, read_run
from social_world_model.contracts import Item
from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.runs.manifest import Manifest, read_manifest
from social_world_model.runs.names import aside_folder, folders_moved_aside
from social_world_model.runs.reading import benchmark_name, run_folders
from social_world_model.runs.results import SCHEMA, Result
from social_world_model.runs.store import ResultStore
from social_world_model.symbolic import parse_narrative

STORY = "Sally entered the den. The ball is in the box."


def manifest() -> Manifest:
    return Manifest(
        version="0",
        command=[],
        benchmark="tomi",
        mode="vanilla",
        model="m",
        context_model=None,
        dataset="d",
        data_sha256="",
        seed=None,
        usage={"answer": Usage(requests=3)},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = ResultStore(tmp_path / "run")
    store.open()
    manifest().write(store.folder)
    item = Item(index="1", narrative=STORY, question="Where?", correct_answer="box", question_kind="reality")
    context = parse_narrative(STORY)[0]
    answered = Result.of(item, "answered")
    data = json.loads(answered.to_json()) | {"response": "In the box.", "socialized_context": context.to_data()}
    (store.folder / "1.json").write_text(json.dumps(data | {"usage": {"requests": 3}}), encoding="utf-8")
    return store.folder


def test_a_run_is_read_with_story_reply_context_usage_and_item(folder: Path) -> None:
    run = read_run(str(folder))
    (result,) = run.results
    assert (result.narrative, result.response, result.usage.requests) == (STORY, "In the box.", 3)
    assert result.item().question == "Where?"
    assert result.context is not None and result.context.agents_names == ["Sally"]
    assert (run.manifest["schema"], run.benchmark_name, run.usage) == (SCHEMA, "tomi", {"answer": Usage(requests=3)})
    assert [one.index for one in run.results] == ["1"], "a second loop reads again"


def test_files_that_cannot_be_used_are_told_with_the_reason_however_the_run_is_looped_over(folder: Path) -> None:
    whole = json.loads((folder / "1.json").read_text(encoding="utf-8"))
    (folder / "2.json").write_text("half a fi", encoding="utf-8")
    (folder / "3.json").write_text(json.dumps({**whole, "index": "3", "is_correct": "yes"}), encoding="utf-8")
    (folder / "0.json").write_text(json.dumps(whole), encoding="utf-8")
    (folder / "4.json").mkdir()
    (folder / ".swm-tmp-1-5.json").write_text("half", encoding="utf-8")
    (folder / "notes.json").write_text("{}", encoding="utf-8")
    run = read_run(folder)
    expected = {
        "0.json": "each index once",
        "2.json": "not JSON",
        "3.json": "is_correct to be true or false",
        "4.json": "a readable file",
    }
    for _ in range(2):
        assert [file.path.name for file in run.unreadable] == sorted(expected)
        assert all(expected[file.path.name] in file.reason for file in run.unreadable)
        assert [result.index for result in run.results] == ["1"]


def test_a_manifest_that_is_no_json_object_is_told(folder: Path) -> None:
    (folder / "run.json").write_text("[]", encoding="utf-8")
    run = read_run(folder)
    assert run.manifest_is_broken
    assert [str(file) for file in run.unreadable] == ["run.json: expected a JSON object, got none"]


def test_a_folder_that_is_none_or_holds_nothing_is_a_dataset_error(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="which is not a folder"):
        read_run(tmp_path / "no")
    with pytest.raises(DatasetError, match="which contains no results"):
        read_run(tmp_path)


def test_a_manifest_without_a_schema_is_read_and_one_of_a_newer_schema_refused(folder: Path) -> None:
    data = dict(read_manifest(folder))
    del data["schema"]
    (folder / "run.json").write_text(json.dumps(data), encoding="utf-8")
    assert read_manifest(folder)["benchmark"] == "tomi"
    (folder / "run.json").write_text(json.dumps({**data, "schema": SCHEMA + 1}), encoding="utf-8")
    for read in (read_manifest, read_run):
        with pytest.raises(DatasetError, match=r"run\.json of schema 2 or older, got 3: a newer version"):
            read(folder)


def test_folders_of_runs_are_found_below_but_not_those_moved_aside(folder: Path, tmp_path: Path) -> None:
    moved = aside_folder(folder)
    assert moved.name == "run.old-1"
    moved.mkdir()
    (moved / "1.json").write_text("{}", encoding="utf-8")
    (tmp_path / "my.old-data").mkdir()
    (tmp_path / "my.old-data" / "1.json").write_text("{}", encoding="utf-8")
    assert list(run_folders(tmp_path)) == [tmp_path / "my.old-data", folder]
    assert folders_moved_aside(folder) == [moved]
    assert aside_folder(folder).name == "run.old-2"
    assert list(run_folders(moved)) == [moved], "unless it is named itself"


def test_the_benchmark_is_that_of_the_manifest_else_of_the_folder_above(tmp_path: Path) -> None:
    folder = tmp_path / "hitom_results" / "vanilla"
    assert benchmark_name(folder, {}) == "hitom"
    assert benchmark_name(folder, {"benchmark": "tomi"}) == "tomi"
    assert benchmark_name(Path("/elsewhere"), {}) is None


def test_results_that_cannot_be_moved_aside_stay_where_they_are(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot move"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "rename", lambda self, target: (_ for _ in ()).throw(OSError("busy")))
        ResultStore(folder).move_aside()
    assert (folder / "1.json").exists()
