"""Build the `ModelConfig` of a model from its prompt sections, reply schemas and sampling options."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from social_world_model.contracts import ModelConfig
from social_world_model.generation_utils.model import Sampling
from social_world_model.generation_utils.output_parsers import FORM, RETRY
from social_world_model.generation_utils.sections import PromptSpec

SCHEMA_1_SETTINGS = ("temperature", "max_output_tokens", "seed")
"""Sampling options that existed in schema 1 of results."""

SHARED: Mapping[str, PromptSpec[Any]] = {"form": FORM, "retry": RETRY}
"""Prompts that may be added to every prompt that has a reply schema."""
SCHEMA_1_SHARED: Mapping[str, str] = {
    "form": "8d273f77a7e3ecfd3d1a2f6e",
    "retry": "98f2db58af56bd80022fdc37",
}
"""Hashes of the shared prompts in schema 1 of results. The function `wording_hash` computes them."""


def config_of(
    prompts: Mapping[str, PromptSpec[Any]],
    sampling: Sampling,
    own: Mapping[str, str] | None = None,
    earlier: ModelConfig | None = None,
) -> ModelConfig:
    """Return the configuration of a model.

    Parameters
    ----------
    prompts
        All prompts that may be sent, by name.
    sampling
        Sampling options.
    own
        Custom prompt texts of the user, by name.
    earlier
        The same configuration in the form of schema 1 of results; None if schema 1 has no such configuration.
    """
    return ModelConfig(
        prompts={**texts_of({**prompts, **SHARED}), **(own or {})},
        schemas={
            f"{name}: {reply.__name__}": reply.model_json_schema()
            for name, prompt in prompts.items()
            for reply in prompt.replies
        },
        settings=asdict(sampling),
        earlier=earlier,
    )


def texts_of(prompts: Mapping[str, PromptSpec[Any]]) -> dict[str, str]:
    """Return the text of every section. Each key names a prompt and a section, such as ``answer: task``."""
    return {f"{name}: {section.name}": section.text for name, prompt in prompts.items() for section in prompt.sections}


def wording_hash(prompt: PromptSpec[Any]) -> str:
    """Return a hash of the fixed parts of a prompt: the sections in order, and the reply schemas."""
    parts = [f"{section.name}\n{section.before}\n{section.place}\n{section.text}" for section in prompt.sections]
    parts += [json.dumps(reply.model_json_schema(), ensure_ascii=False) for reply in prompt.replies]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def schema_1_config(
    wordings: Mapping[str, str], sampling: Sampling, prompts: Mapping[str, PromptSpec[Any]], pins: Mapping[str, str]
) -> ModelConfig | None:
    """Return a configuration in the form of schema 1 of results; None if prompts or settings differ from schema 1.

    Keys of schema 1 do not depend on the reply schemas, and depend on only some of the prompt texts. Each prompt must
    therefore have the same text as in schema 1. Otherwise a stored result of schema 1 would be used for a changed
    prompt.

    Parameters
    ----------
    wordings
        Prompt texts in the form of schema 1, by name.
    sampling
        Sampling options.
    prompts
        All prompts that could be sent in schema 1, by name.
    pins
        Hash of each prompt in schema 1, computed by `wording_hash`.
    """
    pins = {**pins, **SCHEMA_1_SHARED}
    if any(wording_hash(prompt) != pins[name] for name, prompt in {**prompts, **SHARED}.items()):
        return None
    settings, defaults = asdict(sampling), asdict(Sampling())
    if any(value != defaults[name] for name, value in settings.items() if name not in SCHEMA_1_SETTINGS):
        return None
    return ModelConfig(prompts=wordings, settings={name: settings[name] for name in SCHEMA_1_SETTINGS})
