"""Columns that are declared once, and the tables made from them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import Any

import pytest

from social_world_model.benchmarks.counting import MetricRow, ScoredUnit
from social_world_model.reports.columns import Column, as_csv, records, shown
from social_world_model.reports.documents import text_table
from social_world_model.reports.report import counted
from social_world_model.reports.statistics import Interval
from social_world_model.reports.tables import COMPARISON, DETAILS, OVERVIEW, REPORT, ROBUSTNESS, row_data

COLUMNS: tuple[Column[dict[str, Any]], ...] = (
    Column(key="name", title="", value=lambda row: row["name"], number=False),
    Column(key="value", title="accuracy", value=lambda row: row["value"], text="{:.2f}".format),
    Column(
        key="interval",
        title="95 % CI",
        value=lambda row: row.get("interval"),
        parts=("low", "high"),
        blank=lambda row: "interval" not in row,
        when=lambda rows: any("interval" in row for row in rows),
    ),
    Column(key="folder", value=lambda row: "in/" + row["name"]),
)
ROWS = [{"name": "a|b", "value": 2 / 3, "interval": Interval(0.5, 0.75)}, {"name": "c", "value": 0.0}]


def test_data_have_unrounded_values_and_an_interval_in_two_fields() -> None:
    assert records(COLUMNS, ROWS) == [
        {"name": "a|b", "value": 2 / 3, "low": 0.5, "high": 0.75, "folder": "in/a|b"},
        {"name": "c", "value": 0.0, "low": None, "high": None, "folder": "in/c"},
    ]


def test_a_text_in_csv_is_no_formula() -> None:
    name = '=HYPERLINK("http://x")'
    (first,) = csv.DictReader(as_csv(COLUMNS, [{"name": name, "value": -0.5}]).splitlines())
    assert (first["name"], first["value"], first["folder"]) == (f"'{name}", "-0.5", f"in/{name}")


def test_csv_has_the_same_fields_and_is_empty_where_a_value_is_unknown() -> None:
    first, second = csv.DictReader(as_csv(COLUMNS, ROWS).splitlines())
    assert float(first["value"]) == 2 / 3
    assert (second["low"], second["high"], second["folder"]) == ("", "", "in/c")


def test_people_see_titled_columns_rounded_and_without_blanks() -> None:
    table = text_table("t", shown(COLUMNS, ROWS), ROWS)
    assert [heading.lines for heading in table.headings] == [("",), ("accuracy",), ("95 % CI",)]
    assert [heading.number for heading in table.headings] == [False, True, True]
    assert table.rows == (("a|b", "0.67", str(Interval(0.5, 0.75))), ("c", "0.00", ""))


def test_a_column_that_says_nothing_about_these_rows_is_not_shown() -> None:
    assert [column.key for column in shown(COLUMNS, ROWS[1:])] == ["name", "value"]


def test_a_column_is_taken_over_for_rows_that_hold_such_a_row() -> None:
    interval: Column[tuple[dict[str, Any]]] = COLUMNS[2].of(lambda entry: entry[0], priority=3)
    assert interval.record((ROWS[0],)) == {"low": 0.5, "high": 0.75}
    assert interval.priority == 3
    assert interval.cell((ROWS[1],)) == ""
    assert shown([interval], [(ROWS[1],)]) == []


@pytest.mark.parametrize("columns", [REPORT, OVERVIEW, COMPARISON, ROBUSTNESS, DETAILS])
def test_no_two_columns_of_a_table_have_one_name(columns: Sequence[Column[Any]]) -> None:
    names = [name for column in columns for name in (column.parts or (column.key,))]
    assert len(names) == len(set(names))


def test_a_row_of_a_report_is_plain_data() -> None:
    row = counted(MetricRow(label="all", units=[ScoredUnit(score=1, id="1"), ScoredUnit(score=0, id="2", failed=True)]))
    data = row_data(row)
    assert data is not None and row.interval is not None
    assert data["interval"] == [row.interval.low, row.interval.high]
    assert (data["right"], data["n"], data["failed"], data["value"], data["value_answered"]) == (1, 2, 1, 0.5, 1.0)
    assert data["best_baseline"] is None
