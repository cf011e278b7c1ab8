from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given

from social_world_model.errors import ContextError
from social_world_model.s3ap import SocializedContext, Timeline, events, presence, timeline
from social_world_model.symbolic import parse_narrative
from tests.s3ap.builders import context as given_context
from tests.s3ap.builders import step
from tests.strategies import contexts, law

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


SHED = given_context(
    ["Ann", "Bo"],
    step("It rains.", {"Ann": "<same_as_state />"}, {"Ann": "waves"}),
    step("none", {"Bo": "<mental_state>Cold.</mental_state>"}),
    step("none", {"Bo": "<same_as_last_action />"}, {"Bo": "nods"}),
    step("The sun shines.", {}),
)


def test_presence_has_a_value_for_each_step_even_if_nothing_happens() -> None:
    assert presence(SHED) == {"Ann": (True, False, False, False), "Bo": (True, False, True, False)}


def test_an_action_counts_in_its_own_step_for_those_who_perceive_it_later() -> None:
    context, _ = parse_narrative("Ann: Hi Bo.\nBo: So.\nCy: Mind if I join?\nBo: I have to go.\nAnn: Well, Cy.")
    assert presence(context) == {
        "Ann": (True, True, True, True, True, False),
        "Bo": (True, True, True, True, False, False),
        "Cy": (False, False, True, True, True, False),
    }


def test_presence_of_an_observer_who_is_not_in_the_cast_is_an_error() -> None:
    strange = given_context(["Ann"], step("It rains.", {"Zed": "<same_as_state />"}))
    with pytest.raises(ContextError, match="observers who are agents of the context"):
        presence(strange)


@law
@given(contexts())
def test_the_timeline_shows_presence(context: SocializedContext) -> None:
    there = presence(context)
    shown = timeline(context)
    names = [step.timestep for step in context.socialized_context]
    assert list(there) == context.agents_names
    assert {len(row) for row in there.values()} == {len(names)}
    for agent, row in there.items():
        signs = dict(zip(shown.timesteps, shown.rows[agent], strict=True))
        assert [signs.get(name, " ") != " " for name in names] == list(row)


@law
@given(contexts())
def test_whoever_is_present_observes_an_event_of_the_step(context: SocializedContext) -> None:
    there = presence(context)
    seen = {(name, one.position) for one in events(context) if one.kind != "mental" for name in one.observers}
    assert {(name, place) for name, row in there.items() for place, value in enumerate(row) if value} == seen
