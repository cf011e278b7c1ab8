from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.benchmarks import get_benchmark
from social_world_model.benchmarks.builtin.mmtom import split_question
from social_world_model.benchmarks.counting import ItemResult
from social_world_model.choices import Status
from social_world_model.contracts import BadRow, Item
from social_world_model.errors import DatasetError

FLAT = "What's inside the apartment: A hall and a den. \nThe den has a chest with a (red) hat: a big one.  "
WALK = "Actions taken by Al: Al is in the hall. He walks to the chest."
ASKED = "If Al has been trying to get a hat, which one is more likely to be true?"
IN, OUT = "Al thinks that the hat is inside the chest.", "Al thinks that the hat is not inside the chest."
CELL = f"{FLAT}\n{WALK} \nQuestion: {ASKED} (a) {IN} (b) {OUT} Please respond with either a or b."
ROW = {"question": CELL, "answer": "a", "question_type": 1.2, "test": ["x"], "episode": 6, "start_time": 0}


def rows(tmp_path: Path, *changes: dict[str, Any]) -> list[Item | BadRow]:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps({**ROW, **change}) for change in changes))
    return list(get_benchmark("mmtom").load(path).rows)


def item(tmp_path: Path, **change: Any) -> Item:
    (row,) = rows(tmp_path, change)
    assert isinstance(row, Item), row
    return row


def test_the_one_cell_is_taken_apart(tmp_path: Path) -> None:
    one = item(tmp_path)
    assert one.narrative == f"{FLAT}\n{WALK}"
    assert one.question == ASKED
    assert one.choices == (IN, OUT)
    assert one.correct_answer == IN
    assert one.belief_chain == ("Al",)
    assert (one.question_kind, one.domain, one.index, one.cluster_id) == ("future", "household", "0", "6")


def test_what_gives_the_label_away_is_in_the_fields_alone(tmp_path: Path) -> None:
    one = item(tmp_path)
    assert one.fields == {"question_type": "1.2", "group": "belief", "test": ["x"], "episode": 6, "start_time": 0}
    assert "1.2" not in f"{one.narrative}{one.question}{one.choices}"


def test_an_index_of_the_data_set_is_kept_and_rows_about_one_walk_share_a_set(tmp_path: Path) -> None:
    one, other = rows(tmp_path, {"index": 40}, {"index": 41, "answer": "b", "episode": None})
    assert isinstance(one, Item)
    assert isinstance(other, Item)
    assert (one.index, other.index, other.correct_answer) == ("40", "41", OUT)
    assert one.set_id == other.set_id == other.cluster_id


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" (a) ", " (A) "),
        (" (b) ", "\r\n(B) "),
        ("either a or b.", "either A or B.\nAnswer:"),
        (" Please respond with either a or b.", ""),
    ],
)
def test_options_are_read_in_other_layouts_too(tmp_path: Path, old: str, new: str) -> None:
    assert old in CELL
    assert item(tmp_path, question=CELL.replace(old, new)).choices == (IN, OUT)


@pytest.mark.parametrize("answer", ["b", "B", "(b)", "b.", OUT])
def test_the_right_option_may_be_given_by_letter_or_in_words(tmp_path: Path, answer: str) -> None:
    assert item(tmp_path, answer=answer).correct_answer == OUT


def test_a_row_without_an_answer_has_no_gold(tmp_path: Path) -> None:
    assert item(tmp_path, answer=None).correct_answer is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"answer": "c"}, "expected the answer to be a or b, got 'c'"),
        ({"question": ASKED}, "expected a question such as"),
        ({"question": CELL.replace("Actions taken by Al:", "Al does:")}, "expected a question such as"),
        ({"question": CELL.replace(" by Al:", " by  :")}, "expected a question such as"),
        ({"question": CELL.replace("\nQuestion:", " Question:")}, "with a line for NAME and one for the question"),
        ({"question": CELL.replace(f"(b) {OUT}", "")}, "expected a question such as"),
        ({"question": CELL.replace("(a)", "A.").replace("(b)", "B.")}, "expected a question such as"),
        ({"question": CELL.replace(OUT, "")}, "expected two different options"),
        ({"question": CELL.replace(OUT, IN)}, "expected two different options"),
        ({"question": CELL.replace(OUT, f"{OUT} (c) Neither.")}, "expected two different options"),
        ({"question": ""}, "expected text in question"),
    ],
)
def test_a_cell_in_another_shape_says_what_was_expected(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    good, bad = rows(tmp_path, {}, change)
    assert isinstance(good, Item)
    assert isinstance(bad, BadRow)
    assert message in bad.message


WORDS = st.text(alphabet="ab c.,'-é", min_size=1).filter(lambda text: any(char.isalpha() for char in text))


@given(WORDS, WORDS, WORDS, WORDS, WORDS)
def test_what_was_put_together_is_taken_apart(flat: str, walk: str, asked: str, a: str, b: str) -> None:
    narrative = f"What's inside the apartment: {flat}\nActions taken by Zoe: {walk}".rstrip()
    cell = f"{narrative} \nQuestion: {asked} (a) {a} (b) Not {b} Please respond with either a or b."
    parts = split_question(cell)
    assert parts.narrative == narrative
    assert (parts.agent, parts.question) == ("Zoe", asked.strip())
    assert parts.choices == (a.strip(), f"Not {b}".strip())


def test_text_of_any_length_is_refused_in_good_time() -> None:
    with pytest.raises(DatasetError, match="expected a question such as"):
        split_question("What's inside the apartment:" + "\nActions taken by Al: " * 9999 + "\nQuestion: (a) " * 9999)


@pytest.mark.parametrize(
    ("reply", "official", "lenient", "paper"),
    [
        ("a", True, True, True),
        ("A", True, True, True),
        ("\n a", True, True, True),
        ("A. " + IN, True, True, False),
        ("a or b", True, None, False),
        ("Al looks for it.", True, None, False),
        ("(a)", False, True, False),
        ("**A**", False, True, False),
        (IN.replace("Al", "He"), False, None, False),
        ("b", False, False, False),
        ("Answer: b) " + OUT, True, False, False),
        ("Either.", False, None, False),
        ("", False, None, False),
    ],
)
def test_the_authors_take_the_first_character_and_the_paper_nothing_but_the_letter(
    tmp_path: Path, reply: str, official: bool, lenient: bool | None, paper: bool
) -> None:
    benchmark, one = get_benchmark("mmtom"), item(tmp_path)
    assert benchmark.assess(reply, one).score.correct is official
    assert benchmark.assess(reply, one, "lenient").score.correct is lenient
    assert benchmark.assess(reply, one, "paper").score.correct is paper


def outcome(number: int, kind: str, group: str, status: Status, right: bool | None) -> ItemResult:
    return ItemResult(
        index=str(number), status=status, is_correct=right, fields={"question_type": kind, "group": group}
    )


def test_accuracy_is_counted_by_type_and_by_group() -> None:
    outcomes = [
        outcome(0, "1.1", "belief", "answered", True),
        outcome(1, "1.3", "belief", "answered", False),
        outcome(2, "2.4", "goal", "error", None),
        outcome(3, "2.4", "goal", "answered", True),
    ]
    by_type, by_group = get_benchmark("mmtom").tables(outcomes)
    counted = {line.label: (sum(unit.score for unit in line.units), len(line.units)) for line in by_type.rows}
    assert counted == {"1.1": (1, 1), "1.3": (0, 1), "2.4": (1, 2)}
    assert [line.label for line in by_group.rows] == ["belief", "goal"]
    assert [sum(unit.failed for unit in line.units) for line in by_group.rows] == [0, 1]


def test_the_sample_has_four_households() -> None:
    loaded = [row for row in get_benchmark("mmtom").load().rows if isinstance(row, Item)]
    assert len(loaded) == 5
    assert len({one.cluster_id for one in loaded}) == 4
    assert all(one.correct_answer in one.choices and one.belief_chain[0] in one.narrative for one in loaded)
