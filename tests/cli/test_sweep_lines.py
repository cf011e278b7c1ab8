"""The lines below each run of a sweep: reasons of failures, most frequent first."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from social_world_model.cli.sweep import asides, show_estimates, show_usage
from social_world_model.contracts import Dataset
from social_world_model.experiments import RunResult, RunSettings
from social_world_model.experiments.sweep import read_sweep
from social_world_model.usage import Usage


def result_with(*errors: str) -> RunResult:
    return RunResult(
        settings=RunSettings(benchmark="tomi"),
        dataset=Dataset(name="tomi_sample.jsonl", rows=(), sha256=""),
        outcomes=(),
        no_gold=0,
        folder=None,
        kept=0,
        contexts_found=0,
        contexts_made=0,
        errors=errors,
    )


def test_one_failure_is_one_question() -> None:
    assert asides(result_with("'1': no reply")) == ["failed: 1 question: no reply"]


def test_reasons_that_differ_in_numbers_and_quoted_texts_are_counted_together() -> None:
    errors = ("'1': step 1: got 'a'", "'2': step 12: got 'b'", "'3': step 1: got 'a'", "'4': no reply")
    assert asides(result_with(*errors)) == [
        "failed: 3 questions, for example: step 1: got 'a'",
        "failed: 1 question: no reply",
    ]


def test_the_three_most_frequent_reasons_are_shown_and_the_others_are_counted() -> None:
    reasons = ["refused"] * 4 + ["cut off"] * 3 + ["no reply"] * 2 + ["other"] + ["another"]
    lines = asides(result_with(*(f"'{number}': {why}" for number, why in enumerate(reasons))))
    assert lines == [
        "failed: 4 questions: refused",
        "failed: 3 questions: cut off",
        "failed: 2 questions: no reply",
        "failed: 2 more questions; each result file contains the reason",
    ]


def test_the_usage_of_all_runs_counts_a_shared_context_once(capsys: pytest.CaptureFixture[str]) -> None:
    parse, answer = (Usage(requests=3, input_tokens=n, output_tokens=1, cost=0.5) for n in (100, 10))
    first = replace(result_with(), usage={"answer": answer, "context": parse})
    second = replace(result_with(), usage={"answer": answer}, shared_contexts=parse)
    show_usage([first, second])
    line = "all runs: 9 calls, 120 tokens in, 3 out, $1.50; contexts that several runs use are paid and counted once"
    assert capsys.readouterr().out.strip() == line


def test_a_dry_run_counts_a_shared_context_in_the_first_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "model.jsonl").write_text('{"reply": "x"}')
    (tmp_path / "sweep.yaml").write_text(
        f"benchmarks: [{{name: tomi, limit: 4}}]\nmodels: ['scripted/{tmp_path}/model.jsonl']\n"
        f"modes: [socialized_context, pure_context]\ncontext_models: ['scripted/{tmp_path}/model.jsonl']\n"
        f"settings: {{output_dir: {tmp_path}/out}}"
    )
    asyncio.run(show_estimates(read_sweep(tmp_path / "sweep.yaml")))
    _, first, second, whole, *_ = capsys.readouterr().out.splitlines()
    contexts = int(second.split(", ")[-1].split()[0])
    assert second.endswith(f"{contexts} contexts of earlier runs")
    assert f"n 4; {4 + contexts} calls" in first
    assert "n 4; 4 calls" in second
    assert whole.startswith(f"all: {8 + contexts} calls")
