"""The report of cells of episodes: `swm report` on folders of episodes, on runs made by hand."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from social_world_model.errors import DatasetError
from social_world_model.reports.episodes.cells import only_cell, read_cells
from social_world_model.reports.episodes.documents import cells_document, write_cells
from social_world_model.reports.episodes.pairs import differ_cells, limits
from social_world_model.reports.episodes.published import (
    MODELS,
    VANILLA,
    WITH_WORLD_MODEL,
    paper_model,
    published_cells,
    published_table,
)
from social_world_model.reports.episodes.report import CellRow, cell_report
from tests.commands import swm
from tests.reports.episodes_on_disk import ENVIRONMENTS, Goal, write_cell

O3 = "o3-2025-04-16"
FAIR: Callable[[float], tuple[float, float]] = lambda goal: (goal, goal)  # noqa: E731
HALVES = {"o3-2025-04-16": FAIR}


def level_of(base: float, gain: float = 0.0, seed: int = 0) -> Goal:
    """Return goals that depend on the environment, with a gain of another size in each environment."""
    draw = random.Random(seed)
    shifts = {name: draw.choice((-0.5, 0.0, 0.5)) for name in ENVIRONMENTS}
    return lambda environment, seat, repeat: base + gain + shifts[environment] + (seat == "2") * 0.5


def row_of(rows: tuple[CellRow, ...], agent: str, seed: int | None = None) -> CellRow:
    (found,) = [row for row in rows if row.cell.name.agent == agent and row.cell.name.seed == seed]
    return found


def test_a_cell_has_its_mean_interval_costs_and_forecasts(tmp_path: Path) -> None:
    write_cell(tmp_path / "a", lambda environment, seat, repeat: float(int(environment[3:])) % 7, judges=HALVES)
    (row,) = cell_report([tmp_path]).rows
    goal, overall = row.score("goal"), row.score("overall")
    assert goal is not None and goal.interval is not None
    assert (goal.mean, goal.n, goal.clusters) == (3.0, 28, 14)  # two times the numbers 0 to 6
    # standard deviation sqrt(2 * 28 / 13), divided by sqrt(14), times the quantile 2.160 for 13 degrees of freedom
    assert goal.interval.high - 3 == pytest.approx(2.160 * (56 / 13 / 14) ** 0.5, abs=0.003)
    assert overall is not None
    assert overall.mean == pytest.approx(3 / 7)
    assert (row.summary.calls, row.summary.tokens, row.summary.characters, row.summary.seconds) == (2, 1000, 40, 0.5)
    assert row.summary.forecast is not None
    assert row.summary.forecast.same_act == 1.0
    assert (row.failed, row.unjudged, row.gain, row.bounds) == (0, 0, None, None)


def test_a_gain_is_over_plain_with_the_same_model_and_partner_and_the_a_a_pair_is_first(tmp_path: Path) -> None:
    write_cell(tmp_path / "1", level_of(5, 1, seed=4), agent="foresee", world_model="o1", judges=HALVES)
    write_cell(tmp_path / "2", level_of(5, seed=1), judges=HALVES, aa=True)
    write_cell(tmp_path / "3", level_of(5, seed=2), judges=HALVES, aa=True, seed=1)
    write_cell(tmp_path / "4", level_of(5, 0.2, seed=3), agent="mind", judges=HALVES)
    write_cell(tmp_path / "5", level_of(1), model="o3", judges=HALVES)
    write_cell(tmp_path / "6", level_of(9), partner_model="o1", judges=HALVES)
    report = cell_report([tmp_path])
    names = [(row.cell.name.agent, row.cell.name.model, row.cell.name.seed) for row in report.rows]
    assert names == [
        ("plain", "gpt-4.1", None),
        ("plain", "gpt-4.1", 1),
        ("foresee", "gpt-4.1", None),
        ("mind", "gpt-4.1", None),
        ("plain", "o3", None),
        ("plain", "gpt-4.1", None),
    ]
    assert [title for title, _ in report.sections] == [
        "sotopia · hard.json · partner plain gpt-4o",
        "sotopia · hard.json · partner plain o1",
    ]
    control, foresee, mind = report.rows[1].gain, report.rows[2].gain, report.rows[3].gain
    assert control is not None and foresee is not None and mind is not None
    assert (control.is_control, control.adjusted) == (True, None)
    assert control.difference.by_repeat
    assert foresee.over.name.seed is None
    assert foresee.adjusted == pytest.approx(2 * (foresee.difference.p or 0))  # Holm over two gains
    assert mind.adjusted == pytest.approx(max(mind.difference.p or 0, foresee.adjusted or 0))
    assert [report.rows[place].gain for place in (0, 4, 5)] == [None, None, None]


def test_runs_of_the_same_seed_are_compared_and_their_swap_changes_the_sign(tmp_path: Path) -> None:
    a = only_cell(write_cell(tmp_path / "a", level_of(5, seed=1)))
    b = only_cell(write_cell(tmp_path / "b", level_of(6, seed=2), agent="foresee"))
    there, back = differ_cells(a, b), differ_cells(b, a)
    assert there.found is not None and back.found is not None
    assert there.found.mean == pytest.approx(-back.found.mean)
    assert there.p == back.p
    assert not there.by_repeat
    assert len(there.pairs) == 28


def test_failed_and_unjudged_episodes_are_missing_and_give_bounds(tmp_path: Path) -> None:
    plain = write_cell(tmp_path / "plain", lambda environment, seat, repeat: 6.0, judges=HALVES)
    dead = {"env00/1", "env01/1"}
    write_cell(
        tmp_path / "foresee",
        lambda environment, seat, repeat: None if f"{environment}/{seat}" in dead else 7.0,
        agent="foresee",
        judges=HALVES,
    )
    next((plain / "verdicts").rglob("env03*1-0.json")).unlink()
    report = cell_report([tmp_path])
    row = row_of(report.rows, "foresee")
    assert (row.failed, row.unjudged) == (2, 0)
    assert row.bounds == pytest.approx((7 - 2 * 3.5 / 14, 7 + 2 * 1.5 / 14))
    assert row.gain is not None
    found = row.gain.difference
    assert found.found is not None
    assert found.found.mean == pytest.approx(1)
    assert found.missing_a == ("env03/0/1-0",)
    assert found.missing_b == ("env00/0/1-0", "env01/0/1-0")
    # two differences between -6 and 4, and one between -3 and 7, each half of an environment, instead of 1
    assert found.bounds == pytest.approx((1 - (2 * 7 + 4) / 2 / 14, 1 + (2 * 3 + 6) / 2 / 14))
    assert (row_of(report.rows, "plain").failed, row_of(report.rows, "plain").unjudged) == (0, 1)
    assert any("failed episodes: 2; played episodes without a score: 0" in note for note in report.notes)


def test_fewer_than_six_environments_have_no_interval_and_the_report_says_so(tmp_path: Path) -> None:
    write_cell(tmp_path / "a", level_of(5), environments=ENVIRONMENTS[:5], judges=HALVES)
    write_cell(tmp_path / "b", level_of(9), environments=ENVIRONMENTS[:5], judges=HALVES, agent="foresee")
    report = cell_report([tmp_path])
    row = row_of(report.rows, "foresee")
    goal = row.score("goal")
    assert goal is not None and row.gain is not None
    assert (goal.interval, row.gain.difference.p, row.gain.adjusted) == (None, None, None)
    assert "no interval and no test: fewer than 6 environments" in report.notes


def test_episodes_without_a_judge_have_no_score_and_the_report_says_what_to_do(tmp_path: Path) -> None:
    write_cell(tmp_path / "a", level_of(5), judges={})
    report = cell_report([tmp_path])
    assert report.rows[0].score("goal") is None
    assert "plain · gpt-4.1: no scores; a judge must decide (swm agents judge)" in report.notes


def test_shards_are_one_cell_and_a_copy_is_another_one(tmp_path: Path) -> None:
    write_cell(tmp_path / "shard-1-of-2" / "x", level_of(5), environments=ENVIRONMENTS[:7], judges=HALVES)
    write_cell(tmp_path / "shard-2-of-2" / "x", level_of(5), environments=ENVIRONMENTS[7:], judges=HALVES)
    (cell,) = read_cells([tmp_path])
    assert (len(cell.episodes), len(cell.folders), cell.judges) == (28, 2, (O3,))
    whole = write_cell(tmp_path / "whole", level_of(5), judges=HALVES)
    expected = replace(only_cell(whole), folders=cell.folders)
    assert cell == expected
    report = cell_report([tmp_path])
    assert len(report.rows) == 2
    assert [row.gain for row in report.rows] == [None, None], "a copy is no second run of an A/A pair"
    assert any("another folder has the same episodes" in note for note in report.notes)
    with pytest.raises(DatasetError, match=r"expected one run of episodes in .*, got 2 different runs"):
        only_cell(tmp_path)


def test_runs_of_other_tasks_by_another_agent_are_no_shards(tmp_path: Path) -> None:
    write_cell(tmp_path / "1", level_of(5), environments=ENVIRONMENTS[:7])
    write_cell(tmp_path / "2", level_of(5), environments=ENVIRONMENTS[7:], agent="foresee")
    assert [len(cell.episodes) for cell in read_cells([tmp_path])] == [14, 14]


def test_an_episode_that_failed_has_no_score_even_if_the_file_has_one(tmp_path: Path) -> None:
    folder = write_cell(tmp_path / "a", level_of(5))
    file = next(folder.glob("env00*1-0.json"))
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), "status": "error"}), "utf-8")
    (row,) = cell_report([tmp_path]).rows
    assert (row.failed, len([one for one in row.cell.scored if one.scores])) == (1, 27)


def test_a_judge_of_one_shard_only_leaves_the_other_episodes_without_a_score(tmp_path: Path) -> None:
    write_cell(tmp_path / "1", level_of(5), environments=ENVIRONMENTS[:7], judges=HALVES)
    write_cell(tmp_path / "2", level_of(5), environments=ENVIRONMENTS[7:], judges={})
    (row,) = cell_report([tmp_path]).rows
    assert row.unjudged == 14


def test_judges_are_averaged_and_shown_with_order_gap_and_alpha(tmp_path: Path) -> None:
    goals = {name: float(number % 4) for number, name in enumerate(ENVIRONMENTS)}
    judges = {O3: lambda goal: (goal + 1, goal), "claude-opus-4": lambda goal: (goal + 2, goal + 2)}
    write_cell(tmp_path / "a", lambda environment, seat, repeat: goals[environment], judges=judges)
    report = cell_report([tmp_path])
    (row,) = report.rows
    base = sum(goals.values()) / 14
    assert row.score("goal") is not None
    assert row.score("goal").mean == pytest.approx(base + 1.25)  # type: ignore[union-attr]
    found = {one.judge: one for one in report.judges}
    assert found[O3].scores["goal"].mean == pytest.approx(base + 0.5)  # type: ignore[union-attr]
    assert found[O3].order_gap == pytest.approx(0.5)  # mean of 1 for the agent's person, and 0 for the partner
    assert found["claude-opus-4"].order_gap == pytest.approx(0)
    # Each unit has the values x and x + 1.5: the observed disagreement is 1.5**2 / 2.
    values = [goal + extra for goal in goals.values() for extra in (0.5, 2.0) for _ in "12"]
    middle = sum(values) / len(values)
    expected = sum((value - middle) ** 2 for value in values) / (len(values) - 1)
    assert row.alpha == pytest.approx(1 - 1.5**2 / 2 / expected)


def test_a_failed_judge_is_counted_and_is_no_score(tmp_path: Path) -> None:
    write_cell(tmp_path / "a", level_of(5), judges={O3: FAIR, "broken": None})
    report = cell_report([tmp_path])
    (row,) = report.rows
    assert (row.score("goal"), row.unjudged) == (None, 28)
    assert row.bounds == (0, 10)
    broken, fair = report.judges
    assert (broken.judged, broken.failed, broken.scores["goal"]) == (0, 28, None)
    assert (fair.judged, fair.failed) == (28, 0)


def test_only_shared_judges_are_compared(tmp_path: Path) -> None:
    write_cell(tmp_path / "a", level_of(5), judges={O3: FAIR})
    generous = {O3: FAIR, "claude-opus-4": lambda goal: (10.0, 10.0)}
    write_cell(tmp_path / "b", level_of(6), judges=generous, agent="foresee")
    report = cell_report([tmp_path])
    gain = row_of(report.rows, "foresee").gain
    assert gain is not None and gain.difference.found is not None
    assert gain.difference.judges == (O3,)
    assert gain.difference.found.mean == pytest.approx(1)
    assert any(f"the gain uses the scores of {O3}" in note for note in report.notes)


def test_a_judge_of_the_family_of_a_player_or_that_valued_acts_is_a_warning(tmp_path: Path) -> None:
    judges = {"claude-opus-4": FAIR, "o1": FAIR}
    write_cell(tmp_path / "a", level_of(5), judges=judges, model="claude-haiku", value_model="claude-opus-4")
    warnings = [note for note in cell_report([tmp_path]).notes if note.startswith("warning: ")]
    assert [note.partition(" (")[0] for note in warnings] == [
        "warning: judge claude-opus-4: the model also valued acts of the agent, so its scores may favour the agent",
        "warning: judge claude-opus-4: the model has the family of the agent",
        "warning: judge o1: the model has the family of the partner",
    ]


def test_seats_are_reported_apart(tmp_path: Path) -> None:
    write_cell(tmp_path / "a", level_of(5), judges=HALVES)
    write_cell(tmp_path / "b", level_of(5, 1), agent="foresee", judges=HALVES)
    first, second = [one for one in cell_report([tmp_path]).seats if one.row.cell.name.agent == "foresee"]
    assert first.goal is not None and second.goal is not None and first.difference is not None
    assert second.goal.mean - first.goal.mean == pytest.approx(0.5)
    assert first.difference.found is not None
    assert first.difference.found.mean == pytest.approx(1)


def test_the_slope_on_length_needs_judges(tmp_path: Path) -> None:
    for name, judges in (("judged", HALVES), ("game", None)):
        write_cell(
            tmp_path / name,
            lambda environment, seat, repeat: float(int(environment[3:]) + repeat) % 9,
            judges=judges,
            repeats=3,
            length=lambda goal: round(50 + 10 * goal),
            agent=name,
        )
    rows = cell_report([tmp_path]).rows
    found = row_of(rows, "judged").slope
    assert found is not None
    assert found.value == pytest.approx(10)
    assert row_of(rows, "game").slope is None


def test_damaged_files_are_named_and_the_rest_is_reported(tmp_path: Path) -> None:
    folder = write_cell(tmp_path / "a", level_of(5), judges=HALVES)
    next(folder.glob("env00*1-0.json")).write_text("{", encoding="utf-8")
    report = cell_report([tmp_path])
    goal = report.rows[0].score("goal")
    assert goal is not None
    assert goal.n == 27
    assert any(note.endswith("a damaged file") for note in report.notes)


def test_a_manifest_that_says_little_is_a_row_of_its_own(tmp_path: Path) -> None:
    folder = write_cell(tmp_path / "a", level_of(5))
    (folder / "run.json").write_text(json.dumps({"kind": "episodes", "settings": {}}), encoding="utf-8")
    (row,) = cell_report([tmp_path]).rows
    assert (row.cell.name.agent, row.cell.name.scenario, row.cell.name.model) == ("unknown", "unknown", "")


def test_the_range_of_overall_is_the_mean_of_the_ranges() -> None:
    assert limits("overall") == pytest.approx((-30 / 7, 40 / 7))
    assert limits("unknown") == (0, 10)


@pytest.fixture
def matrix(tmp_path: Path) -> Path:
    folder = tmp_path / "cells"
    two = {O3: lambda goal: (goal + 0.5, goal), "claude-opus-4": FAIR}
    write_cell(folder / "a", level_of(5, seed=1), judges=two)
    write_cell(folder / "b", level_of(6, seed=2), judges=two, agent="foresee-paper", world_model="o1-2024-12-17")
    write_cell(folder / "c", level_of(6, seed=2), judges=two, agent="<b>|foresee", world_model="o1-2024-12-17")
    return folder


def test_all_formats_have_all_cells(matrix: Path, tmp_path: Path) -> None:
    report = cell_report([matrix])
    values = published_cells(report.rows)
    paths = write_cells(report, values, tmp_path / "out", ("md", "csv", "json", "html", "latex", "png"))
    texts = {path.name: path.read_text(encoding="utf-8") for path in paths}
    assert list(texts) == [
        "episodes.md",
        "episodes.csv",
        "episodes_seats.csv",
        "episodes_judges.csv",
        "episodes.json",
        "episodes.html",
        "episodes.tex",
    ]
    rows = list(csv.DictReader(io.StringIO(texts["episodes.csv"])))
    assert [row["agent"] for row in rows] == ["plain", "<b>|foresee", "foresee-paper"]
    assert float(rows[2]["gain"]) == pytest.approx(report.rows[2].gain.difference.found.mean)  # type: ignore[union-attr]
    assert rows[0]["judges"] == "claude-opus-4, o3-2025-04-16"
    data = json.loads(texts["episodes.json"])
    assert [cell["p_holm"] for cell in data["cells"]] == [
        None if row.gain is None else row.gain.adjusted for row in report.rows
    ]
    assert data["cells"][0]["scores"]["relationship"]["mean"] == 0
    assert len(data["judges"]) == 6
    assert "<b>" not in texts["episodes.html"]
    for name in ("episodes.md", "episodes.html", "episodes.tex"):
        assert "o1-2024-12-17" in texts[name].replace("-{}", "-")
        assert "7.37" in texts[name]


def test_the_report_is_shown_in_notebooks_and_as_a_frame(matrix: Path) -> None:
    report = cell_report([matrix])
    assert "foresee-paper" in report._repr_html_()
    pytest.importorskip("pandas")
    assert list(report.to_pandas()["n"]) == [28, 28, 28]


def test_published_values_are_the_56_of_the_paper() -> None:
    assert len(VANILLA) + len(WITH_WORLD_MODEL) == 56
    gains = [value - VANILLA[agent][0] for (agent, _), value in WITH_WORLD_MODEL.items()]
    assert sum(gains) / 49 == pytest.approx(0.33, abs=0.005)  # the mean effect that the specification names
    table = published_table()
    assert [len(row) for row in table.rows] == [9] * 7
    assert table.rows[3][:2] == ("o3", "7.37 ± 0.35")
    assert WITH_WORLD_MODEL["Llama-4-Scout", "Llama-4-Scout"] == 3.89
    full = (
        "gpt-4.1-2025-04-14",
        "o1-2024-12-17",
        "o1-mini-2024-09-12",
        "o3-2025-04-16",
        "o3-mini-2025-01-31",
        "together_ai/meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8",
        "together_ai/meta-llama/Llama-4-Scout-17B-16E-Instruct",
    )
    assert [paper_model(name) for name in full] == list(MODELS)


def test_matching_cells_stand_beside_published_values_with_what_differs(matrix: Path, tmp_path: Path) -> None:
    write_cell(
        matrix / "exact",
        lambda environment, seat, repeat: 7.0,
        model="o3-2025-04-16",
        partner_model="gpt-4o-2024-08-06",
        judges=HALVES,
        repeats=4,
        seats="seats.json",
        models={"agent": {"temperature": 1.0}},
    )
    write_cell(matrix / "game", level_of(5), scenario="stash")
    found = published_cells(cell_report([matrix]).rows)
    assert [(one.agent, one.world_model, one.value) for one in found] == [
        ("gpt-4.1", "", 6.04),
        ("gpt-4.1", "o1", 6.55),
        ("o3", "", 7.37),
    ]
    assert [one.label for one in found[0].deviations] == ["prompts", "judge", "partner", "episodes", "seats"]
    assert found[0].deviations[2].text == (
        "the partner: plain with gpt-4o in this run, plain with gpt-4o-2024-08-06 in the paper"
    )
    assert [one.label for one in found[2].deviations] == ["prompts", "episodes", "temperature"]  # 112 instead of 100


def test_swm_report_prints_cells_and_writes_them_beside_the_folder(matrix: Path) -> None:
    done = swm("report", str(matrix), "--with-paper", columns=200)
    assert done.returncode == 0
    assert "sotopia · hard.json · partner plain gpt-4o" in done.stdout
    assert "a published value repeats only within about ±0.5" in done.stdout
    assert (matrix / "report" / "episodes.md").is_file()
    again = swm("report", str(matrix), "--format", "csv")
    assert "episodes.csv" in again.stdout


def test_the_document_says_which_folders_it_has(matrix: Path) -> None:
    notes = cells_document(cell_report([matrix])).notes
    assert f"folder: {matrix / 'a'}" in notes
