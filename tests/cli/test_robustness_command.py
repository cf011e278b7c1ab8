"""`swm robustness` and `--variant` as a user runs them."""

from __future__ import annotations

import json
from inspect import signature
from pathlib import Path

import pytest

from social_world_model import benchmarks
from social_world_model.cli.robustness import robustness
from social_world_model.cli.run import run
from tests.cli.test_commands import one_clear_line
from tests.commands import swm


def test_a_run_and_its_variants_are_one_table(tmp_path: Path) -> None:
    words = ("robustness", "hitom", "--limit", 10, "--output-dir", tmp_path)
    done = swm(*words)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "[1/4] hitom · vanilla · symbolic: 1.000, n 10"
    head = next(number for number, line in enumerate(lines) if line.startswith("all "))
    assert lines[head].split()[:3] == ["all", "n", "accuracy"]
    table = {line.split("  ")[0]: line.split() for line in lines[head + 1 : head + 5]}
    assert list(table) == ["original", "options-shuffled", "names-swapped", "distractors"]
    assert table["names-swapped"][1:3] == ["10", "1.000"]
    assert "+0.000" in table["names-swapped"]
    assert "0 of 10" in lines[head + 3]
    assert "trivial baseline: the best score of" in done.stdout
    folders = sorted(path.name for path in (tmp_path / "hitom_results").iterdir() if path.is_dir())
    assert folders == [
        "vanilla_symbolic_hitom_sample.jsonl",
        "vanilla_symbolic_hitom_sample.jsonl+variant=distractors",
        "vanilla_symbolic_hitom_sample.jsonl+variant=names-swapped",
        "vanilla_symbolic_hitom_sample.jsonl+variant=options-shuffled",
    ]
    assert swm(*words).stdout == done.stdout


@pytest.mark.parametrize("columns", [80, 100])
def test_the_table_fits_into_the_terminal_with_the_interval_of_each_change(columns: int) -> None:
    done = swm("robustness", "hitom", "--limit", 5, "--no-save", columns=columns)
    assert done.returncode == 0, done.stderr
    assert all(len(line) <= columns for line in done.stdout.splitlines())
    assert done.stdout.count(" … ") == 3
    assert done.stdout.splitlines()[-1] == "results: not saved (--no-save)"


def test_what_must_be_known_of_the_table_stands_below_it_and_once(tmp_path: Path) -> None:
    rows = json.loads((Path(benchmarks.__file__).parent / "samples" / "fantom_sample.json").read_text(encoding="utf-8"))
    data = tmp_path / "sets.json"
    data.write_text(json.dumps([{**row, "labels_complete": False} for row in rows]))
    done = swm("robustness", "fantom", "--dataset-path", data, "--no-save")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith("All (inaccessible) "))
    names = [line.split("  ")[0] for line in lines[head + 1 : head + 5]]
    assert [name.split()[0] for name in names] == ["original", "options-shuffled", "names-swapped", "distractors"]
    assert lines[head + 5].startswith("note: the labels are inferred from presence")
    assert done.stdout.count("labels are inferred from presence") == 1


def test_every_option_of_swm_run_is_one_of_swm_robustness() -> None:
    assert set(signature(robustness).parameters) == set(signature(run).parameters)


def test_what_swm_run_takes_of_models_and_contexts_is_taken_here(tmp_path: Path) -> None:
    contexts = tmp_path / "contexts"
    contexts.mkdir()
    words = ("robustness", "hitom", "--limit", 5, "--mode", "socialized_context", "--no-save", "--variant")
    more = ("--context-dir", contexts, "--context-fields", "state,observations,actions")
    done = swm(*words, "options-shuffled", *more)
    assert done.returncode == 0, done.stderr
    one_clear_line(
        swm(*words, "distractors", "--context-samples", 2), "a language model for the setting --context-samples"
    )
    one_clear_line(swm(*words, "distractors", "--vllm-arg", "max_model_len=4096"), "vllm/NAME in", "--vllm-arg")
    one_clear_line(swm(*words, "distractors", "--context-fields", "nope"), "--context-fields", "nope")
    one_clear_line(swm(*words, "distractors", "--prompt-file", tmp_path / "none"), "--prompt-file")
    one_clear_line(swm(*words, "distractors", "--example-analysis-file", tmp_path / "none"), "--example-analysis-file")


def test_what_means_nothing_is_left_out_and_said() -> None:
    done = swm("robustness", "tomi", "--limit", 6, "--no-save")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("left out: options-shuffled: expected questions with options")
    assert "[3/3]" in done.stdout


def test_one_variant_can_be_had_alone_and_a_dry_run_calls_nobody(tmp_path: Path) -> None:
    words = ("robustness", "tomi", "--limit", 6, "--variant", "distractors", "--output-dir", tmp_path)
    done = swm(*words, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "dry run of 2 runs" in done.stdout
    assert not list(tmp_path.iterdir())


def test_failures_make_the_exit_status_1(tmp_path: Path) -> None:
    stories = ["It rained for a week, and the river rose.", "Bo entered the hall. The ball is in the bag."]
    rows = [
        {"index": number, "story": story, "question": "Where is the ball?", "answer": "bag"}
        for number, story in enumerate(stories)
    ]
    data = tmp_path / "rows.jsonl"
    data.write_text("\n".join(map(json.dumps, rows)))
    done = swm("robustness", "tomi", "--dataset-path", data, "--no-save")
    assert done.returncode == 1, done.stderr
    assert "3 of 3 runs have failures or were stopped" in done.stdout


def test_bad_input_is_one_clear_line(tmp_path: Path) -> None:
    out = ("--output-dir", tmp_path / "out")
    one_clear_line(swm("robustness", "tomi", "--variant", "nope", *out), "options-shuffled", "nope")
    one_clear_line(swm("robustness", "tomi", "--variant", "options-shuffled", *out), "a variant that applies")
    one_clear_line(swm("robustness", "nope", *out), "'nope'")
    one_clear_line(swm("run", "tomi", "--variant", "options-shuffled", *out), "questions with options")
    assert not (tmp_path / "out").exists()


def test_a_run_in_a_variant_says_so_and_has_its_baselines(tmp_path: Path) -> None:
    done = swm("run", "hitom", "--limit", 10, "--variant", "options-shuffled", "--output-dir", tmp_path)
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[0]
    assert first == "hitom · vanilla · symbolic · bundled sample hitom_sample.jsonl+variant=options-shuffled"
    assert (
        "each row above shows the best trivial baseline (a simple rule); scores of all baselines on “all”:"
        in done.stdout
    )
    reported = swm("report", tmp_path, "--format", "md")
    assert "hitom · hitom_sample.jsonl+variant=options-shuffled" in reported.stdout
    assert "  trivial baselines" in reported.stdout
