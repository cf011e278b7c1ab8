"""Runs against the fault-injecting server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from social_world_model.experiments import Run, RunResult, RunSettings
from social_world_model.experiments.stories import write_stories
from tests.server import FaultServer

Row = dict[str, Any]


@dataclass(frozen=True)
class Served:
    """A run's settings, and the server that answers it."""

    settings: RunSettings
    server: FaultServer

    def run(self, **changes: Any) -> RunResult:
        run = Run(replace(self.settings, **changes))
        run.models.calls.first_wait = 0.01
        return asyncio.run(run.execute())

    def count(self, kind: str) -> int:
        return sum(entry.kind == kind for entry in self.server.log)


def write_questions(path: Path, stories: int, questions: int | None = None) -> list[Row]:
    """Write generated ToMi questions, the first so many of each story."""
    write_stories("tomi", stories, 3, path)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    if questions is not None:
        taken: dict[str, int] = {}
        kept = []
        for row in rows:
            story = str(row["story"])
            taken[story] = taken.get(story, 0) + 1
            if taken[story] <= questions:
                kept.append(row)
        rows = kept
        path.write_text("\n".join(map(json.dumps, rows)))
    return rows


def as_text(row: Row) -> Row:
    """Return a row as the oracle reads it."""
    story = row["story"]
    return {**row, "story": story if isinstance(story, str) else " ".join(story)}


@contextmanager
def served(folder: Path, stories: int = 10, questions: int | None = 2, **server: Any) -> Iterator[Served]:
    """Start a server that knows some questions, and settings that ask it for everything."""
    data = folder / "rows.jsonl"
    rows = write_questions(data, stories, questions)
    with FaultServer([as_text(row) for row in rows], **server) as running:
        name = f"custom/oracle@{running.base_url}"
        settings = RunSettings(
            benchmark="tomi",
            dataset_path=data,
            output_dir=folder / "out",
            model_name=name,
            context_model=name,
            timeout=60.0,
        )
        yield Served(settings, running)


def stored_results(result: RunResult) -> dict[str, Row]:
    """Return a run's results by index."""
    assert result.folder is not None
    files = [path for path in result.folder.glob("*.json") if path.name != "run.json"]
    return {path.stem: json.loads(path.read_text()) for path in files}
