"""Read a chat from a text, a file, a folder or a zip file, and return a transcript."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from social_world_model.errors import ConfigurationError, DatasetError, shortened
from social_world_model.s3ap.context import parse_json
from social_world_model.symbolic.conversation.exports.chat import SAYS
from social_world_model.symbolic.conversation.exports.files import source_at
from social_world_model.symbolic.conversation.exports.formats import format_of, names_of_formats
from social_world_model.symbolic.conversation.exports.people import NOBODY_LISTED, People
from social_world_model.symbolic.conversation.exports.renaming import renamed
from social_world_model.symbolic.conversation.exports.source import Source, is_json_lines
from social_world_model.symbolic.conversation.exports.writing import transcript_of
from social_world_model.symbolic.conversation.transcript import is_transcript

NO_CHATS = frozenset({"agents_names", "socialized_context", "index", "episode_key", "narrative", "story"})
"""Keys of JSON objects that this package itself writes."""

_BEGINS_WITH_TIME = re.compile(
    r"^\W{0,3}(?:\d{1,4}[-./年 ]{1,2}\d{1,2}[-./月 ]{1,2}\d{1,4}|\d{1,2}:\d{2}(?::\d{2})?)(?!\d)"
)


def read_chat(text: str, *, people: People | Mapping[str, Any] | None = None, chat: str = "") -> str:
    r"""Convert a chat export to a transcript with lines ``Name: utterance`` and ``(Name joins)``.

    Parameters
    ----------
    text
        Content of a chat export. If the text already is a transcript, or if it is no chat, it is returned unchanged.
    people
        Names with lists of aliases, such as ``{"Ann Lee": ["ann.l", "U123"], "Bo": []}``. Aliases are replaced by the
        names. A listed person who sends nothing is present from the start.
    chat
        Name of the chat, for an export with several chats.

    Raises
    ------
    DatasetError
        If the text is JSON in an unknown format, or if its lines begin with times but have no known format. If an
        export is malformed or empty. If the export has several chats and `chat` names none of them.
    ConfigurationError
        If there are people for a text that is not a chat.

    Examples
    --------
    >>> read_chat('[{"role": "user", "content": "Hi!"}, {"role": "assistant", "content": "Hello.\nHow are you?"}]')
    'User: Hi!\nAssistant: Hello. How are you?'
    >>> read_chat("[12/01/26, 10:02:11] Ann: Hi!\n[12/01/26, 10:03:40] Ann added Bo")
    '(Members: Ann)\nAnn: Hi!\n(Bo joins)'
    >>> read_chat("ann.l: Hi!\nBo: Hello.", people={"Ann Lee": ["ann.l"]})
    'Ann Lee: Hi!\nBo: Hello.'
    """
    return _transcript(Source(_bare(text), chosen=chat), text, _people(people))


def read_chat_at(path: Path, *, people: People | Mapping[str, Any] | None = None) -> str:
    """Convert the chat in a file, a folder or a zip file to a transcript.

    In an export with several chats, the name of the chat follows the path of the export: ``export.zip/general``. Names
    in a file ``users.json`` beside a file of Slack are used.

    Parameters
    ----------
    path
        Path of the file or folder.
    people
        The same as in `read_chat`.

    Raises
    ------
    DatasetError
        If the path cannot be read, and in the cases of `read_chat`.
    ConfigurationError
        If there are people for a text that is not a chat.
    """
    source = source_at(path)
    return _transcript(source, source.text, _people(people))


def own_json(text: str) -> dict[str, Any] | None:
    """Return the JSON object of a text, if this package wrote it: a context, a result, an episode or a narrative.

    Parameters
    ----------
    text
        Content of a file.

    Returns
    -------
    dict
        The object; None if the text is a story, or a chat in text or JSON.

    Raises
    ------
    ContextError
        If the text begins like a JSON object, but is neither JSON nor JSON lines.
    DatasetError
        If the text is a JSON object of an unknown kind.
    """
    bare = _bare(text)
    if not bare.startswith("{") or is_json_lines(bare):
        return None
    data: dict[str, Any] = parse_json(text)
    if NO_CHATS & data.keys():
        return data
    if format_of(Source(bare)) is None:
        keys = f"the keys {shortened(', '.join(map(str, data)), 80)}" if data else "no keys"
        raise DatasetError(
            "expected a context (with agents_names and socialized_context), a result or a chat, got a JSON object with "
            f"{keys}; known formats of chats: {names_of_formats(is_json=True)}"
        )
    return None


def _bare(text: str) -> str:
    return text.lstrip("\ufeff \t\r\n")


def _people(people: People | Mapping[str, Any] | None) -> People:
    if people is None:
        return NOBODY_LISTED
    return people if isinstance(people, People) else People.of(people)


def _transcript(source: Source, text: str, people: People) -> str:
    found = format_of(source)
    if found is not None:
        chat = found.read(source)
        if not any(message.does == SAYS for message in chat.messages):
            raise DatasetError(f"expected a chat in the format {found.name} with at least one message, got none")
        return transcript_of(chat, people)
    if source.is_json:
        raise DatasetError(
            f"expected a chat as JSON in a known format, got {shortened(text, 60)!r}; "
            f"known formats: {names_of_formats(is_json=True)}"
        )
    if people.names:
        text = renamed(text, people)
    if _has_times(source) and not is_transcript(text):
        raise DatasetError(
            "expected a chat in a known format, or lines such as 'Ann: Hello', got lines with times, such as "
            f"{shortened(source.head[-1], 60)!r}; known formats: {names_of_formats(is_json=False)}"
        )
    if people.names and not is_transcript(text):
        raise ConfigurationError(
            "expected a chat if people is set, got a text without lines such as 'Ann: Hello'", parameters=("people",)
        )
    return text


def _has_times(source: Source) -> bool:
    """Tell whether most lines begin with times. Such a text is no story."""
    stamped = sum(_BEGINS_WITH_TIME.match(line) is not None for line in source.head)
    return stamped > 1 and 2 * stamped >= len(source.head)
