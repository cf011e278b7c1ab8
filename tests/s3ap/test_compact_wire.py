from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.errors import ContextError
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.compact_wire import CompactContext, from_compact, read_groups, to_compact
from social_world_model.s3ap.context import SocializedStructure
from social_world_model.s3ap.validation import errors_of
from tests.s3ap.builders import context, step
from tests.s3ap.test_wire import objects_of
from tests.strategies import HOSTILE_NAMES, contexts, law

STATE, LAST = "<same_as_state />", "<same_as_last_action />"
THREE = context(
    ["Ann", "Bo", "Cy"],
    step("All are in the hall.", {"Ann": STATE, "Bo": STATE, "Cy": STATE}, {"Ann": "waves", "Cy": "sings"}),
    step("none", {"Ann": "<same_as_last_action_2 />", "Bo": f"{LAST} <mental_state>Odd.</mental_state>"}),
)


@law
@given(contexts())
def test_the_compact_form_and_back_is_the_same_context(given_context: SocializedContext) -> None:
    assert from_compact(to_compact(given_context)) == given_context


_FRAGMENTS = st.sampled_from(
    ["<state/>", "<STATE>", "< act 1 />", "<act x/>", r"<\state/>", "<mind>", "</mind>", "<step 4/> ", r"<\step 4/>",
     STATE, LAST, "<same_as_last_action_01 />", "[SAME AS STATE]", "<mental_state>", "</mental_state>", "none", "None.",
     " ", ": ", ", ", "&amp;", "a", "Ann", "all", "\\", "<", ">", "/"]
)  # fmt: skip
_HOSTILE_TEXT = st.one_of(st.sampled_from(["none", ""]), st.lists(_FRAGMENTS, max_size=5).map("".join))
_NAMES = st.one_of(
    st.sampled_from(["all", "All", "Ann", "Ann, Bo", "Bo", "Bo: x", "and", "Ann and Bo", "<state/>", "none", ","]),
    st.sampled_from(HOSTILE_NAMES),
)


@st.composite
def hostile_contexts(draw: st.DrawFn) -> SocializedContext:
    """Complete contexts of any names, timesteps and texts."""
    cast = draw(st.lists(_NAMES, max_size=4, unique=True))
    entries = st.fixed_dictionaries(dict.fromkeys(cast, _HOSTILE_TEXT))
    steps = st.builds(
        SocializedStructure,
        timestep=st.sampled_from(["1", "2", "0", "", "<7>", "a&b", "&lt;", "/", "3/> x", "two\nlines"]),
        state=_HOSTILE_TEXT,
        observations=entries,
        actions=entries,
    )
    return SocializedContext(agents_names=cast, socialized_context=draw(st.lists(steps, max_size=3)))


@law
@given(hostile_contexts())
def test_no_name_timestep_or_text_is_changed(given_context: SocializedContext) -> None:
    assert from_compact(to_compact(given_context)) == given_context


def test_none_is_left_out_and_agents_with_the_same_text_share_an_entry() -> None:
    assert to_compact(THREE).model_dump() == {
        "agents": ["Ann", "Bo", "Cy"],
        "steps": [
            {"state": "All are in the hall.", "sees": ["all: <state/>"], "does": ["Ann: waves", "Cy: sings"]},
            {"state": "", "sees": ["Ann: <act 2/>", "Bo: <act/> <mind>Odd.</mind>"], "does": []},
        ],
    }


def test_a_timestep_is_written_only_if_it_is_not_the_number_of_the_step() -> None:
    renamed = [
        one.model_copy(update={"timestep": name})
        for one, name in zip(THREE.socialized_context, ("1", "later"), strict=True)
    ]
    steps = to_compact(THREE.model_copy(update={"socialized_context": renamed})).steps
    assert [one.state for one in steps] == ["All are in the hall.", "<step later/> none"]


def test_the_schema_is_closed_and_requires_every_field() -> None:
    for schema in objects_of(CompactContext.model_json_schema()):
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("Ann, Bo: x", {"Ann": "x", "Bo": "x", "Cy": "none"}),
        ("Ann and Cy: x: y", {"Ann": "x: y", "Bo": "none", "Cy": "x: y"}),
        ("Ann, Bo, and Cy: x", dict.fromkeys(["Ann", "Bo", "Cy"], "x")),
        ("All: x", dict.fromkeys(["Ann", "Bo", "Cy"], "x")),
        (" Bo : x", {"Ann": "none", "Bo": "x", "Cy": "none"}),
    ],
)
def test_an_entry_is_read_for_each_agent_that_it_names(entry: str, expected: dict[str, str]) -> None:
    assert read_groups(["Ann", "Bo", "Cy"], [entry], "sees") == (expected, [])


@pytest.mark.parametrize("spelling", ["<act 1/>", "<act_1 />", "<ACT1>", "<act-1/>"])
def test_other_spellings_of_a_short_tag_are_read(spelling: str) -> None:
    assert read_back({"sees": [f"Ann: {spelling}"]}).observations["Ann"] == "<same_as_last_action_1 />"


def test_a_placeholder_in_place_of_a_number_is_an_error_of_the_context() -> None:
    broken = from_compact(wire({"sees": ["Ann: <act x/>"]}))
    assert [issue.path for issue in errors_of(broken)] == ["socialized_context[0].observations.Ann"]


@pytest.mark.parametrize(
    ("entries", "path"),
    [
        (["Zed: x"], "steps[0].sees[0]: expected 'NAME: text'"),
        (["Ann, Zed: x"], "steps[0].sees[0]"),
        (["no colon"], "steps[0].sees[0]"),
        (["all: x", "Ann: y"], "steps[0].sees[1]: expected one entry for Ann"),
        (["Ann, Ann: x"], "steps[0].sees[0]: expected one entry for Ann"),
    ],
)
def test_an_entry_of_nobody_and_a_second_entry_are_refused(entries: list[str], path: str) -> None:
    with pytest.raises(ContextError) as caught:
        from_compact(wire({"sees": entries}))
    assert path in str(caught.value)


def test_a_missing_entry_is_refused_when_a_context_is_written() -> None:
    incomplete = THREE.to_data()
    del incomplete["socialized_context"][0]["actions"]["Bo"]
    with pytest.raises(ContextError, match="an entry for Bo"):
        to_compact(SocializedContext.from_data(incomplete))


def wire(one_step: dict[str, Any]) -> CompactContext:
    whole = {"state": "none", "sees": [], "does": [], **one_step}
    return CompactContext.model_validate_json(json.dumps({"agents": ["Ann", "Bo"], "steps": [whole]}))


def read_back(one_step: dict[str, Any]) -> SocializedStructure:
    return from_compact(wire(one_step)).socialized_context[0]
