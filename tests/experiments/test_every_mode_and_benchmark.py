"""Every mode for every benchmark: it runs, stores, resumes and reports; labels reach nobody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from social_world_model.benchmarks import Benchmark, MetricTable, benchmark_names, get_benchmark, register
from social_world_model.benchmarks.base import rows_by
from social_world_model.choices import Scorer
from social_world_model.contracts import Dataset, Item, Reply
from social_world_model.data.reading import Row
from social_world_model.errors import MeaninglessError
from social_world_model.experiments import Run, RunResult, RunSettings
from social_world_model.experiments.scoring import rescore, score_predictions
from social_world_model.experiments.stored import read_stored_run
from social_world_model.generation_utils.answerer import LanguageModelAnswerer
from social_world_model.generation_utils.calls import Calls
from social_world_model.generation_utils.names import model_by_name
from social_world_model.modes import get_mode, mode_names
from social_world_model.reports.report import make_report
from social_world_model.runs import read_run
from social_world_model.runs.results import Result
from tests.experiments.every import Listener, script

BENCHMARKS = ("bigtom", "cobra_frames", "confaide", "fantom", "hitom", "mmtom", "ori_tomi", "tomi")
MODES = tuple(mode_names())
LIMIT = 4


def run(settings: RunSettings) -> RunResult:
    return asyncio.run(Run(settings).execute())


def settings(benchmark: str, mode: str, folder: Path) -> RunSettings:
    name = script(benchmark, folder)
    parses = get_mode(mode).uses_context
    return RunSettings(
        benchmark=benchmark,
        mode=mode,
        model_name=name,
        context_model=name if parses else "symbolic",
        output_dir=folder / "out",
        limit=None if benchmark == "fantom" and mode == "options_only" else LIMIT,
    )


def has_options(benchmark: str) -> bool:
    return any(isinstance(row, Item) and row.choices for row in get_benchmark(benchmark).load().rows)


def test_the_benchmarks_are_all_here() -> None:
    assert set(BENCHMARKS) <= set(benchmark_names())


@pytest.mark.parametrize("benchmark", BENCHMARKS)
@pytest.mark.parametrize("mode", MODES)
def test_every_mode_of_every_benchmark_runs_stores_resumes_and_reports(
    benchmark: str, mode: str, tmp_path: Path
) -> None:
    chosen = settings(benchmark, mode, tmp_path)
    if mode == "options_only" and not has_options(benchmark):
        with pytest.raises(MeaninglessError, match="expected questions with options for options_only"):
            Run(chosen)
        return
    first = run(chosen)
    assert first.errors == ()
    wanted = "answered" if get_mode(mode).answers else "parsed"
    assert {outcome.status for outcome in first.outcomes} == {wanted}
    assert first.folder is not None
    assert {result.index for result in read_run(first.folder).results} >= {row.index for row in first.dataset.rows}
    again = run(chosen)
    assert again.kept == len(first.outcomes)
    assert again.usage == {}
    if get_mode(mode).answers:
        stored = read_stored_run(first.folder)
        assert len(stored.outcomes) == len(first.outcomes)
        assert make_report(stored.benchmark, stored.outcomes) == make_report(
            get_benchmark(benchmark), sorted(first.outcomes, key=lambda outcome: outcome.index)
        )


@pytest.mark.parametrize("benchmark", BENCHMARKS)
@pytest.mark.parametrize("reply", ["gold", "yes", "A", "Wen, Priya and Tomas"])
def test_records_alone_are_enough_to_judge_the_replies_again(benchmark: str, reply: str, tmp_path: Path) -> None:
    dataset = get_benchmark(benchmark).load()
    replies = tmp_path / "replies.jsonl"
    rows = [(row.index, gold_of(row)) for row in dataset.rows if isinstance(row, Item)]
    said = [{"index": index, "response": gold if reply == "gold" else reply} for index, gold in rows]
    replies.write_text("\n".join(map(json.dumps, said)))
    result = score_predictions(RunSettings(benchmark=benchmark, output_dir=tmp_path / "out"), replies)
    assert result.folder is not None
    assert rescore(result.folder, "official").changed == ()
    if reply == "gold" and benchmark != "confaide":
        assert make_report(get_benchmark(benchmark), result.outcomes).overall.value == 1
    for scorer in SCORERS:
        rescore(result.folder, scorer)


SCORERS: tuple[Scorer, ...] = ("lenient", "paper", "strict")


def gold_of(item: Item) -> str:
    """Return the gold answer, with the letter of the option."""
    answer = item.correct_answer or "x"
    return f"{chr(ord('a') + item.choices.index(answer))}) {answer}" if answer in item.choices else answer


def without_labels(item: Item) -> Item:
    return replace(item, correct_answer=item.correct_answer and "label", fields=dict.fromkeys(item.fields, "label"))


def unscored(benchmark: Benchmark, item: Item, blank: Result, reply: Reply, scorer: str) -> Result:
    return replace(blank, status=reply.status, answer=reply.response)


@pytest.mark.parametrize("benchmark", BENCHMARKS)
@pytest.mark.parametrize("mode", MODES)
def test_no_prompt_changes_when_every_scoring_field_is_taken_away(
    benchmark: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if mode == "options_only" and not has_options(benchmark):
        return
    heard: list[Listener] = []
    load = Benchmark.load

    def stripped(self: Benchmark, path: Path | None = None) -> Dataset:
        dataset = load(self, path)
        rows = tuple(without_labels(row) if isinstance(row, Item) else row for row in dataset.rows)
        return replace(dataset, rows=rows)

    monkeypatch.setattr("social_world_model.experiments.answering.scored", unscored)
    monkeypatch.setattr(type(get_benchmark(benchmark)), "holds_fact", lambda self, reply, item: True)
    for loading in (load, stripped):
        monkeypatch.setattr(Benchmark, "load", loading)
        heard.append(listener := Listener())
        listener.used_by(monkeypatch)
        run(RunSettings(benchmark=benchmark, mode=mode, save=False))
    labelled, bare = heard
    assert labelled.heard() == bare.heard()
    assert sorted(labelled.told) == sorted(bare.told)
    assert labelled.queries or labelled.told
    answerer = LanguageModelAnswerer(model_by_name("custom/m@http://127.0.0.1:9/v1"), Calls())
    prompts = [answerer.prompt(query).text for query in labelled.heard()]
    assert prompts == [answerer.prompt(query).text for query in bare.heard()]


class Colours(Benchmark):
    """Which colour is the thing?"""

    name = "colours"
    sample = "none.jsonl"

    def items(self, index: str, row: Row) -> Iterator[Item]:
        yield Item(
            index=index,
            narrative=row["story"],
            question=row["question"],
            correct_answer=row.get("answer"),
            choices=tuple(row["choices"]),
            question_kind="reality",
            fields={"thing": row["thing"]},
        )

    def extract(self, reply: str, item: Item) -> str | None:
        return next((choice for choice in item.choices if choice in reply), None)

    def tables(self, outcomes: Any) -> list[MetricTable]:
        return [MetricTable(title="by thing", rows=rows_by(outcomes, "thing"))]


THINGS = {"ball": "red", "hat": "red", "shoe": "red", "cup": None}


def test_a_new_benchmark_is_a_small_class_and_touches_nothing_else(tmp_path: Path) -> None:
    if "colours" not in benchmark_names():
        register(Colours())
    data, replies = tmp_path / "colours.jsonl", tmp_path / "script.json"
    rows = [
        {
            "story": f"The {thing} is red.",
            "question": "Is it?",
            "choices": ["red", "blue"],
            "thing": thing,
            "answer": gold,
        }
        for thing, gold in THINGS.items()
    ]
    data.write_text("\n".join(map(json.dumps, rows)))
    said = [
        {"when": "The hat", "reply": {"reasoning": "r", "answer": "blue"}},
        {"reply": {"reasoning": "r", "answer": "A. red"}},
    ]
    replies.write_text(json.dumps(said))
    model = f"scripted/{replies}"
    result = run(RunSettings(benchmark="colours", dataset_path=data, model_name=model, output_dir=tmp_path / "out"))
    report = make_report(get_benchmark("colours"), result.outcomes)
    assert (report.overall.right, report.overall.n, result.no_gold) == (2, 3, 1)
    assert [(line.label, line.right) for line in report.tables[0].rows] == [("ball", 1), ("hat", 0), ("shoe", 1)]
    assert "not asked and not scored, because there is no gold answer: 1 question (3)" in result.notes
