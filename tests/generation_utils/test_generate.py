from __future__ import annotations

import asyncio
import gc
import inspect
import json
import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from social_world_model.errors import ConfigurationError, EndpointError, RefusalError, UnparsableOutputError
from social_world_model.generation_utils import (
    Calls,
    OutputParser,
    PydanticOutputParser,
    StrOutputParser,
    agenerate,
    close_models,
    generate,
    generate_sync,
)
from social_world_model.generation_utils.generate import kept
from social_world_model.generation_utils.output_parsers import format_instructions
from social_world_model.generation_utils.reading import UnfitReply
from tests.generation_utils.endpoint import KEY, Endpoint, Sent, refused, said


class Answer(BaseModel):
    answer: str


PARSER = PydanticOutputParser(pydantic_object=Answer)
FORM = format_instructions(Answer)
BOX = said('{"answer": "box"}')


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOM_API_KEY", KEY)


def asked(endpoint: Endpoint, template: str, parser: OutputParser[Any] = PARSER, **more: Any) -> Any:
    """Return what `agenerate` makes with a model behind an endpoint."""

    async def work() -> Any:
        try:
            values = more.pop("values", {"story": "A tale."})
            return await agenerate(f"custom/m@{endpoint.base_url}", template, values, parser, **more)
        finally:
            await close_models()

    return asyncio.run(work())


def prompt_of(endpoint: Endpoint) -> str:
    (message,) = endpoint.bodies[-1]["messages"]
    return str(message["content"])


def test_the_signature_is_the_one_that_users_know() -> None:
    for function in (agenerate, generate_sync, generate):
        parameters = inspect.signature(function).parameters
        assert [name for name, one in parameters.items() if one.kind is one.POSITIONAL_OR_KEYWORD] == [
            "model_name",
            "template",
            "input_values",
            "output_parser",
            "temperature",
            "structured_output",
        ]
        assert (parameters["temperature"].default, parameters["structured_output"].default) == (0.7, False)
    assert inspect.signature(agenerate).parameters == inspect.signature(generate_sync).parameters


def test_generate_is_the_older_name_of_generate_sync() -> None:
    with (
        Endpoint(BOX) as endpoint,
        pytest.warns(DeprecationWarning, match=r"generate\(\) is deprecated: use generate_sync"),
    ):
        made = generate(f"custom/m@{endpoint.base_url}", "Where?", {}, PARSER)
    assert made == Answer(answer="box")


@pytest.mark.parametrize("tier", ["native", "json", "prompt"])
@pytest.mark.parametrize(("structured", "given"), [(False, False), (True, False), (False, True)])
@pytest.mark.parametrize(
    ("template", "before", "after"),
    [("{story} Reply.", "", "A tale. Reply."), ("{story} {format_instructions} Reply.", "A tale. ", " Reply.")],
    ids=["without place", "with place"],
)
def test_the_form_is_in_the_prompt_exactly_once(
    tier: str, structured: bool, template: str, before: str, after: str, given: bool
) -> None:
    refused_kinds = {"native": [], "json": ["json_schema"], "prompt": ["json_schema", "json_object"]}[tier]

    def answer(body: dict[str, Any], token: str) -> Sent:
        kind = body.get("response_format", {}).get("type")
        return refused(400, f"response_format {kind} is not supported") if kind in refused_kinds else BOX

    values = {"story": "A tale.", **({"format_instructions": FORM} if given else {})}
    with Endpoint(answer) as endpoint:
        made = asked(endpoint, template, structured_output=structured, values=values)
    assert made == Answer(answer="box")
    prompt, beside = prompt_of(endpoint), endpoint.bodies[-1].get("response_format")
    in_schema = beside is not None and beside["type"] == "json_schema"
    assert prompt == (f"{before}{FORM}{after}" if before else f"{FORM}\n\n{after}")
    assert in_schema == (structured and tier == "native")
    assert structured or beside is None


def test_a_free_text_needs_no_form() -> None:
    for structured in (False, True):
        with Endpoint(said(" In the box. ")) as endpoint:
            template = "{story} {format_instructions}Where?"
            made = asked(endpoint, template, StrOutputParser(), structured_output=structured)
        assert made == "In the box."
        assert prompt_of(endpoint) == "A tale. Where?"
        assert "response_format" not in endpoint.bodies[0]


def test_values_are_literal_and_settings_are_passed_on() -> None:
    with Endpoint(said("x")) as endpoint:
        asked(
            endpoint,
            "{story}|{n}",
            StrOutputParser(),
            values={"story": "{n} {format_instructions} \\1", "n": 3},
            max_output_tokens=9,
            seed=5,
        )
    body = endpoint.bodies[0]
    assert prompt_of(endpoint) == "{n} {format_instructions} \\1|3"
    assert (body["temperature"], body["seed"], body["max_completion_tokens"]) == (0.7, 5, 9)


def test_no_temperature_is_the_models_own() -> None:
    with Endpoint(said("x")) as endpoint:
        asked(endpoint, "{story}", StrOutputParser(), temperature=None)
    assert "temperature" not in endpoint.bodies[0]


@pytest.mark.parametrize(
    ("name", "template", "message"),
    [
        ("custom/m@http://localhost:1/v1", "{story} {more}", "expected a value for more"),
        ("gpt-4o", "{story}", "OPENAI_API_KEY"),
        ("nosuch:model", "{story}", "cannot use the model"),
    ],
)
def test_what_is_missing_is_told_before_any_call(name: str, template: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        generate_sync(name, template, {"story": "A tale."}, StrOutputParser())


def test_nothing_is_asked_of_another_model_or_made_up() -> None:
    with Endpoint(said("no JSON")) as endpoint, pytest.raises(UnparsableOutputError) as caught:
        asked(endpoint, "{story}", calls=Calls(first_wait=0.01))
    assert caught.value.raw == "no JSON"
    assert {body["model"] for body in endpoint.bodies} == {"m"}
    with Endpoint(said(None, refusal="No.")) as endpoint, pytest.raises(RefusalError):
        asked(endpoint, "{story}")


def test_a_parser_of_ones_own_says_what_does_not_fit() -> None:
    class Number:
        shape: type[BaseModel] | None = None

        def get_format_instructions(self) -> str:
            return "Reply with a number."

        def parse(self, text: str) -> int:
            if not text.isdigit():
                raise UnfitReply("expected a number")
            return int(text)

    with Endpoint(said("three"), said("3")) as endpoint:
        assert asked(endpoint, "{story} {format_instructions}", Number()) == 3
    texts = [message["content"] for message in endpoint.bodies[1]["messages"]]
    assert texts[0] == "A tale. Reply with a number."
    assert texts[2].startswith("Your reply cannot be used: expected a number.")


def test_one_model_and_one_owner_of_calls_are_kept_for_a_loop_and_closed_on_demand() -> None:
    async def work(url: str) -> tuple[bool, int]:
        values = {"story": "A tale."}
        for _ in range(3):
            await agenerate(f"custom/m@{url}", "{story}", values, StrOutputParser())
        one = kept()
        same = one is kept() and one.calls is kept().calls and len(one.models) == 1
        made = one.calls.spent.requests
        await close_models()
        await close_models()
        return same and kept() is not one, made

    with Endpoint(said("x")) as endpoint:
        assert asyncio.run(work(endpoint.base_url)) == (True, 3)
        assert asyncio.run(work(endpoint.base_url)) == (True, 3)


def test_loops_that_are_over_are_forgotten() -> None:
    async def work() -> int:
        gc.collect()
        from social_world_model.generation_utils.generate import _KEPT

        kept()
        return len([loop for loop in _KEPT if loop.is_closed()])

    assert [asyncio.run(work()) for _ in range(3)] == [0, 0, 0]


def test_it_works_from_a_script_and_within_a_loop_and_again_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(body: dict[str, Any], token: str) -> Sent:
        return refused(401, "Wrong key.") if token == "wrong-key" else said(f"{token == KEY}: {token}")

    async def notebook(name: str) -> str:
        return generate_sync(name, "Where?", {}, StrOutputParser())

    with Endpoint(answer) as endpoint:
        name = f"custom/m@{endpoint.base_url}"
        assert [generate_sync(name, "Where?", {}, StrOutputParser()) for _ in range(2)] == ["True: [key]"] * 2
        assert asyncio.run(notebook(name)) == "True: [key]"
        other = f"custom/other@{endpoint.base_url}"
        monkeypatch.setenv("CUSTOM_API_KEY", "wrong-key")
        for _ in range(2):
            with pytest.raises(EndpointError, match="Wrong key"):
                generate_sync(other, "Where?", {}, StrOutputParser())
        monkeypatch.setenv("CUSTOM_API_KEY", KEY)
        assert generate_sync(other, "Where?", {}, StrOutputParser()) == "True: [key]"
        generate_closed()


def generate_closed() -> None:
    """Close what `generate` keeps in its own loop."""
    from social_world_model.generation_utils.sync import run_sync

    run_sync(close_models())


def test_ctrl_c_stops_a_call_and_the_next_one_works() -> None:
    arrived = threading.Event()

    def answer(body: dict[str, Any], token: str) -> Sent:
        if body["messages"][0]["content"] == "hang":
            arrived.set()
            return Sent(held=True)
        return said("x")

    def interrupt() -> None:
        arrived.wait()
        os.kill(os.getpid(), signal.SIGINT)

    with Endpoint(answer) as endpoint:
        name = f"custom/m@{endpoint.base_url}"
        threading.Thread(target=interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            generate_sync(name, "hang", {}, StrOutputParser())
        assert generate_sync(name, "Where?", {}, StrOutputParser()) == "x"
        generate_closed()


def test_a_scripted_model_needs_no_key(tmp_path: Path) -> None:
    file = tmp_path / "replies.json"
    file.write_text(json.dumps([{"when": "tale", "reply": {"answer": "box"}}]))
    for structured in (False, True):
        made = generate_sync(f"scripted/{file}", "A {what}.", {"what": "tale"}, PARSER, structured_output=structured)
        assert made == Answer(answer="box")
