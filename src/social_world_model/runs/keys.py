"""Content hashes that say whether stored work is still what was asked for."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def content_key(**parts: Any) -> str:
    """Return a short hash of named parts; equal parts, equal key.

    >>> content_key(a=1, b="x") == content_key(b="x", a=1)
    True
    """
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def context_key(narrative: str, guidance: str, context_model: str) -> str:
    """Return the key under which a context can be used again."""
    return content_key(narrative=narrative, guidance=guidance, context_model=context_model)
