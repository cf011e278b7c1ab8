"""Many runs from one file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from social_world_model.benchmarks import Benchmark
from social_world_model.contracts import Dataset
from social_world_model.errors import ConfigurationError, DatasetError
from social_world_model.experiments import RunResult
from social_world_model.experiments.sweep import Sweep, read_sweep, title
from social_world_model.experiments.sweep_runs import run_sweep
from social_world_model.runs.store import ResultStore
from tests.experiments.fakes import write_rows


def sweep_file(folder: Path, text: str) -> Path:
    path = folder / "sweep.yaml"
    path.write_text(text.replace("FOLDER", str(folder)))
    return path


TWO_MODES = """
benchmarks:
  - {name: tomi, dataset_path: FOLDER/rows.jsonl, limit: 2}
  - hitom
models: [symbolic]
modes: [vanilla, perspective, simtom]
settings: {output_dir: FOLDER/out, batch_size: 2, limit: 3}
"""


async def ended(sweep: Sweep) -> list[RunResult]:
    return [result async for result in run_sweep(sweep)]


def test_every_combination_that_means_something_is_run_and_the_others_are_named(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.jsonl", 4)
    sweep = read_sweep(sweep_file(tmp_path, TWO_MODES))
    assert [title(settings) for settings in sweep.runs] == [
        "tomi · vanilla · symbolic",
        "tomi · perspective · symbolic · contexts by symbolic",
        "hitom · vanilla · symbolic",
        "hitom · perspective · symbolic · contexts by symbolic",
    ]
    assert [line.partition(":")[0] for line in sweep.meaningless] == [
        "tomi · simtom · symbolic",
        "hitom · simtom · symbolic",
    ]
    assert [settings.limit for settings in sweep.runs] == [2, 2, 3, 3]
    results = asyncio.run(ended(sweep))
    assert [len(result.outcomes) for result in results] == [2, 2, 3, 3]
    assert not any(result.failed for result in results)
    again = asyncio.run(ended(read_sweep(sweep_file(tmp_path, TWO_MODES))))
    assert [result.kept for result in again] == [2, 2, 3, 3]


def test_a_mode_without_contexts_is_run_once_whatever_makes_contexts(tmp_path: Path) -> None:
    (tmp_path / "scripted.jsonl").write_text('{"reply": "x"}')
    text = (
        "benchmarks: [tomi]\nmodels: ['scripted/FOLDER/scripted.jsonl']\nmodes: [vanilla, pure_context]\n"
        "context_models: [symbolic, 'scripted/FOLDER/scripted.jsonl']\n"
    )
    sweep = read_sweep(sweep_file(tmp_path, text))
    assert [(settings.mode, settings.context_model.partition("/")[0]) for settings in sweep.runs] == [
        ("vanilla", "symbolic"),
        ("pure_context", "symbolic"),
        ("pure_context", "scripted"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1, 2]", "expected benchmarks, context_models, models, modes, settings in .*, got a list"),
        ("benchmarks: [tomi]\nmodel: [x]", "got benchmarks, model"),
        ("benchmarks: [tomi]\nmodels: []\nmodes: [vanilla]", "models in .* to be a list that is not empty"),
        ("benchmarks: [tomi]\nmodels: [symbolic]\nmodes: [3]", "modes in .* to be a list of names, got 3"),
        ("benchmarks: [{path: x}]\nmodels: [symbolic]\nmodes: [vanilla]", "a benchmark in .* got path"),
        ("benchmarks: [{limit: 1}]\nmodels: [symbolic]\nmodes: [vanilla]", "to have a name"),
        ("benchmarks: [tomi]\nmodels: [symbolic]\nmodes: [simtom]", "only combinations that do not fit together"),
        ("benchmarks: [tomi]\nmodels: [symbolic]\nmodes: [nope]", "expected mode to be one of"),
        ("benchmarks: [nope]\nmodels: [symbolic]\nmodes: [vanilla]", "nope · vanilla · symbolic: expected benchmark"),
        (
            "benchmarks: [tomi]\nmodels: [symbolic]\nmodes: [vanilla]\nsettings: {batch_size: many}",
            "expected batch_size to be a whole number.*many",
        ),
        ("benchmarks: [tomi]\nmodels: [symbolic]\nmodes: [vanilla]\nsettings: {mode: x}", "settings in .* got mode"),
        ("benchmarks: [tomi]\nmodels: [gpt-4o]\nmodes: [vanilla]", "OPENAI_API_KEY"),
        ("a: b: c", "expected a sweep in YAML"),
        ("", "in .*, got nothing"),
        ("benchmarks: [tomi]\nbenchmarks: [hitom]\nmodels: [symbolic]\nmodes: [vanilla]", "got benchmarks twice"),
        (
            "benchmarks: [{name: tomi, limit: 1}, {name: tomi, limit: 2}]\nmodels: [symbolic]\nmodes: [vanilla]",
            "one folder per run",
        ),
    ],
)
def test_a_file_that_is_no_sweep_is_refused_before_anything_is_run(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read_sweep(sweep_file(tmp_path, text))


def test_data_that_is_not_there_is_named_with_its_run(tmp_path: Path) -> None:
    text = "benchmarks: [{name: tomi, dataset_path: FOLDER/none.csv}]\nmodels: [symbolic]\nmodes: [vanilla]"
    with pytest.raises(DatasetError, match=r"tomi · vanilla · symbolic: .*none\.csv"):
        read_sweep(sweep_file(tmp_path, text))


def test_an_estimate_needs_no_key(tmp_path: Path) -> None:
    text = "benchmarks: [tomi]\nmodels: [gpt-4o]\nmodes: [vanilla]"
    assert len(read_sweep(sweep_file(tmp_path, text), without_keys=True).runs) == 1


def test_the_runs_of_a_sweep_share_its_budget(tmp_path: Path) -> None:
    (tmp_path / "scripted.jsonl").write_text('{"reply": {"reasoning": "r", "answer": "x"}}')
    text = (
        "benchmarks: [tomi]\nmodels: ['scripted/FOLDER/scripted.jsonl']\nmodes: [vanilla, vanilla_no_reasoning]\n"
        "settings: {output_dir: FOLDER/out, max_total_tokens: 1000, batch_size: 1}"
    )
    (only,) = asyncio.run(ended(read_sweep(sweep_file(tmp_path, text))))
    assert only.stopped is not None
    assert "max_total_tokens 1000 is spent" in only.stopped


def test_a_run_that_is_given_twice_is_run_once_and_named(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.jsonl", 2)
    text = (
        "benchmarks:\n  - {name: tomi, dataset_path: FOLDER/rows.jsonl}\n  - {name: tomi, dataset_path: "
        "FOLDER/../FOLDERNAME/rows.jsonl, options: {candidates: hidden}}\n"
        "models: [symbolic, symbolic]\nmodes: [vanilla, simtom, vanilla]\nsettings: {output_dir: FOLDER/out}"
    ).replace("FOLDERNAME", tmp_path.name)
    sweep = read_sweep(sweep_file(tmp_path, text))
    assert [title(settings) for settings in sweep.runs] == ["tomi · vanilla · symbolic"]
    assert sweep.repeated == ("tomi · vanilla · symbolic", "tomi · candidates=hidden · vanilla · symbolic")


def test_two_data_files_of_one_name_are_refused_since_their_runs_would_move_each_other_aside(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_rows(tmp_path / name / "rows.jsonl", 2)
    text = (
        "benchmarks: [{name: tomi, dataset_path: FOLDER/a/rows.jsonl}, {name: tomi, dataset_path: FOLDER/b/rows.jsonl}]"
        "\nmodels: [symbolic]\nmodes: [vanilla]"
    )
    with pytest.raises(ConfigurationError, match="one folder per run"):
        read_sweep(sweep_file(tmp_path, text))


def test_a_run_that_cannot_be_begun_does_not_keep_the_others_from_theirs(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.jsonl", 4)
    sweep = read_sweep(sweep_file(tmp_path, TWO_MODES))
    with ResultStore(tmp_path / "out" / "tomi_results" / "vanilla_symbolic_rows.jsonl").locked():
        results = asyncio.run(ended(sweep))
    assert [len(result.outcomes) for result in results] == [0, 2, 3, 3]
    assert "another process is writing to this folder" in str(results[0].stopped)


def test_a_data_set_is_read_once_for_all_runs_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_rows(tmp_path / "rows.jsonl", 2)
    read: list[Path | None] = []
    load = Benchmark.load

    def counted(self: Benchmark, path: Path | None = None) -> Dataset:
        read.append(path)
        return load(self, path)

    monkeypatch.setattr(Benchmark, "load", counted)
    text = TWO_MODES.replace("  - hitom\n", "")
    assert len(asyncio.run(ended(read_sweep(sweep_file(tmp_path, text))))) == 2
    assert read == [tmp_path / "rows.jsonl"]
    write_rows(tmp_path / "rows.jsonl", 3)
    asyncio.run(ended(read_sweep(sweep_file(tmp_path, text))))
    assert len(read) == 2


def test_a_spent_budget_is_told_as_the_user_named_it(tmp_path: Path) -> None:
    (tmp_path / "scripted.jsonl").write_text('{"reply": {"reasoning": "r", "answer": "x"}}')
    text = (
        "benchmarks: [{name: tomi, limit: 8}]\nmodels: ['scripted/FOLDER/scripted.jsonl']\n"
        "modes: [vanilla, vanilla_no_reasoning]\n"
        "settings: {output_dir: FOLDER/out, max_total_tokens: BUDGET, batch_size: 1}"
    )
    (first, *_) = asyncio.run(ended(read_sweep(sweep_file(tmp_path, text.replace("BUDGET", "100000")))))
    taken = sum(usage.input_tokens + usage.output_tokens for usage in first.usage.values())
    again = text.replace("FOLDER/out", "FOLDER/again").replace("BUDGET", str(taken + taken // 2))
    *_, last = asyncio.run(ended(read_sweep(sweep_file(tmp_path, again))))
    assert str(last.stopped).startswith(f"max_total_tokens {taken + taken // 2} is spent")
