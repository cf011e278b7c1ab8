"""Folders of results for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from social_world_model.training.sources import generated


def write_results(folder: Path, n: int, *, seed: int = 0, benchmark: str | None = "tomi", **columns: Any) -> Path:
    """Write a result for each story, as a run leaves them."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, story in enumerate(generated("tomi", n, seed)):
        write_result(folder, number, story.narrative, story.context.to_data(), **columns)
    if benchmark is not None:
        (folder / "run.json").write_text(json.dumps({"benchmark": benchmark}))
    return folder


def write_result(folder: Path, index: object, story: str, context: object, **columns: Any) -> Path:
    """Write one result."""
    path = folder / f"{index}.json"
    data = {"index": index, "status": "answered", "story": story, "socialized_context": context, "answer": "x"}
    path.write_text(json.dumps({**data, **columns}))
    return path


def lines(path: Path) -> list[Any]:
    """Read jsonl."""
    return [json.loads(line) for line in path.read_text().splitlines()]
