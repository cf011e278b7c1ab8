"""Read the texts and contexts that clients of the MCP server send. Nothing here opens a file."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from social_world_model.errors import ConfigurationError, ContextError, NarrativeError
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.context import parse_json
from social_world_model.s3ap.names import check_known
from social_world_model.s3ap.validation import errors_of
from social_world_model.symbolic.conversation.exports.reading import own_json, read_chat
from social_world_model.symbolic.conversation.names import meant

KEPT = 16
"""Maximum number of texts whose contexts are kept."""
REWRITE = (
    "write a chat as lines such as 'Ann: Hello' and '(Bo leaves)', write a story in short sentences, or start the "
    "server with `swm mcp --model-name NAME`, so that a language model reads the text"
)

Parse = Callable[[str], Awaitable[SocializedContext]]


def known_name(name: str, cast: Sequence[str]) -> str:
    """Return the full name of a person of a context.

    Parameters
    ----------
    name
        Name of the person, or a part of the name that no other person has.
    cast
        Names of all people.

    Raises
    ------
    ConfigurationError
        If several people have this name.
    ContextError
        If nobody has this name.
    """
    found = meant(name, cast)
    if len(found) > 1:
        raise ConfigurationError(f"expected the name of one person, got {name!r}, which may mean {' or '.join(found)}")
    if not found:
        check_known([name], cast, "a person of the context")
    return found[0]


@dataclass
class Contexts:
    """Contexts of the texts that were read last. A context that a client sends back finds its text again.

    Parameters
    ----------
    parse
        Makes the context of a text.
    """

    parse: Parse
    _kept: OrderedDict[bytes, SocializedContext] = field(default_factory=OrderedDict)
    _locks: WeakValueDictionary[bytes, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    async def of(self, given: Any) -> SocializedContext:
        """Return the context of an argument: of a story or a chat, or the context itself.

        Parameters
        ----------
        given
            A text, or parsed JSON.

        Raises
        ------
        ConfigurationError, DatasetError, ContextError, NarrativeError, GenerationError
            If the text cannot be read, if the context has errors, or if the language model failed.
        """
        text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
        data = own_json(text)
        narrative = read_chat(text) if data is None else _narrative_in(data)
        if narrative is None:
            assert data is not None
            return await asyncio.to_thread(self._known, _held(data))
        if not narrative.strip():
            raise ConfigurationError("expected a story, a chat or a context, got an empty text")
        key = _hash(narrative)
        async with self._locks.setdefault(key, asyncio.Lock()):  # calls at the same time share one parse
            return self._recall(key) or await self._parsed(narrative)

    async def _parsed(self, narrative: str) -> SocializedContext:
        try:
            context = await self.parse(narrative)
        except NarrativeError as error:
            raise error.with_hint(REWRITE) from None
        for key in (_hash(narrative), _hash(context.to_json())):
            self._kept[key] = context
        while len(self._kept) > 2 * KEPT:
            self._kept.popitem(last=False)
        return context

    def _known(self, data: Any) -> SocializedContext:
        context = SocializedContext.from_data(data)
        if errors := errors_of(context):
            raise ContextError("expected a context without errors, got:", errors)
        return self._recall(_hash(context.to_json())) or context

    def _recall(self, key: bytes) -> SocializedContext | None:
        if (found := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
        return found


def context_data(given: Any) -> Any:
    """Return the data of a context that may have errors.

    Parameters
    ----------
    given
        The context as parsed JSON, or as a text in JSON.

    Raises
    ------
    ContextError
        If the text is not JSON.
    """
    return _held(parse_json(given) if isinstance(given, str) else given)


def _held(data: Any) -> Any:
    """Return the context of an item result or an episode; other data unchanged."""
    if isinstance(data, dict) and "agents_names" not in data:
        return data.get("socialized_context", data.get("context", data))
    return data


def _narrative_in(data: Mapping[str, Any]) -> str | None:
    """Return the text of a result without a context."""
    narrative = data.get("narrative", data.get("story"))
    has_context = "socialized_context" in data or "context" in data
    return narrative if isinstance(narrative, str) and not has_context else None


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()
