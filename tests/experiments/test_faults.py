"""Whatever an endpoint does: all is answered, nothing is invented, and nothing wrong is saved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from social_world_model.experiments import RunResult
from social_world_model.modes import mode_names
from social_world_model.reports import make_report
from tests.experiments.served import served, stored_results

STORIES = 100
QUESTIONS = 2
TRANSPORT = "429=0.05,500=0.05,drop=0.05,cut=0.05"
CONTENT = "truncated=0.05,prose=0.05,fences=0.05,missing=0.05,empty=0.05,trailing=0.05"


def all_right(result: RunResult) -> None:
    assert result.stopped is None
    overall = make_report(result).overall
    assert (overall.right, overall.failed) == (overall.n, 0), result.errors


@pytest.mark.parametrize("fault", [part.split("=")[0] for part in f"{TRANSPORT},{CONTENT}".split(",")])
def test_a_fault_in_twenty_calls_changes_no_answer(tmp_path: Path, fault: str) -> None:
    with served(tmp_path, STORIES, QUESTIONS, faults=f"{fault}=0.05") as runs:
        all_right(runs.run(batch_size=16))
        assert sum(entry.fault == fault for entry in runs.server.log) >= 4


def test_all_faults_together_change_no_answer_and_no_context(tmp_path: Path) -> None:
    with served(tmp_path, STORIES, QUESTIONS, faults=f"{TRANSPORT},truncated=0.03,prose=0.03,fences=0.05") as runs:
        result = runs.run(mode="socialized_context", batch_size=16)
    all_right(result)
    with served(tmp_path / "calm", STORIES, QUESTIONS) as calm:
        calm_results = stored_results(calm.run(mode="socialized_context"))
    for index, stored in stored_results(result).items():
        assert stored["answer"] == calm_results[index]["answer"]
        assert stored["socialized_context"] == calm_results[index]["socialized_context"]


def test_a_hang_costs_its_own_call_the_timeout_and_holds_no_other(tmp_path: Path) -> None:
    with served(tmp_path, 50, 2, faults="hang=0.05", latency="constant:0.01") as runs:
        result = runs.run(batch_size=8, timeout=2.0)
        all_right(result)
        log = runs.server.log
        hung = [entry for entry in log if entry.fault == "hang"]
        assert len(hung) >= 2
        for one in hung:  # others come and go before it is asked again
            again = next(entry for entry in log[one.number + 1 :] if entry.row == one.row)
            assert again.number - one.number > 5


@pytest.mark.parametrize(
    "personality", ["always_fences", "no_schema_400", "ignores_schema", "integers", "strict", "no_temperature"]
)
@pytest.mark.parametrize("mode", ["vanilla", "socialized_context"])
def test_an_endpoint_with_habits_of_its_own_is_understood(tmp_path: Path, personality: str, mode: str) -> None:
    with served(tmp_path, 20, 2, personalities=[personality]) as runs:
        all_right(runs.run(mode=mode))


@pytest.mark.parametrize(
    ("personality", "most", "says"),
    [
        ("unauthorised", 8, "HTTP 401"),
        ("quota", 8, "quota"),
        ("not_found", 8, "does not exist"),
        ("too_long", 30, "maximum context length"),
        ("always_500", 60, "HTTP 500"),
    ],
)
def test_an_endpoint_that_takes_nothing_stops_the_run_after_a_few_calls(
    tmp_path: Path, personality: str, most: int, says: str
) -> None:
    with served(tmp_path, 50, 2, personalities=[personality]) as runs:
        result = runs.run(mode="socialized_context")
        assert result.stopped is not None
        assert says in result.stopped
        assert len(runs.server.log) <= most
        assert result.not_asked >= 50
        assert all(stored["status"] == "error" and "answer" not in stored for stored in stored_results(result).values())
        assert json.loads((result.folder / "run.json").read_text())["stopped"] == result.stopped  # type: ignore[operator]
    with served(tmp_path, 50, 2) as healthy:
        name = healthy.settings.model_name
        again = healthy.run(mode="socialized_context", model_name=name, context_model=name)
        assert again.kept == 0
        all_right(again)


def test_a_dead_endpoint_stops_the_run_with_nothing_saved_as_an_answer(tmp_path: Path) -> None:
    with served(tmp_path, 6, 2) as runs:
        gone = "custom/oracle@http://127.0.0.1:9/v1"
        result = runs.run(model_name=gone, context_model=gone)
        assert result.stopped is not None
        assert "no connection" in result.stopped
        assert stored_results(result) == {}
        assert runs.server.log == []


def test_an_endpoint_that_dies_under_way_keeps_what_was_answered(tmp_path: Path) -> None:
    with served(tmp_path, 40, 2, latency="constant:0.01") as runs:
        settings = runs.settings
        half = runs.run(limit=40)
        all_right(half)
    result = runs.run()  # the server is gone
    assert result.stopped is not None
    assert result.kept == 40
    assert set(stored_results(result)) == set(stored_results(half))
    assert settings.dataset_path is not None


def test_a_refusal_is_a_record_of_its_own_and_is_not_asked_again(tmp_path: Path) -> None:
    with served(tmp_path, 5, 2, personalities=["refuses:really"]) as runs:
        first = runs.run()
        refused = [stored for stored in stored_results(first).values() if stored["status"] == "refused"]
        assert refused
        assert all("refused to answer" in stored["error"] and "is_correct" not in stored for stored in refused)
        calls = len(runs.server.log)
        assert runs.run().kept == 10
        assert len(runs.server.log) == calls


def test_a_reply_that_is_never_readable_is_unparsable_with_its_raw_text(tmp_path: Path) -> None:
    with served(tmp_path, 2, 1, faults="prose=1.0") as runs:
        result = runs.run()
        assert {stored["status"] for stored in stored_results(result).values()} == {"unparsable"}
        for stored in stored_results(result).values():
            assert stored["raw"]
            assert "answer" not in stored or stored["answer"] is None
            assert "could not be read" in stored["error"]
            assert stored["usage"]["requests"] == 5


def test_a_context_that_lacks_an_actor_is_never_stored(tmp_path: Path) -> None:
    with served(tmp_path, 3, 2, faults="wrong_names=1.0") as runs:
        result = runs.run(mode="socialized_context")
        stored: list[Any] = [stored for stored in stored_results(result).values() if "socialized_context" in stored]
        assert stored == []
        assert {stored["status"] for stored in stored_results(result).values()} == {"unparsable"}
        assert sum(stored["usage"]["requests"] for stored in stored_results(result).values()) == 15
        assert all("is missing" in stored["error"] for stored in stored_results(result).values())
        assert not list((tmp_path / "out").rglob("*_context*/[0-9]*.json")) or stored == []


@pytest.mark.parametrize("mode", sorted({*mode_names()} - {"options_only"}))
def test_every_mode_runs_with_a_language_model(tmp_path: Path, mode: str) -> None:
    with served(tmp_path, 3, 6) as runs:
        result = runs.run(mode=mode)
        assert result.failed == 0, result.errors
        statuses = {stored["status"] for stored in stored_results(result).values()}
        assert statuses == ({"parsed"} if mode == "generate_socialized_context" else {"answered"})


def test_no_key_is_written_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "sk-very-secret-0123456789"
    monkeypatch.setenv("CUSTOM_API_KEY", key)
    problems: list[str] = []
    for number, personality in enumerate(["unauthorised", "strict"]):
        folder = tmp_path / str(number)
        folder.mkdir()
        with served(folder, 3, 2, personalities=[personality]) as runs:
            result = runs.run(mode="socialized_context")
            problems += [*result.errors, str(result.stopped), *result.notes, repr(result)]
            assert runs.server.log[0].body is not None
    assert "HTTP 401" in "".join(problems)
    written = "".join(path.read_text() for path in tmp_path.rglob("*.json*") if path.is_file())
    assert key not in written
    assert key not in "".join(problems)
