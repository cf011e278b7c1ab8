"""What a run does with language models: how many calls, what is kept, what it costs."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from social_world_model.errors import ConfigurationError, GenerationError
from social_world_model.experiments import Estimate, Run, RunResult, RunSettings, estimate
from social_world_model.generation_utils.calls import Calls
from social_world_model.reports import make_report
from tests.experiments.served import Served, served, stored_results


def manifest(result: RunResult) -> dict[str, Any]:
    assert result.folder is not None
    data: dict[str, Any] = json.loads((result.folder / "run.json").read_text())
    return data


def prompts(runs: Served, kind: str) -> list[str]:
    bodies = [entry.body for entry in runs.server.log if entry.kind == kind]
    return [body["messages"][0]["content"] for body in bodies if body is not None]


def test_twenty_stories_of_five_questions_make_twenty_parses(tmp_path: Path) -> None:
    with served(tmp_path, 20, 5) as runs:
        result = runs.run(mode="socialized_context")
        assert (runs.count("parse"), runs.count("answer")) == (20, 100)
        assert (result.contexts_made, result.failed) == (20, 0)


def test_generating_contexts_is_one_request_a_story_and_a_second_run_makes_none(tmp_path: Path) -> None:
    with served(tmp_path, 10, 5) as runs:
        runs.run(mode="generate_socialized_context", model_name="symbolic")
        assert (runs.count("parse"), runs.count("answer")) == (10, 0)
        runs.run(mode="generate_socialized_context", model_name="symbolic")
        assert runs.count("parse") == 10
        runs.run(mode="perspective")
        assert runs.count("parse") == 10


def test_contexts_of_another_wording_or_example_are_made_again(tmp_path: Path) -> None:
    with served(tmp_path, 4, 2) as runs:
        runs.run(mode="socialized_context")
        runs.run(mode="socialized_context", example="Story: … Context: …")
        assert runs.count("parse") == 8
        assert "Story: … Context: …" in prompts(runs, "parse")[-1]
        assert runs.run(mode="socialized_context", example="Story: … Context: …").kept == 8


def test_a_context_is_shown_in_the_form_that_is_asked_for_and_answers_to_other_forms_are_not_reused(
    tmp_path: Path,
) -> None:
    shown = {"json": '"agents_names":', "compact": "agents: ", "text": "Step 1."}
    with served(tmp_path, 2, 1) as runs:
        seen = {}
        for form in shown:
            result = runs.run(mode="socialized_context", context_form=form)
            assert result.kept == 0
            assert runs.run(mode="socialized_context", context_form=form).kept == 2
            seen[form] = prompts(runs, "answer")[-1]
        assert runs.count("parse") == 2
    for form, mark in shown.items():
        assert [mark in seen[other] for other in shown] == [other == form for other in shown], seen[form]


def test_the_manifest_says_what_was_asked_of_whom_and_what_it_took(tmp_path: Path) -> None:
    with served(tmp_path, 3, 2) as runs:
        result = runs.run(mode="socialized_context", seed=5)
        said = manifest(result)
        used = {role: usage.requests for role, usage in result.usage.items()}
        assert used == {"context": 3, "answer": 6}
        assert said["usage"]["answer"]["requests"] == 6
        assert said["usage"]["total"]["requests"] == 9
        assert said["usage"]["total"]["cost"] is None
        assert said["settings"]["models"]["context"]["temperature"] == 0.7
        sampling = said["settings"]["models"]["answer"]
        assert {name: value for name, value in sampling.items() if value is not None} == {"temperature": 0.0, "seed": 5}
        assert set(said["prompts"]) == {"answer", "context"}
        assert all(len(one["hash"]) == 24 and one["text"] for one in said["prompts"]["answer"].values())
        bodies = {entry.kind: entry.body for entry in runs.server.log}
        assert {kind: body["temperature"] for kind, body in bodies.items() if body} == {"parse": 0.7, "answer": 0}
        assert all(body["seed"] == 5 for body in bodies.values() if body)


def test_a_continued_run_adds_up_what_both_took(tmp_path: Path) -> None:
    with served(tmp_path, 4, 2) as runs:
        runs.run(limit=4)
        again = runs.run()
        assert again.usage["answer"].requests == 4
        assert manifest(again)["usage"]["answer"]["requests"] == 8
        assert manifest(runs.run(continue_mode="new"))["usage"]["answer"]["requests"] == 8


def test_replies_are_kept_as_they_came(tmp_path: Path) -> None:
    with served(tmp_path, 2, 2, personalities=["always_fences"]) as runs:
        result = runs.run(mode="socialized_context")
        for stored in stored_results(result).values():
            assert "```json" in stored["raw"]
            assert stored["finish_reason"] == "stop"
            assert stored["reasoning"]
            assert stored["usage"]["input_tokens"] > 100
        made = runs.run(mode="generate_socialized_context", model_name="symbolic", output_dir=tmp_path / "made")
        assert all("```json" in stored["raw"] for stored in stored_results(made).values() if stored.get("raw"))


def test_several_samples_are_drawn_warm_and_all_kept(tmp_path: Path) -> None:
    with served(tmp_path, 2, 2) as runs:
        result = runs.run(samples=3, seed=7)
        assert runs.count("answer") == 12
        bodies = [entry.body for entry in runs.server.log if entry.body]
        assert {body["temperature"] for body in bodies} == {0.7}
        assert {body["seed"] for body in bodies} == {7, 8, 9}
        for stored in stored_results(result).values():
            assert [sample["status"] for sample in stored["samples"]] == ["answered"] * 3
            assert stored["usage"]["requests"] == 3
        assert runs.run(samples=3, seed=7).kept == 4
        assert runs.run(samples=2, seed=7).kept == 0


def test_several_contexts_of_a_story_are_made_once_each_and_kept(tmp_path: Path) -> None:
    with served(tmp_path, 3, 2) as runs:
        result = runs.run(mode="pure_context", context_samples=2, samples=2)
        assert (runs.count("parse"), runs.count("answer")) == (6, 24)
        assert all(len(stored["samples"]) == 4 for stored in stored_results(result).values())
        runs.run(mode="perspective", context_samples=3)
        assert runs.count("parse") == 9
        runs.run(mode="perspective")
        assert runs.count("parse") == 9


def test_the_answer_given_most_often_counts_and_failures_have_no_vote(tmp_path: Path) -> None:
    script = tmp_path / "script.jsonl"
    replies = ['{"reasoning": "", "answer": "box"}', '{"reasoning": "", "answer": "The Basket."}',
               '{"reasoning": "", "answer": "basket"}', '{"reasoning": "", "answer": ""}']  # fmt: skip
    script.write_text(json.dumps({"reply": replies}))
    data = tmp_path / "one.jsonl"
    data.write_text(json.dumps({"index": 1, "story": "S.", "question": "Where is it?", "answer": "basket"}))
    settings = RunSettings(
        benchmark="tomi", dataset_path=data, output_dir=tmp_path, model_name=f"scripted/{script}", samples=5
    )
    result = asyncio.run(Run(settings).execute())
    (stored,) = stored_results(result).values()
    assert (stored["status"], stored["answer"], stored["is_correct"]) == ("answered", "The Basket.", True)
    assert [sample["status"] for sample in stored["samples"]] == ["answered"] * 3 + ["unparsable"] * 2


def test_a_stopped_item_of_two_calls_is_not_paid_for_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(tmp_path, 3, 6) as runs:
        runs.run(mode="simtom", output_dir=tmp_path / "undisturbed")
        undisturbed = len(runs.server.log)
        runs.server.reset()
        complete = Calls.complete

        async def dies(self: Calls, *words: Any, **named: Any) -> Any:
            if len(runs.server.log) >= 9:
                raise KeyboardInterrupt
            return await complete(self, *words, **named)

        with monkeypatch.context() as patch:
            patch.setattr(Calls, "complete", dies)
            with pytest.raises(KeyboardInterrupt):
                runs.run(mode="simtom", batch_size=1)
        assert len(runs.server.log) == 9
        folder = tmp_path / "out"
        assert list(folder.rglob("unfinished.jsonl"))
        result = runs.run(mode="simtom", batch_size=1)
        assert result.failed == 0
        assert len(runs.server.log) == undisturbed, "something was asked, and paid for, twice"
        assert not list(folder.rglob("unfinished.jsonl"))
        assert all(stored["usage"]["requests"] in (1, 2) for stored in stored_results(result).values())


def test_a_draw_that_failed_is_asked_again_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    complete = Calls.complete

    async def fails_once(self: Calls, model: Any, prompt: Any, *role: Any) -> Any:
        if prompt.seed == 3:
            raise GenerationError("the line broke")
        return await complete(self, model, prompt, *role)

    with served(tmp_path, 2, 1) as runs:
        with monkeypatch.context() as patch:
            patch.setattr(Calls, "complete", fails_once)
            first = runs.run(samples=4, seed=1)
        assert len(runs.server.log) == 6
        for stored in stored_results(first).values():
            assert (stored["status"], stored["error"]) == ("error", "the line broke")
            assert [sample["status"] for sample in stored["samples"]] == ["answered", "answered", "error", "answered"]
        again = runs.run(samples=4, seed=1)
        assert (len(runs.server.log), again.failed) == (8, 0)
        assert all(stored["usage"]["requests"] == 4 for stored in stored_results(again).values())
        assert not list((tmp_path / "out").rglob("unfinished.jsonl"))


def test_contexts_outvoted_or_not_are_never_paid_for_again(tmp_path: Path) -> None:
    with served(tmp_path, 3, 2) as runs:
        for mode in ("pure_context", "socialized_context"):
            first = runs.run(mode=mode, context_samples=3)
            assert first.failed == 0
            calls = len(runs.server.log)
            assert runs.run(mode=mode, context_samples=3).kept == 6
            assert len(runs.server.log) == calls


def test_contexts_moved_aside_are_found_again_even_after_a_stop(tmp_path: Path) -> None:
    with served(tmp_path, 4, 2) as runs:
        runs.run(mode="socialized_context", context_samples=2)
        assert runs.count("parse") == 8
        stopped = runs.run(mode="socialized_context", context_samples=2, continue_mode="new", max_total_tokens=1)
        assert stopped.stopped is not None
        assert runs.run(mode="socialized_context", context_samples=2).failed == 0
        runs.run(mode="socialized_context", context_samples=2, continue_mode="new")
        assert runs.count("parse") == 8


def test_a_context_is_shared_even_where_an_answer_lies_in_its_place(tmp_path: Path) -> None:
    with served(tmp_path, 3, 2) as runs:
        runs.run(mode="socialized_context")
        for mode in ("perspective", "pure_context"):
            runs.run(mode=mode, example="An example.")
        assert runs.count("parse") == 6


def test_a_refused_parse_is_a_refusal_and_is_paid_for_once(tmp_path: Path) -> None:
    script = tmp_path / "script.jsonl"
    script.write_text(
        '{"when": "Convert the narrative", "refuse": "No."}\n{"reply": {"reasoning": "", "answer": "box"}}'
    )
    data = tmp_path / "rows.jsonl"
    rows = [{"index": number, "story": "S.", "question": f"Where is it {number}?", "answer": "x"} for number in (1, 2)]
    data.write_text("\n".join(map(json.dumps, rows)))
    name = f"scripted/{script}"
    settings = RunSettings(
        benchmark="tomi",
        dataset_path=data,
        output_dir=tmp_path,
        mode="pure_context",
        model_name=name,
        context_model=name,
    )
    for mode in ("pure_context", "generate_socialized_context"):
        first = asyncio.run(Run(replace(settings, mode=mode)).execute())
        assert {stored["status"] for stored in stored_results(first).values()} == {"refused"}
        assert sum(stored["usage"]["requests"] for stored in stored_results(first).values()) == 1
        again = asyncio.run(Run(replace(settings, mode=mode)).execute())
        assert (again.kept, again.usage) == (2, {})


def test_a_wording_that_cannot_work_is_refused_before_anything_is_paid_for(tmp_path: Path) -> None:
    with served(tmp_path, 3, 6) as runs:
        for template in ("Read {narrative} {question}", "{question}{agent}{context}{narrative}{witnessed}"):
            with pytest.raises(ConfigurationError):
                runs.run(mode="simulation", prompt_template=template)
            with pytest.raises(ConfigurationError):
                asyncio.run(estimate(replace(runs.settings, mode="simulation", prompt_template=template)))
        assert runs.server.log == []
        whole = runs.run(mode="simulation", prompt_template="{agent} {memory} {narrative} {question}")
        assert whole.failed == 0


def test_a_dry_run_raises_what_the_run_would_and_counts_no_parse_that_nobody_needs(tmp_path: Path) -> None:
    with served(tmp_path, 3, 2) as runs:  # questions about reality
        told = asyncio.run(estimate(replace(runs.settings, mode="simulation")))
        assert set(told.roles) == {"answer"}
        with pytest.raises(ConfigurationError, match="expected questions with options"):
            asyncio.run(estimate(replace(runs.settings, mode="options_only")))


def test_an_interrupted_run_says_so_in_its_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def interrupted(*words: Any, **named: Any) -> Any:
        raise KeyboardInterrupt

    with served(tmp_path, 2, 1) as runs:
        monkeypatch.setattr(Calls, "complete", interrupted)
        with pytest.raises(KeyboardInterrupt):
            runs.run()
        (path,) = (tmp_path / "out").rglob("run.json")
        assert json.loads(path.read_text())["stopped"] == "interrupted"


def test_a_budget_of_tokens_stops_the_run_and_the_rest_is_asked_later(tmp_path: Path) -> None:
    with served(tmp_path, 10, 2) as runs:
        first = runs.run(max_total_tokens=2000, batch_size=2)
        assert first.stopped is not None
        assert first.stopped.startswith("max_total_tokens 2000 is spent")
        spent = first.usage["answer"]
        assert 2000 <= spent.input_tokens + spent.output_tokens <= 2000 + 2 * 500
        done = len(stored_results(first))
        assert 0 < done < 20
        rest = runs.run()
        assert (rest.kept, rest.failed) == (done, 0)
        assert len(runs.server.log) == 20


def test_a_budget_in_dollars_needs_prices(tmp_path: Path) -> None:
    with served(tmp_path, 2, 2) as runs, pytest.raises(ConfigurationError, match="max_total_tokens instead"):
        runs.run(max_cost=1.0)


def test_own_wording_is_sent_and_asked_again_when_it_changes(tmp_path: Path) -> None:
    with served(tmp_path, 2, 2) as runs:
        runs.run(prompt_template="Read {narrative}\nNow tell me: {question}")
        assert "\n\nRead " in prompts(runs, "answer")[0]
        assert runs.run(prompt_template="Read {narrative}\nNow tell me: {question}").kept == 4
        assert runs.run(prompt_template="Look at {narrative}\nNow tell me: {question}").kept == 0
        with pytest.raises(ConfigurationError, match=r"expected \{context\} in the prompt file"):
            runs.run(mode="socialized_context", prompt_template="Read {narrative}. {question}")
        with pytest.raises(ConfigurationError, match=r"got \{extra_info\}"):
            runs.run(prompt_template="{narrative} {question} {extra_info}")


def test_fields_of_contexts_can_be_left_out(tmp_path: Path) -> None:
    with served(tmp_path, 2, 1) as runs:
        runs.run(mode="pure_context", context_fields=("observations",))
        shown = prompts(runs, "answer")[0].split("Context:\n")[1]
        assert '"observations"' in shown
        assert '"state"' not in shown


def test_no_reasoning_is_asked_for_where_none_is_wanted(tmp_path: Path) -> None:
    with served(tmp_path, 1, 1) as runs:
        runs.run(mode="vanilla_no_reasoning")
        assert "reason" not in json.dumps(runs.server.log[0].body).casefold()


def test_the_options_of_a_question_without_options_cannot_be_shown(tmp_path: Path) -> None:
    with served(tmp_path, 1, 1) as runs, pytest.raises(ConfigurationError, match="expected questions with options"):
        runs.run(mode="options_only")


@pytest.mark.parametrize("mode", ["vanilla", "socialized_context", "simtom", "generate_socialized_context"])
def test_a_dry_run_counts_the_calls_that_the_run_makes(tmp_path: Path, mode: str) -> None:
    with served(tmp_path, 5, 6) as runs:
        settings = replace(runs.settings, mode=mode)
        if mode == "generate_socialized_context":
            settings = replace(settings, model_name="symbolic")
        told: Estimate = asyncio.run(estimate(settings))
        assert runs.server.log == []
        assert not settings.output_dir.exists()
        result = runs.run(mode=mode, model_name=settings.model_name)
        assert {role: usage.requests for role, usage in told.roles.items()} == {
            role: usage.requests for role, usage in result.usage.items()
        }
        for role, usage in result.usage.items():
            assert told.roles[role].input_tokens == pytest.approx(usage.input_tokens, rel=0.15)
        assert asyncio.run(estimate(settings)).roles == {}


def test_a_dry_run_knows_prices_and_needs_no_key(tmp_path: Path) -> None:
    settings = RunSettings(benchmark="tomi", model_name="gpt-4o-2024-08-06", output_dir=tmp_path)
    told = asyncio.run(estimate(settings))
    cost = told.total.cost
    assert cost is not None
    assert 0.1 < cost < 5


def test_two_runs_never_write_into_one_folder_at_a_time(tmp_path: Path) -> None:
    with served(tmp_path, 2, 1, latency="constant:0.2") as runs:

        async def both() -> list[Any]:
            first = asyncio.create_task(Run(runs.settings).execute())
            await asyncio.sleep(0.05)
            with pytest.raises(ConfigurationError, match="another process is writing to this folder"):
                await Run(runs.settings).execute()
            await Run(replace(runs.settings, mode="question_only")).execute()  # another folder
            return [await first]

        (result,) = asyncio.run(both())
        assert (result.failed, runs.run().kept) == (0, 2)


def test_a_key_that_an_endpoint_sends_back_is_not_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "sk-very-secret-0123456789"
    monkeypatch.setenv("CUSTOM_API_KEY", key)
    with served(tmp_path, 1, 1) as runs:
        monkeypatch.setattr("tests.server.oracle.REASONING", f"I was asked with {key}.")
        stored = stored_results(runs.run())["0"]
        assert stored["reasoning"] == "I was asked with [key]."
        assert key not in stored["raw"]


def test_progress_tells_of_calls_while_nothing_ends(tmp_path: Path) -> None:
    with served(tmp_path, 2, 1, latency="constant:1.2") as runs:
        seen: list[Any] = []
        asyncio.run(Run(runs.settings, seen.append).execute())
        assert any(now.in_flight == 2 and now.done == 0 and now.per_minute == 2 for now in seen)
        assert seen[-1].usage.input_tokens > 0


def test_a_run_of_a_scripted_model_costs_nothing(tmp_path: Path) -> None:
    script = tmp_path / "script.jsonl"
    script.write_text('{"reply": {"reasoning": "…", "answer": "box"}}')
    settings = RunSettings(benchmark="tomi", model_name=f"scripted/{script}", output_dir=tmp_path, limit=12)
    result = asyncio.run(Run(settings).execute())
    assert result.usage["answer"].cost == 0.0
    assert make_report(result).overall.failed == 0
