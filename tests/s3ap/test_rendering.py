from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_world_model.choices import ContextField, Form
from social_world_model.errors import ConfigurationError, ContextError
from social_world_model.s3ap import CONTEXT_FIELDS, SocializedContext, encode, render, without_mental_states
from social_world_model.s3ap.rendering import COMPACT_KEY
from social_world_model.s3ap.short_tags import short_tags
from social_world_model.s3ap.tags import is_none, split_pieces
from tests.s3ap.builders import context, step
from tests.strategies import contexts, law

STATE = "<same_as_state />"
LAST = "<same_as_last_action />"
FORMS: tuple[Form, ...] = get_args(Form)
STORY = context(
    ["Ann", "Bob"],
    step(
        "The big ball is in the basket of the playroom.",
        {"Ann": f"{STATE} <mental_state>Mine!</mental_state>"},
        {"Ann": "takes the big ball out of the basket", "Bob": "nods <mental_state>Hm</mental_state>"},
    ),
    step(LAST, {"Ann": LAST, "Bob": "<unknown />"}),
)


@law
@given(contexts(), st.sets(st.sampled_from(CONTEXT_FIELDS)))
def test_every_form_of_every_valid_context_is_a_text_with_all_agents(
    given_context: SocializedContext, fields: set[ContextField]
) -> None:
    for form in FORMS:
        text = render(given_context, form, fields)
        decoded = json.loads(text)["agents_names"] if form in ("json", "full_json") else text
        assert all(name in decoded for name in given_context.agents_names)


@law
@given(contexts())
def test_json_is_faithful(given_context: SocializedContext) -> None:
    assert SocializedContext.from_json(render(given_context, "json")) == given_context


@law
@given(contexts())
def test_no_thought_is_rendered_where_the_field_is_left_out(given_context: SocializedContext) -> None:
    fields: list[ContextField] = ["state", "observations", "actions"]

    assert all("SECRET" not in render(given_context, form, fields) for form in FORMS)
    assert "SECRET" not in without_mental_states(given_context).to_json()


@law
@given(contexts())
def test_compact_loses_no_word(given_context: SocializedContext) -> None:
    compact = render(given_context, "compact")
    for encoded in encode(given_context).socialized_context:
        assert f"@{encoded.timestep}:" in compact
        for text in (encoded.state, *encoded.observations.values(), *encoded.actions.values()):
            pieces = [] if is_none(text) else split_pieces(text)
            assert all(short_tags(" ".join(piece.text.split())) in compact for piece in pieces)


def test_text_says_tags_in_words() -> None:
    assert render(STORY, "text").splitlines() == [
        "People: Ann, Bob.",
        "Step 1.",
        "  The situation: The big ball is in the basket of the playroom.",
        "  Ann perceives: The big ball is in the basket of the playroom. (thinks: Mine!)",
        "  Bob perceives nothing of this.",
        "  Ann takes the big ball out of the basket.",
        "  Bob nods (thinks: Hm).",
        "Step 2.",
        "  The situation: Ann takes the big ball out of the basket. Bob nods",
        "  Ann perceives: Ann takes the big ball out of the basket. Bob nods",
        "  It is not known what Bob perceives.",
    ]


def test_compact_keeps_tags_and_leaves_out_what_is_none() -> None:
    assert render(STORY, "compact").splitlines() == [
        "agents: Ann | Bob",
        COMPACT_KEY,
        "@1: The big ball is in the basket of the playroom.",
        "Ann < <state/> <mind>Mine!</mind>",
        "Ann > takes the big ball out of the basket",
        "Bob > nods <mind>Hm</mind>",
        "@2: <act/>",
        "Ann < <act/>",
        "Bob < <unknown />",
    ]


def test_agents_with_the_same_observation_share_a_line_of_the_compact_form() -> None:
    shared = context(["Ann", "Bob", "Cy"], step("It rains.", {"Ann": STATE, "Bob": "It is wet.", "Cy": STATE}))

    assert render(shared, "compact").splitlines()[2:] == ["@1: It rains.", "Ann, Cy < <state/>", "Bob < It is wet."]


def test_compact_is_shorter_than_text_and_text_shorter_than_json() -> None:
    long = context(
        ["Ann", "Bob"],
        *[step(f"Fact {n} of a story.", {"Ann": STATE, "Bob": STATE}, {"Ann": f"does thing {n}"}) for n in range(10)],
    )

    assert len(render(long, "compact")) < len(render(long, "text")) < len(render(long, "json"))


def test_a_thought_beside_what_is_unknown_is_not_lost_in_text() -> None:
    given_context = context(["Ann"], step("none", {"Ann": "<unknown /> <mental_state>Mine!</mental_state>"}))

    assert render(given_context, "text").splitlines()[2:] == [
        "  It is not known what Ann perceives.",
        "  Ann perceives: (thinks: Mine!)",
    ]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("fields", [["observations"], ["state", "observations"], ["observations", "actions"]])
def test_tags_are_put_in_words_where_what_they_refer_to_is_not_shown(form: Form, fields: list[ContextField]) -> None:
    text = render(STORY, form, fields)

    assert "same_as" not in text
    assert "The big ball is in the basket of the playroom." in text


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        (["state"], {"timestep", "state"}),
        (["actions", "observations"], {"timestep", "observations", "actions"}),
        (["mental_state"], {"timestep", "mental_states"}),
        ([], {"timestep"}),
    ],
)
def test_a_choice_of_fields_shows_these_and_no_others(fields: list[ContextField], shown: set[str]) -> None:
    steps = json.loads(render(STORY, "json", fields))["socialized_context"]

    assert [set(one) for one in steps] == [shown, shown]


def test_thoughts_alone_can_be_shown_in_every_form() -> None:
    minds = [
        json.loads(render(STORY, "json", ["mental_state"]))["socialized_context"][0]["mental_states"],
        render(STORY, "text", ["mental_state"]),
        render(STORY, "compact", ["mental_state"]),
    ]

    assert minds[0] == {"Ann": "<mental_state>Mine!</mental_state>", "Bob": "<mental_state>Hm</mental_state>"}
    assert all("Mine!" in mind and "Hm" in mind and "basket" not in mind for mind in minds[1:])


def test_a_manual_is_kept_in_json_and_compact() -> None:
    with_manual = STORY.model_copy(update={"context_manual": "How to read it"})

    assert json.loads(render(with_manual))["context_manual"] == "How to read it"
    assert render(with_manual, "compact").startswith("How to read it\nagents:")


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"form": "yaml"}, "expected form to be one of json, full_json, text, compact"),
        ({"fields": ["minds"]}, "expected fields to be one or more of"),
    ],
)
def test_an_unknown_form_or_field_is_an_error_that_names_the_known(named: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        render(STORY, **named)


def test_text_and_compact_of_a_dangling_tag_are_context_errors() -> None:
    dangling = context(["Ann"], step(LAST))

    assert LAST in render(dangling, "json")
    for form in ("text", "compact"):
        with pytest.raises(ContextError):
            render(dangling, form)


@pytest.mark.parametrize(
    "text",
    [
        "Hm. <mental_state>I hide it",
        "I hide it</mental_state> Hm.",
        "<mental_state>I <mental_state>hide it</mental_state> hide it</mental_state>",
    ],
)
def test_a_broken_mental_state_never_leaks(text: str) -> None:
    broken = context(["Ann", "Bob"], step(text, {"Ann": text}, {"Ann": text}))
    public: Iterable[ContextField] = ("state", "observations", "actions")

    assert "hide it" not in without_mental_states(broken).to_json()
    assert "hide it" not in render(broken, "json", public)
