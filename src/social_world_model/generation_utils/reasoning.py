"""Models that reason automatically: which models do, and how a request controls it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Literal

from social_world_model.settings import SamplingOptions

Switch = Literal["provider", "template"]
"""How thoughts are switched on or off: by an option of the provider, or by a field for the chat template."""

_REASONING_NAMES = re.compile(
    r"gpt-oss|deepseek-(?:r\d|reasoner)|\br1\b|qwq|[-_/]thinking|magistral|reason(?:er|ing)|\bo[134](?:-|$)|"
    r"glm-z1|phi-4-(?:mini-)?(?:flash-)?reasoning|exaone-deep|skywork-o1",
    re.IGNORECASE,
)


def name_reasons(name: str) -> bool:
    """Return whether the name of an open model shows that the model always reasons.

    Examples
    --------
    >>> [name_reasons(name) for name in ("openai/gpt-oss-20b", "Qwen/QwQ-32B", "Qwen/Qwen2.5-7B-Instruct")]
    [True, True, False]
    """
    return _REASONING_NAMES.search(name) is not None


def is_on(options: SamplingOptions) -> bool | None:
    """Return whether the options switch thoughts on or off; None if they do neither."""
    if options.thinking is not None:
        return options.thinking == "on"
    return None if options.reasoning_effort is None else options.reasoning_effort != "none"


def profile_reasons(profile: Mapping[str, Any], options: SamplingOptions) -> bool:
    """Return whether a model reasons automatically, judged by its profile and the options of a request.

    Parameters
    ----------
    profile
        Profile of the model in pydantic-ai.
    options
        Sampling options of the request.
    """
    if profile.get("thinking_always_enabled", False):
        return True
    asked = is_on(options)
    return bool(profile.get("thinking_enabled_by_default", False)) if asked is None else asked


def samples_while_reasoning(profile: Mapping[str, Any], options: SamplingOptions) -> bool:
    """Return whether a model accepts a temperature: OpenAI's models do not while they reason.

    Parameters
    ----------
    profile
        Profile of the model in pydantic-ai.
    options
        Sampling options of the request.
    """
    if not profile.get("openai_supports_reasoning", False):
        return True
    efforts = profile.get("openai_reasoning_efforts")
    may_be_off = profile.get("openai_supports_reasoning_effort_none", False) if efforts is None else "none" in efforts
    return bool(may_be_off) and not profile_reasons(profile, options)


def not_sent(model: Any, options: Mapping[str, Any], switch: Switch) -> str | None:
    """Return an option that pydantic-ai would leave out of the request without a message; None if it sends all.

    Parameters
    ----------
    model
        Model of pydantic-ai.
    options
        Sampling options by name.
    switch
        How thoughts are switched.
    """
    if model.profile.get("supports_thinking", False) or switch == "template":
        return None
    if "reasoning_effort" in options and not is_openai(model):
        return "reasoning_effort"
    return "thinking" if options.get("thinking") == "on" else None


def request_settings(model: Any, options: Mapping[str, Any], switch: Switch, length: Collection[str]) -> dict[str, Any]:
    """Return sampling options as settings of pydantic-ai.

    Parameters
    ----------
    model
        Model of pydantic-ai.
    options
        Sampling options by name.
    switch
        How thoughts are switched.
    length
        Fields that limit the length of the reply, as in `capabilities.length_fields`.
    """
    settings = {name: options[name] for name in ("temperature", "seed", "top_p") if name in options}
    body: dict[str, Any] = {}
    most = options.get("max_output_tokens")
    if most is not None and "max_completion_tokens" in length:
        settings["max_tokens"] = most  # pydantic-ai sends it under the newer name
    if most is not None and "max_tokens" in length:
        body["max_tokens"] = most
    effort, thinking = options.get("reasoning_effort"), options.get("thinking")
    if effort is not None and switch == "template" and not is_openai(model):
        body["chat_template_kwargs"] = {"reasoning_effort": effort}  # the model runs in this process
    elif effort is not None:
        settings |= (
            {"openai_reasoning_effort": effort} if is_openai(model) else {"thinking": effort != "none" and effort}
        )
    if thinking is not None and switch == "template":
        on = thinking == "on"
        body["chat_template_kwargs"] = {**body.get("chat_template_kwargs", {}), "enable_thinking": on, "thinking": on}
    elif thinking is not None and effort is None:
        settings["thinking"] = thinking == "on"
    for name, value in (options.get("extra_body") or {}).items():
        both = isinstance(value, Mapping) and isinstance(body.get(name), dict)
        body[name] = {**body[name], **value} if both else value
    return {**settings, **({"extra_body": body} if body else {})}


def is_openai(model: Any) -> bool:
    """Return whether a model is one of pydantic-ai's models for OpenAI's API, without importing these models."""
    return any(base.__module__.startswith("pydantic_ai.models.openai") for base in type(model).__mro__)
