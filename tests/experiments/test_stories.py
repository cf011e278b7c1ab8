from __future__ import annotations

import json
from pathlib import Path

import pytest

from social_world_model.benchmarks import get_benchmark
from social_world_model.errors import ConfigurationError
from social_world_model.experiments import RunSettings
from social_world_model.experiments.stories import write_stories
from tests.experiments.test_run import execute


@pytest.mark.parametrize("kind", ["tomi", "ori_tomi", "hitom"])
def test_generated_stories_load_run_and_use_their_gold_contexts(tmp_path: Path, kind: str) -> None:
    out, contexts = tmp_path / "data.jsonl", tmp_path / "contexts"
    questions = write_stories(kind, 12, 3, out, contexts)
    assert len(get_benchmark(kind).load(out).rows) == questions == len(list(contexts.glob("*.json")))
    result = execute(
        RunSettings(
            benchmark=kind, mode="pure_context", dataset_path=out, context_dir=contexts, output_dir=tmp_path / "out"
        )
    )
    assert (result.contexts_found, result.contexts_made) == (12, 0)
    assert all(outcome.is_correct for outcome in result.outcomes)


def test_the_same_seed_gives_the_same_file(tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        write_stories("tomi", 10, seed, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() != (tmp_path / "c").read_bytes()


def test_gold_contexts_are_records_of_the_store(tmp_path: Path) -> None:
    write_stories("tomi", 1, 0, tmp_path / "a", tmp_path / "contexts")
    result = json.loads((tmp_path / "contexts" / "0.json").read_text())
    assert result["status"] == "parsed"
    assert set(result["socialized_context"]) == {"agents_names", "socialized_context", "context_manual"}


@pytest.mark.parametrize(("kind", "n"), [("nope", 1), ("tomi", 0)])
def test_what_cannot_be_generated_is_refused(tmp_path: Path, kind: str, n: int) -> None:
    with pytest.raises(ConfigurationError, match="expected"):
        write_stories(kind, n, 0, tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_a_file_that_cannot_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="expected a writable file"):
        write_stories("tomi", 1, 0, tmp_path / "file" / "a")
