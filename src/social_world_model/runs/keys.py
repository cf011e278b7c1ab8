"""Content hashes that show whether a stored result or context is still valid for a run."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

from social_world_model.contracts import ModelConfig


class Keys(NamedTuple):
    """The keys of one result or context. A stored object with one of these keys can be reused.

    Parameters
    ----------
    current
        Key under which the object is stored now.
    earlier
        Key under which schema 1 of results stored the object. This key equals `current` if the key never changed, or if
        prompt texts, schemas or settings differ from schema 1.
    """

    current: str
    earlier: str


def content_key(**parts: Any) -> str:
    """Return a short hash of named parts; equal parts give equal keys.

    >>> content_key(a=1, b="x") == content_key(b="x", a=1)
    True
    """
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


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


def context_keys(narrative: str, guidance: str, context_model: str, configs: Keys, sample: int = 0) -> Keys:
    """Return the keys under which a context can be reused, for the current schema and for schema 1.

    Parameters
    ----------
    narrative, guidance, context_model, sample
        The same arguments as in `context_key`.
    configs
        Fingerprints of the model's configuration, in the form that `fingerprints` returns.
    """
    return Keys(*(context_key(narrative, guidance, context_model, config, sample) for config in configs))


def fingerprint(config: ModelConfig) -> str:
    """Return a hash of everything in a configuration that affects a model's replies; empty for an empty configuration.

    The hash covers every section, schema and setting, and the order of sections and schema fields. The query is not a
    part of the hash. A setting with the value None is neither sent nor hashed. A new setting therefore does not change
    the keys of stored results.
    """
    if not (config.prompts or config.settings or config.schemas):
        return ""
    if not config.schemas:  # a model without a reply schema, and every configuration of schema 1
        return content_key(prompts=dict(config.prompts), settings=dict(config.settings))
    return content_key(
        prompts=list(config.prompts.items()),
        schemas=[(name, json.dumps(schema, ensure_ascii=False)) for name, schema in config.schemas.items()],
        settings={name: value for name, value in config.settings.items() if value is not None},
    )


def fingerprints(config: ModelConfig) -> Keys:
    """Return the fingerprints of a configuration, for the current schema and for schema 1.

    Both kinds of keys are made in the same way. Keys of schema 1 use the earlier fingerprint of every model.
    """
    return Keys(fingerprint(config), fingerprint(config if config.earlier is None else config.earlier))
