from __future__ import annotations

import json
from pathlib import Path

import pytest

from social_world_model.errors import DatasetError
from social_world_model.evaluation.pairs import Paired, pair_folders
from tests.evaluation.stored import SALLY_ANNE, STORY, symbolic, write_result


def two_folders(tmp_path: Path, count: int = 3) -> tuple[Path, Path]:
    gt, gen = tmp_path / "gt", tmp_path / "gen"
    for number in range(count):
        for folder in (gt, gen):
            write_result(folder, str(number), SALLY_ANNE)
    return gt, gen


def why_of(paired: Paired) -> dict[str, tuple[str, str]]:
    return {one.name: (one.kind, one.why) for one in paired.failed}


def test_records_are_paired_by_file_name_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    paired = pair_folders(*two_folders(tmp_path, 12))
    assert [pair.name for pair in paired.pairs] == [f"{number}.json" for number in range(12)]
    assert (paired.failed, paired.notes, paired.pairs[0].story) == ((), (), STORY)


def test_files_without_a_counterpart_are_named(tmp_path: Path) -> None:
    gt, gen = two_folders(tmp_path)
    (gen / "1.json").unlink()
    write_result(gen, "7", SALLY_ANNE)
    paired = pair_folders(gt, gen)
    assert len(paired.pairs) == 2
    assert {name: kind for name, (kind, _) in why_of(paired).items()} == {"1.json": "unmatched", "7.json": "unmatched"}
    assert str(gen) in why_of(paired)["1.json"][1] and str(gt) in why_of(paired)["7.json"][1]


def test_files_that_cannot_be_used_are_named_with_the_reason(tmp_path: Path) -> None:
    gt, gen = two_folders(tmp_path, 6)
    whole = (gen / "0.json").read_text(encoding="utf-8")
    (gen / "0.json").write_text(whole[: len(whole) // 2], encoding="utf-8")
    write_result(gen, "1", None)
    (gen / "2.json").write_text(
        json.dumps({"index": "2", "socialized_context": {"agents_names": "Ann"}}), encoding="utf-8"
    )
    write_result(gen, "3", SALLY_ANNE, story="Another story.")
    (gen / "4.json").write_bytes(b"")
    paired = pair_folders(gt, gen)
    assert [pair.name for pair in paired.pairs] == ["5.json"]
    why = why_of(paired)
    assert {name: kind for name, (kind, _) in why.items()} == {
        "0.json": "unreadable",
        "1.json": "unreadable",
        "2.json": "unreadable",
        "3.json": "failed",
        "4.json": "unreadable",
    }
    assert (
        "JSON" in why["0.json"][1] and "socialized_context" in why["1.json"][1] and "the same story" in why["3.json"][1]
    )


def test_folders_are_looked_into_only_where_a_folder_holds_no_record_itself(tmp_path: Path) -> None:
    gt, gen = two_folders(tmp_path)
    nested = tmp_path / "nested"
    nested.mkdir()
    gen.rename(nested / "microsoft")
    (nested / "run.json").write_text('{"index": 1}', encoding="utf-8")
    assert len(pair_folders(gt, nested).pairs) == 3
    write_result(nested, "0", SALLY_ANNE)
    mixed = pair_folders(gt, nested)
    assert len(mixed.pairs) == 1 and len(mixed.failed) == 2
    assert "were not read" in mixed.notes[0]


def test_two_files_of_one_name_are_an_error(tmp_path: Path) -> None:
    gt, _ = two_folders(tmp_path)
    write_result(tmp_path / "runs/a", "0", SALLY_ANNE)
    write_result(tmp_path / "runs/b", "0", SALLY_ANNE)
    with pytest.raises(DatasetError, match="each file name once"):
        pair_folders(gt, tmp_path / "runs")


def test_empty_missing_and_wrong_folders_are_errors_that_name_them(tmp_path: Path) -> None:
    gt, gen = two_folders(tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    for wrong, says in (
        (empty, "got none"),
        (tmp_path / "nowhere", "which is not a folder"),
        (gt / "0.json", "which is not a folder"),
    ):
        with pytest.raises(DatasetError, match=says):
            pair_folders(gt, wrong)
    (empty / "table.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(DatasetError, match="with an index"):
        pair_folders(empty, gen)
    write_result(empty, "9", SALLY_ANNE)
    with pytest.raises(DatasetError, match="at least one pair"):
        pair_folders(empty, gen)


def test_pairs_of_one_story_and_one_context_have_one_key(tmp_path: Path) -> None:
    gt, gen = two_folders(tmp_path)
    write_result(gen, "2", symbolic())
    keys = [pair.key for pair in pair_folders(gt, gen).pairs]
    assert keys[0] == keys[1] != keys[2]


def test_half_a_character_in_a_story_costs_that_file_only(tmp_path: Path) -> None:
    gt, gen = two_folders(tmp_path)
    write_result(gen, "1", SALLY_ANNE, story="Sally \ud83d left.")
    paired = pair_folders(gt, gen)
    assert [pair.name for pair in paired.pairs] == ["0.json", "2.json"]
    assert why_of(paired)["1.json"][0] == "failed" and "two different stories" in why_of(paired)["1.json"][1]
