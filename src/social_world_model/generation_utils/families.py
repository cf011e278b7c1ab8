"""Compare language models by name: the same model under two names, and models of the same family."""

from __future__ import annotations

import re

_FAMILIES = {
    "OpenAI": re.compile(r"(?:^|\.)(?:chatgpt|gpt|o\d)"),
    "Claude": re.compile(r"(?:^|\.)claude"),
    "Llama": re.compile(r"(?:^|\.)(?:meta-)?llama"),
    "Google": re.compile(r"(?:^|\.)(?:gemini|gemma)"),
    "Mistral": re.compile(r"(?:^|\.)(?:mi[sx]tral|ministral|magistral|codestral)"),
    "Qwen": re.compile(r"(?:^|\.)(?:qwen|qwq)"),
}
"""Families whose models have names with different beginnings."""


def bare_name(name: str) -> str:
    """Return the name of a model without provider, publisher and address, in lower case.

    Parameters
    ----------
    name
        Name of the model, as users type it.

    Examples
    --------
    >>> bare_name("together_ai/meta-llama/Llama-4-Scout"), bare_name("custom/o3@http://127.0.0.1/v1")
    ('llama-4-scout', 'o3')
    >>> bare_name("ft:gpt-4o:org::id"), bare_name("anthropic:claude-opus-4")
    ('gpt-4o', 'claude-opus-4')
    """
    name = re.sub(r"@https?://.*", "", name.removeprefix("ft:"))
    before, _, after = name.partition(":")
    named = before if re.match(r"gpt|o\d", before) else after or before
    return (named.rpartition("/")[2] or named).casefold()


def family(name: str) -> str:
    """Return the family of a model: its vendor, or the letters at the beginning of its name.

    Parameters
    ----------
    name
        Name of the model, as users type it.

    Examples
    --------
    >>> family("gpt-4o"), family("o3-2025-04-16"), family("vllm/deepseek-ai/DeepSeek-R1")
    ('OpenAI', 'OpenAI', 'deepseek')
    """
    bare = bare_name(name)
    known = next((vendor for vendor, pattern in _FAMILIES.items() if pattern.search(bare)), None)
    letters = re.match(r"[^\W\d_]+", bare)
    return known or (letters[0] if letters else bare)
