from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.benchmarks import get_benchmark
from social_world_model.benchmarks.builtin.cobra_frames import f1, precision, recall, verdict
from social_world_model.benchmarks.counting import ItemResult, MetricTable
from social_world_model.choices import Status
from social_world_model.contracts import BadRow, Item

ROW = {
    "scenario": "Two friends finish a game",
    "speaker": "the winner",
    "listener": "the loser",
    "statement": "You played like a sack of flour.",
    "offensive_allapp": 1,
}


def rows(tmp_path: Path, *changes: dict[str, Any]) -> list[Item | BadRow]:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps({**ROW, **change}) for change in changes))
    return list(get_benchmark("cobra_frames").load(path).rows)


def item(tmp_path: Path, **change: Any) -> Item:
    (row,) = rows(tmp_path, change)
    assert isinstance(row, Item), row
    return row


def test_the_parts_of_a_row_are_told_in_sentences(tmp_path: Path) -> None:
    one = item(tmp_path)
    assert one.narrative == (
        "The situation: Two friends finish a game.\n"
        "The winner speaks to the loser, and says: “You played like a sack of flour.”"
    )
    assert (one.question_kind, one.answer_form, one.correct_answer, one.choices) == ("future", "yes_no", "yes", ())


def test_who_speaks_and_who_listens_may_be_missing(tmp_path: Path) -> None:
    one = item(tmp_path, speaker="", listener=None)
    assert one.narrative.endswith("\nSomebody speaks, and says: “You played like a sack of flour.”")


@pytest.mark.parametrize("statement", ["", "You played like a sack of flour."])
def test_a_context_that_tells_everything_stays_as_it_is(tmp_path: Path, statement: str) -> None:
    told = "The winner tells the loser: You played like a sack of flour."
    assert item(tmp_path, scenario=None, context=told, statement=statement).narrative == told


@pytest.mark.parametrize("told", ["This is where Nora plays.", "Nobody says Hi to him here."])
def test_a_short_statement_is_told_although_its_letters_occur_in_the_situation(tmp_path: Path, told: str) -> None:
    assert item(tmp_path, scenario=told, statement="Hi").narrative.endswith("says: “Hi”")
    quoted = "The winner says “Hi” to the loser."
    assert item(tmp_path, scenario=None, context=quoted, statement="Hi").narrative == quoted


@pytest.mark.parametrize("statement", ["", None])
def test_a_scenario_without_a_statement_is_a_bad_row(tmp_path: Path, statement: str | None) -> None:
    _, bad = rows(tmp_path, {}, {"statement": statement})
    assert isinstance(bad, BadRow)
    assert "expected a statement for the scenario" in bad.message


def test_one_statement_in_two_situations_is_one_cluster_of_two_narratives(tmp_path: Path) -> None:
    one, other = rows(tmp_path, {}, {"scenario": "Two strangers finish a game"})
    assert isinstance(one, Item)
    assert isinstance(other, Item)
    assert one.cluster_id == other.cluster_id
    assert one.set_id != other.set_id


@pytest.mark.parametrize("label", [1, "1", "1.0", 1.0, True, "yes", "offensive", " Yes "])
def test_every_spelling_of_a_positive_label_is_yes(tmp_path: Path, label: object) -> None:
    assert item(tmp_path, offensive_allapp=label).correct_answer == "yes"


@pytest.mark.parametrize("label", [0, "0", "0.0", 0.0, False, "no", "not offensive"])
def test_every_spelling_of_a_negative_label_is_no(tmp_path: Path, label: object) -> None:
    assert item(tmp_path, offensive_allapp=label).correct_answer == "no"


@pytest.mark.parametrize("label", [2, 0.5, "maybe", "nan", [1]])
def test_any_other_label_is_a_bad_row(tmp_path: Path, label: object) -> None:
    _, bad = rows(tmp_path, {}, {"offensive_allapp": label})
    assert isinstance(bad, BadRow)
    assert f"expected offensive_allapp to be 1 or 0, got {str(label)!r}" in bad.message


@pytest.mark.parametrize("label", [None, "", math.nan])
def test_a_row_without_a_label_has_no_gold(tmp_path: Path, label: object) -> None:
    assert item(tmp_path, offensive_allapp=label).correct_answer is None


def test_the_label_is_in_nothing_that_is_shown_or_kept_beside_it(tmp_path: Path) -> None:
    one = item(tmp_path, speaker_identity="woman")
    assert one.fields == {"speaker_identity": "woman"}


# What is read of many replies stands in tests/golden/benchmarks/replies.jsonl.
NEITHER = ["I cannot say.", "10", "Whether it is offensive depends.", "Yes and no.", "1 out of 10"]


@given(st.text(alphabet="01 .,?!-nto'yesofiv\n") | st.text())
def test_no_reply_can_break_the_reading(reply: str) -> None:
    assert verdict(reply) in ("yes", "no", None)


@given(st.sampled_from(NEITHER), st.sampled_from(["yes", "no", "1", "0"]))
def test_what_is_marked_as_the_answer_counts(before: str, said: str) -> None:
    assert verdict(f"{before}\nAnswer: {said}") == {"1": "yes", "0": "no"}.get(said, said)


@pytest.mark.parametrize(
    ("reply", "official", "paper"),
    [
        ("1", True, True),
        ("yes", True, True),
        ("It is offensive.", True, False),
        ("0", False, False),
        ("?", None, False),
    ],
)
def test_the_paper_took_nothing_but_a_bare_answer(
    tmp_path: Path, reply: str, official: bool | None, paper: bool
) -> None:
    benchmark, one = get_benchmark("cobra_frames"), item(tmp_path)
    assert benchmark.assess(reply, one).score.correct is official
    assert benchmark.assess(reply, one, "paper").score.correct is paper


def outcome(gold: str, answer: str | None, *, status: Status = "answered", **fields: object) -> ItemResult:
    right = answer == gold if status == "answered" else None
    return ItemResult(index="0", status=status, is_correct=right, answer=answer, correct_answer=gold, fields=fields)


def figures(table: MetricTable) -> dict[str, float | None]:
    found = {}
    for line in table.rows:
        assert line.measure is not None
        found[line.label] = line.measure(Counter((unit.correct_answer, unit.given) for unit in line.units))
    return found


def test_precision_recall_and_f1_are_of_offensiveness_with_failures_as_not_found() -> None:
    outcomes = [
        *[outcome("yes", "yes")] * 3,
        outcome("yes", "no"),
        outcome("yes", None, status="error"),
        outcome("no", "yes"),
        *[outcome("no", "no")] * 4,
        outcome("no", None, status="unparsable"),
    ]
    (table,) = get_benchmark("cobra_frames").tables(outcomes)
    assert figures(table) == {"precision": 3 / 4, "recall": 3 / 5, "F1": 2 * 3 / (4 + 5)}
    headline = get_benchmark("cobra_frames").headline(outcomes)
    assert sum(unit.score for unit in headline.units) == 7
    assert sum(unit.failed for unit in headline.units) == 2


def test_a_figure_that_there_is_none_of_is_none() -> None:
    assert (precision({}), recall({}), f1({})) == (None, None, None)
    assert (precision({("no", "no"): 3}), recall({("no", "no"): 3}), f1({("yes", "no"): 3})) == (None, None, 0)


@given(*[st.integers(0, 9)] * 6)
def test_f1_lies_between_precision_and_recall(a: int, b: int, c: int, d: int, e: int, f: int) -> None:
    pairs = [(gold, given) for gold in ("yes", "no") for given in ("yes", "no", "")]
    counts = dict(zip(pairs, (a, b, c, d, e, f), strict=True))
    p, r, f_one = precision(counts), recall(counts), f1(counts)
    if p is not None and r is not None:
        assert f_one is not None
        assert min(p, r) - 1e-12 <= f_one <= max(p, r) + 1e-12


def test_an_answer_that_the_paper_did_not_take_finds_nothing() -> None:
    taken = ItemResult(index="0", status="answered", is_correct=True, answer="1", correct_answer="yes")
    untaken = ItemResult(
        index="1", status="answered", is_correct=False, answer="It is offensive.", correct_answer="yes"
    )
    (table,) = get_benchmark("cobra_frames").tables([taken, untaken])
    assert figures(table) == {"precision": 1, "recall": 0.5, "F1": 2 / 3}


def test_who_speaks_is_counted_only_where_a_column_says_so() -> None:
    outcomes = [outcome("yes", "yes", speaker_identity="boss"), outcome("no", "yes", speaker_identity="friend")]
    tables = get_benchmark("cobra_frames").tables(outcomes)
    assert [line.label for line in tables[1].rows] == ["boss", "friend"]


def test_the_sample_has_statements_of_both_kinds() -> None:
    loaded = get_benchmark("cobra_frames").load().rows
    assert Counter(row.correct_answer for row in loaded if isinstance(row, Item)) == {"yes": 3, "no": 3}
