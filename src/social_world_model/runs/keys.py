"""Content hashes that say whether stored work is still what was asked for."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from social_world_model.contracts import ModelConfig


def content_key(**parts: Any) -> str:
    """Return a short hash of named parts; equal parts, equal key.

    >>> content_key(a=1, b="x") == content_key(b="x", a=1)
    True
    """
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def context_key(narrative: str, guidance: str, context_model: str, config: str = "", sample: int = 0) -> str:
    """Return the key under which a context can be used again.

    Parameters
    ----------
    narrative, guidance, context_model
        What it is made from, and by whom.
    recipe
        Key of the model's recipe.
    sample
        Number of this draw, from 0.
    """
    parts = {"narrative": narrative, "guidance": guidance, "context_model": context_model}
    if config:
        parts["recipe"] = config
    if sample:
        parts["sample"] = str(sample)
    return content_key(**parts)


def fingerprint(config: ModelConfig) -> str:
    """Return a hash of everything but the query that decides a model's replies; empty where that is nothing."""
    return "" if config == ModelConfig() else content_key(prompts=dict(config.prompts), settings=dict(config.settings))
