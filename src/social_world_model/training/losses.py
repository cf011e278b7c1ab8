"""The log of losses that a training leaves in its output folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from social_world_model.files import write_whole

LOG = "training_log.json"


def write_log(output_dir: Path, entries: Sequence[Mapping[str, Any]]) -> None:
    """Write a log, one entry per logged step; an entry with a training loss has the key ``loss``."""
    write_whole(output_dir / LOG, json.dumps(entries, indent=1))


def losses(output_dir: Path) -> tuple[float, float] | None:
    """Return the first and the last loss of a training; None if it left no log."""
    try:
        log = json.loads((output_dir / LOG).read_bytes())
        seen = [float(entry["loss"]) for entry in log if "loss" in entry]
    except (OSError, ValueError, TypeError):
        return None
    return (seen[0], seen[-1]) if seen else None
