"""What decides a reply is in the keys of stored results; what a version before stored is found by its own keys."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from social_world_model.contracts import Item, ModelConfig, Query, Reply
from social_world_model.evaluation.judging import ACTION, JUDGE, JUDGE_SAMPLING, OBSERVATION, STEP, judge_config
from social_world_model.experiments import Run, RunSettings
from social_world_model.experiments.models import Models
from social_world_model.generation_utils import Calls, LanguageModel, configs, model_by_name
from social_world_model.generation_utils.answerer import LanguageModelAnswerer
from social_world_model.generation_utils.model import Sampling
from social_world_model.generation_utils.output_parsers import FORM, RETRY
from social_world_model.generation_utils.prompts import PROMPTS, register_prompt
from social_world_model.generation_utils.sections import PromptSpec, Section
from social_world_model.modes import MODES, DirectMode, Session, get_mode, query_of, register_mode
from social_world_model.runs.keys import context_key, fingerprint
from social_world_model.symbolic.model import SymbolicModel
from social_world_model.world_model import LanguageModelParser
from social_world_model.world_model.parsing import CORRECTION, CRITIQUE, PARSE
from tests.generation_utils.changes import changes

PARSING, JUDGING = "social_world_model.world_model.parsing", "social_world_model.evaluation.judging"
Configured = Callable[[], ModelConfig]


@pytest.fixture
def model(tmp_path: Path) -> LanguageModel:
    path = tmp_path / "none.jsonl"
    path.write_text('{"reply": "x"}', encoding="utf-8")
    return model_by_name(f"scripted/{path}")


def assert_new(config: ModelConfig, than: ModelConfig, change: str) -> None:
    """Check that nothing that is stored under one configuration is found under another."""
    now, before = fingerprint(config), fingerprint(than)
    assert now != before, change
    assert context_key("N", "G", "m", now) != context_key("N", "G", "m", before), change


@pytest.mark.parametrize("task", ["answer", "recount", "foresee"])
def test_any_change_of_a_prompt_for_queries_or_of_its_replies_is_a_new_key(model: LanguageModel, task: str) -> None:
    plain = LanguageModelAnswerer(model, Calls()).config
    number = 0
    for change, prompt in changes(PROMPTS.get(task)):
        answerer = LanguageModelAnswerer(model, Calls())
        answerer.prompts = {**answerer.prompts, task: prompt}
        assert_new(answerer.config, plain, change)
        number += 1
    assert number > 20


@pytest.mark.parametrize("name", ["PARSE", "CRITIQUE", "CORRECTION"])
def test_any_change_of_what_a_parser_sends_or_asks_for_is_a_new_key(
    model: LanguageModel, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    plain = LanguageModelParser(model, Calls(), critique=True).config
    prompts = {"PARSE": PARSE["standard"], "CRITIQUE": CRITIQUE, "CORRECTION": CORRECTION}
    for change, prompt in changes(prompts[name]):
        monkeypatch.setattr(f"{PARSING}.{name}", {"standard": prompt} if name == "PARSE" else prompt)
        assert_new(LanguageModelParser(model, Calls(), critique=True).config, plain, change)


@pytest.mark.parametrize("name", ["JUDGE", "STEP", "OBSERVATION", "ACTION"])
def test_any_change_of_what_a_judge_is_told_or_asked_for_is_a_new_key(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    plain = fingerprint(judge_config())
    prompts: dict[str, PromptSpec[Any]] = {"JUDGE": JUDGE, "STEP": STEP, "OBSERVATION": OBSERVATION, "ACTION": ACTION}
    for change, prompt in changes(prompts[name]):
        monkeypatch.setattr(f"{JUDGING}.{name}", prompt)
        assert fingerprint(judge_config()) != plain, change


@pytest.mark.parametrize("name", ["form", "retry"])
def test_any_change_of_what_goes_with_every_form_is_a_new_key(
    model: LanguageModel, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    made: list[Configured] = [
        lambda: LanguageModelAnswerer(model, Calls()).config,
        lambda: LanguageModelParser(model, Calls()).config,
        judge_config,
    ]
    plain = [make() for make in made]
    for change, prompt in changes({"form": FORM, "retry": RETRY}[name]):
        monkeypatch.setattr(configs, "SHARED", {"form": FORM, "retry": RETRY, name: prompt})
        for make, before in zip(made, plain, strict=True):
            assert_new(make(), before, change)


def other_samplings(sampling: Sampling) -> Iterator[Sampling]:
    for field in fields(sampling):
        for value in (None, 1, 0.25):
            if getattr(sampling, field.name) != value:
                more: dict[str, Any] = {field.name: value}
                yield replace(sampling, **more)


def test_any_change_of_a_sampling_value_is_a_new_key(model: LanguageModel) -> None:
    sampling = Sampling(temperature=0.5, max_output_tokens=7, seed=3)
    makers = (LanguageModelAnswerer, LanguageModelParser)
    for other in other_samplings(sampling):
        for make in makers:
            assert_new(make(model, Calls(), other).config, make(model, Calls(), sampling).config, str(other))
    plain = fingerprint(judge_config())
    for other in other_samplings(JUDGE_SAMPLING):
        assert fingerprint(judge_config(other)) != plain


class Short(BaseModel):
    """An answer in short."""

    short: str


class Hasty(DirectMode):
    """Asks with a prompt of its own."""

    tasks = ("test_hasty",)

    async def run(self, item: Item, session: Session) -> Reply:
        return await session.ask(replace(query_of(item), task="test_hasty", narrative=item.narrative))


def test_a_mode_with_a_prompt_of_its_own_runs_and_changes_no_other_modes_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def configured(mode: str) -> str:
        return fingerprint(Models(replace(settings, mode=mode), get_mode(mode)).configs()[0])

    script = tmp_path / "script.jsonl"
    script.write_text('{"when": "Be quick", "reply": {"short": "basket"}}', encoding="utf-8")
    settings = RunSettings(benchmark="tomi", model_name=f"scripted/{script}", limit=2, output_dir=tmp_path)
    before = configured("vanilla")
    for registry in (PROMPTS, MODES):  # what is registered here must not be seen by other tests
        monkeypatch.setattr(registry, "_values", {name: registry.get(name) for name in registry.names()})
    task: Section[Query] = Section(name="task", text="Be quick: {question}")
    register_prompt("test_hasty", PromptSpec(sections=(task,), reply=Short, field="short"))
    register_mode(Hasty(name="test_hasty"))
    assert configured("vanilla") == before != configured("test_hasty")
    result = asyncio.run(Run(replace(settings, mode="test_hasty")).execute())
    assert [outcome.status for outcome in result.outcomes] == ["answered"] * 2


TEXTS = st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=3)
SCHEMAS = st.dictionaries(st.text(max_size=3), st.dictionaries(st.text(max_size=2), st.integers()), max_size=2)
SETTINGS = st.dictionaries(st.sampled_from(["temperature", "seed"]), st.none() | st.integers(0, 3), max_size=2)
CONFIGS = st.builds(ModelConfig, prompts=TEXTS, schemas=SCHEMAS, settings=SETTINGS)


@given(one=CONFIGS, other=CONFIGS)
def test_configurations_have_one_fingerprint_only_if_they_send_the_same(one: ModelConfig, other: ModelConfig) -> None:
    def sent(config: ModelConfig) -> Any:
        asked = [(name, list(schema.items())) for name, schema in config.schemas.items()]
        settings = {name: value for name, value in config.settings.items() if value is not None or not asked}
        return (list(config.prompts.items()) if asked else config.prompts), asked, settings

    assert (fingerprint(one) == fingerprint(other)) == (sent(one) == sent(other))


def test_a_setting_that_is_not_sent_leaves_a_key_as_it_is() -> None:
    config = ModelConfig(prompts={"a": "A"}, schemas={"B": {"type": "object"}}, settings={"seed": 1})
    assert fingerprint(config) == fingerprint(replace(config, settings={"seed": 1, "top_p": None}))


def test_nothing_has_no_fingerprint() -> None:
    assert fingerprint(ModelConfig()) == ""


def test_the_symbolic_models_keys_are_those_of_schema_1_under_the_same_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("social_world_model.symbolic.model.RULES", "2")
    monkeypatch.setattr("social_world_model.symbolic.model.version", lambda: "")  # no reader of ordinary English
    key = "cb91a99dc28d802da80feb5c"
    assert fingerprint(SymbolicModel().config) == key
    assert context_key("N", "G", "symbolic", key) == "384669c039b4b602097ed1dc"


def test_other_rules_and_another_reader_of_english_are_other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    now = fingerprint(SymbolicModel().config)
    assert now != fingerprint(SymbolicModel(reader="template").config)
    monkeypatch.setattr("social_world_model.symbolic.model.version", lambda: "en_core_web_sm 1.0.0")
    assert fingerprint(SymbolicModel().config) != now
    monkeypatch.setattr("social_world_model.symbolic.model.RULES", "2")
    assert fingerprint(SymbolicModel(reader="template").config) != now
