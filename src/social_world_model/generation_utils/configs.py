"""Build the `ModelConfig` of a model from its prompt sections, reply schemas and sampling options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from social_world_model.contracts import ModelConfig
from social_world_model.generation_utils.model import Sampling
from social_world_model.generation_utils.output_parsers import FORM, RETRY, schema_of, written_form
from social_world_model.generation_utils.sections import PromptSpec

SHARED: Mapping[str, PromptSpec[Any]] = {"form": FORM, "retry": RETRY}
"""Prompts that may be added to every prompt that has a reply schema."""


def config_of(
    prompts: Mapping[str, PromptSpec[Any]],
    sampling: Sampling,
    own: Mapping[str, str] | None = None,
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
    """
    replies = {f"{name}: {reply.__name__}": reply for name, prompt in prompts.items() for reply in prompt.replies}
    return ModelConfig(
        prompts={
            **texts_of({**prompts, **SHARED}),
            **{f"{name}: form": written_form(reply) for name, reply in replies.items()},
            **(own or {}),
        },
        schemas={name: schema_of(reply) for name, reply in replies.items()},
        settings=asdict(sampling),
    )


def texts_of(prompts: Mapping[str, PromptSpec[Any]]) -> dict[str, str]:
    """Return the text of every section. Each key names a prompt and a section, such as ``answer: task``."""
    return {f"{name}: {section.name}": section.text for name, prompt in prompts.items() for section in prompt.sections}
