"""Answerers and parsers of one's own: objects in the place of the models that settings name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from social_world_model.contracts import ModelConfig, Parsed, Query, Reply
from social_world_model.errors import ConfigurationError, DatasetError, EndpointError, SocialWorldModelError
from social_world_model.experiments import Run, RunResult, RunSettings
from social_world_model.generation_utils import register_model
from social_world_model.generation_utils.names import MODELS
from social_world_model.generation_utils.sync import run_sync
from social_world_model.runs.manifest import read_manifest
from social_world_model.symbolic import SymbolicModel
from social_world_model.usage import Usage
from tests.experiments.fakes import FakeModel, write_rows


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what a test registers from other tests."""
    monkeypatch.setattr(MODELS, "_values", dict(MODELS._values))


class Own:
    """An answerer and parser that counts how many of its calls run at the same time."""

    config = ModelConfig()
    usable_modes: frozenset[str] | None = None

    def __init__(self, name: str = "own", reply: Callable[[Query], Any] | None = None) -> None:
        self.name = name
        self.reply = reply or (lambda query: Reply(response="box0", usage=Usage(requests=1, output_tokens=3)))
        self.running = self.most = self.asked = self.parsed = 0

    async def answer(self, query: Query) -> Any:
        self.asked += 1
        await self._work()
        return self.reply(query)

    async def parse(self, narrative: str, guidance: str = "") -> Parsed:
        self.parsed += 1
        await self._work()
        return await SymbolicModel().parse(narrative, guidance)

    async def _work(self) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        for _ in range(20):
            await asyncio.sleep(0)
        self.running -= 1


@pytest.fixture
def settings(tmp_path: Path) -> RunSettings:
    data = write_rows(tmp_path / "rows.jsonl", stories=6, questions=2)
    return RunSettings(benchmark="tomi", dataset_path=data, output_dir=tmp_path, batch_size=3)


def statuses(result: RunResult) -> list[str]:
    return sorted({outcome.status for outcome in result.outcomes})


def test_an_object_answers_and_its_results_are_stored_under_its_name_with_its_usage(settings: RunSettings) -> None:
    own = Own("me/mine")
    result = Run(settings, answerer=own).execute_sync()
    assert (own.asked, statuses(result)) == (12, ["answered"])
    assert result.folder == settings.output_dir / "tomi_results" / "vanilla_me" / "mine_rows.jsonl"
    assert result.usage == {"answer": Usage(requests=12, output_tokens=36)}
    assert read_manifest(result.folder)["usage"]["total"]["output_tokens"] == 36
    again = Own("me/mine")
    assert (Run(settings, answerer=again).execute_sync().kept, again.asked) == (12, 0)
    other = Own("me/mine")
    other.config = ModelConfig(settings={"version": 2})
    assert (Run(settings, answerer=other).execute_sync().kept, other.asked) == (0, 12)


@pytest.mark.parametrize("batch_size", [1, 3, 50])
def test_calls_of_objects_in_all_roles_together_are_bounded_by_batch_size(
    batch_size: int, settings: RunSettings
) -> None:
    own = Own()
    chosen = replace(settings, mode="socialized_context", batch_size=batch_size)
    Run(chosen, answerer=own, parsers=[own]).execute_sync()
    assert (own.parsed, own.asked) == (6, 12)
    assert own.most == min(batch_size, own.most)
    assert own.most > 1 or batch_size == 1


def test_each_context_of_a_story_is_from_a_parser_of_its_own(settings: RunSettings) -> None:
    parsers = [Own("first"), Own("second")]
    chosen = replace(settings, mode="pure_context", context_samples=2)
    result = Run(chosen, answerer=Own(), parsers=parsers).execute_sync()
    assert [parser.parsed for parser in parsers] == [6, 6]
    assert result.folder is not None
    assert result.folder.name.endswith("_first")


@pytest.mark.parametrize("number", [0, 1, 3])
def test_another_number_of_parsers_than_contexts_is_refused(number: int, settings: RunSettings) -> None:
    chosen = replace(settings, mode="pure_context", context_samples=2)
    with pytest.raises(ConfigurationError, match=rf"one parser per context sample \(2\), got {number}") as raised:
        Run(chosen, parsers=[Own()] * number)
    assert raised.value.parameters == ("parsers", "context_samples")


def test_one_parser_in_the_place_of_a_list_is_refused(settings: RunSettings) -> None:
    with pytest.raises(ConfigurationError, match="to be a list of Parser objects, got a single Parser"):
        Run(replace(settings, mode="pure_context"), parsers=Own())  # type: ignore[arg-type]


def without(name: str) -> Any:
    kept = {one: getattr(Own(), one) for one in ("name", "config", "usable_modes", "answer", "parse") if one != name}
    return type("Odd", (), kept)()


@pytest.mark.parametrize(
    ("answerer", "why"),
    [
        (without("name"), r"got Odd without name$"),
        (without("usable_modes"), r"got Odd without usable_modes$"),
        (without("answer"), r"got Odd without answer$"),
        (object(), r"got object without name, config, usable_modes, answer$"),
        ("gpt-4o", r"got str without name, config, usable_modes, answer$"),
        (Own, r"expected answerer to be an Answerer, got the class Own: pass an instance, Own\(\)"),
        (Own(""), r"expected answerer to have a name, got Own with name ''"),
    ],
)
def test_an_object_that_is_no_answerer_is_told_what_it_lacks(answerer: Any, why: str, settings: RunSettings) -> None:
    with pytest.raises(ConfigurationError, match=why) as raised:
        Run(settings, answerer=answerer)
    assert raised.value.parameters == ("answerer",)


def test_an_object_that_is_no_parser_is_told_what_it_lacks(settings: RunSettings) -> None:
    with pytest.raises(ConfigurationError, match=r"expected parsers to be Parser objects .* got Odd without parse"):
        Run(replace(settings, mode="pure_context"), parsers=[without("parse")])


def test_a_configuration_of_another_type_is_refused(settings: RunSettings) -> None:
    own = Own()
    own.config = {"version": 1}  # type: ignore[assignment]
    with pytest.raises(
        ConfigurationError, match="expected answerer to have a ModelConfig as its config, got Own with dict"
    ):
        Run(settings, answerer=own)


def test_wordings_for_language_models_mean_nothing_to_objects(settings: RunSettings) -> None:
    with pytest.raises(ConfigurationError, match="expected a language model for the setting prompt_template"):
        Run(replace(settings, prompt_template="{question}"), answerer=Own())
    with pytest.raises(ConfigurationError, match="expected a language model for the setting example"):
        Run(replace(settings, mode="pure_context", example="x"), answerer=Own(), parsers=[Own()])


def test_an_error_of_the_objects_own_is_that_items_error_and_the_others_are_answered(settings: RunSettings) -> None:
    def fussy(query: Query) -> Reply:
        if "ball1" in query.question:
            raise KeyError("no such\nthing")
        return Reply(response="box0")

    result = Run(settings, answerer=Own(reply=fussy)).execute_sync()
    assert (result.failed, len(result.outcomes), result.stopped) == (6, 12, None)
    assert "expected answer of own to return a Reply, got KeyError: 'no such\\nthing'" in result.errors[0]


def test_an_error_of_the_endpoint_that_an_object_raises_stops_the_run(settings: RunSettings) -> None:
    def down(query: Query) -> Reply:
        raise EndpointError("nobody is there")

    result = Run(settings, answerer=Own(reply=down)).execute_sync()
    assert (result.stopped, result.outcomes) == ("nobody is there", ())


def test_a_reply_of_another_type_ends_the_run_with_what_was_expected(settings: RunSettings) -> None:
    with pytest.raises(ConfigurationError, match="expected answer of own to return a Reply, got str"):
        Run(settings, answerer=Own(reply=lambda query: "box")).execute_sync()


def test_a_method_that_is_no_coroutine_function_is_named(settings: RunSettings) -> None:
    own = Own()
    own.answer = lambda query: Reply(response="box0")  # type: ignore[assignment, method-assign, return-value]
    with pytest.raises(ConfigurationError, match=r"expected answer of own to be a coroutine function \(async def\)"):
        Run(settings, answerer=own).execute_sync()


def test_a_context_with_errors_from_an_object_is_that_storys_error(settings: RunSettings) -> None:
    class Odd(Own):
        async def parse(self, narrative: str, guidance: str = "") -> Parsed:
            parsed = await super().parse(narrative, guidance)
            first, *others = parsed.context.socialized_context
            steps = [first.model_copy(update={"actions": {"Nobody": "sings"}}), *others]
            return replace(parsed, context=parsed.context.model_copy(update={"socialized_context": steps}))

    result = Run(replace(settings, mode="pure_context"), answerer=Own(), parsers=[Odd()]).execute_sync()
    assert result.failed == 12
    assert "expected a valid context from own" in result.errors[0]


def test_models_of_one_factory_have_the_names_that_users_typed_and_each_is_made_once(settings: RunSettings) -> None:
    made: list[str] = []

    def factory(name: str) -> Own:
        made.append(name)
        return Own("always the same")

    register_model("test_own", factory)
    chosen = replace(settings, mode="pure_context", context_model="test_own/a")
    folders = [Run(replace(chosen, model_name=f"test_own/{name}")).execute_sync().folder for name in "ab"]
    assert made == ["a", "b", "a"]
    names = ["pure_context_test_own/a_rows.jsonl_test_own/a", "pure_context_test_own/b_rows.jsonl_test_own/a"]
    assert folders == [settings.output_dir / "tomi_results" / name for name in names]


def test_an_object_that_cannot_do_what_is_asked_is_refused(settings: RunSettings) -> None:
    register_model("test_parser", lambda name: without("answer"))
    with pytest.raises(ConfigurationError, match="got Odd from the plug-in, which can only parse in a run"):
        Run(replace(settings, model_name="test_parser/x"))


def test_a_run_without_coroutines_returns_what_the_coroutine_does(settings: RunSettings) -> None:
    awaited = asyncio.run(Run(replace(settings, save=False), answerer=FakeModel()).execute())
    plain = Run(replace(settings, save=False), answerer=FakeModel()).execute_sync()
    assert plain.outcomes == awaited.outcomes
    assert len(plain.outcomes) == 12


def test_a_run_without_coroutines_works_where_a_loop_runs_already(settings: RunSettings) -> None:
    async def in_a_notebook() -> RunResult:
        return Run(settings, answerer=Own()).execute_sync()

    assert statuses(asyncio.run(in_a_notebook())) == ["answered"]


def test_a_run_without_coroutines_inside_another_one_says_what_to_use(settings: RunSettings) -> None:
    run = Run(settings, answerer=Own())

    async def nested() -> RunResult:
        return run.execute_sync()

    with pytest.raises(RuntimeError, match="`await` the async version"):
        run_sync(nested())


def test_a_run_without_coroutines_raises_what_the_run_raises(settings: RunSettings, tmp_path: Path) -> None:
    with pytest.raises(SocialWorldModelError, match="expected answer of own to return a Reply, got NoneType"):
        Run(settings, answerer=Own(reply=lambda query: None)).execute_sync()
    with pytest.raises(DatasetError):
        Run(replace(settings, dataset_path=tmp_path / "nowhere.jsonl"))
