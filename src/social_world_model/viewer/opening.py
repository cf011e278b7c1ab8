"""Open a text as a context: a story, a chat, a context in JSON, the result of an item, or an episode."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from social_world_model.contracts import Item
from social_world_model.errors import DatasetError, SocialWorldModelError
from social_world_model.experiments.episodes.files import StoredEpisode, episode_of
from social_world_model.files import retried
from social_world_model.runs.results import Result, flaw_of, read_result, with_texts
from social_world_model.runs.stored_json import stored_json
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic import TraceEntry, parse_narrative, read_chat
from social_world_model.symbolic.conversation.exports import People, is_chat_folder, own_json, read_chat_at
from social_world_model.symbolic.model import NAME as SYMBOLIC
from social_world_model.viewer.episodes import episode_decisions
from social_world_model.viewer.payload import Payload, context_payload

LARGEST = 50_000_000
"""Maximum number of bytes of a file."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A context, with everything that is known about it.

    Parameters
    ----------
    context
        The context.
    narrative, trace, question, decisions
        The same as in `context_payload`.
    name
        Title that the file itself gives; empty if there is none.
    """

    context: SocializedContext
    narrative: str | None = None
    trace: Sequence[TraceEntry] | None = None
    question: Item | None = None
    decisions: Sequence[Payload] = field(default=())
    name: str = ""

    def payload(self, id: str, title: str) -> Payload:
        """Return the context as the pages read it.

        Parameters
        ----------
        id, title
            Id in the catalogue, and title for the reader.

        Raises
        ------
        ContextError
            If the context cannot be split into events.
        """
        return context_payload(
            self.context,
            id=id,
            title=title,
            narrative=self.narrative,
            trace=self.trace,
            question=self.question,
            decisions=self.decisions,
        )


def read_text(path: Path) -> str:
    """Return the text of a file.

    Parameters
    ----------
    path
        Path of a file.

    Raises
    ------
    DatasetError
        If the file cannot be read, is too large, or is not text in UTF-8.
    """
    try:
        if not path.is_file():
            raise DatasetError(f"expected a file or a folder, got {path}, which does not exist or is neither")
        if (size := path.stat().st_size) > LARGEST:
            raise DatasetError(f"expected a file of at most {LARGEST:,} bytes, got {size:,} bytes")
        return as_text(retried(path.read_bytes))
    except OSError as error:
        raise DatasetError(f"expected a readable file, got an error: {error.strerror or error}") from None


def as_text(data: bytes) -> str:
    """Return the text of bytes in UTF-8.

    Parameters
    ----------
    data
        Content of a file.

    Raises
    ------
    DatasetError
        If the bytes are not text in UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(f"expected text in UTF-8, got other bytes: {error}") from None


def open_path(path: Path, people: People | None = None) -> Opened:
    """Open a file, or a chat in a folder or a zip file.

    Parameters
    ----------
    path
        Path of the file or folder. The name of a chat may follow the path of an export with several chats.
    people
        Names and aliases of the people in a chat.

    Raises
    ------
    SocialWorldModelError
        If the path cannot be read, or in the cases of `open_text`.
    """

    def chat() -> str:
        return read_chat_at(path, people=people)

    if path.is_dir() or not path.exists() or is_chat_folder(path):
        return _parsed(chat())
    return open_text(read_text(path), chat)


def open_text(text: str, chat: Callable[[], str] | None = None) -> Opened:
    """Open the text of a file.

    Parameters
    ----------
    text
        A story, a chat, or JSON: a context, a result, an episode, or an object with a narrative.
    chat
        Returns the transcript, if the text is a story or a chat. By default, the transcript is made from the text.

    Raises
    ------
    SocialWorldModelError
        If the text is none of these, or if the context cannot be used.
    """
    if (data := own_json(text)) is None:
        return _parsed(read_chat(text) if chat is None else chat())
    if "\\ud" in text.lower():  # perhaps half a character, which no page can show
        data = stored_json(json.dumps(data))
    if "episode_key" in data:
        return _of_episode(episode_of(data))
    if "index" in data:
        return _of_file(text)
    if "agents_names" not in data and isinstance(narrative := data.get("narrative", data.get("story")), str):
        return _parsed(narrative)
    return Opened(context=SocializedContext.from_data(data))


def open_result(result: Result) -> Opened:
    """Open the context of a result, with the question of its item.

    If the result has no context, rules parse the narrative.

    Parameters
    ----------
    result
        Result of an item.

    Raises
    ------
    SocialWorldModelError
        If the result has a flaw or neither a context nor a narrative, or if the context cannot be used.
    """
    if why := flaw_of(result):
        raise DatasetError(why)
    result = with_texts(result)
    context, narrative, item = result.context, result.narrative, result.item()
    if context is None:
        if narrative is None:
            raise DatasetError("expected a result with a context or a narrative, got neither")
        return replace(_parsed(narrative), question=item)
    trace = _trace_of(context, narrative) if narrative and result.context_model in (None, SYMBOLIC) else None
    return Opened(context=context, narrative=narrative, trace=trace, question=item)


def _parsed(narrative: str) -> Opened:
    context, trace = parse_narrative(narrative)
    return Opened(context=context, narrative=narrative, trace=trace)


def _of_file(text: str) -> Opened:
    result = read_result(text)
    if result is None:
        raise DatasetError("expected a result with an index, got none")
    return open_result(result)


def _of_episode(episode: StoredEpisode | None) -> Opened:
    if episode is None:
        raise DatasetError("expected an episode, got a field that is missing or has a wrong type")
    return Opened(
        context=SocializedContext.from_data(dict(episode.context)),
        decisions=episode_decisions(episode),
        name=f"{episode.task} {episode.repeat}",
    )


def _trace_of(context: SocializedContext, narrative: str) -> Sequence[TraceEntry] | None:
    """Return the trace of a stored context; None if the parser of this version makes another context."""
    try:
        parsed = _parsed(narrative)
    except SocialWorldModelError:
        return None
    return parsed.trace if _steps(parsed.context) == _steps(context) else None


def _steps(context: SocializedContext) -> Any:
    return context.agents_names, context.socialized_context
