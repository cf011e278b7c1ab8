"""A client of the openai SDK that needs less processor time per chat completion.

Before it sends a request, the SDK compares each value with the declared types, and looks for files and for other field
names. Chat completions have neither. The SDK also builds each part of a reply in Python. Without both steps, a request
takes about a quarter less processor time.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import httpx2
from openai import AsyncOpenAI, NotGiven, Omit
from openai.resources.chat import AsyncChat
from openai.resources.chat.completions import AsyncCompletions
from openai.types.chat import ChatCompletion
from pydantic import ValidationError
from pydantic_core import from_json


class Client(AsyncOpenAI):
    """Client for OpenAI and compatible endpoints.

    Attributes
    ----------
    announces_requests
        True, because the transport calls `spending.on_send` before each request.
    """

    announces_requests = True

    @cached_property
    def chat(self) -> AsyncChat:
        """Chat completions."""
        return _Chat(self)


class _Chat(AsyncChat):
    @cached_property
    def completions(self) -> AsyncCompletions:
        return _Completions(self._client)


class _Completions(AsyncCompletions):
    async def create(self, **given: Any) -> Any:
        """Make a call with the arguments of the SDK. All values must be JSON values."""
        given = {name: value for name, value in given.items() if not isinstance(value, Omit | NotGiven)}
        if given.get("stream"):
            return await super().create(**given)
        named = {"extra_headers": "headers", "extra_query": "params", "extra_body": "extra_json", "timeout": "timeout"}
        options: Any = {option: given.pop(name) for name, option in named.items() if given.get(name) is not None}
        options["security"] = {"bearer_auth": True}
        response = await self._client.post(
            "/chat/completions",
            body={name: value for name, value in given.items() if name not in named},
            cast_to=httpx2.Response,
            options=options,
        )
        return _completion(response.content)


def _completion(body: bytes) -> ChatCompletion:
    """Return the completion of a body. `NormalisingClient` has read it; its finish reason can be unknown."""
    try:
        return ChatCompletion.model_validate_json(body)
    except ValidationError:
        return ChatCompletion.construct(**from_json(body))
