"""What may leave this machine: the fields of a manifest that pages show, and texts without keys."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from social_world_model.generation_utils.failures import without_keys

OF_MANIFEST = ("version", "seed", "data_sha256", "started", "ended", "stopped")
"""Fields of ``run.json`` that pages show."""
OF_SETTINGS = (
    *("protocol", "scorer", "variant", "questions", "no_gold", "labels_inferred", "rescored_from"),
    *("samples", "parse_samples", "context_form", "temperature", "max_tokens", "critic_iterations", "structured"),
)
"""Fields of the settings in ``run.json`` that pages show."""
_KEY = re.compile(r"\b(?:sk|pk|gsk|hf|xai|key|api)[-_][A-Za-z0-9_\-]{8,}|\bAIza[\w-]{20,}|\bAKIA[A-Z0-9]{12,}")
"""Texts that look like the key of a known provider."""
_CREDENTIALS = re.compile(r"(?<=//)[^/@\s]+@")
"""User name and password in an address."""


def public_fields(manifest: Mapping[str, Any]) -> dict[str, str | int | float | bool | None]:
    """Return the allowed fields of a manifest, without keys.

    Parameters
    ----------
    manifest
        Content of ``run.json``.
    """
    settings = manifest.get("settings") or {}
    given = {name: manifest.get(name) for name in OF_MANIFEST} | {name: settings.get(name) for name in OF_SETTINGS}
    return {
        name: without_secrets(value) if isinstance(value, str) else value
        for name, value in given.items()
        if value is not None and isinstance(value, str | int | float)
    }


def without_secrets(text: str) -> str:
    """Return a text in which keys and the credentials of addresses are replaced by ``[key]``.

    Parameters
    ----------
    text
        Any text, such as the name of a model.

    Examples
    --------
    >>> without_secrets("gpt@https://me:word@host/v1 with sk-abcdefgh1234")
    'gpt@https://[key]@host/v1 with [key]'
    """
    known = [value for name, value in os.environ.items() if name.endswith("_API_KEY") and len(value) > 7]
    return _KEY.sub("[key]", _CREDENTIALS.sub("[key]@", without_keys(text, known)))
