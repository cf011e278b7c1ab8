"""The manifest ``run.json``: everything that is needed to identify and reproduce a results folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from social_world_model.contracts import ModelConfig
from social_world_model.errors import DatasetError
from social_world_model.files import file_bytes, retried, write_whole
from social_world_model.plugins import loaded
from social_world_model.runs.keys import content_key
from social_world_model.runs.results import SCHEMA
from social_world_model.runs.stored_json import stored_json
from social_world_model.runs.usages import is_number, read_usage
from social_world_model.usage import NO_USAGE, Usage

FILE_NAME = "run.json"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """Description of a run.

    Parameters
    ----------
    version
        Version of this package.
    command
        Command line, as a list of words.
    benchmark, mode, model, context_model
        Names of the benchmark, the mode and the models. The name is None for a model that the mode does not use.
    dataset, data_sha256
        Name and SHA-256 hash of the data file.
    seed
        Seed of all random choices.
    settings
        All other options that can change a result, including model settings.
    prompts
        Prompt texts and reply schemas that can be sent to the models, by role and name. Each text has a hash.
    started, ended
        Start and end of the run, in UTC and in ISO 8601 format. `ended` is None for a run that is active or was killed.
    stopped
        Reason why the run ended early; None if the run was completed.
    counts
        Number of items by status.
    usage
        Usage by role, including the usage of the runs that this run resumed. The role ``interrupted`` stands for
        requests whose reply did not arrive.
    shared_contexts
        Usage of the contexts that the run uses and other runs paid for. The field `usage` does not include it.
    plug_ins
        Loaded plug-ins. Each entry has the file, or the package with its version, and the registered names.
    """

    version: str
    command: list[str]
    benchmark: str
    mode: str
    model: str | None
    context_model: str | None
    dataset: str
    data_sha256: str
    seed: int | None
    settings: Mapping[str, Any] = field(default_factory=dict)
    prompts: Mapping[str, Any] = field(default_factory=dict)
    started: str = ""
    ended: str | None = None
    stopped: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    usage: Mapping[str, Usage] = field(default_factory=dict)
    shared_contexts: Usage = NO_USAGE
    plug_ins: Sequence[Mapping[str, Any]] = field(default_factory=lambda: [one.data() for one in loaded()])

    def write(self, folder: Path) -> None:
        """Write the manifest into the folder of its run."""
        data = asdict(self)
        data["usage"]["total"] = asdict(sum(self.usage.values(), NO_USAGE))
        write_data(folder / FILE_NAME, data)


def write_data(path: Path, data: Mapping[str, Any]) -> None:
    """Write the data of a manifest and the number of the newest schema to a file.

    Parameters
    ----------
    path
        File to write.
    data
        Fields of the manifest.

    Raises
    ------
    ConfigurationError
        If the file cannot be written.
    """
    write_whole(path, json.dumps({**data, "schema": SCHEMA}, ensure_ascii=False, indent=1))


def hashed(config: ModelConfig) -> dict[str, Any]:
    """Return the prompt texts and reply schemas of a configuration with their hashes."""
    schemas = {f"reply to {name}": json.dumps(schema, ensure_ascii=False) for name, schema in config.schemas.items()}
    texts = {**config.prompts, **schemas}
    return {name: {"hash": content_key(text=text), "text": text} for name, text in texts.items()}


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """Return the valid fields of ``run.json`` in a folder; empty if the file is missing or is not a JSON object.

    Raises
    ------
    DatasetError
        If a newer version of this package wrote the file.
    """
    return checked_manifest(folder)[0]


def checked_manifest(folder: Path) -> tuple[Mapping[str, Any], list[str]]:
    """Return the valid fields of ``run.json`` in a folder, and one message per damaged field.

    Parameters
    ----------
    folder
        Folder of a run.

    Raises
    ------
    DatasetError
        If a newer version of this package wrote the file.
    """
    path = folder / FILE_NAME
    try:
        data = stored_json(retried(lambda: file_bytes(path)))
    except FileNotFoundError:
        return {}, []
    except (OSError, ValueError):
        data = None
    if not isinstance(data, dict) or not data:
        return {}, ["expected a JSON object, got none"]
    schema = data.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        raise DatasetError(
            f"expected {path} of schema {SCHEMA} or older, got {schema}: a newer version of this "
            "package wrote it; update the package, or use another folder"
        )
    flaws = {name: flaw for name, value in data.items() if (flaw := _flaw(name, value)) is not None}
    messages = [f"the field {name} is ignored: expected {flaw}, got {data[name]!r:.80}" for name, flaw in flaws.items()]
    return {name: value for name, value in data.items() if name not in flaws}, messages


def _flaw(name: str, value: Any) -> str | None:
    """Return what a field of a manifest must be, if its value is not valid; otherwise None."""
    if name not in _FIELDS or value is None:
        return None
    fits, expected = _FIELDS[name]
    try:
        return None if fits(value) else expected
    except (TypeError, ValueError, AttributeError):
        return expected


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and is_number(value) and value >= 0


def _are_settings(value: Mapping[str, Any]) -> bool:
    options = value.get("options") or {}
    return (
        all(isinstance(value.get(name), str | None) for name in ("protocol", "scorer", "variant", "rescored_from"))
        and all(isinstance(option, str | int | float) for option in options.values())
        and all(_is_count(value[name]) for name in ("questions", "no_gold") if value.get(name) is not None)
    )


_FIELDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(("version", "benchmark", "mode", "model", "context_model"), (_is_text, "text")),
    **dict.fromkeys(("dataset", "data_sha256", "started", "ended", "stopped"), (_is_text, "text")),
    "command": (lambda words: isinstance(words, list) and all(map(_is_text, words)), "a list of texts"),
    "seed": (lambda seed: isinstance(seed, int) and is_number(seed), "a whole number"),
    "settings": (_are_settings, "an object with settings"),
    "prompts": (lambda prompts: isinstance(prompts, dict), "an object"),
    "counts": (lambda counts: all(map(_is_count, counts.values())), "whole numbers by status"),
    "usage": (lambda usage: all(bool(read_usage(used)) for used in usage.values()), "usage by role"),
    "shared_contexts": (lambda used: bool(read_usage(used)), "usage"),
    "plug_ins": (lambda found: isinstance(found, list), "a list"),
}
"""Check of each field, and what the field must be."""


def source_of(kind: str, name: str, manifest: Mapping[str, Any]) -> str:
    """Return advice on how to register an unknown name, based on the plug-ins in a manifest.

    Parameters
    ----------
    kind, name
        Kind and name of the unknown object, such as the benchmark ``hidings``.
    manifest
        Manifest of the run that used the object.

    Examples
    --------
    >>> plug_in = {"file": "hidings.py", "registered": ["benchmark hidings"]}
    >>> source_of("benchmark", "hidings", {"plug_ins": [plug_in]})
    'pass the plug-in hidings.py, which registers hidings'
    """
    plug_ins = manifest.get("plug_ins")
    for one in plug_ins if isinstance(plug_ins, list) else []:
        registered = one.get("registered") if isinstance(one, dict) else None
        if not isinstance(registered, list) or f"{kind} {name}" not in registered:
            continue
        if one.get("package"):
            version = one.get("version")
            return f"install the package {one['package']} (the run had version {version}), which registers {name}"
        return f"pass the plug-in {one.get('file')}, which registers {name}"
    return f"if a plug-in registers {name}, pass that plug-in"


def usage_of(manifest: Mapping[str, Any]) -> dict[str, Usage]:
    """Return the usage in a manifest, by role; empty if the usage is missing."""
    return {role: read_usage(used) for role, used in (manifest.get("usage") or {}).items() if role != "total"}


def shared_contexts_of(manifest: Mapping[str, Any]) -> Usage:
    """Return the usage of shared contexts in a manifest; empty if the usage is missing."""
    return read_usage(manifest.get("shared_contexts") or {})
