"""Write generated stories as data sets. Write the gold contexts of the stories as stored results."""

from __future__ import annotations

import json
from pathlib import Path

from social_world_model.benchmarks import Benchmark, get_benchmark
from social_world_model.contracts import Parsed
from social_world_model.errors import ConfigurationError, did_you_mean
from social_world_model.experiments.contexts import parsed_result
from social_world_model.files import whole_file
from social_world_model.runs.keys import context_key
from social_world_model.runs.store import ResultStore
from social_world_model.symbolic.generators import GENERATORS, GeneratedStory
from social_world_model.symbolic.model import NAME
from social_world_model.symbolic.story.contexts import parse_story


def write_stories(kind: str, n: int, seed: int, out: Path, contexts: Path | None = None) -> int:
    """Generate labelled stories, and write them as a data set.

    Parameters
    ----------
    kind
        Name of a benchmark with a story generator.
    n
        Number of stories.
    seed
        Seed of the generator. The same seed gives the same file, byte for byte.
    out
        Path of the JSON Lines file, which has one question per line. If the function fails, it leaves no partial file.
    contexts
        Folder for the gold contexts, with one result per question. The folder can be used as `context_dir`. None means
        that no contexts are written.

    Returns
    -------
    int
        Number of written questions.

    Raises
    ------
    ConfigurationError
        If the benchmark has no generator, if `n` is not positive, or if a file cannot be written.
    """
    if kind not in GENERATORS:
        raise ConfigurationError(
            f"expected a benchmark with a generator ({' or '.join(GENERATORS)}), got "
            f"{kind!r}{did_you_mean(kind, GENERATORS)}"
        )
    if n < 1:
        raise ConfigurationError(f"expected at least 1 story, got {n}")
    benchmark = get_benchmark(kind)
    store = None if contexts is None else ResultStore(contexts)
    if store is not None:
        store.open()
    _make_parent(out)
    questions = 0
    with whole_file(out) as file:
        for story in GENERATORS[kind](n, seed):
            questions += len(story.rows)
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in story.rows)
            if store is not None:
                _write_contexts(store, benchmark, story)
    return questions


def _write_contexts(store: ResultStore, benchmark: Benchmark, story: GeneratedStory) -> None:
    """Parse the story with the symbolic model and the benchmark's guidance, and write the context."""
    items = [item for row in story.rows for item in benchmark.items(str(row["index"]), dict(row))]
    narrative = items[0].narrative
    context, _ = parse_story(narrative, benchmark.guidance)
    for item in items:
        store.write(
            parsed_result(item, Parsed(context=context), context_key(narrative, benchmark.guidance, NAME), NAME)
        )


def _make_parent(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"expected a writable file, got {path}: {error.strerror}") from None
