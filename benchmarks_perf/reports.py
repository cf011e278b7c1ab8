"""Measure `swm report` over 5, 10 and 20 runs of 600 rows: time and peak memory must be linear in rows.

uv run python benchmarks_perf/reports.py [--rows 600] [--format md,csv,json,png]
"""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path

from measured import measured

from social_world_model.runs.manifest import Manifest
from social_world_model.runs.results import Result
from social_world_model.runs.store import ResultStore
from social_world_model.usage import Usage

RUNS = (5, 10, 20)
MODES = ("vanilla", "socialized_context", "perspective", "simtom", "pure_context")
STORY = (
    "Sally and Anne are in the playroom. The ball is in the basket. Sally leaves the playroom. "
    "Anne moves the ball to the box {number}. Anne leaves the playroom. Sally enters the playroom. "
) * 4


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rows", type=int, default=600)
    arguments.add_argument("--format", default="md,csv,json,png")
    told = arguments.parse_args()
    first: tuple[float, float] | None = None
    print(f"{'runs':>5} {'rows':>7} {'seconds':>8} {'ratio':>6} {'peak MB':>8} {'ratio':>6}")
    for runs in RUNS:
        with tempfile.TemporaryDirectory() as folder:
            for number in range(runs):
                write_run(Path(folder), number, told.rows)
            seconds, peak = measured("report", folder, "--format", told.format)
        first = first or (seconds, peak)
        ratios = seconds / first[0], peak / first[1]
        print(f"{runs:>5} {runs * told.rows:>7} {seconds:>8.1f} {ratios[0]:>6.2f} {peak:>8.0f} {ratios[1]:>6.2f}")


def write_run(root: Path, number: int, rows: int) -> None:
    mode, model = MODES[number % len(MODES)], f"model-{number // len(MODES)}"
    draw = random.Random(number)
    store = ResultStore(root / "ori_tomi_results" / f"{mode}_{model}_stories.csv")
    store.open()
    for row in range(rows):
        right = draw.random() < 0.8
        result = Result(
            index=str(row),
            status="answered",
            narrative=STORY.format(number=row // 3),
            question="Where will Sally look for the ball?",
            answer="basket" if right else "box",
            reasoning="Sally left before the ball was moved. " * 10,
            correct_answer="basket",
            question_kind="belief",
            belief_chain=["Sally"],
            answer_form="words",
            domain="story",
            is_correct=right,
            set_id=f"story-{row // 3}",
            cluster_id=f"story-{row // 3}",
            fields={"qTypeRaw": ("first_order_0_tom", "second_order_1_tom", "reality")[row % 3], "order": row % 3},
        )
        store.write(result)
    Manifest(
        version="0",
        command=[],
        benchmark="ori_tomi",
        mode=mode,
        model=model,
        context_model=None,
        dataset="stories.csv",
        data_sha256="ab" * 32,
        seed=None,
        settings={"questions": rows},
        usage={"answer": Usage(requests=rows, input_tokens=rows * 300, output_tokens=rows * 80, cost=0.5)},
    ).write(store.folder)


if __name__ == "__main__":
    main()
