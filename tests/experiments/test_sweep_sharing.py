"""What the runs of a sweep share: contexts, reasons why there is no context, concurrent calls, and costs."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from social_world_model.benchmarks import get_benchmark
from social_world_model.contracts import Item
from social_world_model.experiments import Progress, RunResult, RunSettings, estimate
from social_world_model.experiments.stored import read_stored_run
from social_world_model.experiments.stories import write_stories
from social_world_model.experiments.sweep import Sweep, read_sweep
from social_world_model.experiments.sweep_runs import run_sweep
from social_world_model.generation_utils import Calls
from social_world_model.reports.overviews import overview
from social_world_model.runs.manifest import read_manifest, usage_of
from social_world_model.usage import NO_USAGE, Usage
from tests.server import FaultServer

MODES = ("vanilla", "socialized_context", "pure_context")
BENCHMARKS = {"tomi": 4, "hitom": 3, "ori_tomi": None}
"""Benchmarks, with the number of generated stories. None means the bundled sample."""


@dataclass(frozen=True)
class Swept:
    """A sweep file, the server that answers, and the server that parses."""

    file: Path
    answers: FaultServer
    parses: FaultServer
    narratives: int

    def sweep(self, without_keys: bool = False) -> Sweep:
        return read_sweep(self.file, without_keys=without_keys)

    def run(self) -> list[RunResult]:
        async def results() -> list[RunResult]:
            return [result async for result in run_sweep(self.sweep())]

        return asyncio.run(results())

    def parsed(self) -> Counter[str]:
        """Return how often each story was asked for a context, without repeated requests after a bad reply."""
        first = [entry for entry in self.parses.log if len(entry.body["messages"]) == 1]
        return Counter(str(entry.row) for entry in first if entry.kind == "parse")


@contextmanager
def swept(
    folder: Path, models: int = 2, modes: Sequence[str] = MODES, parser: str = "", **settings: Any
) -> Iterator[Swept]:
    """Start two servers, and write a sweep over three benchmarks. `parser` has the faults of the parsing server."""
    entries: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    narratives: set[tuple[str, str]] = set()
    for name, stories in BENCHMARKS.items():
        entry: dict[str, Any] = {"name": name, "limit": 12}
        if stories is not None:
            write_stories(name, stories, 3, folder / f"{name}.jsonl")
            entry["dataset_path"] = str(folder / f"{name}.jsonl")
        entries.append(entry)
        data = get_benchmark(name).load(Path(entry["dataset_path"]) if stories else None)
        for item in data.rows[:12]:
            assert isinstance(item, Item)
            narratives.add((name, item.narrative))
            row = {"story": item.narrative, "question": item.question, "answer": item.correct_answer}
            rows.append({"index": f"{name}-{item.index}", **row})
    with ExitStack() as stack:
        answers = stack.enter_context(FaultServer(rows))
        parses = stack.enter_context(FaultServer(rows, faults=parser))
        sweep = {
            "benchmarks": entries,
            "models": [f"custom/oracle-{number}@{answers.base_url}" for number in range(models)],
            "modes": list(modes),
            "context_models": [f"custom/oracle@{parses.base_url}"],
            "settings": {"output_dir": str(folder / "out"), **settings},
        }
        (folder / "sweep.yaml").write_text(json.dumps(sweep))
        yield Swept(folder / "sweep.yaml", answers, parses, len(narratives))


def tokens_sent(*servers: FaultServer) -> int:
    return sum(entry.prompt_chars for server in servers for entry in server.log) // 4


def total(usages: Iterator[Usage]) -> Usage:
    return sum(usages, NO_USAGE)


def test_a_context_that_cannot_be_made_is_asked_for_once_per_parser_and_not_once_per_run(tmp_path: Path) -> None:
    with swept(tmp_path, parser="prose=1") as sweep:
        results = sweep.run()
        assert len(results) == 18
        assert set(sweep.parsed().values()) == {1}
        assert sweep.parsed().total() == sweep.narratives
        with_contexts = [result for result in results if result.settings.mode != "vanilla"]
        for result in with_contexts:
            assert {outcome.status for outcome in result.outcomes} == {"unparsable"}
            assert all("no context: asked 5 times, the last reply could not be read" in why for why in result.errors)
        charged = [total(iter(one.usage.values())) + one.shared_contexts for one in with_contexts]
        of_tomi = [used.requests for one, used in zip(with_contexts, charged, strict=True) if is_of(one, "tomi")]
        assert len(set(of_tomi)) == 1, "each run is charged for the contexts that could not be made"
        asked = len(sweep.parses.log)
        sweep.run()
        assert len(sweep.parses.log) == 2 * asked, "a later command tries again"


def is_of(result: RunResult, benchmark: str) -> bool:
    return result.settings.benchmark == benchmark


def test_a_refused_context_is_remembered_too(tmp_path: Path) -> None:
    with swept(tmp_path, models=1) as sweep:
        sweep.parses.handle = refusing(sweep.parses)  # type: ignore[method-assign]
        results = sweep.run()
        assert sweep.parsed().total() == sweep.narratives
        failed = [result for result in results if result.settings.mode != "vanilla"]
        assert {outcome.status for result in failed for outcome in result.outcomes} == {"refused"}
        assert all("no context: " in why and "refused to answer" in why for result in failed for why in result.errors)


def refusing(server: FaultServer) -> Any:
    handle = type(server).handle

    def refuse(*request: Any) -> Any:
        answer = handle(server, *request)
        if answer.entry is not None:
            message = {"role": "assistant", "content": None, "refusal": "I cannot do this."}
            answer.value["choices"][0]["message"] = message
        return answer

    return refuse


def test_a_transient_error_is_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Calls, "__init__", impatient(Calls.__init__))
    with swept(tmp_path, models=1, modes=MODES[1:], batch_size=1) as sweep:
        failing = {0}
        draws = sweep.parses._faults
        sweep.parses._faults = (
            ("500", 0.0) if number in failing else (None, where) for number, (_, where) in enumerate(draws)
        )
        results = sweep.run()
        assert [result.failed for result in results] == [1, 0, 0, 0, 0, 0]
        assert sweep.parsed().total() == sweep.narratives + 1


def impatient(init: Any) -> Any:
    def made(self: Calls, *args: Any, **named: Any) -> None:
        init(self, *args, **{**named, "tries": 1, "first_wait": 0.01})

    return made


def test_a_dry_run_of_a_sweep_counts_what_is_then_sent(tmp_path: Path) -> None:
    async def estimated(sweep: Sweep) -> Usage:
        counted: set[str] = set()
        found = [await estimate(settings, counted) for settings in sweep.runs]
        return total(one.total for one in found)

    with swept(tmp_path) as sweep:
        planned = asyncio.run(estimated(sweep.sweep(without_keys=True)))
        sweep.run()
        calls = len(sweep.answers.log) + len(sweep.parses.log)
        assert planned.requests == calls
        assert sweep.parsed().total() == sweep.narratives
        sent = tokens_sent(sweep.answers, sweep.parses)
        assert abs(planned.input_tokens - sent) <= 0.05 * sent
        again = asyncio.run(estimated(sweep.sweep(without_keys=True)))
        assert again == NO_USAGE


def test_each_run_is_charged_for_its_contexts_and_the_sum_of_a_sweep_counts_them_once(tmp_path: Path) -> None:
    with swept(tmp_path) as sweep:
        results = sweep.run()
        paid = total(usage for result in results for usage in result.usage.values())
        assert paid.requests == len(sweep.answers.log) + len(sweep.parses.log)
        again = sweep.run()
        assert not any(result.usage or result.shared_contexts.requests for result in again)
        for result in results:
            assert result.folder is not None
            stored = read_stored_run(result.folder)
            questions = len(result.outcomes)
            stories = len({row.narrative for row in result.dataset.rows if isinstance(row, Item)})
            contexts = 0 if result.settings.mode == "vanilla" else stories
            assert stored.total.requests == questions + contexts
            assert usage_of(read_manifest(result.folder)) == dict(result.usage)
        notes = "\n".join(overview([tmp_path / "out"]).notes)
        assert "Contexts that several runs use are paid once" in notes


def test_contexts_that_are_not_saved_are_shared_too(tmp_path: Path) -> None:
    with swept(tmp_path, save=False) as sweep:
        sweep.run()
        assert sweep.parsed().total() == sweep.narratives


def test_one_slow_call_does_not_hold_the_other_runs(tmp_path: Path) -> None:
    with swept(tmp_path, models=1, modes=["vanilla"], batch_size=4, timeout=4, save=False) as sweep:
        sweep.answers._latency = iter([3.0] + [0.0] * 1000).__next__
        sweep.run()
        first, *others = sweep.answers.log
        assert first.answered is not None
        assert all(entry.arrived < first.answered for entry in others), "every other question is asked meanwhile"


def test_concurrent_calls_of_all_runs_together_stay_within_the_limit(tmp_path: Path) -> None:
    with swept(tmp_path, batch_size=5) as sweep:
        sweep.answers._latency = sweep.parses._latency = lambda: 0.01
        sweep.run()
        log = [*sweep.answers.log, *sweep.parses.log]
        ends = sorted((entry.answered or 0.0, -1) for entry in log)
        changes = sorted([*ends, *((entry.arrived, 1) for entry in log)])
        running, most = 0, 0
        for _, change in changes:
            running += change
            most = max(most, running)
        assert most == 5


def test_the_progress_of_a_sweep_counts_the_questions_of_all_runs(tmp_path: Path) -> None:
    told: list[Progress] = []

    async def results(sweep: Sweep) -> list[RunResult]:
        return [result async for result in run_sweep(sweep, told.append)]

    with swept(tmp_path, models=1) as sweep:
        got = asyncio.run(results(sweep.sweep()))
        asked = sum(len(result.outcomes) for result in got)
        assert {one.total for one in told} == {asked}
        assert [one.done for one in told] == sorted(one.done for one in told)
        assert told[-1].done == asked
        assert told[-1].usage == total(usage for result in got for usage in result.usage.values())


def test_a_cancelled_sweep_stops_all_runs_and_resumes_without_asking_twice(tmp_path: Path) -> None:
    async def interrupted(sweep: Swept) -> None:
        async def results() -> None:
            async for _ in run_sweep(sweep.sweep()):
                pass

        task = asyncio.create_task(results())
        while len(sweep.answers.log) < 20:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}

    with swept(tmp_path, batch_size=4) as sweep:
        sweep.answers._latency = lambda: 0.02
        asyncio.run(interrupted(sweep))
        before = len(sweep.answers.log)
        results = sweep.run()
        assert not any(result.failed or result.stopped for result in results)
        asked = sum(len(result.outcomes) for result in results)
        assert asked <= len(sweep.answers.log) <= asked + 4
        assert before < asked
        assert sweep.parsed().total() <= sweep.narratives + 4


def test_a_run_that_stops_leaves_its_unfinished_parse_to_another_run(tmp_path: Path) -> None:
    with swept(tmp_path, models=1, modes=["socialized_context"]) as sweep, FaultServer([]) as dead:
        dead.handle = unauthorised  # type: ignore[assignment,method-assign]
        planned = sweep.sweep()
        first = planned.runs[0]
        bad = replace(first, model_name=f"custom/dead@{dead.base_url}")
        both = replace(planned, runs=(bad, first), questions=24)
        sweep.parses._latency = lambda: 0.05

        async def results() -> list[RunResult]:
            return [result async for result in run_sweep(both)]

        stopped, whole = asyncio.run(results())
        assert stopped.stopped is not None
        assert (whole.stopped, whole.failed) == (None, 0)


def unauthorised(*_request: Any) -> Any:
    from tests.server.faults import Refusal
    from tests.server.http import Answer

    wrong = Refusal(401, "Incorrect API key provided", code="invalid_api_key")
    return Answer(401, wrong.body())


def test_settings_of_one_run_are_not_changed_by_a_sweep(tmp_path: Path) -> None:
    with swept(tmp_path, models=1, modes=["vanilla"], max_total_tokens=10_000_000) as sweep:
        assert [result.settings.max_total_tokens for result in sweep.run()] == [10_000_000] * 3
        assert isinstance(sweep.sweep().runs[0], RunSettings)
