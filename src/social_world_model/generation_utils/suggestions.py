"""Suggest the valid form of a model name that other tools accept."""

from __future__ import annotations

import re

_BY_NAME: tuple[tuple[str, str], ...] = (
    (r"claude", "anthropic"),
    (r"gemini|learnlm", "google"),
    (
        r"mistral-(?:large|medium|small|tiny|saba)|open-mi[sx]tral|codestral|magistral|ministral|pixtral|devstral",
        "mistral",
    ),
    (r"deepseek-(?:chat|reasoner|v\d)", "deepseek"),
    (r"grok", "xai"),
    (r"command-?(?:a|r|light|nightly)|c4ai", "cohere"),
    (r"kimi|moonshot", "moonshotai"),
)
"""Beginnings of model names, and the provider of pydantic-ai that serves these models."""
_OPEN = re.compile(
    r"(?:meta-)?llama|qwen|qwq|mi[sx]tral|gemma|phi-?\d|gpt-oss|smollm|olmo|yi-|falcon|deepseek|glm|granite|vicuna",
    re.I,
)
"""Beginnings of the names of open models, which many servers offer."""
_PROVIDERS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "google": "google",
    "gemini": "google",
    "models": "google",
    "vertex_ai": "google-cloud",
    "mistral": "mistral",
    "mistralai": "mistral",
    "deepseek": "deepseek",
    "deepseek-ai": "deepseek",
    "groq": "groq",
    "openrouter": "openrouter",
    "azure": "azure",
    "bedrock": "bedrock",
    "cohere": "cohere",
    "xai": "xai",
    "x-ai": "xai",
    "moonshotai": "moonshotai",
    "fireworks": "fireworks",
    "fireworks_ai": "fireworks",
    "cerebras": "cerebras",
    "huggingface": "huggingface",
    "github": "github",
}
"""Prefixes in names of other tools, and the provider of pydantic-ai."""
_LOCAL = ("ollama", "ollama_chat", "lm_studio", "lmstudio", "llamafile", "llamacpp", "openai_like", "sglang", "litellm")
"""Prefixes of servers that are reached at an address."""
_OPEN_ORGANISATIONS = ("mistralai", "deepseek-ai", "openai", "google", "moonshotai")
"""Organisations whose open models have names like ``organisation/model`` on hubs."""


def other_form(name: str) -> list[str]:
    """Return the valid forms of a name that other tools accept; empty if the name is not known to be such a name.

    Parameters
    ----------
    name
        Name that the user typed.

    Examples
    --------
    >>> other_form("claude-3-5-sonnet-latest"), other_form("openai/gpt-4o"), other_form("gpt-4o")
    (['anthropic:claude-3-5-sonnet-latest'], ['gpt-4o', 'openai:gpt-4o'], [])
    """
    prefix, slash, rest = name.strip().partition("/")
    if not slash:
        return _bare(name.strip())
    prefix = prefix.casefold()
    if not rest:
        return []
    if prefix in ("hosted_vllm", "hf"):
        return [f"vllm/{rest}", f"custom/{rest}@URL"]
    if prefix in _LOCAL:
        return [f"custom/{rest}@URL"]
    if prefix in _OPEN_ORGANISATIONS and _OPEN.match(rest):
        return [f"vllm/{name}", f"together_ai/{name}", f"custom/{name}@URL"]
    if prefix == "openai":
        return [rest, f"openai:{rest}"]
    if prefix in _PROVIDERS:
        return [f"{_PROVIDERS[prefix]}:{rest}"]
    if prefix == "together":
        return [f"together_ai/{rest}"]
    return [f"vllm/{name}", f"together_ai/{name}", f"custom/{name}@URL"] if _OPEN.match(rest) else []


def _bare(name: str) -> list[str]:
    for beginning, provider in _BY_NAME:
        if re.match(beginning, name, re.IGNORECASE):
            return [f"{provider}:{name}", *([f"custom/{name}@URL"] if _OPEN.match(name) else [])]
    return [f"vllm/{name}", f"custom/{name}@URL"] if _OPEN.match(name) else []
