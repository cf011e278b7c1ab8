"""Measure the reader of ordinary English: sentences per second of processor time, its share of spaCy, and its growth.

    uv run python benchmarks_perf/ordinary_english.py

Reads the stories of the tests one by one, and then one story of 200 and one of 2,000 sentences. A growth of 10 means
linear time.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from social_world_model.errors import NarrativeError
from social_world_model.s3ap.prose import sentences
from social_world_model.symbolic.english.contexts import parse_english
from social_world_model.symbolic.english.loading import english
from social_world_model.symbolic.english.reading import read

STORIES = Path(__file__).parents[1] / "tests" / "data" / "stories" / "ordinary_english.jsonl"
LONG = (
    "While Ann was out, Bo took the key from the box and hid it in the jar. ",
    "Then Ann came back and looked for it. ",
    "She put the ring in the drawer before she left. ",
    "Bo did not notice that. ",
)


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time of a function."""
    start = time.process_time()
    work()
    return time.process_time() - start


def parse(*stories: str) -> None:
    for story in stories:
        read.cache_clear()
        with suppress(NarrativeError):
            parse_english(story)


def main() -> None:
    stories = [json.loads(line)["story"] for line in STORIES.read_text(encoding="utf-8").splitlines()]
    told = [sentences(story) for story in stories]
    number = sum(map(len, told))
    parse(stories[0])  # loads the model
    whole = seconds(lambda: parse(*stories))
    alone = seconds(lambda: [list(english().pipe(one)) for one in told])
    print(f"{number} sentences of {len(stories)} stories: {number / whole:.0f} per second")
    print(f"spaCy alone: {number / alone:.0f} per second")
    short, long = ("".join(LONG * (count // len(LONG))) for count in (200, 2_000))
    parse(short)
    few, many = seconds(lambda: parse(short)), seconds(lambda: parse(long))
    print(f"one story of 200 sentences: {200 / few:.0f} per second; of 2,000: {2_000 / many:.0f}")
    print(f"growth: {many / few:.1f}")


if __name__ == "__main__":
    main()
