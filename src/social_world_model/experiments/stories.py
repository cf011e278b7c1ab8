"""Generated stories as data sets, with their gold contexts in the store's form."""

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
    """Write labelled stories.

    Parameters
    ----------
    kind
        Whose stories: a benchmark with a generator.
    n, seed
        Number of stories, and what they depend on: the same seed, the same file, byte for byte.
    out
        The jsonl file, a question a line; it is there whole or not at all.
    contexts
        A folder for a result per question with the story's gold context, as `context_dir` takes it.

    Returns
    -------
    int
        Number of questions.

    Raises
    ------
    ConfigurationError
        If there is no such generator, `n` is not positive, or something cannot be written.
    """
    if kind not in GENERATORS:
        raise ConfigurationError(
            f"expected stories of {' or '.join(GENERATORS)}, got {kind!r}{did_you_mean(kind, GENERATORS)}"
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
    """Write what the symbolic model would make of the story under the benchmark's guidance."""
    items = [item for row in story.rows for item in benchmark.items(str(row["index"]), dict(row))]
    narrative = items[0].narrative
    context, _ = parse_story(narrative, benchmark.guidance)
    for item in items:
        store.write(parsed_result(item, Parsed(context=context), context_key(narrative, benchmark.guidance, NAME)))


def _make_parent(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"expected a file that can be written, got {path}: {error.strerror}") from None
