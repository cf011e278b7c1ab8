from __future__ import annotations

import pytest
from hypothesis import given

from social_world_model.errors import ContextError
from social_world_model.s3ap import Issue, SocializedContext, decode, encode, events, render, validate
from social_world_model.s3ap.validation import errors_of
from tests.s3ap.builders import context, step
from tests.strategies import contexts, law, shaped_contexts

STATE = "<same_as_state />"
LAST = "<same_as_last_action />"
CLEAN = context(
    ["Ann", "Bob"],
    step(
        "Ann and Bob are in the hall.",
        {"Ann": STATE, "Bob": f"{STATE} <mental_state>Cold.</mental_state>"},
        {"Ann": "leaves"},
    ),
    step(LAST, {"Bob": STATE}, {"Bob": "closes the door"}),
    step(LAST, {"Bob": STATE}),
)


def changed(base: SocializedContext, position: int, **fields: object) -> SocializedContext:
    """Return the context with some fields of a step changed."""
    steps = list(base.socialized_context)
    steps[position] = steps[position].model_copy(update=fields)
    return base.model_copy(update={"socialized_context": steps})


def issues_of(given_context: SocializedContext, severity: str) -> list[Issue]:
    return [issue for issue in validate(given_context) if issue.severity == severity]


def test_a_clean_context_has_no_issues() -> None:
    assert validate(CLEAN) == []


@law
@given(contexts())
def test_a_valid_context_has_no_errors_and_neither_has_it_decoded_or_encoded(given_context: SocializedContext) -> None:
    assert errors_of(given_context) == errors_of(decode(given_context)) == errors_of(encode(given_context)) == []


@law
@given(shaped_contexts())
def test_what_has_the_shape_is_checked_and_never_stops_the_checker(given_context: SocializedContext) -> None:
    assert all(issue.path and issue.expected for issue in validate(given_context))


@law
@given(shaped_contexts())
def test_what_cannot_be_read_has_an_error(given_context: SocializedContext) -> None:
    for reading in (decode, encode, events, lambda one: render(one, "text"), lambda one: render(one, "compact")):
        try:
            reading(given_context)
        except ContextError as error:
            assert error.issues
            assert errors_of(given_context)


ENTRY = "an entry for Bob ('none' if nothing)"
ERRORS = {
    "empty cast": (context([]), "agents_names", "at least one agent", "an empty list"),
    "repeated name": (context(["Ann", "Bob", "Ann"]), "agents_names", "each name once", "'Ann' 2 times"),
    "blank name": (context(["Ann", " "]), "agents_names", "names with a letter in them", "' '"),
    "repeated timestep": (
        changed(CLEAN, 2, timestep="1"),
        "socialized_context[2].timestep",
        "a timestep that no other step has",
        "'1', as at step [0]",
    ),
    "missing observation": (
        changed(CLEAN, 1, observations={"Ann": "none"}),
        "socialized_context[1].observations",
        ENTRY,
        "none at all",
    ),
    "missing act": (changed(CLEAN, 1, actions={"Ann": "waves"}), "socialized_context[1].actions", ENTRY, "none at all"),
    "unknown observer": (
        changed(CLEAN, 1, observations={"Ann": "none", "Bob": STATE, "Zed": "none"}),
        "socialized_context[1].observations.Zed",
        "an agent of the cast",
        "'Zed'",
    ),
    "unknown actor": (
        changed(CLEAN, 1, actions={"Ann": "none", "Bob": "waves", "bob": "none"}),
        "socialized_context[1].actions.bob",
        "an agent of the cast",
        "'bob'",
    ),
    "no step before": (
        changed(CLEAN, 0, state=LAST),
        "socialized_context[0].state",
        "an earlier step in which somebody acts",
        LAST,
    ),
    "nobody by that index": (
        changed(CLEAN, 1, state="<same_as_last_action_9 />"),
        "socialized_context[1].state",
        "an agent's index below 2",
        "<same_as_last_action_9 />",
    ),
    "an index beyond all reason": (
        changed(CLEAN, 1, state=f"<same_as_last_action_{'9' * 5000} />"),
        "socialized_context[1].state",
        "an agent's index below 2",
        f"<same_as_last_action_{'9' * 5000} />",
    ),
    "one who did not act": (
        changed(CLEAN, 1, state="<same_as_last_action_1 />"),
        "socialized_context[1].state",
        "an act of Bob in the nearest step with acts",
        "<same_as_last_action_1 />",
    ),
    "no step after": (
        changed(CLEAN, 2, observations={"Ann": "none", "Bob": "<same_as_next_state />"}),
        "socialized_context[2].observations.Bob",
        "a step after this one",
        "<same_as_next_state />",
    ),
    "circular": (
        changed(CLEAN, 0, actions={"Ann": "leaves", "Bob": "<same_as_next_state />"}),
        "socialized_context[0].actions.Bob",
        "a next state that does not itself refer back to this action",
        "<same_as_next_state />",
    ),
    "tag in a field it is not for": (
        changed(CLEAN, 1, actions={"Ann": "none", "Bob": LAST}),
        "socialized_context[1].actions.Bob",
        "no such tag in actions",
        LAST,
    ),
    "unclosed thought": (
        changed(CLEAN, 2, observations={"Ann": "none", "Bob": f"{STATE} <mental_state>Cold."}),
        "socialized_context[2].observations.Bob",
        "a known tag, or a mental state that is opened and closed",
        "<mental_state>Cold.",
    ),
    "tag with an x left standing": (
        changed(CLEAN, 1, state="<same_as_last_action_x />"),
        "socialized_context[1].state",
        "a known tag, or a mental state that is opened and closed",
        "<same_as_last_action_x />",
    ),
}


@pytest.mark.parametrize(("given_context", "path", "expected", "got"), ERRORS.values(), ids=ERRORS)
def test_an_error_names_path_expected_and_got(
    given_context: SocializedContext, path: str, expected: str, got: str
) -> None:
    issues = [issue for issue in validate(given_context) if issue.severity == "error"]
    assert (path, expected, got) in [(issue.path, issue.expected, issue.got) for issue in issues]
    assert errors_of(given_context) == issues_of(given_context, "error")


@pytest.mark.parametrize(
    "name", [name for name in ERRORS if name not in ("circular", "one who did not act", "tag in a field it is not for")]
)
def test_one_mistake_is_one_error(name: str) -> None:
    assert len(errors_of(ERRORS[name][0])) == 1


APART = context(
    ["Ann", "Bob"],
    step(
        "Ann is in the hall. Bob is in the garden.", {"Ann": "Ann is in the hall."}, {"Ann": "waves", "Bob": "coughs"}
    ),
    step(LAST, {"Ann": "<same_as_last_action_0 /> <mental_state>Cold.</mental_state>"}),
)
SAME = context(
    ["Ann", "Bob"],
    step("It rains.", {"Ann": f"<mental_state>Cold.</mental_state> {STATE}", "Bob": STATE}, {"Ann": "waves"}),
    step(LAST, {"Ann": STATE, "Bob": STATE}),
)
WARNINGS = {
    "nobody acts in a middle step": (
        changed(CLEAN, 1, actions={"Ann": "none", "Bob": "none"}),
        "socialized_context[1].actions",
        "an action in every step between the first and the last",
    ),
    "an act in the last step": (
        changed(CLEAN, 2, actions={"Ann": "none", "Bob": "waves"}),
        "socialized_context[2].actions",
        "no action in the last step, because no later step shows it",
    ),
    "all observations equal the state": (SAME, "socialized_context", "observations that differ between agents"),
    "no mental state": (
        changed(CLEAN, 0, observations={"Ann": STATE, "Bob": STATE}),
        "socialized_context",
        "a <mental_state> in at least one step",
    ),
    "unindexed tag over two places": (
        APART,
        "socialized_context[1].state",
        "<same_as_last_action_x />, because the last actors were in different places",
    ),
    "older spellings": (
        changed(CLEAN, 1, state="[SAME AS LAST ACTION]"),
        "socialized_context[1]",
        "tags in angle brackets, such as <same_as_state />",
    ),
}


@pytest.mark.parametrize(("given_context", "path", "expected"), WARNINGS.values(), ids=WARNINGS)
def test_what_is_unusual_is_one_warning_and_no_error(
    given_context: SocializedContext, path: str, expected: str
) -> None:
    assert [(issue.severity, issue.path, issue.expected) for issue in validate(given_context)] == [
        ("warning", path, expected)
    ]


def test_an_unindexed_tag_over_two_actors_in_one_place_is_not_unusual() -> None:
    together = changed(APART, 0, state="Ann and Bob are in the hall.")

    assert validate(together) == []


def test_where_a_thing_was_put_is_not_taken_for_where_its_mover_is() -> None:
    busy = context(
        ["Ann", "Bob"],
        step(
            "Ann and Bob are in the hall. Ann's cup is in the box.", {"Ann": STATE}, {"Ann": "puts the cup in the bag"}
        ),
        step(LAST, {"Ann": STATE}, {"Ann": "gives it to Bob", "Bob": "takes it from Ann to put it into the sink"}),
        step(LAST, {"Ann": f"{LAST} <mental_state>Good.</mental_state>"}),
    )

    assert validate(busy) == []


def test_errors_come_before_warnings() -> None:
    both = changed(changed(CLEAN, 1, actions={"Ann": "none", "Bob": "none"}), 2, timestep="1")

    severities = [issue.severity for issue in validate(both)]

    assert severities == sorted(severities)
    assert set(severities) == {"error", "warning"}


def test_every_spelling_of_a_dangling_tag_is_found() -> None:
    spellings = ["<same as last action>", "[SAME AS LAST ACTION]", "<SAME_AS_LAST_ACTION/>", "[same_as_last_action]"]

    assert [len(errors_of(context(["Ann"], step(spelling)))) for spelling in spellings] == [1, 1, 1, 1]


PLACES: dict[str, tuple[int | None, str | None]] = {
    "empty cast": (None, None),
    "repeated name": (None, "Ann"),
    "blank name": (None, " "),
    "repeated timestep": (2, None),
    "missing observation": (1, "Bob"),
    "missing act": (1, "Bob"),
    "unknown observer": (1, "Zed"),
    "unknown actor": (1, "bob"),
    "no step before": (0, None),
    "nobody by that index": (1, None),
    "an index beyond all reason": (1, None),
    "one who did not act": (1, None),
    "no step after": (2, "Bob"),
    "circular": (0, "Bob"),
    "tag in a field it is not for": (1, "Bob"),
    "unclosed thought": (2, "Bob"),
    "tag with an x left standing": (1, None),
    "nobody acts in a middle step": (1, None),
    "an act in the last step": (2, "Bob"),
    "all observations equal the state": (None, None),
    "no mental state": (None, None),
    "unindexed tag over two places": (1, None),
    "older spellings": (1, None),
}


@pytest.mark.parametrize("name", PLACES)
def test_an_issue_has_the_position_of_its_step_and_its_agent(name: str) -> None:
    given_context, path, *_ = (ERRORS | WARNINGS)[name]

    found = [issue for issue in validate(given_context) if issue.path == path]

    assert (found[0].position, found[0].agent) == PLACES[name]


def test_every_kind_of_issue_has_a_position_and_an_agent_by_hand() -> None:
    assert set(PLACES) == {*ERRORS, *WARNINGS}


def test_an_action_of_several_agents_in_the_last_step_is_an_issue_of_no_single_agent() -> None:
    both = changed(CLEAN, 2, actions={"Ann": "waves", "Bob": "waves"})

    assert [(issue.position, issue.agent) for issue in validate(both)] == [(2, None)]


def test_a_tag_without_an_index_in_an_observation_is_an_issue_of_its_agent() -> None:
    seen = changed(APART, 1, state="none", observations={"Ann": f"{LAST} <mental_state>Cold.</mental_state>"})

    assert [(issue.position, issue.agent) for issue in issues_of(seen, "warning")] == [(1, "Ann")]


@law
@given(shaped_contexts())
def test_a_path_in_a_step_has_the_position_of_the_step(given_context: SocializedContext) -> None:
    for issue in validate(given_context):
        in_a_step = issue.path.startswith("socialized_context[")
        assert (issue.position is not None) == in_a_step
        assert not in_a_step or issue.path.startswith(f"socialized_context[{issue.position}]")


def test_data_of_the_wrong_type_have_the_position_and_the_agent_too() -> None:
    data = CLEAN.to_data()
    data["socialized_context"][2]["actions"]["Bob"] = 7
    data["socialized_context"][1]["state"] = 7
    data["context_manual"] = 7

    with pytest.raises(ContextError) as caught:
        SocializedContext.from_data(data)

    assert [(issue.path, issue.position, issue.agent) for issue in caught.value.issues] == [
        ("socialized_context[1].state", 1, None),
        ("socialized_context[2].actions.Bob", 2, "Bob"),
        ("context_manual", None, None),
    ]


def test_entries_of_a_list_have_the_position_and_the_agent_too() -> None:
    data = CLEAN.to_data()
    data["socialized_context"][1]["actions"] = ["Ann: waves", "Ann: nods", "Zed: waves"]

    with pytest.raises(ContextError) as caught:
        SocializedContext.from_data(data)

    assert [(issue.position, issue.agent) for issue in caught.value.issues] == [(1, "Ann"), (1, None)]
