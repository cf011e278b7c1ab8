"""`swm agents compare` on two runs made by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import swm
from tests.reports.episodes_on_disk import ENVIRONMENTS, write_cell

JUDGES = {"o3": lambda goal: (goal, goal)}


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    numbers = {name: number for number, name in enumerate(ENVIRONMENTS)}
    a = write_cell(tmp_path / "a", lambda environment, seat, repeat: 5.0, judges=JUDGES)
    b = write_cell(
        tmp_path / "b",
        lambda environment, seat, repeat: 6.0 + (numbers[environment] % 3 - 1) * 0.5 + (seat == "2"),
        agent="foresee",
        judges=JUDGES,
    )
    return a, b


def test_the_difference_is_printed_for_all_episodes_by_seat_and_by_environment(runs: tuple[Path, Path]) -> None:
    done = swm("agents", "compare", *runs, columns=120)
    assert done.returncode == 0
    assert done.stdout.startswith("sotopia · hard.json · partner plain gpt-4o · goal\nA  plain · gpt-4.1: ")
    lines = done.stdout.splitlines()
    # means of environments: 14 values of 1, 1.5 and 2, whose mean is 20.5 / 14
    (whole,) = [line for line in lines if line.startswith("all episodes")]
    assert "+1.46" in whole
    assert "28" in whole
    assert whole.endswith("<0.001")
    seats = [line.split() for line in lines if line.startswith("  seat")]
    assert [words[-4] for words in seats] == ["+0.96", "+1.96"]
    assert len([line for line in lines if line.startswith("  env")]) == 14
    assert "p: sign-flip test over environments (mid-p)" in done.stdout
    assert "<0.001" in done.stdout
    assert "smallest difference that these data show with probability 0.8" in done.stdout


def test_the_file_has_all_pairs_and_what_is_left_out(runs: tuple[Path, Path], tmp_path: Path) -> None:
    a, b = runs
    next(a.glob("env00*1-0.json")).unlink()
    next((b / "verdicts").rglob("env01*1-0.json")).unlink()
    out = tmp_path / "out.json"
    done = swm("agents", "compare", a, b, "--dimension", "overall", "--out", out)
    assert done.returncode == 0
    data = json.loads(out.read_text(encoding="utf-8"))
    assert (data["dimension"], len(data["pairs"])) == ("overall", 26)
    assert data["left_out_only_in_b"] == ["env00/0/1-0"]
    assert data["without_score_in_b"] == ["env01/0/1-0"]
    assert data["rows"][0]["difference"] == pytest.approx(sum(row["difference"] for row in data["rows"][3:]) / 14)
    assert "not paired, because only B has these episodes: 1 (env00/0/1-0)" in done.stdout
    assert "with the lowest and the highest score for all missing scores" in done.stdout


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scenario": "stash"}, "expected two runs with the same scenario"),
        ({"environments": ("other",)}, "expected runs with the same tasks"),
        ({"judges": {}}, "expected episodes with scores, got none in"),
        ({"judges": {"o1": JUDGES["o3"]}}, "expected a judge of both runs, got o3 in"),
    ],
)
def test_runs_that_cannot_be_compared_are_refused(
    runs: tuple[Path, Path], tmp_path: Path, change: dict[str, object], message: str
) -> None:
    options = {"judges": JUDGES, **change}
    other = write_cell(tmp_path / "other", lambda environment, seat, repeat: 6.0, **options)  # type: ignore[arg-type]
    done = swm("agents", "compare", runs[0], other)
    assert done.returncode == 2
    assert message in done.stderr


def test_an_unknown_dimension_lists_the_known_ones(runs: tuple[Path, Path]) -> None:
    done = swm("agents", "compare", *runs, "--dimension", "gaol")
    assert done.returncode == 2
    assert "expected --dimension to be one of believability," in done.stderr


def test_a_folder_without_episodes_is_refused(runs: tuple[Path, Path], tmp_path: Path) -> None:
    done = swm("agents", "compare", runs[0], tmp_path / "nowhere")
    assert done.returncode == 2
    assert "expected one run of episodes in" in done.stderr


def test_games_are_compared_over_episodes(tmp_path: Path) -> None:
    games = [
        write_cell(
            tmp_path / name,
            lambda environment, seat, repeat, gain=gain: 3.0 + gain + repeat % 3,  # type: ignore[misc]
            environments=("stash",),
            scenario="stash",
            repeats=5,
            agent=name,
        )
        for name, gain in (("habit", 0), ("foresee", 2))
    ]
    done = swm("agents", "compare", *games)
    assert done.returncode == 0
    assert "mean over 10 episodes" in done.stdout


def test_few_environments_have_no_interval_and_the_command_says_so(tmp_path: Path) -> None:
    few = [
        write_cell(tmp_path / name, lambda environment, seat, repeat: 3.0, environments=ENVIRONMENTS[:4], agent=name)
        for name in ("plain", "foresee")
    ]
    done = swm("agents", "compare", *few)
    assert done.returncode == 0
    assert "no interval and no test: they need at least 6 environments; there are 4" in done.stdout
