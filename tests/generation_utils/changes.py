"""Every change that can be made to a prompt: each text, each leaf, name and order of each reply's schema."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from social_world_model.generation_utils.output_parsers import schema_of, written_form
from social_world_model.generation_utils.sections import PromptSpec


def changes(prompt: PromptSpec[Any]) -> Iterator[tuple[str, PromptSpec[Any]]]:
    """Return prompts that differ from one in a single thing, each with what that is."""
    for at, section in enumerate(prompt.sections):
        for field in ("text", "name"):
            more: dict[str, Any] = {field: f"{getattr(section, field)}x"}
            changed = replace(section, **more)
            yield (
                f"{field} of {section.name}",
                replace(prompt, sections=(*prompt.sections[:at], changed, *prompt.sections[at + 1 :])),
            )
    for field in ("reply", "plain_reply"):
        form: type[BaseModel] | None = getattr(prompt, field)
        if form is not None:
            for label, schema in changed_schemas(schema_of(form)):
                other: dict[str, Any] = {field: with_schema(form, schema)}
                yield f"{form.__name__}: {label}", replace(prompt, **other)
            text = f"{written_form(form)}x"
            written: dict[str, Any] = {field: type(form.__name__, (form,), {"written_form": text})}
            yield f"{form.__name__}: written form", replace(prompt, **written)


def with_schema(form: type[BaseModel], schema: Any) -> type[BaseModel]:
    """Return a form of the same name whose schema is another one."""

    def model_json_schema(cls: type[BaseModel]) -> Any:
        return schema

    return type(form.__name__, (form,), {"model_json_schema": classmethod(model_json_schema)})


def changed_schemas(schema: Any) -> Iterator[tuple[str, Any]]:
    """Return schemas that differ from one in a leaf, the name of a key, or an order."""
    for path in _paths(schema):
        changed = copy.deepcopy(schema)
        parent = changed
        for step in path[:-1]:
            parent = parent[step]
        old = parent[path[-1]]
        if isinstance(old, dict | list):
            if len(old) > 1:
                parent[path[-1]] = dict(reversed(old.items())) if isinstance(old, dict) else old[::-1]
                yield f"order of {path}", changed
        else:
            parent[path[-1]] = (not old) if isinstance(old, bool) else f"{old}x"
            yield f"{path}", changed
        if isinstance(parent, dict):
            renamed = copy.deepcopy(schema)
            place = renamed
            for step in path[:-1]:
                place = place[step]
            place[f"{path[-1]}x"] = place.pop(path[-1])
            yield f"name of {path}", renamed


def _paths(schema: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    keys = schema.keys() if isinstance(schema, dict) else range(len(schema)) if isinstance(schema, list) else ()
    for key in keys:
        yield (*above, key)
        yield from _paths(schema[key], (*above, key))
