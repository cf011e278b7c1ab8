"""Find the files of an export: one file, the folder of a channel, the folder of a whole export, or a zip file."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from social_world_model.errors import DatasetError, shortened
from social_world_model.symbolic.conversation.exports.chat import fields_of, rows_of, text_of
from social_world_model.symbolic.conversation.exports.slack import bots_of_users, names_of_users
from social_world_model.symbolic.conversation.exports.source import Source

LARGEST = 200_000_000
"""Maximum number of bytes of all files of a chat, if they are unpacked."""

Place = Path | zipfile.Path
"""A file or folder, on disk or in a zip file."""

_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}\.json$")
_PART = re.compile(r"^message_(?P<number>\d+)\.json$")
_STEP = re.compile(r"^(?P<number>\d+)\.json$")
_STEPS = "movement"
"""Name of the folder with one file per step of generative agents."""
_CHAT_FILES = ("result.json", "conversations.json", "master_movement.json", "utterances.jsonl", "_chat.txt")
_CHANNELS = ("channels.json", "groups.json", "dms.json", "mpims.json")


def source_at(path: Path) -> Source:
    """Return the export at a path. The name of a chat in the export may follow the path of the export.

    Parameters
    ----------
    path
        Path of a file, a folder or a zip file, or such a path with the name of a chat.

    Raises
    ------
    DatasetError
        If nothing can be read at the path, or if a folder has several chats.
    """
    place, chosen = _place_at(path)
    try:
        return _source(place, chosen, str(path)) if place.is_dir() else _of_file(place, chosen, str(path))
    except OSError as error:
        raise DatasetError(f"expected a readable file or folder, got {path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise DatasetError(f"expected text in UTF-8, got {path}: {error}") from None


def is_chat_folder(path: Path) -> bool:
    """Tell whether a path is a zip file, or a folder in which several files are one chat.

    Parameters
    ----------
    path
        Path of a file or a folder.
    """
    if path.is_file():
        return path.suffix.casefold() == ".zip" and zipfile.is_zipfile(path)
    return path.is_dir() and any(_number_of(one.name, path.name) is not None for one in path.iterdir())


def _number_of(name: str, folder: str) -> str | None:
    """Return the place of a file in a chat of several files; None if the name of the file has another form."""
    if _DAY.match(name):
        return name
    found = (_STEP if folder == _STEPS else _PART).match(name)
    return found["number"].zfill(12) if found else None


def _place_at(path: Path) -> tuple[Place, str]:
    """Return the existing file or folder at the start of a path, and the name that follows."""
    names: list[str] = []
    while not path.exists() and path.parent != path:
        names.insert(0, path.name)
        path = path.parent
    if not path.exists() or (names and path.is_dir() and not (_parts(path) or _channels(path))):
        raise DatasetError(f"expected a file or a folder, got {path.joinpath(*names)}, which does not exist")
    place: Place = path
    if path.is_file() and path.suffix.casefold() == ".zip":
        try:
            place = zipfile.Path(path)
        except (zipfile.BadZipFile, OSError) as error:
            raise DatasetError(f"expected a zip file, got {path}: {error}") from None
        place = _inner(place)
    while names and place.is_dir() and (inner := place / names[0]).exists():
        place, names = inner, names[1:]
    return place, "/".join(names)


def _inner(place: zipfile.Path) -> Place:
    """Return the only folder of a zip file, if the zip file contains nothing else."""
    inside = [one for one in place.iterdir() if not one.name.startswith((".", "__MACOSX"))]
    return inside[0] if len(inside) == 1 and inside[0].is_dir() and not _parts(inside[0]) else place


def _above(place: Place) -> Place:
    """Return the folder of a file or folder. The root of a zip file is its own folder."""
    above = place.parent if isinstance(place, Path) or place.at.strip("/") else place
    return above if isinstance(above, Path | zipfile.Path) else place


def _files(folder: Place) -> list[Place]:
    return sorted((one for one in folder.iterdir() if not one.name.startswith((".", "__"))), key=lambda one: one.name)


def _parts(folder: Place) -> list[Place]:
    """Return the files of one chat in a folder, in order; an empty list if the folder has no such files."""
    files = [one for one in _files(folder) if one.is_file()]
    numbered = [(number, one) for one in files if (number := _number_of(one.name, folder.name))]
    if numbered:
        return [one for _, one in sorted(numbered, key=lambda pair: pair[0])]
    chats = [one for one in files if one.name in _CHAT_FILES]
    texts = [one for one in files if one.name.casefold().startswith("whatsapp") and one.name.endswith(".txt")]
    return (chats or texts)[:1]


def _channels(folder: Place) -> list[Place]:
    """Return the folders of the channels in a whole export."""
    return [one for one in _files(folder) if one.is_dir() and _parts(one)]


def _source(folder: Place, chosen: str, path: str) -> Source:
    parts = _parts(folder)
    channels = [] if parts else _channels(folder)
    if len(channels) == 1 and not chosen:
        folder, parts = channels[0], _parts(channels[0])
    if not parts and channels:
        chooser = Source("", chosen=chosen, place=path)
        found = chooser.choose({one.name: one for one in channels})
        folder, parts, chosen = found, _parts(found), ""
    if not parts:
        texts = [one for one in _files(folder) if one.is_file() and one.name.endswith((".txt", ".json", ".jsonl"))]
        if len(texts) != 1:
            raise DatasetError(
                f"expected the folder of a chat export (such as a channel of Slack), got {path} without such files"
            )
        parts = texts
    if len(parts) == 1 and not _DAY.match(parts[0].name):
        return _of_file(parts[0], chosen, path)
    users = _users(folder)
    text = json.dumps(_merged([_json(part) for part in _checked(parts)]))
    return Source(text, names_of_users(users), bots_of_users(users), _members(folder), chosen, path)


def _of_file(file: Place, chosen: str, path: str) -> Source:
    (file,) = _checked([file])
    text = file.read_bytes().decode("utf-8-sig").lstrip("\ufeff \t\r\n")
    folder = _above(file)
    users = _users(folder) if text.startswith("[") else []
    members = _members(folder) if users else ()
    return Source(text, names_of_users(users), bots_of_users(users) if users else frozenset(), members, chosen, path)


def _checked(parts: Sequence[Place]) -> Sequence[Place]:
    """Refuse files that are too large together."""
    size = sum(_size(part) for part in parts)
    if size > LARGEST:
        raise DatasetError(f"expected files of at most {LARGEST:,} bytes, got {size:,} bytes")
    return parts


def _size(file: Place) -> int:
    if isinstance(file, Path):
        return file.stat().st_size
    return file.root.getinfo(file.at).file_size


def _merged(parts: Iterable[Any]) -> Any:
    """Return the messages of several files as one value. Other fields come from the first file."""
    values = list(parts)
    if all(isinstance(value, list) for value in values):
        return [row for value in values for row in value]
    objects = [value for value in values if isinstance(value, dict)]
    if objects and all("messages" in value for value in objects):
        return {**objects[0], "messages": [row for value in objects for row in rows_of(value["messages"])]}
    return values


def _json(file: Place) -> Any:
    try:
        return json.loads(file.read_bytes().decode("utf-8-sig"), strict=False)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"expected JSON in {shortened(file.name)}, got: {error}") from None


def _users(folder: Place) -> list[dict[str, Any]]:
    """Return the content of ``users.json`` in a folder or in the folder above."""
    for place in (folder, _above(folder)):
        if (file := place / "users.json").is_file():
            return rows_of(_json(_checked([file])[0]))
    return []


def _members(folder: Place) -> tuple[str, ...]:
    """Return the user ids of the members of a channel, from the list of channels in the folder above."""
    for name in _CHANNELS:
        file = _above(folder) / name
        if file.is_file():
            for channel in rows_of(_json(_checked([file])[0])):
                if folder.name in (text_of(channel.get("name")), text_of(channel.get("id"))):
                    members = fields_of(channel).get("members")
                    return tuple(map(text_of, members)) if isinstance(members, list) else ()
    return ()
