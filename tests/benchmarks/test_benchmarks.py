from __future__ import annotations

import csv
import json
import math
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from social_world_model.benchmarks import Benchmark, benchmark_names, get_benchmark, register
from social_world_model.benchmarks.counting import Assessment, ItemResult, MetricTable, Score
from social_world_model.contracts import BadRow, Item
from social_world_model.data.reading import Row
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
    assert item.belief_chain == ("Bo", "Al")
    assert item.question_kind == "belief"
    assert item.correct_answer == "box"
    assert item.fields["qTypeRaw"] == "second_order_0_tom"


def test_a_hitom_row_becomes_an_item(tmp_path: Path) -> None:
    (item,) = items("hitom", save(tmp_path, [HITOM_ROW]))
    assert item.choices == ("blue_box", "red_box")
    assert item.belief_chain == ("Al", "Bo")
    assert item.set_id == item.cluster_id == "9"
    assert item.fields["deception"] is False


@pytest.mark.parametrize("column", ["answer", "correct_answer"])
def test_the_gold_may_stand_in_either_column(tmp_path: Path, column: str) -> None:
    row = {name: value for name, value in TOMI_ROW.items() if name != "answer"}
    (item,) = items("ori_tomi", save(tmp_path, [{**row, column: "box"}]))
    assert item.correct_answer == "box"


def test_where_both_columns_are_there_correct_answer_is_the_gold(tmp_path: Path) -> None:
    (item,) = items("tomi", save(tmp_path, [{**TOMI_ROW, "correct_answer": "treasure_chest", "answer": "chest"}]))
    assert item.correct_answer == "treasure_chest"


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
    assert any("1 rows left out: their prompting type is not CoTP" in note for note in dataset.notes)


def test_a_row_that_cannot_be_used_is_a_bad_row_and_stops_nothing(tmp_path: Path) -> None:
    rows = [{**TOMI_ROW, "index": "0"}, {**TOMI_ROW, "index": "1", "story": "['cut"}, {**TOMI_ROW, "index": "2"}]
    loaded = get_benchmark("tomi").load(save(tmp_path, rows)).rows
    assert [type(row) for row in loaded] == [Item, BadRow, Item]
    assert isinstance(loaded[1], BadRow)
    assert "expected story to be text or a list of sentences" in loaded[1].message


@pytest.mark.parametrize("broken", [{"story": ""}, {"question": " "}, {"story": "[1, 2]"}])
def test_an_empty_or_odd_cell_is_a_bad_row(tmp_path: Path, broken: dict[str, str]) -> None:
    rows = [TOMI_ROW, {**TOMI_ROW, "index": "x", **broken}]
    loaded = get_benchmark("tomi").load(save(tmp_path, rows)).rows
    assert [type(row) for row in loaded] == [Item, BadRow]


GOLDS = {"w": "box", "x": "", "y": None, "z": math.nan}


def test_a_question_without_gold_is_an_item_that_says_so(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{**TOMI_ROW, "index": index, "answer": gold} for index, gold in GOLDS.items()]
    known, *unknown = items("tomi", save(tmp_path, rows))
    assert known.correct_answer is not None
    assert [item.correct_answer for item in unknown] == [None] * 3


def test_candidates_are_shown_where_that_is_wished(tmp_path: Path) -> None:
    path = save(tmp_path, [{**TOMI_ROW, "cands": "['box', 'jar']"}, {**TOMI_ROW, "index": "x"}])
    shown = get_benchmark("tomi").configured({"candidates": "shown"})
    one, other = shown.load(path).rows
    assert isinstance(one, Item)
    assert one.choices == ("box", "jar")
    assert shown.extract("B. jar", one) == "jar"
    assert [shown.extract(said, one) for said in ("cupboard", "box or jar", "I cannot say.")] == [None] * 3
    assert isinstance(other, BadRow)
    assert get_benchmark("tomi").load(path).rows[1] == items("tomi", path)[1]
    assert (shown.variant(), get_benchmark("tomi").variant()) == ("+candidates=shown", "")
    assert shown.variant(shown.paper) == ""


def test_a_gold_that_is_not_among_the_candidates_is_a_bad_row(tmp_path: Path) -> None:
    shown = get_benchmark("tomi").configured({"candidates": "shown"})
    (row,) = shown.load(save(tmp_path, [{**TOMI_ROW, "cands": ["jar", "crate"]}])).rows
    assert isinstance(row, BadRow)
    assert "expected the answer 'box' to be among the candidates, got jar, crate" in row.message


@pytest.mark.parametrize("reply", ["It cannot be determined.", "We do not know where he searches."])
def test_a_free_reply_that_commits_to_no_place_is_no_answer(tmp_path: Path, reply: str) -> None:
    (item,) = items("tomi", save(tmp_path, [TOMI_ROW]))
    assert get_benchmark("tomi").extract(reply, item) is None
    assert get_benchmark("tomi").assess("unknown", item) == Assessment(
        answer="unknown", score=Score(correct=False), extracted_by="whole_reply"
    )


def test_rows_of_hitom_that_name_no_prompting_type_are_kept(tmp_path: Path) -> None:
    types = {"1": "CoTP", "2": "VP", "3": "", "4": None}
    rows = [{**HITOM_ROW, "index": index, "prompting_type": kind} for index, kind in types.items()]
    dataset = get_benchmark("hitom").load(save(tmp_path, rows))
    assert [row.index for row in dataset.rows] == ["1", "3", "4"]
    assert len(dataset.notes) == 1


@pytest.mark.parametrize(("given", "left"), [({}, 4), ({"rows": "possible"}, 3), ({"rows": "paper"}, 2)])
def test_rows_of_hitom_with_impossible_golds_and_beyond_the_paper_are_left_out_on_request(
    tmp_path: Path, given: dict[str, str], left: int
) -> None:
    rows = [{**HITOM_ROW, "index": index} for index in ("241", "898", "10", "3")]
    dataset = get_benchmark("hitom").configured(given).load(save(tmp_path, rows))
    assert len(dataset.rows) == left
    assert len(dataset.notes) == bool(given)


def test_the_short_note_of_hitom_does_not_say_whom_to_trust() -> None:
    hitom = get_benchmark("hitom")
    assert "tends to trust" in hitom.guidance
    short = hitom.configured({"note": "short"}).guidance
    assert "tends to trust" not in short
    assert all(sentence in hitom.guidance for sentence in short.split(". "))


@pytest.mark.parametrize("benchmark", ["hitom", "mmtom"])
def test_the_papers_rule_takes_a_bare_letter_and_so_the_paper_protocol_asks_for_one(benchmark: str) -> None:
    chosen = get_benchmark(benchmark).configured({"reply": "letter"})
    assert get_benchmark(benchmark).paper["reply"] == "letter"
    assert {row.answer_form for row in chosen.load().rows if isinstance(row, Item)} == {"letter"}
    assert {row.answer_form for row in get_benchmark(benchmark).load().rows if isinstance(row, Item)} == {"words"}


@pytest.mark.parametrize("option", [{"colour": "red"}, {"note": "long"}])
def test_an_unknown_option_is_told_the_known_ones(option: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match=r"note=official\|short; rows=all\|possible\|paper; reply="):
        get_benchmark("hitom").configured(option)


@pytest.mark.parametrize(
    ("reply", "official", "paper", "strict"),
    [
        ("box", True, True, True),
        ("The box.", True, True, True),
        ("Answer: the box", True, True, False),
        ("cardboard_box", False, True, False),
        ("not the box", False, True, False),
        ("jar", False, False, False),
    ],
)
def test_each_rule_of_tomi_says_what_it_takes_for_right(
    tmp_path: Path, reply: str, official: bool, paper: bool, strict: bool
) -> None:
    (item,) = items("tomi", save(tmp_path, [TOMI_ROW]))
    tomi = get_benchmark("tomi")
    assert [tomi.assess(reply, item, scorer).score.correct for scorer in ("official", "paper", "strict")] == [
        official,
        paper,
        strict,
    ]


@pytest.mark.parametrize(
    ("reply", "official", "paper", "strict"),
    [
        ("B", True, True, True),
        ("b", True, True, True),
        ("B. red_box", True, False, False),
        ("red_box", True, False, True),
        ("Answer: B", True, True, False),
        ("A", False, False, False),
        ("I do not know", None, False, False),
    ],
)
def test_each_rule_of_hitom_says_what_it_takes_for_right(
    tmp_path: Path, reply: str, official: bool | None, paper: bool, strict: bool
) -> None:
    (item,) = items("hitom", save(tmp_path, [HITOM_ROW]))
    hitom = get_benchmark("hitom")
    assert [hitom.assess(reply, item, scorer).score.correct for scorer in ("official", "paper", "strict")] == [
        official,
        paper,
        strict,
    ]


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
    with pytest.raises(ConfigurationError, match=r"expected benchmark to be one of .*hitom.*tomi.*got 'nope'"):
        get_benchmark("nope")


def outcome(story: str, order: int, right: bool | None) -> ItemResult:
    return ItemResult(
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
    assert [sum(unit.score for unit in line.units) for line in joint.rows] == [2, 2, 1, 1, 1]
    assert [len(line.units) for line in joint.rows] == [3] * 5
    assert [sum(unit.failed for unit in line.units) for line in joint.rows] == [1] * 5


def test_a_second_question_of_one_order_counts_for_joint_accuracy_too() -> None:
    outcomes = [outcome("s", 1, False), *(outcome("s", order, True) for order in range(5))]
    tables = get_benchmark("hitom").tables(outcomes)
    (joint,) = [table for table in tables if table.title.startswith("joint")]
    assert [unit.score for line in joint.rows for unit in line.units] == [True, False, False, False, False]


def test_without_whole_stories_there_is_no_joint_accuracy() -> None:
    tables = get_benchmark("hitom").tables([outcome("a", 4, True)])
    assert not [table for table in tables if table.title.startswith("joint")]


class Toy(Benchmark):
    """Is it yes?"""

    name = "toy"
    sample = "none.jsonl"

    def items(self, index: str, row: Row) -> Iterator[Item]:
        yield Item(
            index=index, narrative=row["story"], question=row["question"], correct_answer="yes", question_kind="reality"
        )

    def extract(self, reply: str, item: Item) -> str | None:
        return reply or None

    def tables(self, outcomes: Sequence[ItemResult]) -> list[MetricTable]:
        return []


def test_a_new_benchmark_is_one_class_and_a_call_of_register(tmp_path: Path) -> None:
    register(toy := Toy())
    assert "toy" in benchmark_names()
    assert get_benchmark("toy") is toy
    (item,) = items("toy", save(tmp_path, [{"story": "s", "question": "q"}]))
    assert toy.score("yes", item) == Score(correct=True)
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


@pytest.mark.parametrize(
    ("name", "field", "title", "labels"),
    [
        ("tomi", "qTypeRaw", "by question type", {"memory": 1, "reality": 1}),
        ("ori_tomi", "qTypeRaw", "by question type", {"first_order_0_tom": 3, "first_order_1_no_tom": 3}),
        ("tomi", "qTypeRaw", "by question type", {"second_order_1_no_tom": 3}),
        ("tomi", "order", "by order of belief", {"0": 1, "2": 1}),
        ("hitom", "question_order", "by order", {"0": 1, "1": 1}),
        ("hitom", "deception", "by deception", {"False": 1, "True": 2}),
        ("mmtom", "question_type", "by question type", {"1.1": 1, "2.4": 1}),
        ("bigtom", "task_type", "by task type", {"0_forward_belief_false_belief": 3}),
        ("bigtom", "inference", "by inference", {"backward belief": 1}),
    ],
)
def test_a_note_explains_every_label_that_occurs(name: str, field: str, title: str, labels: dict[str, int]) -> None:
    results = [
        ItemResult(index=str(n), status="answered", is_correct=True, fields={field: label})
        for n, label in enumerate(labels)
    ]
    (table,) = [table for table in get_benchmark(name).tables(results) if table.title == title]
    assert [row.label for row in table.rows] == sorted(labels)
    explained = dict(note.split(": ", 1) for note in table.notes)
    assert {label: len(re.split(r"; |, and ", text)) for label, text in explained.items()} == labels


def test_labels_with_one_explanation_share_a_note() -> None:
    outcomes = [outcome("a", order, True) for order in range(5)]
    (table,) = [table for table in get_benchmark("hitom").tables(outcomes) if table.title == "by order"]
    assert [note.partition(":")[0] for note in table.notes] == ["0", "1", "2, 3, 4"]


def test_opposite_types_of_questions_have_opposite_explanations() -> None:
    results = [
        ItemResult(index=label, status="answered", is_correct=True, fields={"qTypeRaw": label})
        for label in ("first_order_0_no_tom", "first_order_0_tom")
    ]
    notes = get_benchmark("ori_tomi").tables(results)[0].notes
    assert [note.rpartition("; ")[2] for note in notes] == [
        "the correct answer is the real place",
        "the correct answer differs from the real place",
    ]
