from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from social_world_model import s3ap
from social_world_model.errors import ContextError
from social_world_model.s3ap import SocializedContext, SocialSimulation, decode, encode, events, render, validate
from tests.s3ap.builders import context, step
from tests.strategies import contexts, json_values, law, nearly_contexts

STEP: dict[str, Any] = {"timestep": "1", "state": "none", "observations": {"Ann": "none"}, "actions": {"Ann": "waves"}}


def data(**changes: Any) -> dict[str, Any]:
    """Return a stored context of one step, with some fields of the step changed."""
    return {"agents_names": ["Ann"], "socialized_context": [STEP | changes]}


@law
@given(contexts())
def test_every_context_survives_json(given_context: SocializedContext) -> None:
    assert SocializedContext.from_json(given_context.to_json()) == given_context
    assert SocializedContext.from_json(given_context.to_json(indent=None).encode()) == given_context


def test_the_stored_form_has_the_fixed_field_names_in_order() -> None:
    stored = json.loads(context(["Ann"], step()).to_json())

    assert list(stored) == ["agents_names", "socialized_context"]
    assert list(stored["socialized_context"][0]) == ["timestep", "state", "observations", "actions"]


def test_a_manual_is_stored_only_where_there_is_one() -> None:
    plain = context(["Ann"], step())
    with_manual = plain.model_copy(update={"context_manual": "how to read it"})

    assert "context_manual" not in plain.to_data()
    assert SocializedContext.from_json(with_manual.to_json()) == with_manual


def test_an_integer_timestep_becomes_text() -> None:
    assert SocializedContext.from_data(data(timestep=7)).socialized_context[0].timestep == "7"


@pytest.mark.parametrize("missing", [{"timestep": None}, {}])
def test_a_missing_timestep_becomes_its_position_from_zero(missing: dict[str, None]) -> None:
    bare = {name: value for name, value in STEP.items() if name != "timestep"} | missing

    read = SocializedContext.from_data(
        {"agents_names": ["Ann"], "socialized_context": [STEP | {"timestep": "x"}, bare]}
    )

    assert [one.timestep for one in read.socialized_context] == ["x", "1"]


def test_entries_in_the_older_list_form_are_read_as_by_name() -> None:
    older = data(observations=["Ann: <same_as_state />"], actions=["Ann: says: hi"])

    read = SocializedContext.from_data(older).socialized_context[0]

    assert (read.observations, read.actions) == ({"Ann": "<same_as_state />"}, {"Ann": "says: hi"})


def test_list_entries_that_fit_nobody_are_issues_with_their_path() -> None:
    with pytest.raises(ContextError) as caught:
        SocializedContext.from_data(data(observations=["waves", "Ann: x", "Ann: y"], actions=["Anna: none"]))

    assert [issue.path for issue in caught.value.issues] == [
        "socialized_context[0].observations[0]",
        "socialized_context[0].observations[2]",
        "socialized_context[0].actions[0]",
    ]


def test_raw_control_characters_in_strings_are_tolerated() -> None:
    text = '{"agents_names": ["Ann"], "socialized_context": [], "context_manual": "a\tb\nc"}'

    assert SocializedContext.from_json(text).context_manual == "a\tb\nc"


@pytest.mark.parametrize(
    "text",
    [
        "", "not json", "{", '{"agents_names": ["Ann"]', "[" * 100_000, '{"a":' * 100_000, "1" * 5000, b"\xff\xfe\xff",
        '{"agents_names": [' + "9" * 5000 + "]}",
    ],
    ids=["empty", "prose", "cut", "cut later", "deep lists", "deep objects", "long number", "no text", "long inside"],
)  # fmt: skip
def test_text_that_is_not_json_is_a_context_error(text: str | bytes) -> None:
    with pytest.raises(ContextError, match="not JSON"):
        SocializedContext.from_json(text)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[]", "(the whole object)"),
        ("null", "(the whole object)"),
        ("3", "(the whole object)"),
        ("{}", "agents_names"),
        ('{"socialized_context": []}', "agents_names"),
        ('{"agents_names": ["Ann"]}', "socialized_context"),
        ('{"agents_names": "Ann", "socialized_context": []}', "agents_names"),
        ('{"agents_names": [1], "socialized_context": []}', "agents_names[0]"),
        ('{"agents_names": ["Ann"], "socialized_context": {}}', "socialized_context"),
        ('{"agents_names": ["Ann"], "socialized_context": [3]}', "socialized_context[0]"),
        (r'{"agents_names": ["\ud800"], "socialized_context": []}', "agents_names[0]"),
    ],
)
def test_json_of_another_shape_is_a_context_error_with_the_path(text: str, path: str) -> None:
    with pytest.raises(ContextError) as caught:
        SocializedContext.from_json(text)

    assert path in [issue.path for issue in caught.value.issues]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"timestep": 1.5}, "socialized_context[0].timestep"),
        ({"timestep": True}, "socialized_context[0].timestep"),
        ({"state": None}, "socialized_context[0].state"),
        ({"observations": "Ann: none"}, "socialized_context[0].observations"),
        ({"observations": {"Ann": 3}}, "socialized_context[0].observations.Ann"),
        ({"actions": [{"Ann": "waves"}]}, "socialized_context[0].actions"),
        ({"actions": None}, "socialized_context[0].actions"),
    ],
)
def test_a_field_of_another_type_is_an_issue_with_its_path(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(ContextError) as caught:
        SocializedContext.from_data(data(**changes))

    assert [issue.path for issue in caught.value.issues] == [path]
    assert caught.value.issues[0].expected


def test_entries_without_a_cast_are_issues_and_not_a_crash() -> None:
    with pytest.raises(ContextError) as caught:
        SocializedContext.from_data({"socialized_context": [STEP | {"observations": ["Ann: none"]}]})

    assert caught.value.issues


def test_nesting_of_any_depth_inside_a_field_is_a_context_error_with_a_short_message() -> None:
    for depth in range(1, 1100):  # somewhere on the way the interpreter gives up reading, or showing, what it read
        text = f'{{"agents_names": [{"[" * depth + "]" * depth}], "socialized_context": []}}'
        with pytest.raises(ContextError) as caught:
            SocializedContext.from_json(text)
        assert len(str(caught.value)) < 1000


@law
@given(nearly_contexts() | json_values)
def test_any_json_at_all_gives_a_context_or_a_context_error_with_issues(value: Any) -> None:
    try:
        read = SocializedContext.from_json(json.dumps(value))
    except ContextError as error:
        assert error.issues
    else:
        assert SocializedContext.from_json(read.to_json()) == read


def test_a_context_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        context(["Ann"], step()).agents_names = ["Bob"]


def test_a_simulation_holds_several_contexts_and_survives_json() -> None:
    simulation = SocialSimulation(simulations=[context(["Ann"], step()), context(["Bob"])])

    assert list(simulation.model_dump()) == ["simulations"]
    assert SocialSimulation.model_validate_json(simulation.model_dump_json()) == simulation


def test_legacy_files_are_read_decoded_encoded_and_have_no_errors(swm_data: Path) -> None:
    files = sorted((swm_data / "s3ap_legacy").glob("*.json"))
    assert len(files) == 6

    for file in files:
        legacy = SocializedContext.from_json(file.read_bytes())
        assert [issue for issue in validate(legacy) if issue.severity == "error"] == [], file.name
        assert decode(encode(legacy)) == decode(legacy), file.name
        assert SocializedContext.from_json(encode(legacy).to_json()) == encode(legacy), file.name
        assert {name for event in events(legacy) for name in event.observers} <= set(legacy.agents_names), file.name
        assert "[SAME AS" not in render(legacy, "text") + render(legacy, "compact"), file.name


def test_the_methods_of_a_context_are_the_public_functions() -> None:
    data = json.loads((Path(__file__).parent.parent / "golden" / "secret_watcher.json").read_text(encoding="utf-8"))
    given_context, overt = SocializedContext.from_data(data["context"]), data["overt_observers"]

    assert given_context.events(overt) == s3ap.events(given_context, overt)
    assert given_context.memory("Bob", "2", overt) == s3ap.memory(given_context, "Bob", "2", overt)
    pair = s3ap.perspective(given_context, ["Bob", "Ann"], overt)
    assert given_context.perspective("Bob", "Ann", overt_observers=overt) == pair
    assert pair != given_context.perspective("Bob", "Ann")
    assert given_context.timeline() == s3ap.timeline(given_context)
    assert given_context.issues() == s3ap.validate(given_context)
    assert given_context.decode() == s3ap.decode(given_context)
    assert given_context.encode() == s3ap.encode(given_context)
    assert given_context.render("text", "state") == s3ap.render(given_context, "text", ["state"])
