"""``run.json``: everything needed to know what a folder of records is, and to make it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from social_world_model.contracts import NO_USAGE, Usage
from social_world_model.runs.store import write_whole


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
        What was run; no context model where the mode uses none.
    dataset, data_sha256
        Name and hash of the data file.
    seed
        Of everything random.
    settings
        All other options that may change a result.
    prompts
        Hash of each prompt that was used, by name.
    started, ended
        UTC, ISO 8601; no end while it runs or after it was killed.
    counts
        Items by status.
    usage
        Of this run's own calls.
    """

    version: str
    command: list[str]
    benchmark: str
    mode: str
    model: str
    context_model: str | None
    dataset: str
    data_sha256: str
    seed: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    prompts: Mapping[str, str] = field(default_factory=dict)
    started: str = ""
    ended: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    usage: Usage = NO_USAGE

    def write(self, folder: Path) -> None:
        """Write it into a run's folder."""
        write_whole(folder / "run.json", json.dumps(asdict(self), ensure_ascii=False, indent=1))
