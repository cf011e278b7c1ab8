"""The log of losses in the output folder of a training run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from social_world_model.files import write_whole

LOG = "training_log.json"


def write_log(output_dir: Path, entries: Sequence[Mapping[str, Any]]) -> None:
    """Write the log of a training run.

    Parameters
    ----------
    output_dir
        Output folder of the training.
    entries
        One entry per logged step. The value of the key ``loss`` is the training loss.
    """
    write_whole(output_dir / LOG, json.dumps(entries, indent=1))


def losses(output_dir: Path) -> tuple[float, float] | None:
    """Return the first and the last loss of a training run; None if no loss was logged."""
    try:
        log = json.loads((output_dir / LOG).read_bytes())
        seen = [float(entry["loss"]) for entry in log if "loss" in entry]
    except (OSError, ValueError, RecursionError, TypeError):
        return None
    return (seen[0], seen[-1]) if seen else None
