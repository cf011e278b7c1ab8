"""Options for sampling and reasoning, as they arrive at a server or at vLLM."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from social_world_model.generation_utils import vllm_api
from social_world_model.generation_utils.model import Completion, Prompt
from social_world_model.generation_utils.names import model_by_name
from social_world_model.generation_utils.replies import PlainAnswer
from tests.generation_utils import fake_vllm
from tests.generation_utils.endpoint import Endpoint, custom, quick, refused, run, said
from tests.generation_utils.fake_vllm import FakeVllm, Tokenizer


class ThinkingTokenizer(Tokenizer):
    """A template that opens thoughts, unless the request switches them off."""

    chat_template = "{% if enable_thinking %}<think>{% endif %}"

    def apply_chat_template(self, messages: list[dict[str, str]], **given: Any) -> str:
        head = "".join(one["content"] for one in messages)
        return f"{head}<assistant>{'<think></think>' if given.get('enable_thinking') is False else '<think>'}"


@pytest.fixture
def vllm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeVllm]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    vllm_api.log.cache_clear()
    yield fake_vllm.installed(monkeypatch)
    vllm_api.log().close()
    vllm_api.log.cache_clear()
    vllm_api.api.cache_clear()


@pytest.mark.parametrize(
    ("option", "fields"),
    [
        ({"top_p": 0.5}, {"top_p": 0.5}),
        ({"reasoning_effort": "low"}, {"reasoning_effort": "low"}),
        ({"thinking": "on"}, {"chat_template_kwargs": {"enable_thinking": True, "thinking": True}}),
        ({"thinking": "off"}, {"chat_template_kwargs": {"enable_thinking": False, "thinking": False}}),
        ({"extra_body": {"top_k": 20, "min_p": 0.1}}, {"top_k": 20, "min_p": 0.1}),
        (
            {"thinking": "off", "extra_body": {"chat_template_kwargs": {"language": "de"}}},
            {"chat_template_kwargs": {"enable_thinking": False, "thinking": False, "language": "de"}},
        ),
    ],
)
def test_an_option_is_a_field_of_the_request(
    monkeypatch: pytest.MonkeyPatch, option: dict[str, Any], fields: dict[str, Any]
) -> None:
    with Endpoint(said("x")) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        run(model, quick().complete(model, Prompt(text="Hello", **option)))
    (body,) = endpoint.bodies
    assert {name: body[name] for name in body if name not in ("model", "messages", "stream")} == fields


def test_a_refused_effort_is_reported_once_and_left_out_of_later_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def answer(body: dict[str, Any], _: str) -> Any:
        known = "reasoning_effort" not in body
        return said("x") if known else refused(400, "Unrecognized request argument supplied: reasoning_effort")

    with Endpoint(answer) as endpoint:
        model = custom(monkeypatch, endpoint.base_url)
        calls = quick(on_problem=told.append)

        async def twice() -> None:
            for _ in range(2):
                await calls.complete(model, Prompt(text="Hello", reasoning_effort="low"))

        run(model, twice())
    assert ["reasoning_effort" in body for body in endpoint.bodies] == [True, False, False]
    assert len(told) == 1
    assert "reasoning_effort" in told[0]


@pytest.mark.parametrize(
    ("thinking", "tokenizer", "constrained"),
    [
        (None, Tokenizer(), True),
        (None, ThinkingTokenizer(), False),
        ("on", ThinkingTokenizer(), False),
        ("off", ThinkingTokenizer(), True),
    ],
)
def test_vllm_constrains_no_reply_that_begins_with_thoughts(
    vllm: FakeVllm, thinking: Any, tokenizer: Tokenizer, constrained: bool
) -> None:
    vllm.tokenizer = tokenizer
    vllm.text = '{"answer": "box"}' if constrained else 'It moved.</think>{"answer": "box"}'
    model = model_by_name("vllm/org/m")

    async def ask() -> Completion:
        return await quick().complete(model, Prompt(text="Where?", shape=PlainAnswer, thinking=thinking))

    completion = run(model, ask())
    assert (vllm.asked[0].structured_outputs is not None) == constrained
    assert completion.text == '{"answer": "box"}'
    assert completion.thinking == ("" if constrained else "It moved.")
