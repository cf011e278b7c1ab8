"""Content hashes that say whether stored work is still what was asked for."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

from social_world_model.contracts import ModelConfig


class Keys(NamedTuple):
    """The keys of one piece of work: stored work with either of them can be used again.

    Parameters
    ----------
    current
        The key under which it is stored.
    earlier
        The key under which schema 1 of results stored it; the current one again where that never differed, or where
        wording, schemas or settings are no longer those of schema 1.
    """

    current: str
    earlier: str


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
    config
        Fingerprint of the model's configuration.
    sample
        Number of this draw, from 0.
    """
    parts = {"narrative": narrative, "guidance": guidance, "context_model": context_model}
    if config:
        parts["recipe"] = config
    if sample:
        parts["sample"] = str(sample)
    return content_key(**parts)


def context_keys(narrative: str, guidance: str, context_model: str, configs: Keys, sample: int = 0) -> Keys:
    """Return the keys under which a context can be used again.

    Parameters
    ----------
    narrative, guidance, context_model, sample
        As in `context_key`.
    configs
        The model's `fingerprints`.
    """
    return Keys(*(context_key(narrative, guidance, context_model, config, sample) for config in configs))


def fingerprint(config: ModelConfig) -> str:
    """Return a hash of everything but the query that decides a model's replies; empty where that is nothing.

    Every section, every schema and every setting counts, and the order of sections and of a schema's fields. A setting
    that is None is not sent, and does not count: so a new setting leaves the keys of stored results as they are.
    """
    if not (config.prompts or config.settings or config.schemas):
        return ""
    if not config.schemas:  # a model that is asked for no form, and every configuration of schema 1
        return content_key(prompts=dict(config.prompts), settings=dict(config.settings))
    return content_key(
        prompts=list(config.prompts.items()),
        schemas=[(name, json.dumps(schema, ensure_ascii=False)) for name, schema in config.schemas.items()],
        settings={name: value for name, value in config.settings.items() if value is not None},
    )


def fingerprints(config: ModelConfig) -> Keys:
    """Return the fingerprint of a configuration, and the one that schema 1 of results gave it.

    A key of schema 1 is made like a current one, with the earlier fingerprint of every model.
    """
    return Keys(fingerprint(config), fingerprint(config if config.earlier is None else config.earlier))
