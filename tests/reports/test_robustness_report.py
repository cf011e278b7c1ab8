"""The robustness table from Python."""

from __future__ import annotations

import asyncio

from social_world_model.experiments.progress import RunResult
from social_world_model.experiments.robustness import plan
from social_world_model.experiments.run import Run
from social_world_model.reports import make_report, robustness_report
from social_world_model.reports.columns import records
from social_world_model.reports.tables import ROBUSTNESS
from social_world_model.settings import RunSettings


def results() -> list[RunResult]:
    settings = RunSettings(benchmark="hitom", limit=4, save=False)
    return [asyncio.run(Run(one).execute()) for one in plan(settings, ["options-shuffled", "names-swapped"]).runs]


def test_a_run_and_its_variants_are_rows_with_changes() -> None:
    ran = results()
    report = robustness_report(ran)
    assert [row.variant for row in report.rows] == [None, "options-shuffled", "names-swapped"]
    assert report.label == "all"
    original, *varied = report.rows
    assert original.overall == make_report(ran[0]).overall
    assert original.difference is None and original.changes is None
    for row in varied:
        assert row.changes is not None and row.difference is not None
        assert (row.changes.compared, row.difference.value) == (4, 0.0)
    assert any(note.startswith("trivial baseline: the best score of ") for note in report.notes)


def test_the_table_is_plain_data_as_well() -> None:
    original, shuffled, _ = records(ROBUSTNESS, robustness_report(results()).rows)
    assert (original["variant"], original["change"], original["changed_answers"]) == (None, None, None)
    assert (shuffled["variant"], shuffled["changed_answers"], shuffled["compared_answers"]) == (
        "options-shuffled",
        0,
        4,
    )
    assert shuffled["change_low"] <= shuffled["change"] <= shuffled["change_high"]


def test_a_variant_without_outcomes_is_left_out_and_one_without_common_questions_has_no_difference() -> None:
    from dataclasses import replace

    original, shuffled, swapped = results()
    nothing = replace(shuffled, outcomes=())
    others = replace(swapped, outcomes=tuple(replace(one, index=f"x{one.index}") for one in swapped.outcomes))
    report = robustness_report([original, nothing, others])
    assert [row.variant for row in report.rows] == [None, "names-swapped"]
    assert report.rows[1].difference is None
    assert report.rows[1].changes is not None and report.rows[1].changes.compared == 0
    assert records(ROBUSTNESS, report.rows)[1]["change_low"] is None
