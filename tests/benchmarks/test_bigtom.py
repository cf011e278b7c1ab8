from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.benchmarks import get_benchmark
from social_world_model.benchmarks.counting import ItemResult
from social_world_model.contracts import BadRow, Item

ASKED = "Does Ida believe that the tin holds tea or sand?"
TEA, SAND = "Ida believes that the tin holds tea.", "Ida believes that the tin holds sand."
ROW = {
    "context": "Ida filled the tin with tea. Unseen by her, a child fills it with sand.",
    "question": f"{ASKED}\nChoose one of the following:\na){SAND}\nb){TEA}",
    "true_answer": f"b) {TEA}",
    "wrong_answer": f"a) {SAND}",
    "true_answer_key": "b)",
    "wrong_answer_key": "a)",
    "original_question": ASKED,
    "task_type": "0_forward_belief_false_belief",
    "correct_ratio": 0.9,
}


def rows(tmp_path: Path, *changes: dict[str, Any]) -> list[Item | BadRow]:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps({**ROW, **change}) for change in changes))
    return list(get_benchmark("bigtom").load(path).rows)


def item(tmp_path: Path, **change: Any) -> Item:
    (row,) = rows(tmp_path, change)
    assert isinstance(row, Item), row
    return row


def test_a_row_becomes_an_item(tmp_path: Path) -> None:
    one = item(tmp_path)
    assert (one.narrative, one.question) == (ROW["context"], ASKED)
    assert one.choices == (SAND, TEA)
    assert one.correct_answer == TEA
    assert (one.question_kind, one.belief_chain, one.domain) == ("belief", ("Ida",), "story")
    assert one.set_id == one.cluster_id


def test_the_fields_hold_no_text_of_the_right_answer_and_what_reports_count_by(tmp_path: Path) -> None:
    assert item(tmp_path).fields == {
        "task_type": "0_forward_belief_false_belief",
        "correct_ratio": 0.9,
        "inference": "forward belief",
        "belief": "false belief",
    }


def test_the_authors_object_of_rows_keeps_its_keys_as_indices(tmp_path: Path) -> None:
    path = tmp_path / "bigtom.json"
    path.write_text(json.dumps({"3": ROW, "17": {**ROW, "true_answer": f"a) {SAND}", "true_answer_key": "a)"}}))
    loaded = [row for row in get_benchmark("bigtom").load(path).rows if isinstance(row, Item)]
    assert [(one.index, one.correct_answer) for one in loaded] == [("3", TEA), ("17", SAND)]


@pytest.mark.parametrize(
    ("question", "agent"),
    [
        ("What will Ida do?", "Ida"),
        ("What will Mary Jane do?", "Mary Jane"),
        ("Does Özgür believe the tin is full?", "Özgür"),
        ("Where does Ida think the tin is?", "Ida"),
    ],
)
def test_whom_a_question_is_about_is_read_from_it(tmp_path: Path, question: str, agent: str) -> None:
    assert item(tmp_path, original_question=question).belief_chain == (agent,)


def test_without_the_original_question_the_first_line_is_the_question(tmp_path: Path) -> None:
    assert item(tmp_path, original_question=None).question == ASKED


@pytest.mark.parametrize("options", [f"a) {SAND}\nb) {TEA}", f"(a) {SAND}\n(b) {TEA}", f"A. {SAND}\nB. {TEA}"])
def test_other_labels_of_options_are_read(tmp_path: Path, options: str) -> None:
    one = item(tmp_path, question=f"{ASKED}\nChoose one:\n{options}")
    assert (one.choices, one.correct_answer) == ((SAND, TEA), TEA)


@pytest.mark.parametrize("change", [{"true_answer": TEA}, {"true_answer": None}, {"true_answer": "b"}])
def test_the_right_answer_may_be_given_in_words_or_by_its_letter(tmp_path: Path, change: dict[str, Any]) -> None:
    assert item(tmp_path, **change).correct_answer == TEA


def test_a_row_without_an_answer_has_no_gold(tmp_path: Path) -> None:
    assert item(tmp_path, true_answer="", true_answer_key=None).correct_answer is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": ASKED}, "expected different options such as"),
        ({"question": f"{ASKED}\na){SAND}"}, "expected different options such as"),
        ({"question": f"{ASKED}\na){SAND}\nb)"}, "expected different options such as"),
        ({"question": f"{ASKED}\nb){SAND}\na){TEA}"}, "expected different options such as"),
        ({"question": f"{ASKED}\na){TEA}\nb){TEA}"}, "expected different options such as"),
        ({"true_answer_key": "a)"}, "expected one correct answer out of"),
        ({"true_answer": "b) Ida believes nothing."}, "expected one correct answer out of"),
        ({"true_answer": "c)", "true_answer_key": None}, "expected one correct answer out of"),
        ({"original_question": "Which is it?"}, "expected a question about a person"),
        ({"context": ""}, "expected text in context"),
    ],
)
def test_a_row_in_another_shape_says_what_was_expected(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    good, bad = rows(tmp_path, {}, change)
    assert isinstance(good, Item)
    assert isinstance(bad, BadRow)
    assert message in bad.message


@given(st.lists(st.text("abc d", min_size=1).map(str.strip), min_size=2, max_size=5, unique=True), st.data())
def test_any_option_can_be_the_right_one(texts: list[str], data: st.DataObject) -> None:
    options = [f"Ida believes: {text} {number}" for number, text in enumerate(texts)]
    right = data.draw(st.integers(0, len(options) - 1))
    listed = "\n".join(f"{chr(ord('a') + number)}){option}" for number, option in enumerate(options))
    row = {
        "context": "x",
        "question": f"{ASKED}\n{listed}",
        "true_answer": f"{chr(ord('a') + right)}) {options[right]}",
    }
    (one,) = get_benchmark("bigtom").items("0", row)
    assert one.correct_answer == one.choices[right] == options[right]


@pytest.mark.parametrize(
    ("reply", "right"), [("b", True), ("b) " + TEA, True), (TEA, True), ("(a)", False), ("Who can tell?", None)]
)
def test_an_option_is_taken_by_letter_or_in_words(tmp_path: Path, reply: str, right: bool | None) -> None:
    assert get_benchmark("bigtom").assess(reply, item(tmp_path)).score.correct is right


def test_accuracy_is_counted_by_task_belief_and_inference() -> None:
    kinds = [("forward belief", "true belief", True), ("forward action", "true belief", False)]
    outcomes = [
        ItemResult(
            index=str(n),
            status="answered",
            is_correct=right,
            fields={"task_type": f"t{n}", "inference": inference, "belief": belief},
        )
        for n, (inference, belief, right) in enumerate(kinds)
    ]
    tables = get_benchmark("bigtom").tables(outcomes)
    shares = {line.label: sum(u.score for u in line.units) / len(line.units) for table in tables for line in table.rows}
    assert shares == {"t0": 1, "t1": 0, "true belief": 0.5, "forward action": 0, "forward belief": 1}


def test_the_sample_has_every_task_once() -> None:
    loaded = [row for row in get_benchmark("bigtom").load().rows if isinstance(row, Item)]
    assert len({one.fields["task_type"] for one in loaded}) == len(loaded) == 6
    assert all(one.correct_answer in one.choices for one in loaded)


@pytest.mark.parametrize(
    ("reply", "official", "lenient"),
    [
        ("b) " + TEA, True, True),
        ("B)", True, True),
        ("(b) " + TEA, True, True),
        ("a) " + SAND, False, False),
        ("a) or b)", True, None),
        ("Not a), so it is tea: b)", True, None),
        ("(Ida) is right: she says tea.", False, None),
        ("B. " + TEA, True, True),
        (SAND, False, False),
        ("It cannot be determined.", None, None),
    ],
)
def test_the_authors_look_for_a_label_anywhere_and_other_replies_are_read_leniently(
    tmp_path: Path, reply: str, official: bool | None, lenient: bool | None
) -> None:
    benchmark, one = get_benchmark("bigtom"), item(tmp_path)
    assert benchmark.assess(reply, one).score.correct is official
    assert benchmark.assess(reply, one, "lenient").score.correct is lenient
