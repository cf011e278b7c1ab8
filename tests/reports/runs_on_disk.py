"""Folders of runs as the runner leaves them, made without running anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from social_world_model.choices import Status
from social_world_model.runs.manifest import Manifest
from social_world_model.runs.results import Result
from social_world_model.runs.store import ResultStore
from social_world_model.usage import Usage

SHA256 = "ab" * 32


def write_run(
    folder: Path,
    right: Sequence[bool | None],
    *,
    benchmark: str = "ori_tomi",
    mode: str = "vanilla",
    model: str = "gpt-4o",
    context_model: str | None = None,
    dataset: str = "stories.csv",
    sha256: str = SHA256,
    per_story: int = 1,
    usage: Mapping[str, Usage] | None = None,
    questions: int | None = None,
    scores: Sequence[Mapping[str, float]] | None = None,
    settings: Mapping[str, Any] | None = None,
    start: int = 0,
) -> Path:
    """Write a run whose n-th question was answered rightly, wrongly, or (None) not at all."""
    store = ResultStore(folder)
    store.open()
    statuses: list[Status] = ["error" if one is None else "answered" for one in right]
    for number, (one, status) in enumerate(zip(right, statuses, strict=True), start):
        store.write(
            Result(
                index=str(number),
                status=status,
                narrative="Al is in the hall.",
                question="Where is Al?",
                answer=None if one is None else "hall" if one else "attic",
                correct_answer="hall",
                is_correct=one,
                scores=None if scores is None else scores[number - start],
                set_id=f"story-{number // per_story}",
                cluster_id=f"story-{number // per_story}",
                fields={"qTypeRaw": "first_order" if number % 2 else "reality", "order": number % 2},
            )
        )
    Manifest(
        version="0",
        command=["swm", "run"],
        benchmark=benchmark,
        mode=mode,
        model=model,
        context_model=context_model,
        dataset=dataset,
        data_sha256=sha256,
        seed=None,
        settings={"questions": len(right) if questions is None else questions, **(settings or {})},
        counts=dict(Counter(statuses)),
        usage=usage or {},
    ).write(folder)
    return folder
