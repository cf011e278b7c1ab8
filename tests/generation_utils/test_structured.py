from __future__ import annotations

import json
from typing import Any

import pytest

from social_world_model.errors import GenerationError, RefusalError, UnparsableOutputError
from social_world_model.generation_utils import LanguageModel, PydanticOutputParser, StrOutputParser
from social_world_model.generation_utils.model import Prompt
from social_world_model.generation_utils.output_parsers import OutputParser, format_instructions
from social_world_model.generation_utils.replies import ReasonedAnswer
from social_world_model.generation_utils.structured import ASKS, Generated, generate_until_fit
from social_world_model.usage import Usage
from tests.generation_utils.endpoint import Endpoint, Sent, custom, quick, refused, run, said

GOOD = said('{"reasoning": "She saw it.", "answer": "box"}')
FORM = format_instructions(ReasonedAnswer)
PARSER = PydanticOutputParser(pydantic_object=ReasonedAnswer)
PROMPT = Prompt(text="Where?", shape=ReasonedAnswer)


def generated(model: LanguageModel, prompt: Prompt = PROMPT, parser: OutputParser[Any] = PARSER) -> Generated[Any]:
    return run(model, generate_until_fit(model, prompt, parser, quick(), "answer"))


def texts(body: dict[str, Any]) -> list[str]:
    return [message["content"] for message in body["messages"]]


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        ("Somewhere.", "Your reply cannot be used: expected a JSON object, got none that is whole."),
        ("", "Your reply cannot be used: expected a JSON object"),
        ('{"reasoning": "She saw', "Your reply cannot be used: expected a JSON object, got none that is whole."),
        ('{"reasoning": "r"}', "Your reply cannot be used: answer: Field required."),
        (
            '{"reasoning": "r", "answer": ["box", "bag"]}',
            "Your reply cannot be used: answer: Input should be a valid string.",
        ),
    ],
)
def test_a_reply_that_does_not_fit_goes_back_to_the_same_model_with_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, bad: str, complaint: str
) -> None:
    with Endpoint(said(bad), GOOD) as endpoint:
        made = generated(custom(monkeypatch, endpoint.base_url))
    assert (made.value.answer, made.usage.requests) == ("box", 2)
    assert {body["model"] for body in endpoint.bodies} == {"oracle"}
    first, back, told = texts(endpoint.bodies[1])
    assert (first, back) == (f"{FORM}\n\nWhere?", bad or "(nothing)")
    assert told.startswith(complaint)


def test_only_the_last_reply_goes_back_after_what_was_there_before(monkeypatch: pytest.MonkeyPatch) -> None:
    prompt = Prompt(text="Where?", shape=ReasonedAnswer, retries=(("a context", "A critic says."),))
    with Endpoint(said("one"), said("two"), GOOD) as endpoint:
        generated(custom(monkeypatch, endpoint.base_url), prompt)
    assert texts(endpoint.bodies[2])[:4] == [f"{FORM}\n\nWhere?", "a context", "A critic says.", "two"]
    assert len(texts(endpoint.bodies[2])) == 5


def test_after_so_many_asks_it_is_unparsable_with_the_last_reply_and_what_all_took(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Endpoint(*[said("no")] * (ASKS - 1), said("never")) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        with pytest.raises(UnparsableOutputError, match=f"asked {ASKS} times") as caught:
            generated(model)
    assert (caught.value.raw, caught.value.model, caught.value.prompt_hash) == ("never", model.name, PROMPT.hash)
    assert caught.value.usage == Usage(requests=ASKS, input_tokens=10 * ASKS, output_tokens=10 * ASKS)
    assert len(endpoint.bodies) == ASKS
    assert {body["model"] for body in endpoint.bodies} == {"oracle"}


def test_a_refusal_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(said("no JSON"), said(None, refusal="I will not.")) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        with pytest.raises(RefusalError, match=r"refused to answer: I will not\.") as caught:
            generated(model)
    assert (caught.value.raw, len(endpoint.bodies)) == ("I will not.", 2)
    assert caught.value.usage is not None
    assert caught.value.usage.requests == 2


def test_what_was_paid_before_a_call_failed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(said("no JSON"), refused(400, "Not so.")) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        with pytest.raises(GenerationError, match="Not so") as caught:
            generated(model)
    assert caught.value.usage is not None
    assert caught.value.usage.requests == 1


@pytest.mark.parametrize("text", ['I think {"reasoning": "", "answer": "draft"} but then', '{"reasoning": "r", "ans'])
def test_a_reply_that_was_cut_off_is_not_read_as_what_it_held_before(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    with Endpoint(said(text, "length"), GOOD) as endpoint:
        assert generated(custom(monkeypatch, endpoint.base_url)).value.answer == "box"
    with (
        Endpoint(said(text, "length")) as endpoint,
        pytest.raises(UnparsableOutputError, match="max_output_tokens"),
    ):
        generated(custom(monkeypatch, endpoint.base_url))


def test_thoughts_that_were_cut_off_are_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(said('<think>Say {"reasoning": "", "answer": "draft"}? Hm', "length"), GOOD) as endpoint:
        assert generated(custom(monkeypatch, endpoint.base_url)).value.answer == "box"


def test_a_whole_object_at_the_very_end_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    fenced = said(f"```json\n{GOOD.body['choices'][0]['message']['content']}\n```\n", "length")
    with Endpoint(fenced) as endpoint:
        assert generated(custom(monkeypatch, endpoint.base_url)).usage.requests == 1


def test_a_free_text_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(said(" box {", "length")) as endpoint:
        made = generated(custom(monkeypatch, endpoint.base_url), Prompt(text="Where?"), StrOutputParser())
    assert (made.value, made.completion.text, made.completion.finish_reason) == ("box {", " box {", "length")


def schema_blind(body: dict[str, Any], token: str) -> Sent:
    """Answer as an endpoint that takes a schema beside the prompt and then writes prose, unless it is asked again."""
    is_native = body.get("response_format", {}).get("type") == "json_schema"
    return said("In the box.") if is_native and len(texts(body)) == 1 else GOOD


def test_an_endpoint_that_ignores_schemas_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(schema_blind) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)

        async def five() -> list[int]:
            calls = quick()
            asks = [generate_until_fit(model, PROMPT, PARSER, calls, "answer") for _ in range(5)]
            return [(await one).usage.requests for one in asks]

        assert run(model, five()) == [2, 2, 2, 1, 1]
    assert model.capabilities.tier == "json"
    for body in endpoint.bodies:
        assert "\n".join(texts(body)).count(FORM) == 1


@pytest.mark.parametrize("finish_reason", ["stop", "length"])
def test_what_was_not_asked_for_in_a_schema_or_was_cut_off_says_nothing_about_schemas(
    monkeypatch: pytest.MonkeyPatch, finish_reason: str
) -> None:
    with Endpoint(said("no JSON", finish_reason)) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        prompt = PROMPT if finish_reason == "length" else Prompt(text=f"{FORM}\n\nWhere?")
        with pytest.raises(UnparsableOutputError):
            generated(model, prompt)
    assert model.capabilities.tier == "native"
    if finish_reason == "stop":
        assert [json.dumps(texts(body)).count("Reply only with one JSON") for body in endpoint.bodies] == [1] * ASKS
