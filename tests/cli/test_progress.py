"""One display of progress: lines now and then without a terminal, problems at once."""

from __future__ import annotations

import time

import pytest

from social_world_model.cli.progress import counted, progress
from social_world_model.experiments import Progress


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_a_line_is_printed_at_most_every_ten_seconds(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with counted("contexts") as on_progress:
        for finished, seconds in ((1, 0), (2, 9), (20, 10), (21, 12), (400, 30)):
            clock[0] = 100.0 + seconds
            on_progress(finished, 1000)
    captured = capsys.readouterr()
    assert captured.err.splitlines() == ["20/1,000 contexts · 8 min left", "400/1,000 contexts · 45 s left"]
    assert captured.out == ""


def test_the_time_that_is_left_is_that_of_what_is_new(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with progress() as shown:
        clock[0] += 20
        shown.on_progress(Progress(total=100, kept=80, done=10, failed=1, in_flight=0, per_minute=0))
    assert capsys.readouterr().err == "90/100 done · 1 failed · 80 reused · 20 s left\n"


def test_a_problem_is_printed_at_once_on_one_line_without_control_characters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress() as shown:
        shown.on_problem("no \x1b[31manswer\nof all")
    assert capsys.readouterr().err == "problem: no \\u001b[31manswer\n"
