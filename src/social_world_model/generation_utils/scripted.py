"""A model that replies from a file. Use it for tests, or to try a mode without a key.

The file is a JSON list or JSON Lines. Each entry has a condition and a reply::

    {"when": "Where will (Sally|Anne) look", "reply": {"reasoning": "She saw it there.", "answer": "basket"}}
    {"when": "playroom", "reply": ["the first time", "every later time"]}
    {"when": "bomb", "refuse": "I would rather not."}

``when`` is a regular expression that must match some part of the prompt or of a later message. The first matching entry
supplies the reply. A reply that is not a string is sent as JSON. The replies in a list are used in order, and the last
reply is repeated. An entry without ``when`` matches every prompt.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from social_world_model.errors import ConfigurationError, shortened
from social_world_model.generation_utils.model import LanguageModel

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models.function import AgentInfo


@dataclass
class _Entry:
    when: re.Pattern[str]
    replies: list[str]
    refuse: str | None
    used: int = field(default=0, init=False)

    def next(self) -> str:
        reply = self.replies[min(self.used, len(self.replies) - 1)]
        self.used += 1
        return reply


def scripted_model(file: str) -> LanguageModel:
    """Return a model that replies from a file.

    Parameters
    ----------
    file
        Path to the file of scripted replies.

    Raises
    ------
    ConfigurationError
        If the file cannot be read, or if it has another format.
    """
    from pydantic_ai.models.function import FunctionModel

    entries = _read(Path(file))

    async def reply(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:  # async: keeps the order of calls
        return _reply(entries, "\n".join(_texts(messages)), file)

    profile: Any = {"supports_json_schema_output": True, "supports_json_object_output": True}
    return LanguageModel(
        f"scripted/{file}", FunctionModel(reply, model_name=f"scripted/{file}", profile=profile), free=True
    )


def _reply(entries: list[_Entry], prompt: str, file: str) -> ModelResponse:
    from pydantic_ai.messages import ModelResponse, TextPart

    for entry in entries:
        if entry.when.search(prompt):
            if entry.refuse is not None:
                return ModelResponse(
                    parts=[], finish_reason="content_filter", provider_details={"refusal": entry.refuse}
                )
            return ModelResponse(parts=[TextPart(content=entry.next())], finish_reason="stop")
    raise ConfigurationError(f"expected an entry in {file} for this prompt, got none: {shortened(prompt, 200)!r}")


def _texts(messages: list[ModelMessage]) -> list[str]:
    return [str(part.content) for message in messages for part in message.parts if hasattr(part, "content")]


def _read(path: Path) -> list[_Entry]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"expected a file of scripted replies at {path}: {error}") from None
    try:
        data = (
            json.loads(text)
            if text.lstrip().startswith("[")
            else [*map(json.loads, filter(str.strip, text.split("\n")))]
        )
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"expected JSON or JSON Lines in {path}: {error}") from None
    if not data:
        raise ConfigurationError(f"expected scripted replies in {path}, got none")
    return [_entry(one, number, path) for number, one in enumerate(data)]


def _entry(data: Any, number: int, path: Path) -> _Entry:
    where = f"{path}, entry {number}"
    if not isinstance(data, dict) or ("reply" in data) == ("refuse" in data) or set(data) - {"when", "reply", "refuse"}:
        raise ConfigurationError(
            f'expected {{"when": …, "reply": …}} or "refuse" in {where}, got {shortened(str(data))}'
        )
    try:
        when = re.compile(data.get("when", ""))
    except (re.error, TypeError) as error:
        raise ConfigurationError(f"expected a regular expression as `when` in {where}: {error}") from None
    refuse = data.get("refuse")
    if "refuse" in data and not isinstance(refuse, str):
        raise ConfigurationError(f"expected a text as `refuse` in {where}, got {shortened(str(refuse))}")
    replies = data.get("reply", "")
    listed = replies if isinstance(replies, list) and replies else [replies]
    texts = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in listed]
    return _Entry(when=when, replies=texts, refuse=refuse)
