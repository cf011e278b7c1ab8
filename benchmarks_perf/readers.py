"""Measure the symbolic parsers of households and conversations: time and peak memory must be linear.

    uv run python benchmarks_perf/readers.py

The MMToM-QA items are copies of the bundled sample. Each copy has a different name, so that no narrative is cached.
`swm run` processes the items. The transcripts are random. Each transcript is parsed and indexed for questions.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from importlib.resources import files
from pathlib import Path

from measured import measured, own_peak

from social_world_model.symbolic.conversation.contexts import parse_conversation
from social_world_model.symbolic.conversation.hearing import hearing

ITEMS = (150, 300, 600)
LINES = (500, 1000, 2000, 4000)
NAMES = ("Ann", "Bo", "Cy", "Di", "Ed", "Flo")
SAID = ("I painted the door red.", "I have to go, bye!", "Hello again!", "What about the fence?", "Bye, Ann!")


def main() -> None:
    print(f"{'MMToM-QA items':>15} {'seconds':>8} {'ratio':>6} {'peak MB':>8} {'ratio':>6}")
    first: tuple[float, float] | None = None
    for number in ITEMS:
        seconds, peak = households(number)
        first = first or (seconds, peak)
        print(f"{number:>15} {seconds:>8.1f} {seconds / first[0]:>6.2f} {peak:>8.0f} {peak / first[1]:>6.2f}")
    print()
    print(f"{'lines':>15} {'seconds':>8} {'ratio':>6} {'peak MB':>8}")
    start = 0.0
    for number in LINES:
        seconds = conversation(number)
        start = start or seconds
        print(f"{number:>15} {seconds:>8.2f} {seconds / start:>6.2f} {own_peak():>8.0f}")


def households(number: int) -> tuple[float, float]:
    sample = files("social_world_model.benchmarks").joinpath("samples", "mmtom_sample.jsonl")
    rows = [json.loads(line) for line in sample.read_text(encoding="utf-8").splitlines() if line.strip()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for place in range(number):
                row = dict(rows[place % len(rows)], index=str(place))
                name = row["question"].partition("Actions taken by ")[2].partition(":")[0]
                other = f"{name}{''.join(chr(ord('a') + int(digit)) for digit in str(place))}"
                row["question"] = row["question"].replace(name, other)
                file.write(json.dumps(row) + "\n")
        return measured("run", "mmtom", "--dataset-path", str(path), "--output-dir", folder)


def conversation(lines: int) -> float:
    draw = random.Random(0)
    text = "\n".join(f"{draw.choice(NAMES)}: {draw.choice(SAID)} {line}" for line in range(lines))
    begun = time.perf_counter()
    hearing(parse_conversation(text)[0])
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
