"""An unknown name of any kind suggests the names that are near it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from social_world_model.benchmarks import get_benchmark
from social_world_model.data.fetching import fetch
from social_world_model.errors import ConfigurationError
from social_world_model.experiments import RunSettings
from social_world_model.experiments.stories import write_stories
from social_world_model.experiments.sweep import read_sweep
from social_world_model.generation_utils import model_by_name
from social_world_model.modes import get_mode
from social_world_model.reports.writing import formats_of
from social_world_model.training import get_trainer
from social_world_model.variants import variants_of
from tests.commands import swm


@pytest.mark.parametrize(
    ("words", "near"),
    [
        ("run tommi", "tomi"),
        ("run tomi --mode perspectiv", "perspective"),
        ("run tomi --variant distracters", "distractors"),
        ("run tomi --protocol papper", "paper"),
        ("run tomi --continue-mode contineu", "continue"),
        ("run tomi --context-fields stat", "state"),
        ("run hitom --option rowss=paper", "rows"),
        ("run hitom --option rows=posible", "possible"),
        ("run tomi --model-name vlm/x", "vllm/x"),
        ("run tomi --model-name symbolik", "symbolic"),
        ("robustness tomi --variant option-shuffled", "options-shuffled"),
        ("rescore somewhere --scorer offical", "official"),
        ("report somewhere --format jsn", "json"),
        ("list benchmark", "benchmarks"),
        ("data fetch fantm", "fantom"),
        ("data generate hitomm --out x.jsonl", "hitom"),
        ("train sft --output-dir x --backend tgether", "together"),
        ("evaluate-contexts --gen-dir x --reference symbolc", "symbolic"),
    ],
)
def test_a_name_that_is_typed_wrong_suggests_the_near_one(words: str, near: str, tmp_path: Path) -> None:
    done = swm(*words.split(), cwd=tmp_path)
    assert done.returncode == 2
    assert f"did you mean {near}" in done.stderr


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("benchmark: [tomi]", "benchmarks"),
        ("benchmarks: [tomy]\nmodels: [symbolic]\nmodes: [vanilla]", "tomi"),
        ("benchmarks: [tomi]\nmodels: [symbolic]\nmodes: [vanila]", "vanilla"),
        ("benchmarks: [tomi]\nmodels: [symbolic]\nmodes: [vanilla]\nsettings: {batchsize: 3}", "batch_size"),
        ("benchmarks: [tomi]\nmodels: [symbolic]\nmodes: [vanilla]\nsettings: {variant: distracters}", "distractors"),
        ("benchmarks: [{name: tomi, option: {a: b}}]\nmodels: [symbolic]\nmodes: [vanilla]", "options"),
    ],
)
def test_a_name_in_a_sweep_suggests_the_near_one(text: str, near: str, tmp_path: Path) -> None:
    path = tmp_path / "sweep.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=rf"did you mean {near}\b"):
        read_sweep(path)


def test_names_in_python_suggest_near_ones(tmp_path: Path) -> None:
    look_ups: dict[str, Callable[[str], object]] = {
        "tommi": get_benchmark,
        "tomii": lambda name: fetch(name, tmp_path),
        "hitm": lambda name: write_stories(name, 1, 0, tmp_path / "x.jsonl"),
        "vanila": get_mode,
        "verrl": get_trainer,
        "distracters": lambda name: variants_of([name]),
        "jsn": formats_of,
        "scriptd/x": model_by_name,
        "papper": lambda name: RunSettings(benchmark="tomi", protocol=name),  # type: ignore[arg-type]
    }
    for name, look_up in look_ups.items():
        with pytest.raises(ConfigurationError, match=r"; did you mean .*\?$"):
            look_up(name)
