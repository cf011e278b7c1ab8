from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from social_world_model.benchmarks import Benchmark, benchmark_names, get_benchmark, register
from social_world_model.benchmarks.reading import Row
from social_world_model.contracts import BadRow, Item, Outcome, Table
from social_world_model.errors import ConfigurationError, DatasetError

TOMI_ROW = {
    "index": "12",
    "story": "['Al entered the hall', 'The ball is in the box.']",
    "question": "Where does Bo think that Al searches for the ball?",
    "answer": "box",
    "qTypeRaw": "second_order_0_tom",
}
HITOM_ROW = {
    "index": "3",
    "story": "1 Al and Bo entered the hall.\n2 The pea is in the red_box.",
    "question": "Where does Al think Bo thinks the pea is?",
    "choices": "A. blue_box, B. red_box",
    "answer": "red_box",
    "deception": "False",
    "story_length": "1",
    "question_order": "2",
    "set_id": "9",
}


def save(tmp_path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def items(benchmark: str, path: Path) -> list[Item]:
    return [row for row in get_benchmark(benchmark).load(path).rows if isinstance(row, Item)]


def test_a_tomi_row_becomes_an_item(tmp_path: Path) -> None:
    (item,) = items("tomi", save(tmp_path, [TOMI_ROW]))
    assert item.index == "12"
    assert item.narrative == "Al entered the hall. The ball is in the box."
    assert item.chain == ("Bo", "Al")
    assert item.asks == "belief"
    assert item.gold == "box"
    assert item.fields["qTypeRaw"] == "second_order_0_tom"


def test_a_hitom_row_becomes_an_item(tmp_path: Path) -> None:
    (item,) = items("hitom", save(tmp_path, [HITOM_ROW]))
    assert item.choices == ("blue_box", "red_box")
    assert item.chain == ("Al", "Bo")
    assert item.set_id == item.cluster_id == "9"
    assert item.fields["deception"] is False


@pytest.mark.parametrize("column", ["answer", "correct_answer"])
def test_the_gold_may_stand_in_either_column(tmp_path: Path, column: str) -> None:
    row = {name: value for name, value in TOMI_ROW.items() if name != "answer"}
    (item,) = items("ori_tomi", save(tmp_path, [{**row, column: "box"}]))
    assert item.gold == "box"


def test_where_both_columns_are_there_correct_answer_is_the_gold(tmp_path: Path) -> None:
    (item,) = items("tomi", save(tmp_path, [{**TOMI_ROW, "correct_answer": "treasure_chest", "answer": "chest"}]))
    assert item.gold == "treasure_chest"


def test_the_data_sets_own_indices_are_kept(tmp_path: Path) -> None:
    rows = [{**TOMI_ROW, "index": index} for index in (1596, "a/b", "../../x")]
    assert [item.index for item in items("tomi", save(tmp_path, rows))] == ["1596", "a/b", "../../x"]


def test_without_indices_rows_are_numbered_from_0(tmp_path: Path) -> None:
    row = {name: value for name, value in TOMI_ROW.items() if name != "index"}
    assert [item.index for item in items("tomi", save(tmp_path, [row, row]))] == ["0", "1"]


def test_the_authors_hitom_json_is_read(tmp_path: Path) -> None:
    own = {name: value for name, value in HITOM_ROW.items() if name not in ("index", "set_id")}
    rows = [
        {**own, "sample_id": 41, "prompting_type": "CoTP", "deception": False},
        {**own, "sample_id": 41, "prompting_type": "VP", "answer": "blue_box"},
    ]
    path = tmp_path / "Hi-ToM_data.json"
    path.write_text(json.dumps({"data": rows}))
    dataset = get_benchmark("hitom").load(path)
    assert [row.index for row in dataset.rows] == ["41"]
    assert any("1 rows of another prompting type" in note for note in dataset.notes)


def test_a_row_that_cannot_be_used_is_a_bad_row_and_stops_nothing(tmp_path: Path) -> None:
    rows = [{**TOMI_ROW, "index": "0"}, {**TOMI_ROW, "index": "1", "story": "['cut"}, {**TOMI_ROW, "index": "2"}]
    loaded = get_benchmark("tomi").load(save(tmp_path, rows)).rows
    assert [type(row) for row in loaded] == [Item, BadRow, Item]
    assert isinstance(loaded[1], BadRow)
    assert "expected story to be text or a list of sentences" in loaded[1].message


@pytest.mark.parametrize("broken", [{"answer": ""}, {"story": ""}, {"question": " "}, {"story": "[1, 2]"}])
def test_an_empty_or_odd_cell_is_a_bad_row(tmp_path: Path, broken: dict[str, str]) -> None:
    rows = [TOMI_ROW, {**TOMI_ROW, "index": "x", **broken}]
    loaded = get_benchmark("tomi").load(save(tmp_path, rows)).rows
    assert [type(row) for row in loaded] == [Item, BadRow]


def test_a_gold_that_is_no_choice_is_a_bad_row(tmp_path: Path) -> None:
    loaded = get_benchmark("hitom").load(save(tmp_path, [{**HITOM_ROW, "answer": "green_box"}])).rows
    assert isinstance(loaded[0], BadRow)
    assert "among the choices" in loaded[0].message


def test_a_missing_column_is_named_with_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with path.open("w") as file:
        csv.writer(file).writerows([["index", "question", "answer"], ["1", "q", "a"]])
    with pytest.raises(DatasetError, match=r"expected a column story in .*got: index, question, answer"):
        get_benchmark("tomi").load(path)


def test_an_index_that_occurs_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"expected each index once .*'12' in rows 0 and 1"):
        get_benchmark("tomi").load(save(tmp_path, [TOMI_ROW, TOMI_ROW]))


@pytest.mark.parametrize("name", ["tomi", "ori_tomi", "hitom"])
def test_every_benchmark_ships_a_sample_without_a_bad_row(name: str) -> None:
    dataset = get_benchmark(name).load()
    assert len(dataset.rows) >= 100
    assert all(isinstance(row, Item) for row in dataset.rows)


def test_an_unknown_benchmark_is_told_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match=r"expected a benchmark out of .*hitom.*tomi.*got 'nope'"):
        get_benchmark("nope")


def outcome(story: str, order: int, right: bool | None) -> Outcome:
    return Outcome(
        index=f"{story}-{order}",
        status="error" if right is None else "answered",
        is_correct=right,
        set_id=story,
        cluster_id=story,
        fields={"question_order": order, "deception": False, "story_length": 1},
    )


def test_joint_accuracy_counts_an_order_only_if_all_lower_ones_are_right() -> None:
    outcomes = [
        *(outcome("whole", order, True) for order in range(5)),
        *(outcome("broken at 2", order, order != 2) for order in range(5)),
        *(outcome("failed at 0", order, None if order == 0 else True) for order in range(5)),
        outcome("only order 4", 4, True),
    ]
    tables = get_benchmark("hitom").tables(outcomes)
    (joint,) = [table for table in tables if table.title.startswith("joint")]
    assert [sum(unit.correct for unit in line.units) for line in joint.lines] == [2, 2, 1, 1, 1]
    assert [len(line.units) for line in joint.lines] == [3] * 5
    assert [sum(unit.failed for unit in line.units) for line in joint.lines] == [1] * 5


def test_a_second_question_of_one_order_counts_for_joint_accuracy_too() -> None:
    outcomes = [outcome("s", 1, False), *(outcome("s", order, True) for order in range(5))]
    tables = get_benchmark("hitom").tables(outcomes)
    (joint,) = [table for table in tables if table.title.startswith("joint")]
    assert [unit.correct for line in joint.lines for unit in line.units] == [True, False, False, False, False]


def test_without_whole_stories_there_is_no_joint_accuracy() -> None:
    tables = get_benchmark("hitom").tables([outcome("a", 4, True)])
    assert not [table for table in tables if table.title.startswith("joint")]


class Toy(Benchmark):
    """Is it yes?"""

    name = "toy"
    required = ("story", "question")
    sample = "none.jsonl"

    def item(self, index: str, row: Row) -> Item:
        return Item(index=index, narrative=row["story"], question=row["question"], gold="yes", asks="reality")

    def extract(self, reply: str, item: Item) -> str | None:
        return reply or None

    def score(self, answer: str, item: Item) -> bool:
        return answer == item.gold

    def tables(self, outcomes: Sequence[Outcome]) -> list[Table]:
        return []


def test_a_new_benchmark_is_one_class_and_a_call_of_register(tmp_path: Path) -> None:
    register(toy := Toy())
    assert "toy" in benchmark_names()
    assert get_benchmark("toy") is toy
    (item,) = items("toy", save(tmp_path, [{"story": "s", "question": "q"}]))
    assert toy.score("yes", item)
    with pytest.raises(ConfigurationError, match="'toy', which is taken"):
        register(Toy())


def test_a_built_in_name_is_taken_even_before_it_is_used() -> None:
    code = (
        "from social_world_model.benchmarks import register\n"
        "from tests.benchmarks.test_benchmarks import Toy\n"
        "Toy.name = 'tomi'\nregister(Toy())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert "'tomi', which is taken" in done.stderr
