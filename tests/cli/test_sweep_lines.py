"""The lines below each run of a sweep: reasons of failures, most frequent first."""

from __future__ import annotations

from social_world_model.cli.sweep import asides
from social_world_model.contracts import Dataset
from social_world_model.experiments import RunResult, RunSettings


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
