"""Samples are chosen, split, counted and written whole, and nothing is lost in silence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic import parse_narrative
from social_world_model.training import writing
from social_world_model.training.data import DataReport, make_data
from social_world_model.training.samples import Sample
from social_world_model.training.settings import DataSettings, Rules
from social_world_model.training.sources import generated
from tests.training.stored import lines, write_result, write_results

STORY = "Sally and Anne are in the den. The ball is in the box. Sally left the den. Anne moved the ball to the bag."


class Characters:
    """Counts characters for tokens."""

    def of(self, sample: Sample) -> int:
        return len(sample.prompt) + len(sample.reply)


def made(out: Path, *folders: Path, **rest: Any) -> DataReport:
    rules = {name: rest.pop(name) for name in list(rest) if name in Rules.__dataclass_fields__}
    return make_data(DataSettings(out=out, folders=folders, rules=Rules(**rules), **rest))


def test_records_become_conversations_in_both_forms(tmp_path: Path) -> None:
    report = made(tmp_path / "out", write_results(tmp_path / "run", 20), val_share=0.2, seed=1)
    assert report.read == sum(report.written.values()) == 20
    assert report.written["val"] > 0
    for split, count in report.written.items():
        rows = lines(tmp_path / "out" / f"{split}.jsonl")
        assert rows == parquet.read_table(tmp_path / "out" / f"{split}.parquet").to_pylist()
        assert len(rows) == count
        assert [[message["role"] for message in row["messages"]] for row in rows] == [["user", "assistant"]] * count
    told = json.loads((tmp_path / "out" / "report.json").read_text())
    assert (told["read"], told["written"]) == (20, dict(report.written))


def test_the_guidance_is_that_of_the_folders_benchmark(tmp_path: Path) -> None:
    named = write_results(tmp_path / "named", 1)
    above = write_results(tmp_path / "tomi_results" / "run", 1, benchmark=None)
    nobody = write_results(tmp_path / "nobody", 1, benchmark=None)
    prompts = {}
    for folder in (named, above, nobody):
        report = made(tmp_path / "out", folder, val_share=0.0)
        prompts[folder] = lines(tmp_path / "out" / "train.jsonl")[0]["messages"][0]["content"]
        assert report.without_guidance == (folder == nobody)
    assert prompts[named] == prompts[above] != prompts[nobody]
    made(tmp_path / "out", nobody, val_share=0.0, benchmark="tomi")
    assert lines(tmp_path / "out" / "train.jsonl")[0]["messages"][0]["content"] == prompts[named]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.floats(0.05, 0.6), st.integers(0, 3))
def test_no_narrative_is_ever_on_both_sides_of_the_split(
    tmp_path_factory: pytest.TempPathFactory, seed: int, share: float, blanks: int
) -> None:
    folder = tmp_path_factory.mktemp("split")
    for draw in range(3):  # the same narratives, blanks elsewhere, with contexts that differ
        for number, story in enumerate(generated("tomi", 6, 0)):
            data = story.context.to_data()
            data["socialized_context"][0]["state"] += f" It is draw {draw}."
            narrative = story.narrative.replace(" ", " " * (1 + blanks * draw))
            write_result(folder, f"{draw}-{number}", narrative, data)
    try:
        report = made(folder / "out", folder, val_share=share, seed=seed, keep_draws=True)
    except DatasetError:  # all of them held out
        return
    assert sum(report.written.values()) == 18
    sides = {}
    for split in report.written:
        rows = lines(folder / "out" / f"{split}.jsonl")
        sides[split] = {" ".join(row["messages"][0]["content"].split()) for row in rows}
    assert not sides.get("train", set()) & sides.get("val", set())


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 1000), st.sampled_from(["tomi", "hitom"]))
def test_the_same_seed_gives_the_same_bytes(tmp_path_factory: pytest.TempPathFactory, seed: int, kind: str) -> None:
    folders = [tmp_path_factory.mktemp("bytes") for _ in range(2)]
    for folder in folders:
        made(folder, generate=kind, n=8, seed=seed, val_share=0.3)
    one, other = ({path.name: path.read_bytes() for path in folder.glob("*.[pj][as]*[tl]")} for folder in folders)
    assert one == other
    assert one


def test_another_seed_gives_other_stories(tmp_path: Path) -> None:
    for seed in (1, 2):
        made(tmp_path / str(seed), generate="tomi", n=3, seed=seed, val_share=0.0)
    assert (tmp_path / "1/train.jsonl").read_bytes() != (tmp_path / "2/train.jsonl").read_bytes()


def test_records_that_share_a_narrative_count_once_and_draws_are_kept_where_asked(tmp_path: Path) -> None:
    context = parse_narrative(STORY)[0].to_data()
    other = json.loads(json.dumps(context))
    other["socialized_context"][0]["state"] = "The ball is in the box."
    for index, data in enumerate((context, context, other)):
        write_result(tmp_path, index, STORY, data)
    assert made(tmp_path / "out", tmp_path, val_share=0.0).left_out == {"same narrative": 2}
    shutil.rmtree(tmp_path / "out")
    assert made(tmp_path / "out", tmp_path, val_share=0.0, keep_draws=True).left_out == {
        "same narrative and context": 1
    }


def test_only_contexts_that_validate_are_taken_unless_others_are_asked_for(tmp_path: Path) -> None:
    write_results(tmp_path, 2)
    bad = parse_narrative(STORY)[0].to_data()
    bad["socialized_context"][0]["observations"]["Sally"] = "<same_as_last_action />"
    write_result(tmp_path, "bad", STORY, bad)
    report = made(tmp_path / "out", tmp_path, val_share=0.0)
    assert report.left_out == {"context with errors": 1}
    assert "bad.json" in report.examples["context with errors"][0]
    shutil.rmtree(tmp_path / "out")
    assert made(tmp_path / "out", tmp_path, val_share=0.0, only_valid=False).written["train"] == 3


def test_a_context_that_has_no_wire_form_is_never_taken(tmp_path: Path) -> None:
    write_results(tmp_path, 1)
    bad = parse_narrative(STORY)[0].to_data()
    del bad["socialized_context"][0]["observations"]["Sally"]
    write_result(tmp_path, "bad", STORY, bad)
    report = made(tmp_path / "out", tmp_path, val_share=0.0, only_valid=False)
    assert report.left_out == {"context without a wire form": 1}


def test_only_records_answered_right_are_taken_where_asked(tmp_path: Path) -> None:
    for number, (story, right) in enumerate(zip(generated("tomi", 3, 0), (True, False, None), strict=True)):
        columns = {} if right is None else {"is_correct": right}
        write_result(tmp_path, number, story.narrative, story.context.to_data(), **columns)
    report = made(tmp_path / "out", tmp_path, val_share=0.0, only_right=True)
    assert report.written["train"] == 1
    assert report.left_out == {"answer not right": 1, "no answer that was scored": 1}


def test_contexts_far_from_the_symbolic_reference_are_left_out_where_asked(tmp_path: Path) -> None:
    good = parse_narrative(STORY)[0]
    steps = [
        step.model_copy(update={"observations": dict.fromkeys(step.observations, "none")})
        for step in good.socialized_context
    ]
    blind = SocializedContext(agents_names=good.agents_names, socialized_context=steps)
    write_result(tmp_path, "good", STORY, good.to_data())
    write_result(tmp_path, "far", f"{STORY} Sally entered the den.", blind.to_data())
    write_result(tmp_path, "prose", "Once upon a time, Al dreamt of Bo.", good.to_data())
    report = made(tmp_path / "out", tmp_path, val_share=0.0, min_f1=0.9)
    assert report.written["train"] == 1
    assert report.left_out == {"perceived-event F1 below 0.9": 1, "no symbolic reference for its F1": 1}


def test_what_is_no_record_is_counted_and_named(tmp_path: Path) -> None:
    write_results(tmp_path, 1)
    (tmp_path / "half.json").write_text('{"index": 1, "sto')
    (tmp_path / "list.json").write_text("[1]")
    (tmp_path / "unparsed.json").write_text(json.dumps({"index": 9, "story": STORY, "status": "unparsable"}))
    (tmp_path / "shape.json").write_text(json.dumps({"index": 9, "story": STORY, "socialized_context": {"a": 1}}))
    report = made(tmp_path / "out", tmp_path, val_share=0.0)
    expected = {"not readable": 1, "not a result": 1, "a result without a context": 1, "not a context": 1}
    assert report.left_out == expected
    assert "half.json" in report.examples["not readable"][0]


@pytest.mark.parametrize("over_long", ["leave-out", "keep"])
def test_long_samples_are_counted_and_never_cut(tmp_path: Path, over_long: Any) -> None:
    folder = write_results(tmp_path / "run", 12)
    rules = Rules(max_tokens=4200, over_long=over_long)
    asked = DataSettings(out=tmp_path / "out", folders=(folder,), rules=rules, tokenizer="x", val_share=0.0)
    report = make_data(asked, lengths=Characters())
    lengths = [sum(len(part["content"]) for part in row["messages"]) for row in lines(tmp_path / "out/train.jsonl")]
    assert sorted(report.tokens.seen) == sorted(lengths)
    if over_long == "keep":
        assert 0 < report.over_long == sum(length > 4200 for length in lengths) < 12
        assert len(lengths) == 12
    else:
        assert report.left_out == {"longer than 4200 tokens": 12 - len(lengths)}
        assert 0 < len(lengths) < 12
        assert max(lengths) <= 4200


def test_row_groups_are_written_as_they_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "ROW_GROUP", 10)
    made(tmp_path, generate="tomi", n=25, val_share=0.0, kinds=("parquet",))
    metadata = parquet.ParquetFile(tmp_path / "train.parquet").metadata
    assert [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)] == [10, 10, 5]
    assert not (tmp_path / "train.jsonl").exists()


def test_data_for_training_by_reward_holds_request_and_reference(tmp_path: Path) -> None:
    made(tmp_path, generate="hitom", n=2, val_share=0.0, form="grpo")
    (row, _) = parquet.read_table(tmp_path / "train.parquet").to_pylist()
    assert [message["role"] for message in row["prompt"]] == ["user"]
    assert row["reward_model"]["style"] == "rule"
    assert row["data_source"] == "social_world_model/hitom"
    assert row["extra_info"]["narrative"] in row["prompt"][0]["content"]
    json.loads(row["reward_model"]["ground_truth"])


def test_progress_is_told_after_each_context(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    make_data(DataSettings(out=tmp_path, generate="tomi", n=3), lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_folders_below_are_read_where_a_folder_holds_no_record_itself(tmp_path: Path) -> None:
    write_results(tmp_path / "a", 2)
    write_results(tmp_path / "b" / "c", 2, seed=1)
    assert made(tmp_path / "out", tmp_path, val_share=0.0).written["train"] == 4


def test_an_empty_or_a_mixed_folder_is_an_error_that_says_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(
        DatasetError, match=r"expected a folder of results \(\*\.json\), got .*empty, which contains none"
    ):
        made(tmp_path / "out", tmp_path / "empty")
    with pytest.raises(DatasetError, match="which is not a folder"):
        made(tmp_path / "out", tmp_path / "missing")
    write_results(write_results(tmp_path / "mixed", 2) / "inner", 3)
    with pytest.raises(DatasetError, match="which is both: it contains 2 result files, and 3 in subfolders"):
        made(tmp_path / "out", tmp_path / "mixed")
    assert not (tmp_path / "out").exists()


def test_where_nothing_is_left_nothing_is_written_and_every_reason_is_told(tmp_path: Path) -> None:
    folder = write_results(tmp_path / "run", 2)
    with pytest.raises(DatasetError, match=r"got none from 2 contexts in .*run: 2 × no answer that was scored"):
        made(tmp_path / "out", folder, only_right=True)
    assert list((tmp_path / "out").iterdir()) == []


def test_what_an_earlier_time_wrote_is_not_left_beside_the_new_files(tmp_path: Path) -> None:
    made(tmp_path, generate="tomi", n=20, val_share=0.5)
    assert (tmp_path / "val.parquet").exists()
    made(tmp_path, generate="tomi", n=2, val_share=0.0)
    assert not (tmp_path / "val.parquet").exists()


def test_too_little_room_is_told_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(ConfigurationError, match="free space for 5 samples"):
        made(tmp_path, generate="tomi", n=5)
    assert list(tmp_path.iterdir()) == []


def test_a_tokenizer_that_is_none_is_told_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"expected (the package transformers|a tokenizer)"):
        made(tmp_path / "out", generate="tomi", n=2, tokenizer=str(tmp_path / "nothing"))
    assert not (tmp_path / "out").exists()


def test_half_a_character_in_a_story_becomes_a_question_mark(tmp_path: Path) -> None:
    folder = write_results(tmp_path / "in", 3)
    path = next(folder.glob("0.json"))
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "story": "Al \ud83d sang."}))
    report = make_data(DataSettings(out=tmp_path / "out", folders=(folder,), val_share=0))
    assert (report.written["train"], list(report.left_out)) == (3, [])
    (written,) = [path.read_text() for path in (tmp_path / "out").glob("train*.jsonl")]
    assert "Al ? sang." in written
