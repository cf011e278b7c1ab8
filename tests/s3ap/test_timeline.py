from __future__ import annotations

import json
from pathlib import Path

import pytest

from social_world_model.errors import ContextError
from social_world_model.s3ap import SocializedContext, Timeline, timeline
from social_world_model.symbolic import parse_narrative
from tests.s3ap.builders import context as given_context
from tests.s3ap.builders import step

GOLDEN = Path(__file__).parent.parent / "golden"


def test_whoever_acts_perceives_or_is_elsewhere() -> None:
    context, _ = parse_narrative("Ann: Hi Bo.\nBo: So.\nCy: Mind if I join?\nBo: I have to go.\nAnn: Well, Cy.")
    assert timeline(context) == Timeline(
        ("1", "2", "3", "4", "5"),
        {"Ann": "●──" + "─●", "Bo": "─●─● ", "Cy": "  ●──"},
    )


def test_steps_in_which_nothing_happens_have_no_place() -> None:
    context, _ = parse_narrative("Ann: Hi Bo.\nBo: So.")
    assert len(context.socialized_context) == 3
    assert timeline(context).timesteps == ("1", "2")


def test_it_shows_any_context() -> None:
    context = SocializedContext.from_json(json.dumps(json.loads((GOLDEN / "sally_anne.json").read_text())["context"]))
    rows = timeline(context).rows
    assert list(rows) == context.agents_names
    assert "●" in rows["Sally"]


def test_long_ones_are_shown_in_pieces_under_a_ruler() -> None:
    text = "\n".join(f"{name}: point {n}" for n in range(12) for name in ("Ann", "Bo"))
    lines = list(timeline(parse_narrative(text)[0]).lines(width=25))
    assert lines == [
        "     1       10        20",
        "Ann  ●─●─●─●─●─●─●─●─●─●─",
        "Bo   ─●─●─●─●─●─●─●─●─●─●",
        "",
        "     21",
        "Ann  ●─●─",
        "Bo   ─●─●",
    ]


def test_wide_letters_take_two_columns() -> None:
    lines = list(Timeline(("1",), {"小明": "●", "Ann": "─"}).lines())
    assert lines[1:] == ["小明  ●", "Ann   ─"]


def test_nobody_and_nothing_make_an_empty_one() -> None:
    assert list(Timeline((), {}).lines()) == []


def test_an_observer_who_is_not_in_the_cast_is_an_error_that_names_it() -> None:
    strange = given_context(["Ann"], step("It rains.", {"Zed": "<same_as_state />"}))
    with pytest.raises(ContextError, match=r"observers who are agents of the context \(Ann\), got 'Zed'"):
        timeline(strange)
