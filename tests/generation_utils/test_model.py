from __future__ import annotations

import asyncio
import warnings
from typing import Any

import pytest
from pydantic import BaseModel, Field

from social_world_model.generation_utils import LanguageModel, StrOutputParser, agenerate, model_by_name
from social_world_model.generation_utils.capabilities import EndpointCapabilities, length_fields
from social_world_model.generation_utils.failures import Failure
from social_world_model.generation_utils.model import Completion, Prompt
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.generation_utils.replies import PlainAnswer, ReasonedAnswer, Retelling
from social_world_model.s3ap.wire import SocializedContextForModel
from social_world_model.usage import Usage
from tests.generation_utils.endpoint import KEY, Endpoint, Sent, custom, quick, refused, run, said
from tests.server.faults import strictly_wrong


class Inner(BaseModel):
    number: int = 3
    note: str | None = None


class Mine(BaseModel):
    """A form as users write them, with defaults and objects within."""

    inner: Inner = Inner()
    inners: list[Inner] = []
    text: str = Field("abc", min_length=1, description="Words.")


class Open(BaseModel):
    by_name: dict[str, str]


class Pair(BaseModel):
    pair: tuple[int, str]


FULL = Prompt(text="Hello", shape=ReasonedAnswer, temperature=0.0, seed=7, max_output_tokens=50)


def completed(model: LanguageModel, prompt: Prompt = FULL) -> Completion:
    return run(model, quick().complete(model, prompt))


def asked(endpoint: Endpoint) -> str:
    return "\n".join(message["content"] for message in endpoint.bodies[-1]["messages"])


def tier_of(body: dict[str, Any]) -> str:
    kinds = {"json_schema": "native", "json_object": "json", None: "prompt"}
    return kinds[body.get("response_format", {}).get("type")]


def test_settings_and_form_are_sent_beside_the_prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(said("{}")) as endpoint:
        completed(custom(monkeypatch, endpoint.base_url))
    body = endpoint.bodies[0]
    whole = f"{format_instructions(ReasonedAnswer)}\n\nHello"
    assert body["messages"] == [{"role": "user", "content": whole}]
    assert (body["model"], body["temperature"], body["seed"], body["max_completion_tokens"]) == ("oracle", 0.0, 7, 50)
    assert tier_of(body) == "native"


def test_what_is_not_asked_for_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(said("x")) as endpoint:
        completed(custom(monkeypatch, endpoint.base_url), Prompt(text="Hello"))
    assert endpoint.bodies[0].keys() == {"model", "messages", "stream"}


@pytest.mark.parametrize("shape", [ReasonedAnswer, PlainAnswer, Retelling, SocializedContextForModel, Mine])
@pytest.mark.parametrize("name", ["custom", "vllm", "gpt-4o-2024-08-06", "openai-chat:gpt-4o"])
def test_forms_keep_the_rule_of_openais_strict_mode(
    monkeypatch: pytest.MonkeyPatch, shape: type[BaseModel], name: str
) -> None:
    with Endpoint(said("{}")) as endpoint:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        full = {"custom": f"custom/oracle@{endpoint.base_url}", "vllm": "vllm/a/b"}.get(name, name)
        model = model_by_name(full, endpoint.base_url if name == "vllm" else None)
        completed(model, Prompt(text="x", shape=shape))
    assert strictly_wrong(endpoint.bodies[0]["response_format"]) is None


@pytest.mark.parametrize("shape", [Open, Pair])
def test_a_form_that_cannot_be_closed_is_not_closed_in_silence(
    monkeypatch: pytest.MonkeyPatch, shape: type[BaseModel]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with Endpoint(said("{}")) as endpoint:
        completed(model_by_name("gpt-4o-2024-08-06", endpoint.base_url), Prompt(text="x", shape=shape))
    form = endpoint.bodies[0]["response_format"]["json_schema"]
    assert not form.get("strict")
    if shape is Open:
        assert form["schema"]["properties"]["by_name"]["additionalProperties"] == {"type": "string"}


def picky(*refuses: str) -> Any:
    """Return what answers as an endpoint that refuses some of what it is sent."""

    def answer(body: dict[str, Any], token: str) -> Sent:
        kind = body.get("response_format", {}).get("type")
        for word in refuses:
            if word in body or word == kind:
                what = "response_format" if word == kind else word
                return refused(400, f"Unsupported: '{what}' of {kind}.", param=what)
        return said('{"reasoning": "r", "answer": "a"}')

    return answer


@pytest.mark.parametrize(
    ("refuses", "capabilities"),
    [
        (["temperature"], EndpointCapabilities(refused=frozenset({"temperature"}))),
        (["seed"], EndpointCapabilities(refused=frozenset({"seed"}))),
        (["seed", "temperature"], EndpointCapabilities(refused=frozenset({"temperature", "seed"}))),
        (["max_completion_tokens"], EndpointCapabilities(refused=frozenset({"max_completion_tokens"}))),
        (["max_tokens"], EndpointCapabilities(refused=frozenset({"max_tokens"}))),
        (["json_schema"], EndpointCapabilities(tier="json")),
        (["json_schema", "json_object"], EndpointCapabilities(tier="prompt")),
        (
            ["json_schema", "json_object", "seed", "temperature", "max_completion_tokens"],
            EndpointCapabilities(tier="prompt", refused=frozenset({"temperature", "seed", "max_completion_tokens"})),
        ),
    ],
)
def test_what_an_endpoint_refuses_is_left_out_from_then_on(
    monkeypatch: pytest.MonkeyPatch, refuses: list[str], capabilities: EndpointCapabilities
) -> None:
    problems: list[str] = []
    with Endpoint(picky(*refuses)) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        calls = quick(on_problem=problems.append)

        async def twice() -> None:
            await calls.complete(model, FULL)
            await calls.complete(model, FULL)

        run(model, twice())
    assert model.capabilities == capabilities
    assert len(endpoint.bodies) == len(refuses) + 2  # it is learned once
    assert (calls.retries, calls.spent.requests, len(problems)) == (0, 2, len(refuses))
    body = endpoint.bodies[-1]
    assert ("temperature" in body, "seed" in body) == ("temperature" not in refuses, "seed" not in refuses)
    limits = {"max_tokens", "max_completion_tokens"}
    assert {name: body.get(name) for name in limits} == {name: None if name in refuses else 50 for name in limits}
    assert tier_of(body) == capabilities.tier
    assert asked(endpoint).count(format_instructions(ReasonedAnswer)) == 1
    assert asked(endpoint).endswith("Hello")


def test_twenty_calls_at_once_learn_the_same_thing(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(picky("json_schema", "seed")) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        calls = quick()

        async def many() -> list[Completion]:
            return await asyncio.gather(*(calls.complete(model, FULL) for _ in range(20)))

        assert len(run(model, many())) == 20
    assert model.capabilities == EndpointCapabilities(tier="json", refused=frozenset({"seed"}))


def test_a_refusal_that_names_nothing_known_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(refused(400, "Something about your words.")) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        with pytest.raises(Failure) as caught:
            run(model, model.complete(FULL))
    assert (caught.value.kind, len(endpoint.bodies), model.capabilities) == ("rejected", 1, EndpointCapabilities())


def test_a_key_that_is_a_word_of_the_dialect_does_not_hide_what_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOM_API_KEY", "token")
    with Endpoint(picky("max_completion_tokens")) as endpoint:
        model = model_by_name(f"custom/oracle@{endpoint.base_url}")
        completed(model)
    assert model.capabilities.refused == {"max_completion_tokens"}


@pytest.mark.parametrize(
    ("notes", "tier"), [([False] * 3, "json"), ([False] * 2, "native"), ([True, *[False] * 5], "native")]
)
def test_a_schema_that_is_never_kept_goes_into_the_prompt(
    monkeypatch: pytest.MonkeyPatch, notes: list[bool], tier: str
) -> None:
    model = custom(monkeypatch, "http://localhost:1/v1")
    for kept in notes:
        model.note_form(kept=kept)
    assert model.capabilities.tier == tier


@pytest.mark.parametrize("name", ["o1-2024-12-17", "o3-2025-04-16", "gpt-5"])
def test_reasoning_models_get_no_temperature_and_make_no_noise(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with Endpoint(said('{"answer": "x"}')) as endpoint, warnings.catch_warnings():
        warnings.simplefilter("error")
        completed(model_by_name(name, endpoint.base_url))
    assert "temperature" not in endpoint.bodies[0]
    assert endpoint.bodies[0]["max_completion_tokens"] == 50


def test_an_unfit_reply_goes_back_as_a_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    prompt = Prompt(text="Hello", retries=(("{", "Not so."), ("", "Nor so.")))
    with Endpoint(said("x")) as endpoint:
        completed(custom(monkeypatch, endpoint.base_url), prompt)
    sent = [(message["role"], message["content"]) for message in endpoint.bodies[0]["messages"]]
    assert sent == [
        ("user", "Hello"),
        ("assistant", "{"),
        ("user", "Not so."),
        ("assistant", "(nothing)"),
        ("user", "Nor so."),
    ]


def test_thoughts_refusals_and_reasons_to_stop_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def of(sent: Sent) -> Completion:
        with Endpoint(sent) as endpoint:
            return completed(custom(monkeypatch, endpoint.base_url))

    thought = of(said("<think>hm</think>box", "length"))
    assert (thought.text, thought.thinking, thought.finish_reason, thought.refusal) == ("box", "hm", "length", None)
    assert of(said(None, refusal="I will not.")).refusal == "I will not."
    assert of(said(None, "content_filter")).refusal == "the provider's content filter stopped the reply"
    assert of(said(None)).text == of(said("")).text == ""


@pytest.mark.parametrize(
    ("name", "cost"),
    [("gpt-4o-2024-08-06", 0.0125), ("openai-chat:gpt-4o-2024-08-06", 0.0125), ("custom", None), ("vllm/gpt-4o", None)],
)
def test_cost_is_known_behind_a_proxy_too_and_unknown_is_not_zero(
    monkeypatch: pytest.MonkeyPatch, name: str, cost: float | None
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with Endpoint(said("x", tokens=1000)) as endpoint:
        monkeypatch.setenv("OPENAI_BASE_URL", endpoint.base_url)
        monkeypatch.setenv("VLLM_BASE_URL", endpoint.base_url)
        model = model_by_name(f"custom/gpt-4o@{endpoint.base_url}" if name == "custom" else name)
        made = completed(model)
    assert made.usage == Usage(requests=1, input_tokens=1000, output_tokens=1000, cost=cost)
    assert model.price(1000, 1000) == cost


def test_the_price_at_openai_itself_is_known_before_any_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert model_by_name("gpt-4o-2024-08-06").price(1000, 1000) == 0.0125
    assert model_by_name("no-such-model").price(1000, 1000) is None


def test_a_reply_that_does_not_say_what_it_took_has_no_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    body = {name: part for name, part in said("x").body.items() if name != "usage"}
    with Endpoint(Sent(body=body), said("x", tokens=1000)) as endpoint:
        model = model_by_name("gpt-4o-2024-08-06", endpoint.base_url)

        async def twice() -> list[Completion]:
            return [await model.complete(FULL), await model.complete(FULL)]

        assert [made.usage.cost for made in run(model, twice())] == [None, 0.0125]


def test_a_prompts_hash_is_of_its_text_and_its_tokens_are_of_all_that_was_said() -> None:
    prompt = Prompt(text="a" * 40)
    assert prompt.hash == Prompt(text="a" * 40, temperature=1.0).hash != Prompt(text="b").hash
    assert prompt.tokens == 11
    assert Prompt(text="a" * 40, retries=(("b" * 20, "c" * 20),)).tokens == 21


def test_no_secret_stands_in_a_models_description(monkeypatch: pytest.MonkeyPatch) -> None:
    model = custom(monkeypatch, "http://localhost:1/v1")
    assert KEY in model.keys
    assert KEY not in f"{model!r} {model}"


def test_a_model_may_be_given_instead_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(said("x")) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        assert run(model, agenerate(model, "Hello", {}, StrOutputParser(), calls=quick())) == "x"


@pytest.mark.parametrize(
    ("message", "refused_fields"),
    [
        (
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'.",
            {"max_tokens"},
        ),
        ("Unrecognized request argument supplied: max_completion_tokens", {"max_completion_tokens"}),
        ("body -> max_completion_tokens: Extra inputs are not permitted", {"max_completion_tokens"}),
        ("max_tokens is too large: 50. This model supports at most 20 completion tokens.", set()),
    ],
)
def test_the_field_for_the_length_that_a_message_refuses_is_left_out(message: str, refused_fields: set[str]) -> None:
    assert EndpointCapabilities().after(message).refused == refused_fields


def test_both_names_of_the_length_go_to_servers_and_only_the_newer_one_to_openai(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Endpoint(said("{}")) as endpoint:
        completed(custom(monkeypatch, endpoint.base_url))
    assert (endpoint.bodies[0]["max_tokens"], endpoint.bodies[0]["max_completion_tokens"]) == (50, 50)
    assert length_fields("https://api.openai.com/v1", ()) == ["max_completion_tokens"]
    assert length_fields("https://mine.openai.azure.com/openai/v1", ()) == ["max_completion_tokens"]
    assert length_fields("https://openai.com.example.org/v1", ()) == ["max_completion_tokens", "max_tokens"]
