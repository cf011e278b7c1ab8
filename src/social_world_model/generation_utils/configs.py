"""What decides a model's replies, as a `ModelConfig`: every section, every schema, every sampling value."""

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
"""The sampling values that there were when results had schema 1."""

SHARED: Mapping[str, PromptSpec[Any]] = {"form": FORM, "retry": RETRY}
"""What is sent with every prompt that asks for a form."""
SCHEMA_1_SHARED: Mapping[str, str] = {
    "form": "8d273f77a7e3ecfd3d1a2f6e",
    "retry": "98f2db58af56bd80022fdc37",
}
"""The wording that these had then, as `wording_hash` tells it."""


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
        All that it may send, by name.
    sampling
        How replies are drawn.
    own
        Wordings of the user's own, by name.
    earlier
        The same configuration as schema 1 had it.
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
    """Return the text of every section, by the names of prompt and section."""
    return {f"{name}: {section.name}": section.text for name, prompt in prompts.items() for section in prompt.sections}


def wording_hash(prompt: PromptSpec[Any]) -> str:
    """Return a hash of everything in a prompt that is not the subject's: sections in order, and reply schemas."""
    parts = [f"{section.name}\n{section.before}\n{section.place}\n{section.text}" for section in prompt.sections]
    parts += [json.dumps(reply.model_json_schema(), ensure_ascii=False) for reply in prompt.replies]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:24]


def schema_1_config(
    wordings: Mapping[str, str], sampling: Sampling, prompts: Mapping[str, PromptSpec[Any]], pins: Mapping[str, str]
) -> ModelConfig | None:
    """Return a configuration as schema 1 had it, or None if its replies would not be the same now.

    Keys of schema 1 leave out reply schemas and some words. So that no changed prompt is answered from a result of
    schema 1, every prompt must have the wording that it had then.

    Parameters
    ----------
    wordings
        As schema 1 had them.
    sampling
        How replies are drawn.
    prompts
        All that a model of schema 1 could send, by name.
    pins
        The wording that each of these had then, as `wording_hash` tells it.
    """
    pins = {**pins, **SCHEMA_1_SHARED}
    if any(wording_hash(prompt) != pins[name] for name, prompt in {**prompts, **SHARED}.items()):
        return None
    settings, defaults = asdict(sampling), asdict(Sampling())
    if any(value != defaults[name] for name, value in settings.items() if name not in SCHEMA_1_SETTINGS):
        return None
    return ModelConfig(prompts=wordings, settings={name: settings[name] for name in SCHEMA_1_SETTINGS})
