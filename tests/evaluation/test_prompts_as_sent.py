"""Every prompt is complete: a model that is never shown the JSON schema knows the form, the tags and an example."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from social_world_model.choices import Wire
from social_world_model.evaluation.judging import JUDGE, Judgement, LLMJudge
from social_world_model.generation_utils import LanguageModel
from social_world_model.generation_utils.answerer import LanguageModelAnswerer
from social_world_model.generation_utils.asking import DirectAsk
from social_world_model.generation_utils.model import Sampling
from social_world_model.generation_utils.output_parsers import format_instructions, written_form
from social_world_model.generation_utils.replies import Foretelling, PlainAnswer, ReasonedAnswer, Retelling
from social_world_model.s3ap.tag_table import NOTHING, TAGS, UNKNOWN_TAG, Tag
from social_world_model.s3ap.validation import errors_of
from social_world_model.s3ap.wire_forms import WIRE_FORMS
from social_world_model.symbolic import parse_narrative
from social_world_model.world_model import ContextOutputParser, LanguageModelParser
from social_world_model.world_model.imagining import Imagination
from social_world_model.world_model.parsing import PARSE, TAGS_TO_WRITE, Critique, wire_text
from social_world_model.world_model.step_prompts import NEXT, NextMoment
from social_world_model.world_model.worked_example import CONTEXT, NARRATIVE
from tests.generation_utils.endpoint import QUERIES, Endpoint, Sent, custom, quick, refused, said

TIERS = {"native": [], "json": ["json_schema"], "prompt": ["json_schema", "json_object"]}
STORY = "Ben and Ida are in the garage. The wrench is in the crate. Ida left the garage."
EXAMPLE_TOKENS, CHARS_PER_TOKEN = 150, 4


def sent(monkeypatch: pytest.MonkeyPatch, tier: str, reply: Any, work: Any) -> tuple[str, dict[str, Any] | None]:
    """Return the prompt, and the response format, of the request that the endpoint accepted."""

    def answer(body: dict[str, Any], token: str) -> Sent:
        kind = body.get("response_format", {}).get("type")
        return refused(400, f"response_format {kind} is not supported") if kind in TIERS[tier] else said(reply)

    with Endpoint(answer) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)

        async def asked() -> None:
            try:
                await work(model)
            finally:
                await model.close()

        asyncio.run(asked())
    body = endpoint.bodies[-1]
    return body["messages"][0]["content"], body.get("response_format")


def check_beside(tier: str, beside: dict[str, Any] | None) -> None:
    """Check what is sent next to the prompt: a mask without words, JSON mode, or nothing."""
    if tier == "prompt":
        assert beside is None
    else:
        assert beside is not None
        assert beside["type"] == {"native": "json_schema", "json": "json_object"}[tier]
        assert "description" not in json.dumps(beside)


def check_legend(prompt: str, tags: tuple[Tag, ...], *, short: bool) -> None:
    for tag in tags:
        assert f"{tag.written(short=short)}: {tag.description}" in prompt


def example_in(prompt: str, reply: str) -> None:
    """Check that a worked example with this reply is in a prompt, and that the example is short."""
    start = prompt.index("Example ")
    end = prompt.index(reply) + len(reply)
    assert end - start <= EXAMPLE_TOKENS * CHARS_PER_TOKEN


@pytest.mark.parametrize("wire", get_args(Wire))
@pytest.mark.parametrize("tier", TIERS)
def test_a_parse_prompt_has_the_form_the_tags_and_an_example(
    monkeypatch: pytest.MonkeyPatch, tier: str, wire: Wire
) -> None:
    reply = wire_text(parse_narrative(STORY)[0], wire)

    def parse(model: LanguageModel) -> Coroutine[Any, Any, Any]:
        return LanguageModelParser(model, quick(), wire=wire).parse(STORY)

    prompt, beside = sent(monkeypatch, tier, reply, parse)
    form = WIRE_FORMS[wire]
    assert prompt.startswith(format_instructions(form.shape))
    check_legend(prompt, TAGS_TO_WRITE, short=form.short_tags)
    assert f"Example narrative: {NARRATIVE}\n" in prompt
    example_in(prompt, wire_text(CONTEXT, wire))
    assert prompt.endswith(f"Narrative:\n{STORY}")
    check_beside(tier, beside)


@pytest.mark.parametrize("tier", TIERS)
def test_a_step_prompt_has_the_form_the_tags_and_an_example(monkeypatch: pytest.MonkeyPatch, tier: str) -> None:
    context = parse_narrative(STORY)[0]
    cast = context.agents_names
    entries = [f"{name}: none" for name in cast]
    reply = json.dumps({"actions": [f"{cast[0]}: waits", *entries[1:]], "state": "none", "observations": entries})

    def step(model: LanguageModel) -> Coroutine[Any, Any, Any]:
        return Imagination(DirectAsk(model=model, calls=quick(), sampling=Sampling())).step(context)

    prompt, beside = sent(monkeypatch, tier, reply, step)
    assert prompt.startswith(format_instructions(NextMoment))
    check_legend(prompt, TAGS, short=True)
    example_in(prompt, NEXT.sections[2].text.partition("Example reply: ")[2])
    check_beside(tier, beside)


@pytest.mark.parametrize("tier", TIERS)
def test_a_judge_prompt_has_the_form_the_words_and_an_example(
    monkeypatch: pytest.MonkeyPatch, tier: str, tmp_path: Path
) -> None:
    context = parse_narrative(STORY)[0]
    cells = len(context.agents_names) * len(context.socialized_context)

    def judge(model: LanguageModel) -> Coroutine[Any, Any, Any]:
        return LLMJudge(model, quick(), tmp_path).judge(STORY, context)

    prompt, beside = sent(monkeypatch, tier, json.dumps({"faults": [], "checked": cells}), judge)
    assert prompt.startswith(format_instructions(Judgement))
    check_legend(prompt, (UNKNOWN_TAG, NOTHING), short=False)
    example_in(prompt, JUDGE.sections[2].text.partition("Example reply: ")[2])
    check_beside(tier, beside)


@pytest.mark.parametrize("tier", TIERS)
def test_a_question_has_the_form_of_its_reply(monkeypatch: pytest.MonkeyPatch, tier: str) -> None:
    def ask(model: LanguageModel) -> Coroutine[Any, Any, Any]:
        return LanguageModelAnswerer(model, quick()).answer(QUERIES[0])

    prompt, beside = sent(monkeypatch, tier, '{"reasoning": "r", "answer": "box"}', ask)
    assert prompt.startswith(format_instructions(ReasonedAnswer))
    check_beside(tier, beside)


@pytest.mark.parametrize(
    "shape", [ReasonedAnswer, PlainAnswer, Retelling, Foretelling, Critique, NextMoment, Judgement]
)
def test_a_written_form_names_every_field(shape: type[BaseModel]) -> None:
    assert all(f'"{name}": ' in written_form(shape) for name in shape.model_fields)


@pytest.mark.parametrize("wire", get_args(Wire))
def test_the_worked_example_is_a_valid_context_and_the_prompt_contains_it_in_the_wire_form(wire: Wire) -> None:
    assert not errors_of(CONTEXT)
    (text,) = (section.text for section in PARSE[wire].sections if section.name == "built-in example")
    assert ContextOutputParser(NARRATIVE, wire).parse(text.partition("Example reply: ")[2]) == CONTEXT


def test_the_worked_example_of_the_judge_is_a_judgement_of_it() -> None:
    reply = Judgement.model_validate_json(JUDGE.sections[2].text.partition("Example reply: ")[2])
    assert reply.checked == len(CONTEXT.agents_names) * len(CONTEXT.socialized_context)
    assert {fault.agent for fault in reply.faults} < set(CONTEXT.agents_names)
