"""Content hashes that show whether a stored result or context is still valid for a run."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from social_world_model.contracts import ModelConfig


def content_key(**parts: Any) -> str:
    """Return a short hash of named parts; equal parts give equal keys.

    >>> content_key(a=1, b="x") == content_key(b="x", a=1)
    True
    """
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def context_key(narrative: str, guidance: str, context_model: str, config: str = "", sample: int = 0) -> str:
    """Return the key under which a context can be reused.

    Parameters
    ----------
    narrative, guidance
        Narrative and domain instructions that the parser receives.
    context_model
        Name of the model that parses the narrative.
    config
        Fingerprint of the model's configuration; empty if the configuration does not affect the replies.
    sample
        Number of the sample, counted from 0.
    """
    parts = {"narrative": narrative, "guidance": guidance, "context_model": context_model}
    if config:
        parts["recipe"] = config
    if sample:
        parts["sample"] = str(sample)
    return content_key(**parts)


def fingerprint(config: ModelConfig) -> str:
    """Return a hash of everything in a configuration that affects a model's replies; empty for an empty configuration.

    The hash covers every section, schema and setting, and the order of sections and schema fields. The query is not a
    part of the hash. A setting with the value None is neither sent nor hashed. A new setting therefore does not change
    the keys of stored results.
    """
    if not (config.prompts or config.settings or config.schemas):
        return ""
    if not config.schemas:
        return content_key(prompts=dict(config.prompts), settings=dict(config.settings))
    return content_key(
        prompts=list(config.prompts.items()),
        schemas=[(name, json.dumps(schema, ensure_ascii=False)) for name, schema in config.schemas.items()],
        settings={name: value for name, value in config.settings.items() if value is not None},
    )
