from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.experiments.perturbing import Noise, perturb_folder
from social_world_model.runs.results import Result
from social_world_model.runs.store import ResultStore
from social_world_model.symbolic import parse_narrative

STORY = "Sally and Anne are in the hall. The ball is in the box. Sally leaves the hall. Anne moves the ball to the bag."
OTHER = "Al and Bo are in the den. The cup is in the bin. Al leaves the den."


def stored_result(index: str, story: str = STORY) -> Result:
    context, _ = parse_narrative(story)
    return Result(
        index=index,
        status="answered",
        fields={"question_order": 1},
        narrative=story,
        question="Where is the ball?",
        answer="bag",
        is_correct=True,
        correct_answer="bag",
        raw="bag",
        item_key="k",
        context_key="c",
        socialized_context=context.to_data(),
    )


def folder(path: Path, *results: Result) -> Path:
    store = ResultStore(path)
    store.open()
    for one in results:
        store.write(one)
    return path


def bytes_of(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.iterdir()}


def test_records_come_out_as_parsed_ones_from_elsewhere(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", stored_result("1"), stored_result("2", OTHER))
    done = perturb_folder(source, tmp_path / "out", Noise(leak=1, omit=1))
    assert (done.results, done.contexts, done.problems) == (2, 2, ())
    assert (done.leaked, done.omitted) == (done.leakable, done.omittable)
    data = json.loads((tmp_path / "out" / "1.json").read_text())
    assert data["status"] == "parsed"
    assert (data["narrative"], data["question_order"], data["correct_answer"]) == (STORY, 1, "bag")
    assert not {"answer", "is_correct", "raw", "item_key", "context_key"} & set(data)
    assert data["perturbation"]["leaked"] == data["perturbation"]["leakable"] > 0
    assert data["socialized_context"] != stored_result("1").socialized_context


def test_questions_about_one_story_get_one_context_counted_once(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", stored_result("1"), stored_result("2"))
    done = perturb_folder(source, tmp_path / "out", Noise(leak=0.5, omit=0.5, seed=3))
    one, two = (ResultStore(tmp_path / "out").read(index) for index in ("1", "2"))
    assert one is not None
    assert two is not None
    assert one.socialized_context == two.socialized_context
    assert (done.results, done.contexts) == (2, 1)
    alone = perturb_folder(
        folder(tmp_path / "alone", stored_result("2")), tmp_path / "out2", Noise(leak=0.5, omit=0.5, seed=3)
    )
    assert (alone.leaked, alone.omitted) == (done.leaked, done.omitted)


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", stored_result("1"), stored_result("2", OTHER))
    for name, seed in (("a", 0), ("b", 0), ("c", 1)):
        perturb_folder(source, tmp_path / name, Noise(leak=0.5, omit=0.5, seed=seed))
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b") != bytes_of(tmp_path / "c")


def test_what_cannot_be_used_is_named_and_stops_nothing(tmp_path: Path) -> None:
    broken = {"agents_names": ["Al"], "socialized_context": [{"timestep": "1"}]}
    source = folder(
        tmp_path / "in",
        stored_result("1"),
        replace(stored_result("2"), socialized_context=broken),
        replace(stored_result("3"), narrative=None),
        replace(stored_result("4"), socialized_context=None),
    )
    (source / "5.json").write_text("{half")
    (source / "6.json").write_text(json.dumps(json.loads((source / "1.json").read_text())))
    (source / "notes.json").write_text('{"other": "file"}')
    done = perturb_folder(source, tmp_path / "out", Noise(leak=0, omit=0))
    assert done.results == 1
    assert [problem.removeprefix(str(source))[:10] for problem in done.problems] == [
        " / index 2",
        " / index 3",
        "/5.json: e",
        " / index 1",
    ]
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["1.json"]


def test_a_folder_without_contexts_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    empty = folder(tmp_path / "empty")
    answers = folder(tmp_path / "answers", replace(stored_result("1"), socialized_context=None))
    for source, part in (
        (tmp_path / "no", "not a folder"),
        (empty, "0 results"),
        (answers, "got 1 results without"),
    ):
        with pytest.raises(DatasetError, match=part):
            perturb_folder(source, tmp_path / "out", Noise(leak=0.1, omit=0.1))
    assert not (tmp_path / "out").exists()


def test_an_output_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", stored_result("1"))
    full = folder(tmp_path / "full", stored_result("1"))
    before = bytes_of(full)
    (tmp_path / "file").write_text("")
    for out, part in (
        (full, "a new or empty"),
        (tmp_path / "file", "or empty"),
        (source / ".", "for both"),
    ):
        with pytest.raises(ConfigurationError, match=part):
            perturb_folder(source, out, Noise(leak=0.1, omit=0.1))
    assert bytes_of(full) == before
    (tmp_path / "void").mkdir()
    assert perturb_folder(source, tmp_path / "void", Noise(leak=0.1, omit=0.1)).results == 1


def test_a_probability_outside_0_to_1_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="expected omit to be a probability"):
        perturb_folder(tmp_path / "no", tmp_path / "out", Noise(leak=0, omit=2))
