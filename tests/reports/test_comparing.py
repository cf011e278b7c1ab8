from __future__ import annotations

import json
from pathlib import Path

import pytest

from social_world_model.benchmarks.counting import MetricRow, ScoredUnit
from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.experiments.stored import read_stored_run
from social_world_model.reports.comparing import Comparison, compare, differ, paired
from social_world_model.reports.power import smallest_difference
from social_world_model.reports.sign_flip import MCNEMAR, SIGN_FLIP, sign_flip
from social_world_model.reports.statistics import holm, mcnemar
from social_world_model.reports.writing import write_comparison
from tests.reports.runs_on_disk import write_run

A = [True] * 20 + [False] * 10
B = [False] * 2 + [True] * 18 + [True] * 7 + [False] * 3


def compared(a: Path, b: Path) -> Comparison:
    return compare(read_stored_run(a), read_stored_run(b))


def line(*units: ScoredUnit, label: str = "all") -> MetricRow:
    return MetricRow(label=label, units=units)


def test_runs_are_compared_question_by_question(tmp_path: Path) -> None:
    found = compared(write_run(tmp_path / "a", A), write_run(tmp_path / "b", B, mode="perspective")).headline
    assert (found.a.value, found.b.value) == (20 / 30, 25 / 30)
    assert found.value == pytest.approx(5 / 30)
    assert found.only_a == ("0", "1")
    assert sorted(map(int, found.only_b)) == list(range(20, 27))
    assert found.p == mcnemar(2, 7)
    assert found.interval is not None
    assert found.interval.low < 5 / 30 < found.interval.high
    assert found.test is not None and (found.test.name, found.test.over) == (MCNEMAR, "McNemar's test over 30 pairs")


def test_a_failure_is_wrong_and_counted(tmp_path: Path) -> None:
    a, b = write_run(tmp_path / "a", [None, True, True]), write_run(tmp_path / "b", [True, True, None])
    found = compared(a, b).headline
    assert (found.a.failed, found.b.failed) == (1, 1)
    assert (found.only_a, found.only_b) == (("2",), ("0",))


def test_questions_that_share_a_story_are_tested_by_story(tmp_path: Path) -> None:
    a, b = write_run(tmp_path / "a", A, per_story=3), write_run(tmp_path / "b", B, per_story=3)
    found = compared(a, b).headline
    by_story = [sum(B[start : start + 3]) - sum(A[start : start + 3]) for start in range(0, 30, 3)]
    assert found.test is not None
    assert (found.test.over, found.p) == ("sign-flip test over 10 stories", sign_flip(by_story))
    assert found.smallest == smallest_difference(found.pairs.pairs)


def test_rows_of_the_tables_are_adjusted_together_and_the_headline_is_not(tmp_path: Path) -> None:
    found = compared(write_run(tmp_path / "a", A), write_run(tmp_path / "b", B))
    assert found.headline.as_row().adjusted is None
    tests = [row.test.p for row in found.rows if row.test is not None]
    assert len(tests) > 1
    assert [row.adjusted for row in found.rows] == holm(tests)


def test_what_a_stopped_run_did_not_come_to_is_wrong_there(tmp_path: Path) -> None:
    a, b = write_run(tmp_path / "a", A), write_run(tmp_path / "b", B[:25], questions=30)
    found = compared(a, b).headline
    assert sorted(found.pairs.wrong_b) == ["25", "26", "27", "28", "29"]
    assert (found.a.n, found.b.n, found.b.failed) == (30, 30, 5)
    assert found.b.right == sum(B[:25])


def test_what_a_run_was_never_to_ask_is_in_no_pair_and_named(tmp_path: Path) -> None:
    a, b = write_run(tmp_path / "a", A), write_run(tmp_path / "b", B[:25])
    found = compared(a, b).headline
    assert sorted(found.pairs.left_out_a) == ["25", "26", "27", "28", "29"]
    assert not found.pairs.wrong_b
    assert found.a.n == found.b.n == 25


def test_every_row_of_the_tables_is_compared(tmp_path: Path) -> None:
    found = compared(write_run(tmp_path / "a", A), write_run(tmp_path / "b", B))
    lines = {(one.title, one.label): one for one in found.rows}
    odd = lines["by order of belief", "1"]
    assert odd.a is not None and odd.b is not None and odd.interval is not None
    assert (odd.a.right, odd.b.right) == (sum(A[1::2]), sum(B[1::2]))
    assert odd.difference == pytest.approx((sum(B[1::2]) - sum(A[1::2])) / 15)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"benchmark": "tomi"}, "benchmark"),
        ({"dataset": "other.csv"}, "data set"),
        ({"sha256": "cd" * 32}, "SHA-256 of the data"),
        ({"settings": {"scorer": "strict"}}, "scorer"),
    ],
)
def test_runs_of_different_things_are_refused(tmp_path: Path, change: dict[str, object], what: str) -> None:
    a, b = write_run(tmp_path / "a", A), write_run(tmp_path / "b", B, **change)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=f"expected two runs with the same {what}, got") as error:
        compared(a, b)
    assert str(a) in str(error.value)
    assert str(b) in str(error.value)


def test_fractions_are_tested_but_no_item_is_called_right_or_wrong() -> None:
    first = line(*(ScoredUnit(score=0.5, id=str(number)) for number in range(30)))
    second = line(*(ScoredUnit(score=number % 2 / 2 + 0.5, id=str(number)) for number in range(30)))
    found = differ(first, second)
    assert found.test is not None and found.test.name == SIGN_FLIP
    assert found.p == sign_flip([0.5] * 15)
    assert found.value == pytest.approx(0.25)
    assert found.interval is not None and found.interval.low > 0
    assert not found.only_a + found.only_b


def test_a_line_without_a_figure_is_not_tested_but_explained() -> None:
    units = [ScoredUnit(score=1, id="1")]
    found = differ(MetricRow(label="All*", units=units, note="not available: needs x"), line(*units))
    assert (found.value, found.interval, found.p, found.why) == (None, None, None, "not available: needs x")


def test_units_that_cannot_be_told_apart_are_an_error() -> None:
    with pytest.raises(DatasetError, match="expected each unit to have a unique id, got '1' for 2 of 2 units"):
        paired([ScoredUnit(score=1, id="1"), ScoredUnit(score=0, id="1")], [])
    with pytest.raises(DatasetError, match="got no question that both runs have"):
        differ(line(ScoredUnit(score=1, id="1")), line(ScoredUnit(score=1, id="2")))


def test_the_file_holds_everything_that_flipped(tmp_path: Path) -> None:
    many = [True] * 100
    found = compared(write_run(tmp_path / "a", many), write_run(tmp_path / "b", [False] * 100))
    write_comparison(found, 0, tmp_path / "out.json")
    data = json.loads((tmp_path / "out.json").read_text())
    assert len(data["headline"]["only_a_right"]) == 100
    assert data["headline"]["p_mcnemar"] == 1 / 2**100
    assert data["headline"]["b_less_a"] == -1
    assert {line["table"] for line in data["lines"]} == {"by question type", "by order of belief"}
