from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from social_world_model.errors import ContextError
from social_world_model.s3ap import (
    SocializedContext,
    SocializedContextForModel,
    SocializedStructureForModel,
    from_wire,
    to_wire,
    validate,
)
from tests.s3ap.builders import context, step
from tests.strategies import contexts, law


def objects_of(schema: Any) -> list[dict[str, Any]]:
    """Return every object schema found anywhere in a schema."""
    if isinstance(schema, list):
        return [found for part in schema for found in objects_of(part)]
    if not isinstance(schema, dict):
        return []
    here = [schema] if schema.get("type") == "object" else []
    return here + [found for part in schema.values() for found in objects_of(part)]


def wire(cast: list[str], observations: list[str], actions: list[str]) -> SocializedContextForModel:
    moment = SocializedStructureForModel(timestep="1", state="none", observations=observations, actions=actions)
    return SocializedContextForModel(agents_names=cast, socialized_context=[moment])


@law
@given(contexts())
def test_every_valid_context_without_a_manual_survives_the_wire(given_context: SocializedContext) -> None:
    assert from_wire(to_wire(given_context)) == given_context


def test_every_object_of_the_schema_is_closed_and_requires_all_its_properties() -> None:
    objects = objects_of(SocializedContextForModel.model_json_schema())

    assert len(objects) == 2
    for schema in objects:
        assert schema["additionalProperties"] is False
        assert sorted(schema["required"]) == sorted(schema["properties"])


def test_the_schema_has_the_fields_of_the_wire_form_only() -> None:
    context_schema, step_schema = sorted(
        objects_of(SocializedContextForModel.model_json_schema()), key=lambda schema: len(schema["properties"])
    )

    assert list(context_schema["properties"]) == ["agents_names", "socialized_context"]
    assert list(step_schema["properties"]) == ["timestep", "state", "observations", "actions"]
    for field in ("observations", "actions"):
        assert step_schema["properties"][field]["items"] == {"type": "string"}


def test_the_written_form_names_every_field_of_the_schema() -> None:
    for schema in objects_of(SocializedContextForModel.model_json_schema()):
        assert all(f'"{name}": ' in SocializedContextForModel.written_form for name in schema["properties"])


def test_the_wire_form_has_one_entry_per_agent_in_cast_order() -> None:
    given_context = context(["Ann", "Bob"], step("none", {"Bob": "sees it", "Ann": "none"}, {"Ann": "waves"}))

    moment = to_wire(given_context).socialized_context[0]

    assert moment.observations == ["Ann: none", "Bob: sees it"]
    assert moment.actions == ["Ann: waves", "Bob: none"]


def test_a_context_with_a_missing_entry_has_no_wire_form() -> None:
    missing = SocializedContext.from_data(
        {
            "agents_names": ["Ann"],
            "socialized_context": [{"state": "none", "observations": {}, "actions": {"Ann": "x"}}],
        }
    )

    with pytest.raises(ContextError) as caught:
        to_wire(missing)

    assert [(issue.path, issue.expected) for issue in caught.value.issues] == [
        ("socialized_context[0].observations", "an entry for Ann")
    ]


def test_entries_that_fit_nobody_or_come_twice_are_reported_all_at_once() -> None:
    with pytest.raises(ContextError) as caught:
        from_wire(wire(["Ann", "Bob"], ["Ann: none", "no colon"], ["Ann: waves", "Ann: sleeps"]))

    assert [issue.path for issue in caught.value.issues] == [
        "socialized_context[0].observations[1]",
        "socialized_context[0].actions[1]",
    ]


def test_a_missing_entry_stays_missing_for_validate_to_report() -> None:
    read = from_wire(wire(["Ann", "Bob"], ["Ann: none"], ["Ann: none", "Bob: none"]))

    assert read.socialized_context[0].observations == {"Ann": "none"}
    assert [issue.path for issue in validate(read) if issue.severity == "error"] == [
        "socialized_context[0].observations"
    ]


def test_unknown_names_are_never_added_to_the_cast() -> None:
    with pytest.raises(ContextError, match="Zed: waves"):
        from_wire(wire(["Ann"], ["Ann: none", "Zed: waves"], ["Ann: none"]))


def test_a_manual_is_kept_with_what_was_read() -> None:
    assert from_wire(wire(["Ann"], ["Ann: x"], ["Ann: y"]), context_manual="how").context_manual == "how"
