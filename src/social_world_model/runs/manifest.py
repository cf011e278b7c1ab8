"""``run.json``: everything needed to know what a results folder is, and to make it again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from social_world_model.contracts import ModelConfig
from social_world_model.errors import DatasetError
from social_world_model.files import write_whole
from social_world_model.plugins import loaded
from social_world_model.runs.keys import content_key
from social_world_model.runs.results import SCHEMA
from social_world_model.usage import NO_USAGE, Usage

FILE_NAME = "run.json"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a run was.

    Parameters
    ----------
    version
        Of this package.
    command
        The words of the command line.
    benchmark, mode, model, context_model
        What was run; None for a model that the mode does not use.
    dataset, data_sha256
        Name and hash of the data file.
    seed
        Of everything random.
    settings
        All other options that may change a result, and those of the models.
    prompts
        Each wording that the models may send and each schema of a reply, by role and name, with its hash.
    started, ended
        UTC, ISO 8601; no end while it runs or after it was killed.
    stopped
        Why it ended before its work was done; None if it did not.
    counts
        Items by status.
    usage
        By role, of this run and of those that it continued; without what a killed run spent in its last seconds.
    plug_ins
        The plug-ins that were loaded: file, or package and version, and what each has registered.
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
    plug_ins: Sequence[Mapping[str, Any]] = field(default_factory=lambda: [one.data() for one in loaded()])

    def write(self, folder: Path) -> None:
        """Write it into a run's folder."""
        data = asdict(self)
        data["usage"]["total"] = asdict(sum(self.usage.values(), NO_USAGE))
        write_data(folder / FILE_NAME, data)


def write_data(path: Path, data: Mapping[str, Any]) -> None:
    """Write a manifest's data, in the newest schema."""
    write_whole(path, json.dumps({**data, "schema": SCHEMA}, ensure_ascii=False, indent=1))


def hashed(config: ModelConfig) -> dict[str, Any]:
    """Return the wordings and reply schemas of a configuration with their hashes."""
    schemas = {f"reply to {name}": json.dumps(schema, ensure_ascii=False) for name, schema in config.schemas.items()}
    texts = {**config.prompts, **schemas}
    return {name: {"hash": content_key(text=text), "text": text} for name, text in texts.items()}


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """Return what `run.json` of a folder says; nothing where there is none, or it is no JSON object.

    Raises
    ------
    DatasetError
        If a newer version of this package wrote it.
    """
    try:
        data = json.loads((folder / FILE_NAME).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(data, dict):
        return {}
    schema = data.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        raise DatasetError(
            f"expected {folder / FILE_NAME} of schema {SCHEMA} or older, got {schema}: a newer version of this "
            "package wrote it; update the package, or use another folder"
        )
    return data


def source_of(kind: str, name: str, manifest: Mapping[str, Any]) -> str:
    """Return what to do so that something that a run used is known, from the plug-ins in its manifest.

    Parameters
    ----------
    kind, name
        What is unknown, such as the benchmark ``hidings``.

    Examples
    --------
    >>> plug_in = {"file": "hidings.py", "registered": ["benchmark hidings"]}
    >>> source_of("benchmark", "hidings", {"plug_ins": [plug_in]})
    'pass the plug-in hidings.py, which registers it'
    """
    plug_ins = manifest.get("plug_ins")
    for one in plug_ins if isinstance(plug_ins, list) else []:
        if not isinstance(one, dict) or f"{kind} {name}" not in (one.get("registered") or ()):
            continue
        if one.get("package"):
            return (
                f"install the package {one['package']} (the run had version {one.get('version')}), which registers it"
            )
        return f"pass the plug-in {one.get('file')}, which registers it"
    return "pass the plug-in that registers it, if it is one of your own"


def usage_of(manifest: Mapping[str, Any]) -> dict[str, Usage]:
    """Return what the runs of a manifest used, by role; nothing where that is not known."""
    try:
        return {role: Usage(**used) for role, used in manifest["usage"].items() if role != "total"}
    except (TypeError, KeyError, AttributeError):
        return {}


def usage_so_far(folder: Path) -> dict[str, Usage]:
    """Return what earlier runs into a folder used, by role; nothing where that is not known.

    Raises
    ------
    DatasetError
        If a newer version of this package wrote the folder's `run.json`.
    """
    return usage_of(read_manifest(folder))
