"""Measure how many output tokens the compact wire form saves on contexts of the symbolic model.

    SWM_DATA=FOLDER uv run python benchmarks_perf/wire_forms.py

A token is four characters. FOLDER contains the data sets. Without SWM_DATA, the bundled samples are used. Each story
counts once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from social_world_model.benchmarks import get_benchmark
from social_world_model.contracts import Item
from social_world_model.errors import NarrativeError
from social_world_model.s3ap import SocializedContext
from social_world_model.s3ap.wire_forms import WIRE_FORMS
from social_world_model.symbolic import parse_narrative

FILES = {
    "tomi": "tomi/rephrased_tomi_test_600.csv",
    "hitom": "hitom/processed_hitom_data100.csv",
    "fantom": "fantom/fantom_64.reconstructed.jsonl",
    "confaide": "confaide/confaide.jsonl",
    "mmtom": "mmtom-qa/questions_dev.jsonl",
}
CHARS_PER_TOKEN = 4


def contexts(benchmark: str, path: Path | None) -> Iterator[SocializedContext]:
    """Yield the context of each different story that the symbolic model can read, without its manual."""
    rows = get_benchmark(benchmark).load(path).rows
    for narrative in dict.fromkeys(row.narrative for row in rows if isinstance(row, Item)):
        try:
            context, _ = parse_narrative(narrative)
        except NarrativeError:
            continue
        yield context.model_copy(update={"context_manual": None})


def saved(benchmark: str, path: Path | None) -> tuple[int, float, float]:
    """Return the number of stories, and the mean number of tokens in the standard and the compact form."""
    number, standard, compact = 0, 0, 0
    for context in contexts(benchmark, path):
        standard_text, compact_text = (WIRE_FORMS[wire].write(context).model_dump_json() for wire in WIRE_FORMS)
        if WIRE_FORMS["compact"].read(WIRE_FORMS["compact"].shape.model_validate_json(compact_text)) != context:
            raise AssertionError(f"{benchmark}: a context differs after it was written and read")
        number, standard, compact = number + 1, standard + len(standard_text), compact + len(compact_text)
    return number, standard / number / CHARS_PER_TOKEN, compact / number / CHARS_PER_TOKEN


def main() -> None:
    folder = os.environ.get("SWM_DATA")
    print(f"{'data':<10}{'stories':>9}{'standard':>10}{'compact':>9}{'saved':>7}")
    for benchmark, file in FILES.items():
        number, standard, compact = saved(benchmark, Path(folder) / file if folder else None)
        print(f"{benchmark:<10}{number:>9,}{standard:>10,.0f}{compact:>9,.0f}{1 - compact / standard:>7.1%}")


if __name__ == "__main__":
    main()
