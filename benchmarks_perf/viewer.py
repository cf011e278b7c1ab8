"""Measure the server side of the viewer on two generated runs of ten thousand results each.

uv run python benchmarks_perf/viewer.py [--rows 10000] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from viewer_live import measure_live

from social_world_model.benchmarks import Benchmark, get_benchmark
from social_world_model.contracts import Item
from social_world_model.experiments.item_results import score_result
from social_world_model.generation_utils.query_sections import letter
from social_world_model.runs.manifest import Manifest
from social_world_model.runs.results import Result
from social_world_model.runs.store import ResultStore
from social_world_model.s3ap import SocializedContext
from social_world_model.symbolic import parse_narrative
from social_world_model.symbolic.generators import generate_hitom
from social_world_model.usage import Usage
from social_world_model.viewer import index, summaries
from social_world_model.viewer.injecting import injected
from social_world_model.viewer.payload import context_payload

STORY = parse_narrative(
    "Sally entered the hall. Anne entered the hall. The ball is in the basket. Sally exited the hall. "
    "Anne moved the ball to the box. Sally entered the hall."
)[0]
BUDGETS = {
    "rows, cold": 4.0,
    "rows, warm": 0.5,
    "rows with contexts, cold": 4.0,
    "entry of a run": 0.5,
    "headline, cold": 3.0,
    "headline, cached": 0.5,
    "inject an act": 0.02,
    "payload of 60 x 200": 1.0,
}
"""Budgets in seconds, for 10,000 results. They apply to CPU seconds, which depend less on the load of the machine."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rows", type=int, default=10_000)
    arguments.add_argument("--folder", type=Path)
    told = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        os.environ["XDG_CACHE_HOME"] = f"{place}/cache"
        root = told.folder or Path(place)
        folders = [root / name for name in ("hitom_results/vanilla_m_stories", "hitom_results/pure_context_m_stories")]
        if not folders[0].is_dir():
            write_runs(folders, told.rows)
        over = measure(folders[0], folders[1], told.rows)
        over += measure_live(Path(place) / "under_way", folders[0])
        raise SystemExit(over > 0)


def measure(a: Path, b: Path, rows: int) -> int:
    """Print the time of each part; return the number of parts that take longer than their budget."""
    over, large = 0, large_context()
    parts: dict[str, Callable[[], Any]] = {
        "entry of a run": lambda: summaries.run_entry(a, "r1"),
        "rows, cold": lambda: index.read_rows(a),
        "rows with contexts, cold": lambda: index.read_rows(b),
        "rows, warm": lambda: index.read_rows(a),
        "headline, cold": lambda: summaries.run_summary(a, "r1"),
        "headline, cached": lambda: summaries.run_summary(a, "r1"),
        "page: filter": lambda: index.read_rows(a).page(index.read_rows(b), index.ItemQuery(f="a", q="think")),
        "gains of both runs": lambda: summaries.gains({"r1": a, "r2": b}),
        "comparison": lambda: summaries.comparison(a, b),
        "tables with baselines": lambda: summaries.tables(a),
        "payload of 60 x 200": lambda: context_payload(large, id="c1", title="large"),
        "inject an act": lambda: injected(STORY, 2, agent="Anne", act="moved the ball to the bag", fork=True),
    }
    for name, part in parts.items():
        begun, own = time.perf_counter(), time.process_time()
        part()
        seconds, own = time.perf_counter() - begun, time.process_time() - own
        budget = BUDGETS.get(name)
        over += budget is not None and own > budget * max(1.0, rows / 10_000)
        print(
            f"{name:<24} {seconds:>8.3f} s, CPU {own:>7.3f} s" + ("" if budget is None else f"   budget {budget} s"),
            flush=True,
        )
    return over


def large_context() -> SocializedContext:
    """Return a context of 60 agents and 200 steps with about 2,500 acts."""
    draw, names = random.Random(5), [f"Agent {number:02}" for number in range(60)]
    present = "<same_as_last_action /> <same_as_state />"
    steps = [
        {
            "timestep": str(number + 1),
            "state": f"It is {number} o'clock.",
            "observations": dict.fromkeys(names, present if number else "<same_as_state />"),
            "actions": {
                name: f'says: "{number}"' if number < 199 and draw.random() < 0.2 else "none" for name in names
            },
        }
        for number in range(200)
    ]
    return SocializedContext.from_data({"agents_names": names, "socialized_context": steps})


def write_runs(folders: list[Path], rows: int) -> None:
    """Write runs with made-up replies to generated questions of Hi-ToM. The second run has contexts."""
    benchmark = get_benchmark("hitom")
    stories = list(generate_hitom(-(-rows // 5), 1))
    contexts = {story.narrative: story.context.to_data() for story in stories}
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "stories.jsonl"
        data.write_text("".join(f"{json.dumps(row)}\n" for story in stories for row in story.rows), encoding="utf-8")
        items = [row for row in benchmark.load(data).rows if isinstance(row, Item)][:rows]
    for number, folder in enumerate(folders):
        draw = random.Random(number)
        store = ResultStore(folder)
        store.open()
        for item in items:
            context = contexts[item.narrative] if number else None
            store.write(answered(benchmark, item, context, draw))
        manifest(("vanilla", "pure_context")[number], len(items)).write(folder)


def answered(benchmark: Benchmark, item: Item, context: Any, draw: random.Random) -> Result:
    """Return the result of a made-up reply, which is correct in four of five cases."""
    gold = item.choices.index(item.correct_answer or "")
    chosen = gold if draw.random() < 0.8 else draw.randrange(len(item.choices))
    reply = f"She left before the last move. Answer: {letter(chosen)}. {item.choices[chosen]}"
    result = replace(
        Result.of(item, "answered"),
        response=reply,
        raw=json.dumps({"reasoning": "She left before the last move. " * 10, "answer": reply}),
        reasoning="She left before the last move. " * 10,
        socialized_context=context,
        context_model=None if context is None else "m",
        usage=Usage(requests=1, input_tokens=900, output_tokens=80, cost=0.003),
        item_key="0" * 24,
    )
    return score_result(benchmark, item, result, "official")


def manifest(mode: str, rows: int) -> Manifest:
    """Return the manifest of a finished run."""
    return Manifest(
        version="0",
        command=[],
        benchmark="hitom",
        mode=mode,
        model="m",
        context_model=None if mode == "vanilla" else "m",
        dataset="stories.jsonl",
        data_sha256="ab" * 32,
        seed=None,
        settings={"questions": rows, "scorer": "official"},
        started="2026-01-01T00:00:00+00:00",
        ended="2026-01-01T01:00:00+00:00",
        counts={"answered": rows},
        usage={"answer": Usage(requests=rows, input_tokens=rows * 900, output_tokens=rows * 80, cost=rows * 0.003)},
    )


if __name__ == "__main__":
    main()
